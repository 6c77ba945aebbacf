"""Conversations that show the same person share who draws them."""

import asyncio
import gc
import threading
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import numpy as np
from numpy.typing import NDArray

from agent.face.puppets import PuppetPool
from render.types import Motion

BUNDLE: Any = object()


class Slow:
    """Draws how far the jaw is open, and notes if two threads ask at once."""

    made = 0

    def __init__(self, bundle: Any, width: int, height: int, background: Any) -> None:
        type(self).made += 1
        self._picture = np.zeros((height, width, 4), np.uint8)
        self._busy = threading.Lock()

    def draw(self, motion: Motion) -> NDArray[np.uint8]:
        assert self._busy.acquire(blocking=False)
        self._picture[:] = round(motion["jawOpen"] * 255)
        self._busy.release()
        return self._picture


def stage(most: int = 2) -> tuple[PuppetPool, type[Slow]]:
    class Counted(Slow):
        made = 0

    make: Any = Counted
    return PuppetPool((8, 6), most, make), Counted


async def test_one_person_is_prepared_for_as_many_as_can_draw_at_once() -> None:
    puppets, counted = stage(most=2)
    shown = [await puppets.puppets_of("vera", "vera", BUNDLE, None) for _ in range(5)]
    assert len(set(map(id, shown))) == 1
    assert counted.made == 2
    await puppets.puppets_of("vera", "museum", BUNDLE, None)
    assert counted.made == 3


async def test_another_face_or_background_is_prepared_anew() -> None:
    puppets, counted = stage()
    backdrop = np.zeros((2, 2, 3), np.uint8)
    first = await puppets.puppets_of("vera", "vera", BUNDLE, None)
    changed = await puppets.puppets_of("vera", "vera", BUNDLE, backdrop)
    replaced = await puppets.puppets_of("vera", "vera", object(), backdrop)  # type: ignore[arg-type]
    assert len({id(first), id(changed), id(replaced)}) == 3
    assert counted.made == 3


async def test_who_nobody_shows_is_let_go_of() -> None:
    puppets, counted = stage()
    company = await puppets.puppets_of("clone", "vera", BUNDLE, None)
    assert counted.made == 1
    del company
    await asyncio.to_thread(gc.collect)
    assert not puppets._shared
    await puppets.puppets_of("clone", "vera", BUNDLE, None)
    assert counted.made == 2


async def test_pictures_are_right_and_their_own_when_many_are_drawn_at_once() -> None:
    puppets, _ = stage()
    company = await puppets.puppets_of("vera", "vera", BUNDLE, None)
    await puppets.puppets_of("vera", "vera", BUNDLE, None)
    openings = [step / 255 for step in range(200)]
    with ThreadPoolExecutor(4) as threads:
        drawn = await asyncio.gather(
            *(
                asyncio.wrap_future(threads.submit(company.draw, Motion.of(jawOpen=opening)))
                for opening in openings
            )
        )
    assert [int(picture[3, 3, 0]) for picture in drawn] == list(range(200))
    assert drawn[0].shape == (6, 8, 4)
