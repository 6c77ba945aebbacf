"""Drawn people that conversations share: one that shows the same face draws nothing of its own.

To prepare a person takes as long as to draw a hundred pictures of them. A picture depends on its
motion alone, so whoever is free may draw it.
"""

import asyncio
import queue
from collections.abc import Callable
from weakref import WeakValueDictionary

import numpy as np
from numpy.typing import NDArray

from render.face.avatar import AvatarBundle
from render.puppet.framing import Background
from render.puppet.puppet import Puppet
from render.types import Motion

Make = Callable[[AvatarBundle, int, int, Background], Puppet]


class SharedPuppets:
    """Puppets of one person before one background (a `Drawer` for each of many faces).

    Args:
        bundle: The person.
        background: Behind them.
        size: Of the pictures, width and height in pixels.
        make: Prepares a puppet.
    """

    def __init__(
        self, bundle: AvatarBundle, background: Background, size: tuple[int, int], make: Make
    ) -> None:
        self.bundle = bundle
        self.background = background
        self.made = 0
        self._size = size
        self._make = make
        self._free: queue.SimpleQueue[Puppet] = queue.SimpleQueue()

    def grow(self) -> None:
        """Prepares one puppet more (some tenths of a second)."""
        self.made += 1
        self._free.put(self._make(self.bundle, *self._size, self.background))

    def draw(self, motion: Motion) -> NDArray[np.uint8]:
        """Returns (height, width, 4) RGBA of its own; waits while all puppets are drawing."""
        puppet = self._free.get()
        try:
            return puppet.draw(motion).copy()
        finally:
            self._free.put(puppet)


class PuppetPool:
    """The puppets of everybody who is shown; those of whom no conversation shows are let go of.

    Args:
        size: Of the pictures, width and height in pixels.
        most: Puppets of one person: as many as can draw at once.
        make: Prepares a puppet.
    """

    def __init__(self, size: tuple[int, int], most: int, make: Make = Puppet) -> None:
        self._size = size
        self._most = most
        self._make = make
        self._shared: WeakValueDictionary[tuple[str, str], SharedPuppets] = WeakValueDictionary()
        self._growing = asyncio.Lock()

    async def puppets_of(
        self, avatar: str, persona: str, bundle: AvatarBundle, background: Background
    ) -> SharedPuppets:
        """Returns who draws an avatar for a persona.

        Args:
            avatar: Its id.
            persona: Whose background it is.
            bundle: The avatar.
            background: The persona's.
        """
        key = avatar, persona
        async with self._growing:
            shared = self._shared.get(key)
            if shared is None or shared.bundle is not bundle or shared.background is not background:
                shared = SharedPuppets(bundle, background, self._size, self._make)
                self._shared[key] = shared
            if shared.made < self._most:
                await asyncio.to_thread(shared.grow)
        return shared
