"""Why a photo cannot become an avatar: one type, one stable code, one plain sentence each.

Every sentence says what is wrong and what to do about it.
"""

from typing import ClassVar

from render.face.errors import FaceError


class PhotoError(FaceError):
    """Base of all reasons to refuse a photo.

    Attributes:
        code: Stable, snake_case, safe to program against.
        sentence: What a person reads: the problem, then the remedy.
    """

    code = "photo"
    sentence: ClassVar[str] = "This photo cannot be used; please try another one."

    def __init__(self, message: str | None = None) -> None:
        super().__init__(message or self.sentence)


class PhotoFileMissing(PhotoError):
    """There is no such file."""

    code = "photo_missing"
    sentence = "There is no file of that name; please check the path."


class PhotoEmpty(PhotoError):
    """The file holds no bytes."""

    code = "photo_empty"
    sentence = "The file is empty; please choose the photo again."


class PhotoFileTooLarge(PhotoError):
    """The file holds more bytes than a photo needs; it was not read."""

    code = "photo_file_too_large"
    sentence = "The file is larger than 128 MB; please save the photo as JPEG and try again."


class NotAPhoto(PhotoError):
    """The bytes are no picture, whatever the file is called."""

    code = "not_a_photo"
    sentence = "This file is not a picture; please choose a JPEG, PNG, WebP or HEIC photo."


class UnsupportedFormat(PhotoError):
    """The file is a picture or document of a kind that is not read here."""

    code = "unsupported_format"
    sentence = "This kind of file is not supported; please save the photo as JPEG, PNG or WebP."


class PhotoTruncated(PhotoError):
    """The picture's data ends early or is damaged."""

    code = "photo_truncated"
    sentence = "The photo is damaged or incomplete; please copy or upload it again."


class TooManyPixels(PhotoError):
    """The picture has more than 50 million pixels."""

    code = "too_many_pixels"
    sentence = "The photo has more than 50 megapixels; please make it smaller and try again."


class DecompressionBomb(PhotoError):
    """A small file that would unpack into an enormous picture."""

    code = "decompression_bomb"
    sentence = "This file would unpack into an enormous picture; please use an ordinary photo."


class PictureTooSmall(PhotoError):
    """The picture as a whole is too small to hold a usable face."""

    code = "picture_too_small"
    sentence = (
        "The picture is smaller than 160 pixels; please use the original photo, not a thumbnail."
    )


class NoFaceFound(PhotoError):
    """No human face can be found."""

    code = "no_face"
    sentence = (
        "No face can be found; please use a photo of one person who looks into the camera, "
        "with the whole face in the light."
    )


class SeveralFaces(PhotoError):
    """More than one person is meant, or might be."""

    code = "several_faces"
    sentence = "There is more than one face; please cut the photo so that only one person is left."


class FaceTooSmall(PhotoError):
    """The face has too few pixels."""

    code = "face_too_small"
    sentence = (
        "The face is too small; please take the photo from nearer, so that head and shoulders "
        "fill the picture."
    )


class FaceCutOff(PhotoError):
    """A part of the face lies outside the picture."""

    code = "face_cut_off"
    sentence = (
        "A part of the face is cut off; please use a photo that shows the whole head and the neck."
    )


class FaceTurnedAway(PhotoError):
    """The head is turned to a side."""

    code = "face_turned_away"
    sentence = "The head is turned to the side; please look straight into the camera."


class FaceTiltedVertically(PhotoError):
    """The head is raised or lowered."""

    code = "face_up_or_down"
    sentence = "The head is raised or lowered; please hold the camera at the height of the eyes."


class FaceSideways(PhotoError):
    """The picture lies on its side or stands on its head."""

    code = "face_sideways"
    sentence = "The photo lies on its side; please turn it upright and try again."


class FaceBlurred(PhotoError):
    """The face is out of focus or moved."""

    code = "face_blurred"
    sentence = "The face is blurred; please hold the camera still and focus on the eyes."


class NotAPhotograph(PhotoError):
    """The face is drawn, painted or cartoon-filtered."""

    code = "drawing"
    sentence = "This looks like a drawing or a filtered picture; please use a plain photograph."


class BadlyLit(PhotoError):
    """The face is nearly black or nearly white."""

    code = "badly_lit"
    sentence = (
        "The face is too dark or too bright to see its features; please face a window or a lamp."
    )


class EyesClosed(PhotoError):
    """Both eyes are closed, so there are no eyes to draw."""

    code = "eyes_closed"
    sentence = "The eyes are closed; please use a photo with open eyes."


class MouthWideOpen(PhotoError):
    """The mouth is open so far that no resting face can be made of it."""

    code = "mouth_wide_open"
    sentence = "The mouth is wide open; please use a photo with a calm face or a smile."
