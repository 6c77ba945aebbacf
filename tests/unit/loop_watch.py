"""Finds what holds an event loop: steps that use too much of the processor on its thread.

What counts is the processor time of the thread, not the time on the wall, so that a machine with
other work fails no test; a step that waits for a file or a lock is not found. Steps of every loop
count, those in other threads as well.
"""

import asyncio
import gc
import importlib
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any
from unittest.mock import patch

LONGEST_STEP_MS = 5.0
REFERENCE_MS = 3.5
"""Processor time of `_reference_work` on the machine that the limit was set on, when idle: beside
other work, or on a slower machine, a step costs more of it, and may."""
_bootstrap: Any = vars(importlib)["_bootstrap"]
"""Every import of a module that is not loaded yet goes through its `_find_and_load`."""
PATIENCE_MS = {
    # A test is the other side as well: it makes the browser's peer, its keys and its offer.
    "test": 15.0,
    # Once in a process: livekit imports what its first activity needs.
    "AgentSession._update_activity_task": 1000.0,
    # livekit makes an HTTP client, which reads the system's certificates.
    "MCPServer._run_client": 150.0,
    # Moves the face of a frame, packs it and hands it on: 3 to 5 ms with a busy neighbour.
    "Playback.run": 15.0,
    # uvicorn imports the protocols it speaks as it starts.
    "Server.serve": 50.0,
    # livekit begins to speak: spans, tasks, streams.
    "AgentActivity._create_speech_task.<locals>._context_aware_coro": 15.0,
    # What a livekit stream does around our code: spans, metrics, copies of the conversation.
    "LLMStream.__init__.<locals>._traceable_main_task": 15.0,
    "SynthesizeStream.__init__.<locals>._traceable_main_task": 15.0,
}
"""What may take longer, by the name of the callback."""


class EventLoopBlocked(Exception):
    """A step of a callback or a task used more of the loop's thread than it may."""


@dataclass(frozen=True)
class Step:
    """One step on an event loop.

    Attributes:
        name: Of the callback, or of the task's coroutine.
        cpu_ms: Processor time it used, in milliseconds.
    """

    name: str
    cpu_ms: float

    def __str__(self) -> str:
        return f"{self.name} ({self.cpu_ms:.1f} ms)"


def _named(handle: asyncio.Handle) -> str:
    callback = getattr(handle, "_callback", None)
    task = getattr(callback, "__self__", None)
    if isinstance(task, asyncio.Task):
        callback = task.get_coro()
    return getattr(callback, "__qualname__", None) or repr(callback)


def _kind(name: str) -> str:
    return "test" if name.startswith("test_") and "." not in name else name


def _reference_work() -> float:
    """Returns the processor time in milliseconds that a fixed piece of work takes now."""
    start, total = time.thread_time(), 0
    for number in range(60_000):
        total += number * number % 7
    return (time.thread_time() - start) * 1000


class _Excused(threading.local):
    """Processor time of the thread that is nobody's fault, in seconds.

    Garbage that is collected by itself falls due in anybody's step; a module is imported by whoever
    comes first, which in a test is another than in the server.
    """

    seconds = 0.0
    _depth = 0
    _since = 0.0

    def begin(self) -> None:
        """Counts from here; may be nested."""
        if self._depth == 0:
            self._since = time.thread_time()
        self._depth += 1

    def end(self) -> None:
        """Counts until here."""
        self._depth -= 1
        if self._depth == 0:
            self.seconds += time.thread_time() - self._since


@contextmanager
def _excusing() -> Iterator[_Excused]:
    excused, asked = _Excused(), threading.local()
    collect = gc.collect

    def collecting(phase: str, info: object) -> None:
        if getattr(asked, "now", False):
            return
        if phase == "start":
            excused.begin()
        else:
            excused.end()

    def asked_to_collect(generation: int = 2) -> int:
        asked.now = True
        try:
            return collect(generation)
        finally:
            asked.now = False

    def importing(load: Callable[..., Any]) -> Callable[..., Any]:
        def timed(*arguments: Any, **named: Any) -> Any:
            excused.begin()
            try:
                return load(*arguments, **named)
            finally:
                excused.end()

        return timed

    gc.callbacks.append(collecting)
    try:
        with (
            patch.object(gc, "collect", asked_to_collect),
            patch.object(_bootstrap, "_find_and_load", importing(_bootstrap._find_and_load)),
        ):
            yield excused
    finally:
        gc.callbacks.remove(collecting)


@contextmanager
def long_steps(longest_ms: float = LONGEST_STEP_MS) -> Iterator[list[Step]]:
    """Collects the steps that take longer than they may while the block runs.

    Imports and garbage that is collected by itself are not counted; a step that calls
    `gc.collect` answers for it.
    """
    suspected: list[Step] = []
    found: list[Step] = []
    run = asyncio.Handle._run

    def timed(handle: asyncio.Handle) -> None:
        name, start, before = _named(handle), time.thread_time(), excused.seconds
        run(handle)
        cpu_ms = (time.thread_time() - start - (excused.seconds - before)) * 1000
        if cpu_ms > PATIENCE_MS.get(_kind(name), longest_ms):
            suspected.append(Step(name, cpu_ms))

    with _excusing() as excused, patch.object(asyncio.Handle, "_run", timed):
        yield found
    if suspected:
        slowness = max(1.0, _reference_work() / REFERENCE_MS)
        found += [
            step
            for step in suspected
            if step.cpu_ms > slowness * PATIENCE_MS.get(_kind(step.name), longest_ms)
        ]
