"""What can go wrong between a photo and an avatar bundle.

Every error carries a stable `code`; the message is one plain sentence for the person.
"""


class FaceError(Exception):
    """Base of all errors of this room.

    Attributes:
        code: Stable, snake_case, safe to program against.
        message: One sentence that says what is wrong and, where possible, how to fix it.
    """

    code = "face"

    def __init__(self, message: str) -> None:
        super().__init__(message)
        self.message = message


class NoFace(FaceError):
    """The picture shows no face that can be found."""

    code = "no_face"


class BundleError(FaceError):
    """The file is not a usable avatar bundle."""

    code = "bundle"


class BundleCorrupt(BundleError):
    """The file is no avatar bundle, or is truncated or damaged."""

    code = "bundle_corrupt"


class BundleTooNew(BundleError):
    """The bundle was written by a newer version of this package."""

    code = "bundle_too_new"
