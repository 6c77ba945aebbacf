"""`visavis render`: a face says what a sound file holds, into a film.

Constant memory, any length.
"""

from pathlib import Path

from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn, TimeRemainingColumn

from agent.errors import BadSound, NotFound
from agent.films.people import find_avatar
from agent.films.shot import Shot
from agent.models.motion import batch_engine
from agent.settings import Settings
from render.batch import AFTER_FRAMES, BEFORE_FRAMES, Take, film_pipeline
from render.clock import FRAME_RATE
from render.motion.recording import Recording, UnreadableSound
from render.publish.film import FilmWriter
from render.puppet.puppet import Puppet
from render.types import AudioChunk


def render_to_file(
    settings: Settings,
    source: Path,
    out: Path,
    avatar: str,
    size: str,
    background: str | None = None,
) -> None:
    """Writes a film of `avatar` saying what is heard in `source`.

    Args:
        settings: Where the people are, and what moves them.
        source: A file with sound, of any format, rate and number of channels.
        out: An `.mp4`, or a `.webm`, which may be transparent.
        avatar: One of the default people, or a `.avatar` file.
        size: As `parse_size` takes it.
        background: As `agent.films.backdrop` takes it; that of the settings if None.

    Raises:
        BadRequest: An impossible size, or a file that cannot be written.
        BadBackground: The background cannot be used.
        NotFound: No such avatar, or no such file.
        BadSound: The file holds no sound that can be read.
    """
    shot = Shot.of(out, size, background or settings.face.background)
    if not source.is_file():
        raise NotFound(f"There is no file {source}.")
    try:
        recording = Recording(source)
        puppet = shot.puppet(find_avatar(settings, avatar))
        with shot.film() as film:
            _write(settings, recording, puppet, film)
    except UnreadableSound as error:
        raise BadSound(error.message) from error


def _write(settings: Settings, recording: Recording, puppet: Puppet, film: FilmWriter) -> None:
    columns = (TextColumn("{task.description}"), BarColumn(), TaskProgressColumn())
    with Progress(*columns, TimeRemainingColumn()) as progress:
        frames = round(recording.seconds * FRAME_RATE) + BEFORE_FRAMES + AFTER_FRAMES
        task = progress.add_task("speaking", total=frames if recording.seconds else None)
        progress.console.print(f"Plays while it grows: {film.partial_path}", highlight=False)
        take = Take(engine=batch_engine(settings.face))
        speech = (AudioChunk(samples) for samples in recording.pieces())
        for unit in film_pipeline(puppet, film).stream_items(take, speech):
            progress.update(task, completed=unit.pts + 1)
