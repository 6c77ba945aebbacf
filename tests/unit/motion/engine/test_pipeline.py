"""Stages are connected, timed, cancelled and given their models."""

from collections.abc import Iterator
from itertools import chain as joined
from itertools import pairwise
from typing import Any

import pytest

from render.module import Module, NotReady, Place
from render.pipeline import BadGraph, Pipeline, link
from render.stage import Cancellation, Cancelled, Stage


class Weights(Module):
    """A model without weights that notes where it goes."""

    def __init__(self, name: str, log: list[str]) -> None:
        super().__init__(name)
        self._log = log

    @property
    def dtype(self) -> str:
        return "float32"

    @property
    def size(self) -> int:
        return 4

    def _read(self) -> None:
        self._log.append(f"read {self.name}")

    def _activate(self, device: str) -> None:
        self._log.append(f"activate {self.name}")

    def _park(self) -> None:
        self._log.append(f"park {self.name}")

    def _forget(self) -> None:
        self._log.append(f"forget {self.name}")


class Repeat(Stage[int, str, str, list[str]]):
    """Gives every item as often as the request says; at the end, how many there were."""

    def __init__(self, name: str, module: Module | None = None, tally: bool = False) -> None:
        self.name = name
        self.modules = (module,) if module else ()
        self._tally = tally

    def start(self, request: int) -> list[str]:
        return ["x"] * request

    def run(self, state: list[str], item: str, cancellation: Cancellation) -> Iterator[str]:
        for module in self.modules:
            with module.running():
                pass
        for _ in range(state.count("x")):
            yield f"{item}{self.name}"
        state.append("seen")

    def finish(self, state: list[str], cancellation: Cancellation) -> Iterator[str]:
        if self._tally:
            yield f"{state.count('seen')}!"


def chain(*stages: Repeat, **options: Any) -> Pipeline[int, str, str]:
    links = [link(a, b) for a, b in pairwise(stages)]
    return Pipeline(stages[0], stages[-1], links, **options)


def test_a_stream_is_its_items_one_by_one() -> None:
    pipeline = chain(Repeat("a", tally=True), Repeat("b"))
    run = pipeline.open_run(2)
    pieces = [list(run.push_item("1")), list(run.push_item("2")), list(run.end_stream())]
    assert pieces == [["1ab"] * 4, ["2ab"] * 4, ["2!b"] * 2]
    assert list(pipeline.stream_items(2, ["1", "2"])) == list(joined(*pieces))


def test_branches_meet_again() -> None:
    a, b, c, d = (Repeat(name) for name in "abcd")
    pipeline = Pipeline(a, d, [link(a, b), link(a, c), link(b, d), link(c, d)])
    assert list(pipeline.stream_items(1, ["1"])) == ["1abd", "1acd"]


def test_what_is_left_at_the_end_passes_every_later_stage() -> None:
    a, b, c = Repeat("a", tally=True), Repeat("b", tally=True), Repeat("c")
    assert list(chain(a, b, c).stream_items(1, ["1"])) == ["1abc", "1!bc", "2!c"]


def test_items_are_drawn_only_as_needed() -> None:
    drawn: list[int] = []

    def items() -> Iterator[str]:
        for number in range(100):
            drawn.append(number)
            yield str(number)

    stream = chain(Repeat("a"), Repeat("b")).stream_items(1, items())
    assert [next(stream) for _ in range(3)] == ["0ab", "1ab", "2ab"]
    assert drawn == [0, 1, 2]


def test_a_cancelled_run_gives_nothing_more() -> None:
    run = chain(Repeat("a"), Repeat("b")).open_run(5)
    items = run.push_item("1")
    next(items)
    run.cancel()
    with pytest.raises(Cancelled):
        next(items)
    with pytest.raises(Cancelled):
        list(run.push_item("2"))
    assert run.progress.given == 1
    assert run.cancelled


def test_progress_counts_and_times() -> None:
    ticks = iter(range(10_000))
    run = chain(Repeat("a"), Repeat("b"), now=lambda: float(next(ticks))).open_run(2)
    list(run.push_item("1"))
    assert (run.progress.taken, run.progress.given, run.progress.finished) == (1, 4, False)
    list(run.end_stream())
    progress = run.progress
    assert progress.finished
    assert progress.seconds["a"] == 5.0  # begun once, asked three times, at the end once
    assert progress.seconds["b"] == 9.0


def test_runs_do_not_share_state() -> None:
    pipeline = chain(Repeat("a", tally=True))
    one, other = pipeline.open_run(1), pipeline.open_run(1)
    list(one.push_item("1"))
    assert (list(one.end_stream()), list(other.end_stream())) == (["1!"], ["0!"])


def test_models_are_ready_where_they_run_and_one_at_a_time_if_asked() -> None:
    log: list[str] = []
    first, second = Weights("one", log), Weights("two", log)
    pipeline = chain(Repeat("a", first), Repeat("b", second), one_at_a_time=True)
    assert list(pipeline.stream_items(1, ["1"])) == ["1ab"]
    assert log[:4] == ["read one", "activate one", "park one", "read two"]
    places = (first.residence.place, second.residence.place)
    assert sorted(places) == sorted([Place.DEVICE, Place.HOST])
    log.clear()
    assert list(pipeline.stream_items(1, ["2"])) == ["2ab"]
    assert {entry.split()[0] for entry in log} == {"park", "activate"}


def test_models_are_kept_if_there_is_room() -> None:
    log: list[str] = []
    one, two = Weights("one", log), Weights("two", log)
    pipeline = chain(Repeat("a", one), Repeat("b", two))
    pipeline.load_models()
    list(pipeline.stream_items(3, ["1", "2"]))
    assert log == ["read one", "activate one", "read two", "activate two"]
    pipeline.offload_models()
    with pytest.raises(NotReady), one.running():
        pass


def test_graphs_that_lead_nowhere_are_refused() -> None:
    a, b, c = Repeat("a"), Repeat("b"), Repeat("c")
    with pytest.raises(BadGraph, match="takes what it gave"):
        Pipeline(a, b, [link(a, b), link(b, a)])
    with pytest.raises(BadGraph, match="reached"):
        Pipeline(a, c, [link(a, b)])
    with pytest.raises(BadGraph, match="end in"):
        Pipeline(a, c, [link(a, b), link(a, c)])
    twin = Repeat("a")
    with pytest.raises(BadGraph, match="one name"):
        Pipeline(a, twin, [link(a, twin)])
