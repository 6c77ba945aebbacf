"""What can go wrong in the audio-to-motion model."""

from render.motion.errors import MotionError


class BadChunk(MotionError):
    """A request's parts do not fit together: lengths, order of times, number of frames."""


class BadAudio(BadChunk):
    """The sound holds numbers that are none (NaN or infinity)."""


class WeightsUnreadable(MotionError):
    """The file of weights is missing, damaged, or of another shape than this network."""
