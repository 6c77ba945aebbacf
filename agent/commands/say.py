"""`visavis say`: the same face and voice as in a conversation, into a file.

Constant memory: one clause at a time.
"""

import asyncio
from pathlib import Path

from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from agent.errors import BadRequest
from agent.films.shot import Shot
from agent.mind.persona.persona import Persona, load_persona
from agent.models.motion import batch_engine
from agent.settings import Settings
from agent.speech.engines import SpeechEngines
from agent.speech.voices import text as prepare
from agent.speech.voices.base import Voice
from render.batch import Take, film_pipeline
from render.cloning.gallery import default_avatar
from render.face.avatar import AvatarBundle
from render.publish.film import FilmWriter
from render.puppet.puppet import Puppet


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
        background: As `agent.films.backdrop` takes it; if None the persona's, or that of the
            settings.

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
    engines = SpeechEngines((who.voice,), listening=False, settings=settings.speech)
    await engines.start()
    try:
        with shot.film() as video:
            await _write(settings, video, puppet, engines.voice(who.voice), text)
    finally:
        await engines.aclose()


def _shot(settings: Settings, who: Persona, out: Path, size: str, background: str | None) -> Shot:
    if background is None and who.background is not None:
        return Shot.of(out, size, who.background, settings.mind.prompts_dir)
    return Shot.of(out, size, background or settings.face.background)


def _person(settings: Settings, who: Persona) -> AvatarBundle:
    folder = settings.avatars_dir
    return default_avatar(who.avatar, folder, settings.face.people_package)


async def _write(
    settings: Settings, video: FilmWriter, puppet: Puppet, voice: Voice, text: str
) -> None:
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn())
    engine = await asyncio.to_thread(batch_engine, settings.face)
    run = film_pipeline(puppet, video).open_run(Take(engine=engine))
    with Progress(*columns, TimeRemainingColumn()) as progress:
        task = progress.add_task("speaking", total=len(prepare.pieces(text, voice.language)))
        async for chunk in voice.speak(text):
            for _ in run.push_item(chunk):
                pass
            progress.advance(task)
        for _ in run.end_stream():
            pass
