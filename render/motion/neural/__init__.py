"""The audio-to-motion model: a flow-matching transformer that moves a face from sound alone."""
