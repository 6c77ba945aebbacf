"""The chunk schedule: which frames are generated when, and which of them are shown.

Pure: a `ChunkPlan` is a value, `next_chunk` a function of it.

N chunks make the timeline, each conditioned on the end of the one before. I chunks smooth its
seams: anchored on the last frame of the earlier N chunk and an early frame of the later one, they
replace what the later one began with; what they predict for the anchors themselves is discarded.
The order is N0 N1 I0 N2 I1 N3 I2 ... An I chunk needs the sound of the later N chunk, so seams are
bridged only while sound runs ahead of playback, and never when it is live:

    frame   0 ....... 7 8 ..... 13 14 ....... 19 20 ..
    N0      [shown    ]
    N1                 [replaced  ][shown      ]
    I0                A[shown     ]A                      A: anchors, discarded
    N2                                          [replaced ...
"""

from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Final


class ChunkKind(StrEnum):
    """What a chunk is for."""

    NEXT = "N"
    INTERPOLATION = "I"


@dataclass(frozen=True, slots=True)
class Lengths:
    """Lengths of chunks, in frames.

    Attributes:
        first: Of the first N chunk: it dominates the time to the first frame.
        growth: By which each N chunk is longer than the one before.
        longest: Of all N chunks from there on.
        bridge: Of an I chunk, its two anchors included.
        look_ahead: Frames of sound beyond its last frame that a chunk is made from.
    """

    first: int = 8
    growth: int = 4
    longest: int = 16
    bridge: int = 8
    look_ahead: int = 2

    def __post_init__(self) -> None:
        if not (0 < self.first <= self.longest and self.growth >= 0 and self.look_ahead >= 0):
            raise ValueError("chunks must have frames, and may not shrink")
        if self.bridge < 3:
            raise ValueError("an I chunk holds two anchors and a frame between them at least")

    def length_of(self, number: int) -> int:
        """Returns the length of the N chunk `number`, where enough sound follows."""
        return min(self.first + number * self.growth, self.longest)


LENGTHS: Final = Lengths()


@dataclass(frozen=True, slots=True)
class Chunk:
    """Frames generated together.

    Attributes:
        kind: N or I.
        number: Counted from 0 within its kind; I k bridges N k and N k + 1.
        start: First frame generated; of an I chunk, its early anchor.
        stop: Frame after the last one generated; of an I chunk, that after its late anchor.
        shown_start: First frame of these that is shown.
        shown_stop: Frame after the last one that is shown.
    """

    kind: ChunkKind
    number: int
    start: int
    stop: int
    shown_start: int
    shown_stop: int

    @property
    def bridged(self) -> bool:
        """Whether an I chunk replaces its first frames; it is then made right after this one."""
        return self.kind is ChunkKind.NEXT and self.shown_start > self.start

    def __len__(self) -> int:
        return self.stop - self.start


@dataclass(frozen=True, slots=True)
class ChunkPlan:
    """How far a timeline is planned.

    Attributes:
        chunks: N chunks so far.
        frames: Frames they cover.
        owed: The I chunk that comes next.
    """

    chunks: int = 0
    frames: int = 0
    owed: Chunk | None = None


def next_chunk(
    plan: ChunkPlan, received: int, finished: bool, bridging: bool, lengths: Lengths = LENGTHS
) -> tuple[ChunkPlan, Chunk] | None:
    """Plans one more chunk, as soon as enough sound is there.

    Args:
        plan: So far.
        received: Whole frames of sound received; where it has ended, frames it takes up.
        finished: Whether the sound has ended.
        bridging: Whether the seam before the next N chunk may be bridged.
        lengths: Of the chunks.

    Returns:
        The plan with the chunk and the chunk; None if nothing can be generated now.
    """
    if plan.owed:
        return replace(plan, owed=None), plan.owed
    length = lengths.length_of(plan.chunks)
    if finished:
        length = min(length, received - plan.frames)
    if length <= 0 or (not finished and plan.frames + length + lengths.look_ahead > received):
        return None
    start, stop = plan.frames, plan.frames + length
    anchor = min(start + lengths.bridge - 2, stop - 1)
    owed = None
    if bridging and plan.chunks > 0 and anchor > start:
        owed = Chunk(ChunkKind.INTERPOLATION, plan.chunks - 1, start - 1, anchor + 1, start, anchor)
    shown = anchor if owed else start
    chunk = Chunk(ChunkKind.NEXT, plan.chunks, start, stop, shown, stop)
    return ChunkPlan(plan.chunks + 1, stop, owed), chunk
