"""The third tier: stages connected as a graph, run as a stream or in one go.

A `Pipeline` is made once and shared; `open` starts a `Run`, which owns the rolling state of one
stream. Items travel depth first, one at a time, so that nothing piles up between stages and memory
does not grow with the length of the stream.

Two engines fit these tiers without a change to them:

    motion latents    context -> audio to motion -> refinement        (then the face is drawn)
    image latents     context -> audio to video -> super-resolution -> decoding

A request carries what is the same for a whole stream, such as an identity; each stage encodes its
part of it once, in `start`. Chunks chosen by `render.chunks` are the items between the stages.
Feedback, such as the last frames of a chunk that the next begins from, is state of its stage.
"""

import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any, Generic, TypeVar

from render.module import Module
from render.stage import Cancellation, In, Out, Request, Stage

Between = TypeVar("Between")
AnyStage = Stage[Any, Any, Any, Any]
Link = tuple[AnyStage, AnyStage]


class BadGraph(ValueError):
    """Stages are not connected so that items can travel from the entry to the exit."""


def link(
    earlier: Stage[Request, Any, Between, Any], later: Stage[Request, Between, Any, Any]
) -> Link:
    """Connects two stages: what the earlier gives, the later takes."""
    return earlier, later


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a run is.

    Attributes:
        taken: Items pushed.
        given: Items that came out at the end.
        finished: Whether all have.
        seconds: Time spent in each stage by its name, that of models being moved left out.
        moving_seconds: Time spent on moving models.
    """

    taken: int
    given: int
    finished: bool
    seconds: Mapping[str, float]
    moving_seconds: float


class Pipeline(Generic[Request, In, Out]):
    """Stages connected as a graph without circles.

    Args:
        entry: Takes what is pushed.
        exit: Gives what comes out.
        links: Pairs of stages, made by `link`. A stage that is linked to several gives each item
            to all of them, in this order; a stage that several are linked to takes from all.
        one_at_a_time: Whether the models of only one stage are ready at any time and those of
            the others parked, for devices that do not hold all of them. Such a pipeline has one
            run at a time.
        now: Seconds, for timing.

    Raises:
        BadGraph: There is a circle, or a stage that items cannot reach or leave, or a name twice.
    """

    def __init__(
        self,
        entry: Stage[Request, In, Any, Any],
        exit: Stage[Request, Any, Out, Any],
        links: Sequence[Link] = (),
        *,
        one_at_a_time: bool = False,
        now: Callable[[], float] = time.perf_counter,
    ) -> None:
        self._entry = entry
        self._exit = exit
        self._next: dict[AnyStage, list[AnyStage]] = {entry: [], exit: []}
        for earlier, later in links:
            self._next.setdefault(earlier, []).append(later)
            self._next.setdefault(later, [])
        self.stages = _in_order(entry, exit, self._next)
        """All stages, each after those that it takes from."""
        self._residency = _Residency(self.stages, one_at_a_time)
        self._now = now

    def load_models(self) -> None:
        """Makes the models ready: all, or those of the first stage if only one's may be."""
        self._residency.load()

    def offload_models(self) -> None:
        """Parks all models in host memory; no run may be under way."""
        for module in self._residency.modules:
            module.offload()

    def open_run(self, request: Request) -> "Run[In, Out]":
        """Starts a stream: every stage makes its state of the request."""
        return Run(self, request)

    def stream_items(self, request: Request, items: Iterable[In]) -> Iterator[Out]:
        """Runs a whole stream, drawing items as they are needed."""
        run = self.open_run(request)
        for item in items:
            yield from run.push_item(item)
        yield from run.end_stream()


class Run(Generic[In, Out]):
    """One stream through a pipeline. `push` and `finish` belong to one thread at a time."""

    def __init__(self, pipeline: Pipeline[Any, In, Out], request: object) -> None:
        self._pipeline = pipeline
        self._states = {stage: stage.start(request) for stage in pipeline.stages}
        self._cancellation = Cancellation()
        self._seconds = {stage.name: 0.0 for stage in pipeline.stages}
        self._moving = 0.0
        self._taken = self._given = 0
        self._finished = False

    @property
    def progress(self) -> Progress:
        """How far it is."""
        seconds = MappingProxyType(dict(self._seconds))
        return Progress(self._taken, self._given, self._finished, seconds, self._moving)

    @property
    def cancelled(self) -> bool:
        """Whether it was cancelled."""
        return self._cancellation.requested

    def cancel(self) -> None:
        """Stops within a frame, from any thread; whatever is under way raises `Cancelled`."""
        self._cancellation.request()

    def push_item(self, item: In) -> Iterator[Out]:
        """Takes one item and gives what comes out by now, lazily.

        Raises:
            Cancelled: The run was cancelled.
        """
        self._taken += 1
        yield from self._into(self._pipeline._entry, item)

    def end_stream(self) -> Iterator[Out]:
        """Ends the stream and gives what is left, lazily.

        Raises:
            Cancelled: The run was cancelled.
        """
        for stage in self._pipeline.stages:
            rest = stage.finish(self._states[stage], self._cancellation)
            yield from self._from(stage, rest)
        self._finished = True

    def _into(self, stage: AnyStage, item: Any) -> Iterator[Out]:
        self._cancellation.raise_if_requested()
        self._prepare(stage)
        start = self._pipeline._now()
        given = stage.run(self._states[stage], item, self._cancellation)
        self._seconds[stage.name] += self._pipeline._now() - start
        yield from self._from(stage, given)

    def _from(self, stage: AnyStage, given: Iterable[Any]) -> Iterator[Out]:
        """Takes items out of a stage one by one and passes each on."""
        items = iter(given)
        while True:
            self._prepare(stage)
            start = self._pipeline._now()
            try:
                item = next(items)
            except StopIteration:
                return
            finally:
                self._seconds[stage.name] += self._pipeline._now() - start
            self._cancellation.raise_if_requested()
            for later in self._pipeline._next[stage]:
                yield from self._into(later, item)
            if stage is self._pipeline._exit:
                self._given += 1
                yield item

    def _prepare(self, stage: AnyStage) -> None:
        start = self._pipeline._now()
        if self._pipeline._residency.prepare(stage):
            self._moving += self._pipeline._now() - start


class _Residency:
    """Has the models of a stage ready when it runs."""

    def __init__(self, stages: Sequence[AnyStage], one_at_a_time: bool) -> None:
        self.modules: list[Module] = list(dict.fromkeys(m for s in stages for m in s.modules))
        self._stages = stages
        self._one_at_a_time = one_at_a_time

    def load(self) -> None:
        if self._one_at_a_time:
            self.prepare(next((stage for stage in self._stages if stage.modules), self._stages[0]))
            return
        for module in self.modules:
            module.load()

    def prepare(self, stage: AnyStage) -> bool:
        """Returns whether a model had to be moved."""
        if all(module.ready for module in stage.modules):
            return False
        if self._one_at_a_time:
            for module in self.modules:
                if module not in stage.modules:
                    module.offload()
        for module in stage.modules:
            module.load()
        return True


def _in_order(
    entry: AnyStage, exit: AnyStage, following: Mapping[AnyStage, Sequence[AnyStage]]
) -> tuple[AnyStage, ...]:
    """Sorts stages so that each comes after those it takes from (depth first, reversed)."""
    order: list[AnyStage] = []
    open_: set[AnyStage] = set()

    def visit(stage: AnyStage) -> None:
        if stage in order:
            return
        if stage in open_:
            raise BadGraph(f"{stage.name} takes what it gave")
        open_.add(stage)
        for later in following[stage]:
            visit(later)
        order.append(stage)

    visit(entry)
    order.reverse()
    if set(order) != set(following):
        raise BadGraph("a stage cannot be reached from the entry")
    if exit not in order or any(not following[s] and s is not exit for s in order):
        raise BadGraph("items end in a stage that is not the exit")
    names = [stage.name for stage in order]
    if len(set(names)) < len(names):
        raise BadGraph("two stages have one name")
    return tuple(order)
