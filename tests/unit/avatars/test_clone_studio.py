"""The booth's process: opened for visitors, closed when none came for a while."""

import asyncio
from datetime import UTC, datetime
from typing import Any

import pytest

from agent.avatars.booth import PhotoRefused, TakenPhoto
from agent.avatars.clone import Photos
from agent.avatars.record import Consent
from agent.avatars.studio import PLACES, PhotoStudio
from agent.errors import BadPhoto, Busy
from agent.models.worker import Worker

CONSENT = Consent(by="Ana", at=datetime(2030, 5, 1, tzinfo=UTC))
TAKEN = TakenPhoto(b"bundle", b"jpeg", (), 1.0)


class FakeWorker(Worker):
    """Answers what it is told; counts how often it was opened and closed."""

    def __init__(self, answer: TakenPhoto | PhotoRefused) -> None:
        super().__init__("booth", "nothing:Nothing")
        self.answer = answer
        self.running = False
        self.starts = self.ends = 0
        self.closed = asyncio.Event()

    async def start(self) -> None:
        self.starts += not self.running
        self.running = True

    async def aclose(self) -> None:
        self.ends += self.running
        self.running = False
        self.closed.set()

    async def call(self, method: str, *arguments: Any) -> Any:
        assert self.running
        await asyncio.sleep(0)
        return self.answer


class Sleep:
    def __init__(self) -> None:
        self.over = asyncio.Event()

    async def __call__(self, seconds: float) -> None:
        await self.over.wait()


async def take(studio: PhotoStudio) -> TakenPhoto:
    return await studio.take(Photos(b"photo"), "Ana", CONSENT, (64, 64))


async def test_the_booth_stays_open_for_a_while_and_opens_again() -> None:
    worker, sleep = FakeWorker(TAKEN), Sleep()
    studio = PhotoStudio(worker, sleep)
    assert set(await asyncio.gather(take(studio), take(studio))) == {TAKEN}
    assert (worker.starts, worker.ends) == (1, 0)
    await take(studio)
    assert worker.starts == 1
    sleep.over.set()
    await worker.closed.wait()
    await take(studio)
    assert (worker.starts, worker.ends) == (2, 1)
    await studio.aclose()
    assert not worker.running


async def test_a_refusal_keeps_its_code_its_sentence_and_its_status() -> None:
    studio = PhotoStudio(FakeWorker(PhotoRefused("Too big.", "too_many_pixels", 413)), Sleep())
    with pytest.raises(BadPhoto) as refused:
        await take(studio)
    error = refused.value
    assert (error.message, error.code, error.status) == ("Too big.", "too_many_pixels", 413)
    await studio.aclose()


def test_the_one_too_many_is_told_when_to_come_back() -> None:
    studio = PhotoStudio(FakeWorker(TAKEN))
    held = [studio.place() for _ in range(PLACES)]
    for place in held:
        place.__enter__()
    with pytest.raises(Busy) as refused, studio.place():
        pass
    assert refused.value.retry_after
    held[0].__exit__(None, None, None)
    with studio.place():
        pass
