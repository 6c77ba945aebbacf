"""Somebody else moves the face: the agent is deaf and still until it has it back."""

import asyncio
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest
from watchers import FaceWatcher

from agent.errors import Busy, Driven
from agent.face.face import Face
from agent.session import face_control as reins
from agent.session.face_control import FaceControl
from agent.session.io import Microphone
from render.motion.performer import Performer
from render.types import Motion


def nodding(pts: int, motion: Motion) -> Motion:
    return Motion.of(pitch=float(pts))


async def test_who_holds_the_reins_moves_the_face() -> None:
    with ThreadPoolExecutor(1) as drawing:
        face = Face(Performer(), None, drawing, FaceWatcher(), now=lambda: 0.0)
        held = FaceControl(face, Microphone())
        units = face.units()
        held.take_over(nodding)
        first = await anext(units)
        assert first.motion["pitch"] == first.pts
        with pytest.raises(Busy):
            held.take_over(nodding)


async def test_nobody_is_heard_meanwhile() -> None:
    with ThreadPoolExecutor(1) as drawing:
        microphone = Microphone()
        held = FaceControl(Face(Performer(), None, drawing, FaceWatcher()), microphone)
        loud = np.full(320, 9_000, np.int16)
        heard = []
        for moved in (False, True, False):
            if moved:
                held.take_over(nodding)
            else:
                held.give_back()
            microphone.push_audio(loud)
            heard.append(bool(np.any(np.frombuffer((await anext(microphone)).data, np.int16))))
        assert heard == [True, False, True]


async def test_who_types_waits_for_the_end_of_a_drive_but_not_for_ever(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    with ThreadPoolExecutor(1) as drawing:
        held = FaceControl(Face(Performer(), None, drawing, FaceWatcher()), Microphone())
        await held.wait_until_given_back()
        held.take_over(nodding)
        waiting = asyncio.create_task(held.wait_until_given_back())
        await asyncio.sleep(0)
        assert not waiting.done()
        held.give_back()
        await waiting
        held.take_over(nodding)
        monkeypatch.setattr(reins, "TAKEN_BACK_SECONDS", 0.01)
        with pytest.raises(Driven):
            await held.wait_until_given_back()
