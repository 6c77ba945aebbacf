"""The first tier: one model and its checkpoint, and where they are.

A `Module` is on disk, parked in host memory, or ready on its device; stages run it only when it is
ready. Moving is explicit, measured and observable. What a model is made of is its own business: a
subclass says how its weights are read, placed and parked.
"""

import threading
import time
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from enum import StrEnum


class ModuleError(Exception):
    """Base of what can go wrong with a model."""


class WeightsMissing(ModuleError):
    """The checkpoint is not there, or is damaged."""


class NotReady(ModuleError):
    """A model was run that is not on its device."""


class InUse(ModuleError):
    """A model cannot be moved while it runs."""


class Place(StrEnum):
    """Where a model is."""

    DISK = "disk"
    HOST = "host"
    DEVICE = "device"


@dataclass(frozen=True, slots=True)
class Residence:
    """Where a model is, and what it took to get there.

    Attributes:
        place: On disk, parked in host memory, or ready on its device.
        device: "cpu", "cuda:0" ...; the one it runs on, or ran on last.
        dtype: Of the weights as they are computed with.
        size: Bytes they take up on the device.
        moved_in: Seconds the last move took.
        moves: Moves so far.
    """

    place: Place
    device: str
    dtype: str
    size: int
    moved_in: float
    moves: int


class Module(ABC):
    """One model and its checkpoint. Safe to use from several threads.

    Args:
        name: What it is called in figures and messages.
        device: Where it runs.
        now: Monotonic seconds.
    """

    def __init__(
        self, name: str, device: str = "cpu", now: Callable[[], float] = time.monotonic
    ) -> None:
        self.name = name
        self._device = device
        self._now = now
        self._place = Place.DISK
        self._moved_in, self._moves = 0.0, 0
        self._lock = threading.Lock()
        self._users = 0

    @property
    def residence(self) -> Residence:
        """Where it is."""
        return Residence(
            self._place, self._device, self.dtype, self.size, self._moved_in, self._moves
        )

    @property
    def ready(self) -> bool:
        """Whether it can run."""
        return self._place is Place.DEVICE

    def load(self) -> None:
        """Makes it ready to run, from wherever it is. Idempotent.

        Raises:
            WeightsMissing: Its checkpoint is not there, or is damaged.
        """
        with self._lock:
            if self._place is Place.DEVICE:
                return
            with self._moving(Place.DEVICE):
                if self._place is Place.DISK:
                    self._read()
                self._activate(self._device)

    def offload(self) -> None:
        """Parks it in host memory, from where it is ready again within milliseconds. Idempotent.

        Raises:
            InUse: It runs.
        """
        with self._lock:
            self._check_idle()
            if self._place is Place.DEVICE:
                with self._moving(Place.HOST):
                    self._park()

    def unload(self) -> None:
        """Frees all its memory. Idempotent.

        Raises:
            InUse: It runs.
        """
        with self._lock:
            self._check_idle()
            if self._place is Place.DISK:
                return
            with self._moving(Place.DISK):
                if self._place is Place.DEVICE:
                    self._park()
                self._forget()

    def to(self, device: str) -> None:
        """Changes where it runs; if it is ready it is ready there afterwards.

        Raises:
            InUse: It runs.
        """
        with self._lock:
            self._check_idle()
            if device == self._device:
                return
            if self._place is Place.DEVICE:
                with self._moving(Place.DEVICE):
                    self._park()
                    self._place = Place.HOST
                    self._activate(device)
            self._device = device

    @contextmanager
    def running(self) -> Iterator[None]:
        """Holds it where it is while it runs.

        Raises:
            NotReady: It is not on its device.
        """
        with self._lock:
            if self._place is not Place.DEVICE:
                raise NotReady(f"{self.name} is on {self._place.value}; load it first")
            self._users += 1
        try:
            yield
        finally:
            with self._lock:
                self._users -= 1

    @property
    @abstractmethod
    def dtype(self) -> str:
        """Of the weights as they are computed with."""

    @property
    @abstractmethod
    def size(self) -> int:
        """Bytes the weights take up on the device; 0 while unknown."""

    @abstractmethod
    def _read(self) -> None:
        """Reads the checkpoint into host memory. Raises WeightsMissing."""

    @abstractmethod
    def _activate(self, device: str) -> None:
        """Places the weights, which are in host memory, on `device`."""

    @abstractmethod
    def _park(self) -> None:
        """Frees the device; the weights are in host memory afterwards."""

    @abstractmethod
    def _forget(self) -> None:
        """Frees host memory too."""

    @contextmanager
    def _moving(self, to: Place) -> Iterator[None]:
        start = self._now()
        yield
        self._place = to
        self._moved_in = self._now() - start
        self._moves += 1

    def _check_idle(self) -> None:
        if self._users:
            raise InUse(f"{self.name} is running")
