"""`visavis say`: the same face and voice as in a conversation, into a file.

Imports the voices, the people and `render`. Constant memory: one clause at a time.
"""

import os
import re
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from agent.errors import BadRequest
from agent.mind.persona import Persona, load_persona
from agent.settings import Settings
from agent.speech.engines import SpeechEngines
from agent.speech.voices import text as prepare
from agent.speech.voices.base import Voice
from render.face.avatar import AvatarBundle
from render.face.gallery import default_avatar
from render.motion.performer import Performer
from render.publish.mp4 import Mp4Writer
from render.puppet.puppet import MAX_SIZE, MIN_SIZE, Puppet
from render.types import AVUnit, Picture, SegmentEnd

BEFORE_FRAMES, AFTER_FRAMES = 6, 12
"""Frames in which the face is at rest before and after it speaks."""
AHEAD_SECONDS = 1.0
"""Speech held while more of it is being made, so that lips know what comes."""


async def say_to_file(settings: Settings, text: str, out: Path, persona: str, size: str) -> None:
    """Writes an MP4 of `persona` saying `text`.

    Raises:
        BadRequest: Nothing to say, an impossible size, or a file that cannot be written.
        NotFound: No such persona.
    """
    width, height = parse_size(size)
    if not prepare.pieces(text):
        raise BadRequest("There is nothing to say in that text.")
    who = load_persona(settings.mind.prompts_dir, persona)
    _check_writable(out)
    puppet = Puppet(_person(settings, who), width, height)
    engines = SpeechEngines((who.voice,), listening=False)
    await engines.start()
    try:
        with Mp4Writer(out, width, height) as video:
            await _write(video, puppet, engines.voice(who.voice), text)
    finally:
        await engines.aclose()


def _check_writable(out: Path) -> None:
    if not out.parent.is_dir() or not os.access(out.parent, os.W_OK) or out.is_dir():
        raise BadRequest(f"{out} cannot be written.")


def parse_size(size: str) -> tuple[int, int]:
    """Returns (width, height) of "WIDTHxHEIGHT". Raises BadRequest."""
    found = re.fullmatch(r"(\d{1,5})x(\d{1,5})", size)
    if not found:
        raise BadRequest("The size must read WIDTHxHEIGHT, such as 1280x720.")
    width, height = int(found[1]), int(found[2])
    if width % 2 or height % 2 or not all(MIN_SIZE <= n <= MAX_SIZE for n in (width, height)):
        raise BadRequest(f"Width and height must be even, {MIN_SIZE} to {MAX_SIZE} pixels.")
    return width, height


def _person(settings: Settings, who: Persona) -> AvatarBundle:
    folder = settings.avatars_dir
    return default_avatar(who.avatar, folder, settings.face.people_package)


async def _write(video: Mp4Writer, puppet: Puppet, voice: Voice, text: str) -> None:
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn())
    with Progress(*columns, TimeRemainingColumn()) as progress:
        task = progress.add_task("speaking", total=len(prepare.pieces(text)))
        async for unit, pieces in perform(voice, text):
            rgba = puppet.draw(unit.motion)
            video.write(replace(unit, picture=Picture(rgba)))
            progress.update(task, completed=pieces)


async def perform(voice: Voice, text: str) -> AsyncIterator[tuple[AVUnit, int]]:
    """Yields every frame of `text` and how many of its pieces have been voiced."""
    performer, pieces = Performer(), 0
    for _ in range(BEFORE_FRAMES):
        yield performer.advance(), 0
    async for chunk in voice.speak(text):
        performer.push(chunk)
        pieces += 1
        while performer.buffered_seconds > AHEAD_SECONDS:
            yield performer.advance(), pieces
    performer.push(SegmentEnd())
    while performer.speaking:
        yield performer.advance(), pieces
    for _ in range(AFTER_FRAMES):
        yield performer.advance(), pieces
