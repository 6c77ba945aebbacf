"""`visavis say`: the same face and voice as in a conversation, into a file.

Imports the voices, the people, the filming and `render`. Constant memory: one clause at a time.
"""

from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from agent.errors import BadRequest
from agent.filming import Shot
from agent.mind.persona import Persona, load_persona
from agent.settings import Settings
from agent.speech.engines import SpeechEngines
from agent.speech.voices import text as prepare
from agent.speech.voices.base import Voice
from render.face.avatar import AvatarBundle
from render.face.gallery import default_avatar
from render.motion.performer import Performer
from render.publish.film import FilmWriter
from render.puppet.puppet import Puppet
from render.types import AVUnit, Picture, SegmentEnd

BEFORE_FRAMES, AFTER_FRAMES = 6, 12
"""Frames in which the face is at rest before and after it speaks."""
AHEAD_SECONDS = 1.0
"""Speech held while more of it is being made, so that lips know what comes."""


async def say_to_file(
    settings: Settings,
    text: str,
    out: Path,
    persona: str,
    size: str,
    background: str | None = None,
) -> None:
    """Writes a film of `persona` saying `text`.

    Args:
        settings: Where the people are.
        text: What is said.
        out: An `.mp4`, or a `.webm`, which may be transparent.
        persona: Whose face and voice.
        size: "WIDTHxHEIGHT" in pixels, or the name of a size.
        background: As `agent.backdrop` takes it; the persona's, or that of the settings, if None.

    Raises:
        BadRequest: Nothing to say, an impossible size, or a file that cannot be written.
        BadBackground: The background cannot be used.
        NotFound: No such persona.
    """
    if not prepare.pieces(text):
        raise BadRequest("There is nothing to say in that text.")
    who = load_persona(settings.mind.prompts_dir, persona)
    shot = _shot(settings, who, out, size, background)
    puppet = shot.puppet(_person(settings, who))
    engines = SpeechEngines((who.voice,), listening=False)
    await engines.start()
    try:
        with shot.film() as video:
            await _write(video, puppet, engines.voice(who.voice), text)
    finally:
        await engines.aclose()


def _shot(settings: Settings, who: Persona, out: Path, size: str, background: str | None) -> Shot:
    if background is None and who.background is not None:
        return Shot.of(out, size, who.background, settings.mind.prompts_dir)
    return Shot.of(out, size, background or settings.face.background)


def _person(settings: Settings, who: Persona) -> AvatarBundle:
    folder = settings.avatars_dir
    return default_avatar(who.avatar, folder, settings.face.people_package)


async def _write(video: FilmWriter, puppet: Puppet, voice: Voice, text: str) -> None:
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
