"""Small jobs of many sessions, done together in one executor. Imports nothing of this package.

To hand a job of a tenth of a millisecond to a thread and take its result back costs more than the
job. So there is one run at a time, begun at once when something comes; what comes during it is done
in the next. Alone nobody waits; among many a run does the work of many.
"""

import asyncio
from collections.abc import Callable
from concurrent.futures import Executor
from typing import Any, TypeVar

T = TypeVar("T")


class Desk:
    """Runs small jobs. Belongs to one event loop.

    Args:
        executor: Where they run.
    """

    def __init__(self, executor: Executor) -> None:
        self._executor = executor
        self._waiting: list[tuple[Callable[[], Any], asyncio.Future[Any]]] = []
        self._running: asyncio.Task[None] | None = None

    async def run(self, job: Callable[[], T]) -> T:
        """Returns what a job returns, or raises what it raises."""
        promise: asyncio.Future[T] = asyncio.get_running_loop().create_future()
        self._waiting.append((job, promise))
        if self._running is None:
            self._running = asyncio.create_task(self._work(), name="small jobs")
        return await promise

    async def _work(self) -> None:
        loop = asyncio.get_running_loop()
        try:
            while self._waiting:
                jobs, self._waiting = self._waiting, []
                done = await loop.run_in_executor(self._executor, _do, [job for job, _ in jobs])
                for (_, promise), (result, error) in zip(jobs, done, strict=True):
                    if promise.done():
                        continue
                    if error is None:
                        promise.set_result(result)
                    else:
                        promise.set_exception(error)
        finally:
            self._running = None
            for _, promise in self._waiting:
                promise.cancel()


def _do(jobs: list[Callable[[], Any]]) -> list[tuple[Any, Exception | None]]:
    """Runs jobs one after another; returns of each its result or its error."""
    done: list[tuple[Any, Exception | None]] = []
    for job in jobs:
        try:
            done.append((job(), None))
        except Exception as error:
            done.append((None, error))
    return done
