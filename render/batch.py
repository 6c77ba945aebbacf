"""Batch mode: speech in, a film out, as fast as it goes and in constant memory.

The same performer and engine as in a conversation; only the pace differs, and nothing is ever late.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Final, Protocol

from render.motion.lead import SpeechEngine
from render.motion.performer import Performer
from render.pipeline import Pipeline, link
from render.stage import Cancellation, Stage
from render.types import AudioChunk, AVUnit, Drawer, Picture, SegmentEnd

BEFORE_FRAMES: Final = 6
AFTER_FRAMES: Final = 12
"""Frames in which the face is at rest before and after it speaks."""
AHEAD_SECONDS: Final = 2.0
"""Speech held while more of it comes: two chunks of motion and what they hear beyond them."""


@dataclass(frozen=True, slots=True)
class Take:
    """What is the same for a whole film.

    Attributes:
        seed: Of everything that is chance in the face.
        engine: Moves it by what is said; rules do if None.
    """

    seed: int = 0
    engine: SpeechEngine | None = None


class Writer(Protocol):
    """Takes frames in order; `render.publish.film.FilmWriter` is one."""

    def write(self, unit: AVUnit) -> None:
        """Writes one frame."""
        ...


@dataclass(slots=True)
class PerformingState:
    """What is remembered of a film: the performer and the speech it holds."""

    performer: Performer
    begun: bool = False


Speech = AudioChunk | SegmentEnd
FilmPipeline = Pipeline[Take, Speech, AVUnit]


class Performing(Stage[Take, Speech, AVUnit, PerformingState]):
    """Speech to frames of sound and motion."""

    name = "performing"

    def start(self, request: Take) -> PerformingState:
        """See `Stage.start`."""
        return PerformingState(Performer(request.seed, engine=request.engine))

    def run(
        self, state: PerformingState, item: Speech, cancellation: Cancellation
    ) -> Iterator[AVUnit]:
        """See `Stage.run`."""
        performer = state.performer
        if not state.begun:
            state.begun = True
            yield from (performer.advance() for _ in range(BEFORE_FRAMES))
        performer.push_speech(item)
        while performer.buffered_seconds > AHEAD_SECONDS:
            yield performer.advance()

    def finish(self, state: PerformingState, cancellation: Cancellation) -> Iterator[AVUnit]:
        """See `Stage.finish`."""
        performer = state.performer
        performer.push_speech(SegmentEnd())
        while performer.speaking:
            yield performer.advance()
        yield from (performer.advance() for _ in range(AFTER_FRAMES))


@dataclass(slots=True)
class Nothing:
    """The state of a stage that remembers nothing."""


class Drawing(Stage[Take, AVUnit, AVUnit, Nothing]):
    """Motion to pictures. A picture is valid until the next is drawn.

    Args:
        drawer: One person at one size.
    """

    name = "drawing"

    def __init__(self, drawer: Drawer) -> None:
        self._drawer = drawer

    def start(self, request: Take) -> Nothing:
        """See `Stage.start`."""
        return Nothing()

    def run(self, state: Nothing, item: AVUnit, cancellation: Cancellation) -> Iterator[AVUnit]:
        """See `Stage.run`."""
        yield replace(item, picture=Picture(self._drawer.draw(item.motion)))


class Publishing(Stage[Take, AVUnit, AVUnit, Nothing]):
    """Frames to a file.

    Args:
        writer: The file, which is opened and closed elsewhere.
    """

    name = "publishing"

    def __init__(self, writer: Writer) -> None:
        self._writer = writer

    def start(self, request: Take) -> Nothing:
        """See `Stage.start`."""
        return Nothing()

    def run(self, state: Nothing, item: AVUnit, cancellation: Cancellation) -> Iterator[AVUnit]:
        """See `Stage.run`."""
        self._writer.write(item)
        yield item


def film_pipeline(drawer: Drawer | None = None, writer: Writer | None = None) -> FilmPipeline:
    """Connects the stages from speech to film.

    Args:
        drawer: Draws the pictures; there are none if None.
        writer: Writes frames; they only come out if None.
    """
    performing = Performing()
    stages: list[Stage[Take, AVUnit, AVUnit, Nothing]] = []
    if drawer:
        stages.append(Drawing(drawer))
    if writer:
        stages.append(Publishing(writer))
    if not stages:
        return Pipeline(performing, performing)
    links = [link(performing, stages[0])]
    links += [link(earlier, later) for earlier, later in pairwise(stages)]
    return Pipeline(performing, stages[-1], links)
