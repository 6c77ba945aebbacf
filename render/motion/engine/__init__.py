"""The motion engine: sound to motion as a pipeline of stages, ahead of playback."""
