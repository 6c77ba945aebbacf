"""The second tier: a typed step that may run models.

A stage is made once and shared: what it remembers of one stream lives in a state that the pipeline
owns and hands in, and which never grows with the length of the stream.
"""

import threading
from abc import ABC, abstractmethod
from collections.abc import Iterable
from typing import Generic, TypeVar

from render.module import Module

Request = TypeVar("Request")
In = TypeVar("In")
Out = TypeVar("Out")
State = TypeVar("State")


class Cancelled(Exception):
    """The stream was cancelled; what was under way is lost."""


class Cancellation:
    """Says to a stage at work that nobody wants its results any more."""

    def __init__(self) -> None:
        self._event = threading.Event()

    @property
    def requested(self) -> bool:
        """Whether the stream was cancelled."""
        return self._event.is_set()

    def request(self) -> None:
        """Cancels, from any thread."""
        self._event.set()

    def raise_if_requested(self) -> None:
        """Raises Cancelled if the stream was cancelled."""
        if self._event.is_set():
            raise Cancelled


class Stage(ABC, Generic[Request, In, Out, State]):
    """One step of a pipeline: items of one type in, items of another out.

    Attributes:
        name: What it is called in figures.
        modules: The models it runs; the pipeline has them ready whenever the stage runs.
    """

    name: str
    modules: tuple[Module, ...] = ()

    @abstractmethod
    def start(self, request: Request) -> State:
        """Returns the state of a new stream; what is the same for all of it is made here, once."""

    @abstractmethod
    def run(self, state: State, item: In, cancellation: Cancellation) -> Iterable[Out]:
        """Takes one item and gives what can be given by now, lazily where that saves memory.

        Args:
            state: Of this stream; changed in place.
            item: The next of the stream.
            cancellation: To be checked at least once per 40 ms of work. Between the items it
                gives, the pipeline checks it too.

        Raises:
            Cancelled: It was requested.
        """

    def finish(self, state: State, cancellation: Cancellation) -> Iterable[Out]:
        """Gives what is left when the stream ends."""
        return ()
