"""`visavis contact-sheet`: one avatar in many faces on one labelled picture.

The upper part shows visemes by emotions, the lower one poses, gazes and closed eyes by emotions.
"""

import os
from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFont

from agent.errors import BadRequest
from agent.films.backdrop import opaque_backdrop
from agent.films.people import find_avatar
from agent.settings import Settings
from render.face.avatar import AvatarBundle
from render.motion.emotion import Emotion, expression, join, while_speaking
from render.motion.mouth import MOUTH_CHANNELS, MOUTH_SIZE
from render.motion.visemes import VISEMES
from render.puppet.framing import Background
from render.puppet.puppet import Puppet
from render.types import CHANNEL_INDEX, Motion

TILE = 320
"""Pixels."""
SHOWN_VISEMES = ("rest", "pbm", "fv", "ah", "ae", "eh", "ee", "oh", "oo", "sh", "s", "th")
POSES: Mapping[str, Mapping[str, float]] = MappingProxyType(
    {
        "yaw -12": {"yaw": -12.0},
        "yaw +12": {"yaw": 12.0},
        "pitch -8": {"pitch": -8.0},
        "pitch +8": {"pitch": 8.0},
        "roll +8": {"roll": 8.0},
        "gaze left": {"gazeX": 0.8},
        "gaze right": {"gazeX": -0.8},
        "gaze up": {"gazeY": 0.8},
        "gaze down": {"gazeY": -0.8},
        "half blink": {"eyeBlinkLeft": 0.5, "eyeBlinkRight": 0.5},
        "blink": {"eyeBlinkLeft": 1.0, "eyeBlinkRight": 1.0},
    }
)
_LABEL, _TOP = 90, 28
_HEAD = ("yaw", "pitch", "roll", "gazeX", "gazeY")


def write_contact_sheet(
    settings: Settings, avatar: str, out: Path, background: str | None = None
) -> None:
    """Writes the sheet of an avatar as a picture.

    Args:
        settings: Where the people are.
        avatar: One of the default people, or a `.avatar` file.
        out: A `.png`, `.jpg` or `.webp` file.
        background: As `agent.films.backdrop` takes it; that of the settings if None.

    Raises:
        BadRequest: The file cannot be written, or is of another kind.
        BadBackground: The background cannot be used.
        NotFound: No such avatar.
    """
    if out.suffix.lower() not in (".png", ".jpg", ".jpeg", ".webp"):
        raise BadRequest("The sheet is a .png, .jpg or .webp file.")
    if not out.parent.is_dir() or not os.access(out.parent, os.W_OK) or out.is_dir():
        raise BadRequest(f"{out} cannot be written.")
    behind = opaque_backdrop(background or settings.face.background)
    contact_sheet(find_avatar(settings, avatar), background=behind).save(out, quality=92)


def contact_sheet(
    bundle: AvatarBundle, tile: int = TILE, background: Background = None
) -> Image.Image:
    """Draws the sheet, with tiles of so many pixels."""
    rows = {f"viseme {name}": _viseme(name) for name in SHOWN_VISEMES}
    rows |= {name: _pose(name) for name in POSES}
    emotions = tuple(Emotion)
    size = (_LABEL + tile * len(emotions), _TOP + tile * len(rows))
    sheet = Image.new("RGB", size, "white")
    pen, font = ImageDraw.Draw(sheet), ImageFont.load_default(15)
    puppet = Puppet(bundle, tile, tile, background)
    for column, emotion in enumerate(emotions):
        pen.text((_LABEL + tile * column + 8, 6), emotion.value, "black", font)
    for row, (label, (mouth, head)) in enumerate(rows.items()):
        pen.text((6, _TOP + tile * row + tile // 2), label.replace(" ", "\n"), "black", font)
        for column, emotion in enumerate(emotions):
            rgba = puppet.draw(still(emotion, mouth, head))
            place = (_LABEL + tile * column, _TOP + tile * row)
            sheet.paste(Image.fromarray(rgba[..., :3].copy()), place)
    return sheet


def still(emotion: Emotion, mouth: NDArray[np.float32], head: Mapping[str, float]) -> Motion:
    """Returns a face with an emotion under a (MOUTH_SIZE,) mouth.

    Args:
        emotion: At full intensity.
        mouth: Speech.
        head: Channels that are set as they are; with a pose the emotion's own one is left out.
    """
    face = while_speaking(expression(emotion), float(mouth.any()))
    if set(head) & set(_HEAD):
        face[[CHANNEL_INDEX[name] for name in _HEAD]] = 0.0
    for name, value in head.items():
        face[CHANNEL_INDEX[name]] = value
    return Motion(join(face, mouth).astype(np.float32))


def _viseme(name: str) -> tuple[NDArray[np.float32], Mapping[str, float]]:
    shape = VISEMES[name].shape
    mouth = np.zeros(MOUTH_SIZE, np.float32)
    for column, channel in enumerate(MOUTH_CHANNELS):
        mouth[column] = shape.get(
            channel, shape.get(channel.removesuffix("Left").removesuffix("Right"), 0.0)
        )
    return mouth, {}


def _pose(name: str) -> tuple[NDArray[np.float32], Mapping[str, float]]:
    return np.zeros(MOUTH_SIZE, np.float32), POSES[name]
