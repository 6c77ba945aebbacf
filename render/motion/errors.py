"""What can go wrong when speech is given to a face."""


class MotionError(Exception):
    """Base of the errors of this room."""


class SpeechQueueFull(MotionError):
    """More speech was pushed than the performer holds; play some of it, or clear."""


class BadSamples(MotionError):
    """The sound is not one-dimensional int16."""


class CaptureError(MotionError):
    """Base of what makes a film useless for driving a face.

    Attributes:
        message: One plain sentence: what is wrong, then what to do.
    """

    def __init__(self, message: str) -> None:
        super().__init__(message)
        self.message = message


class UnreadableFilm(CaptureError):
    """It is no video file, or is damaged; or the camera gives no pictures."""


class NoPictures(CaptureError):
    """The file has no video stream."""


class NobodyThere(CaptureError):
    """No face is visible in any picture."""
