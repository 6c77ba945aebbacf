"""What all commands that write films share: the size, the background, the file."""

import os
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType

from agent.errors import BadRequest
from agent.films.backdrop import load_backdrop, opaque_backdrop
from render.face.avatar import AvatarBundle
from render.publish.film import FilmWriter
from render.publish.mp4 import Mp4Writer
from render.publish.webm import WebmWriter
from render.puppet.framing import Background
from render.puppet.puppet import MAX_SIZE, MIN_SIZE, Puppet

SIZES: Mapping[str, tuple[int, int]] = MappingProxyType(
    {"square": (512, 512), "wide": (1280, 720), "portrait": (720, 1280)}
)
"""Sizes that have a name."""


@dataclass(frozen=True, slots=True)
class Shot:
    """How a person is filmed, and into which file.

    Attributes:
        out: An `.mp4`, or a `.webm`, which may be transparent.
        width: Pixels.
        height: Pixels.
        background: What is behind.
    """

    out: Path
    width: int
    height: int
    background: Background

    @classmethod
    def of(cls, out: Path, size: str, background: str, folder: Path = Path()) -> "Shot":
        """Checks what was asked for.

        Args:
            out: The file to write.
            size: As `parse_size` takes it.
            background: As `load_backdrop` takes it.
            folder: What a background's file is relative to.

        Raises:
            BadRequest: An impossible size, or a file that cannot be written.
            BadBackground: The background cannot be used, or not in this kind of file.
        """
        width, height = parse_size(size)
        if not out.parent.is_dir() or not os.access(out.parent, os.W_OK) or out.is_dir():
            raise BadRequest(f"{out} cannot be written.")
        load = load_backdrop if _is_webm(out) else opaque_backdrop
        return cls(out, width, height, load(background, folder))

    def puppet(self, bundle: AvatarBundle) -> Puppet:
        """Returns a person, ready to be drawn for this film."""
        return Puppet(bundle, self.width, self.height, self.background)

    def film(self) -> FilmWriter:
        """Opens the file; it can be played while it grows."""
        if _is_webm(self.out):
            return WebmWriter(self.out, self.width, self.height)
        return Mp4Writer(self.out, self.width, self.height, fragmented=True)


def _is_webm(out: Path) -> bool:
    return out.suffix.lower() == ".webm"


def parse_size(size: str) -> tuple[int, int]:
    """Returns (width, height) of "WIDTHxHEIGHT", or of a name of `SIZES`. Raises BadRequest."""
    if size in SIZES:
        return SIZES[size]
    found = re.fullmatch(r"(\d{1,5})x(\d{1,5})", size)
    if not found:
        names = ", ".join(SIZES)
        raise BadRequest(f"The size must read WIDTHxHEIGHT, such as 1280x720, or be {names}.")
    width, height = int(found[1]), int(found[2])
    if width % 2 or height % 2 or not all(MIN_SIZE <= n <= MAX_SIZE for n in (width, height)):
        raise BadRequest(f"Width and height must be even, {MIN_SIZE} to {MAX_SIZE} pixels.")
    return width, height
