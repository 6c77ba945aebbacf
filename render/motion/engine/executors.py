"""Where the engine computes, if not in a thread of its own."""

from collections import deque
from collections.abc import Callable
from concurrent.futures import Executor, Future
from typing import Any, ParamSpec, TypeVar

P = ParamSpec("P")
T = TypeVar("T")


class Immediately(Executor):
    """Runs what is submitted at once, in the thread that submits it: for files and tests.

    What is submitted by what runs comes after it, however long the chain.
    """

    def __init__(self) -> None:
        self._waiting: deque[Callable[[], None]] = deque()
        self._running = False

    def submit(self, fn: Callable[P, T], /, *args: P.args, **kwargs: P.kwargs) -> "Future[T]":
        """See `Executor.submit`."""
        future: Future[T] = Future()
        self._waiting.append(lambda: _run(future, fn, *args, **kwargs))
        if not self._running:
            self._running = True
            try:
                while self._waiting:
                    self._waiting.popleft()()
            finally:
                self._running = False
        return future


def _run(future: "Future[T]", fn: Callable[..., T], *args: Any, **kwargs: Any) -> None:
    try:
        future.set_result(fn(*args, **kwargs))
    except Exception as error:
        future.set_exception(error)
