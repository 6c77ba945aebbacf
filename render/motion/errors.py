"""What can go wrong when speech is given to a face. Imports nothing of this package."""


class MotionError(Exception):
    """Base of the errors of this room."""


class SpeechQueueFull(MotionError):
    """More speech was pushed than the performer holds; play some of it, or clear."""


class BadSamples(MotionError):
    """The sound is not one-dimensional int16."""
