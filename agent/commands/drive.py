"""`visavis drive`: somebody's film moves an avatar.

Two passes in constant memory: the face in every picture is read first, since a person's rest shows
only in the whole film; then the avatar is drawn beside the film's own sound.
"""

from collections.abc import Iterable, Iterator
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn, TimeRemainingColumn

from agent.errors import BadVideo, NotFound
from agent.films.people import find_avatar
from agent.films.shot import Shot
from agent.settings import Settings
from render.clock import FRAME_RATE, FRAME_SAMPLES
from render.face.landmarks import FaceFinder
from render.motion.capture import Mimic, Neutral, on_the_clock
from render.motion.errors import CaptureError
from render.motion.film import Film, Picture, camera_pictures
from render.motion.reading import Reading, read_face
from render.types import AVUnit
from render.types import Picture as Drawn

CAMERA_SECONDS = 10.0
"""How long a camera is watched."""
_SILENCE = np.zeros(FRAME_SAMPLES, np.int16)


def drive_to_file(
    settings: Settings,
    source: str,
    out: Path,
    avatar: str,
    size: str,
    background: str | None = None,
) -> None:
    """Writes a film of `avatar` moving and sounding as the person in `source` does.

    Args:
        settings: Where the people are.
        source: A video file, or the number of a camera, which is watched for ten seconds.
        out: An `.mp4`, or a `.webm`, which may be transparent.
        avatar: One of the default people, or a `.avatar` file.
        size: "WIDTHxHEIGHT" in pixels, or the name of a size.
        background: As `agent.films.backdrop` takes it; that of the settings if None.

    Raises:
        BadRequest: An impossible size, or a file that cannot be written.
        BadBackground: The background cannot be used.
        NotFound: No such avatar, or no such source.
        BadVideo: The source cannot be read, or shows no face.
    """
    shot = Shot.of(out, size, background or settings.face.background)
    bundle = find_avatar(settings, avatar)
    columns = (TextColumn("{task.description}"), BarColumn(), TaskProgressColumn())
    with Progress(*columns, TimeRemainingColumn()) as progress:
        try:
            readings, sound = _watch(source, progress)
            mimic = Mimic(
                Neutral.from_readings([reading for reading in readings if reading is not None])
            )
        except CaptureError as error:
            raise BadVideo(error.message) from error
        task = progress.add_task("drawing", total=len(readings))
        puppet = shot.puppet(bundle)
        with shot.film() as video:
            for pts, reading in enumerate(readings):
                motion = mimic.mimic(reading)
                samples = next(sound, _SILENCE)
                picture = Drawn(puppet.draw(motion))
                video.write(AVUnit(pts, samples, motion, picture=picture))
                progress.advance(task)


def _watch(
    source: str, progress: Progress
) -> tuple[list[Reading | None], Iterator[NDArray[np.int16]]]:
    """Reads the face in every picture; returns a reading per frame, and the sound."""
    sound: Iterator[NDArray[np.int16]] = iter(())
    if source.isdecimal():
        pictures, seconds = camera_pictures(int(source), CAMERA_SECONDS), CAMERA_SECONDS
    elif Path(source).is_file():
        film = Film(Path(source))
        pictures, sound, seconds = film.pictures(), film.sound(), film.seconds
    else:
        raise NotFound(f"There is no file {source}.")
    task = progress.add_task("watching", total=max(1, round(seconds * FRAME_RATE)))
    seen = []
    with FaceFinder() as finder:
        for at, reading in read_all(pictures, finder):
            seen.append((at, reading))
            progress.update(task, completed=round(at * FRAME_RATE) + 1)
    return on_the_clock(seen), sound


def read_all(
    pictures: Iterable[tuple[float, Picture]], finder: FaceFinder
) -> Iterator[tuple[float, Reading | None]]:
    """Yields what is read off the clearest face of each picture, None where there is none."""
    for at, rgb in pictures:
        faces = finder.find_faces(rgb)
        yield at, read_face(faces[0]) if faces else None
