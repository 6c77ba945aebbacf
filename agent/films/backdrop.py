"""What stands behind a person: the photo's own background, a colour, a picture, or nothing."""

from pathlib import Path

from PIL import ImageColor

from agent.errors import BadBackground
from render.cloning.photo.errors import PhotoError
from render.cloning.photo.file import load_photo
from render.puppet.framing import Background

OWN, NOTHING = "photo", "transparent"
"""Names of the photo's own background, and of none."""


def load_backdrop(name: str, folder: Path = Path()) -> Background:
    """Returns what a setting names.

    Args:
        name: "photo", "transparent", a colour as "#rrggbb", or a picture's file.
        folder: What a relative file is relative to.

    Raises:
        BadBackground: It is none of these, or the picture cannot be read.
    """
    if name == OWN:
        return None
    if name == NOTHING:
        return "transparent"
    if name.startswith("#"):
        return _colour(name)
    try:
        return load_photo(folder / name)
    except PhotoError as error:
        raise BadBackground(f"{name} cannot be the background. {error.message}") from error


def opaque_backdrop(name: str, folder: Path = Path()) -> Background:
    """Returns what a setting names, where the person cannot be shown without a background.

    Raises:
        BadBackground: As `load_backdrop`; also for "transparent".
    """
    if name == NOTHING:
        raise BadBackground(
            "Nothing can be transparent here; only a .webm file or a .png picture can."
        )
    return load_backdrop(name, folder)


def _colour(name: str) -> tuple[int, int, int]:
    try:
        colour = ImageColor.getrgb(name)
        if len(colour) == 3:
            return colour
    except ValueError:
        pass
    raise BadBackground(f"{name} is no colour; write it as #rrggbb, such as #1e2a38.")
