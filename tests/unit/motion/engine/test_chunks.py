"""Every frame of a timeline comes once and in order, however its sound arrives."""

import numpy as np
import pytest

from render.chunks import Chunk, ChunkKind, ChunkPlan, Lengths, next_chunk


def plan_all(
    arrivals: list[int], bridging: bool = True, lengths: Lengths | None = None
) -> list[tuple[Chunk, int]]:
    """Plans with sound arriving in stretches; returns chunks and the frames received by then."""
    plan, chunks, received = ChunkPlan(), [], 0
    for index, arrived in enumerate(arrivals):
        received += arrived
        finished = index == len(arrivals) - 1
        while planned := next_chunk(plan, received, finished, bridging, lengths or Lengths()):
            plan, chunk = planned
            chunks.append((chunk, received))
    return chunks


def shown(chunks: list[tuple[Chunk, int]]) -> list[int]:
    """Frames in the order they can be shown: a bridged chunk waits for the bridge before it."""
    frames: list[int] = []
    waiting: list[int] = []
    for chunk, _ in chunks:
        own = list(range(chunk.shown_start, chunk.shown_stop))
        if chunk.bridged:
            assert not waiting
            waiting = own
        else:
            frames += own + waiting
            waiting = []
    assert not waiting
    return frames


def test_the_published_order() -> None:
    order = "".join(f"{c.kind}{c.number} " for c, _ in plan_all([80]))
    assert order == "N0 N1 I0 N2 I1 N3 I2 N4 I3 N5 I4 "


@pytest.mark.parametrize("total", range(121))
def test_no_frame_is_missing_or_doubled_at_any_length(total: int) -> None:
    for bridging in (True, False):
        assert shown(plan_all([total], bridging)) == list(range(total))


@pytest.mark.parametrize("seed", range(200))
def test_nor_however_the_sound_arrives(seed: int) -> None:
    random = np.random.default_rng(seed)
    arrivals = [int(n) for n in random.integers(0, 9, int(random.integers(1, 40)))]
    first, growth, longest = (int(n) for n in random.integers((1, 0, 8), (8, 5, 20)))
    lengths = Lengths(first, growth, longest, int(random.integers(3, 12)))
    chunks = plan_all([*arrivals, 0], bool(random.integers(2)), lengths)
    assert shown(chunks) == list(range(sum(arrivals)))


def test_seams_may_be_bridged_now_and_then() -> None:
    for pattern in range(256):
        plan, chunks = ChunkPlan(), []
        while planned := next_chunk(plan, 110, True, bool(pattern >> plan.chunks & 1)):
            plan, chunk = planned
            chunks.append((chunk, 110))
        assert shown(chunks) == list(range(110))


def test_chunks_begin_short_and_grow() -> None:
    lengths = [len(c) for c, _ in plan_all([200]) if c.kind is ChunkKind.NEXT]
    assert lengths[:4] == [8, 12, 16, 16]


def test_no_chunk_waits_for_more_than_80_ms_beyond_its_end() -> None:
    for chunk, received in plan_all([1] * 90):
        if chunk.kind is ChunkKind.NEXT and received < 90:
            assert received == chunk.stop + 2


def test_a_bridge_has_its_anchors_in_the_chunks_around_it() -> None:
    chunks = [chunk for chunk, _ in plan_all([150])]
    nexts = [c for c in chunks if c.kind is ChunkKind.NEXT]
    for bridge in (c for c in chunks if c.kind is ChunkKind.INTERPOLATION):
        earlier, later = nexts[bridge.number], nexts[bridge.number + 1]
        assert bridge.start == earlier.stop - 1
        assert later.start < bridge.stop - 1 < later.stop
        assert (bridge.shown_start, bridge.shown_stop) == (bridge.start + 1, bridge.stop - 1)
        assert len(bridge) <= 8


def test_live_sound_is_planned_as_soon_as_it_can_be_and_never_bridged() -> None:
    chunks = plan_all([1] * 60, bridging=False, lengths=Lengths(first=4, growth=0, longest=4))
    assert {chunk.kind for chunk, _ in chunks} == {ChunkKind.NEXT}
    assert max(received - chunk.start for chunk, received in chunks[:-1]) == 6


@pytest.mark.parametrize(
    "impossible", [{"first": 0}, {"first": 20}, {"growth": -1}, {"bridge": 2}, {"look_ahead": -1}]
)
def test_impossible_lengths_are_refused(impossible: dict[str, int]) -> None:
    with pytest.raises(ValueError, match="chunk"):
        Lengths(**impossible)
