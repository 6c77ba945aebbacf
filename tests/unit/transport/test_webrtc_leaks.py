"""Sessions opened and dropped leave threads, descriptors, tasks and memory as they were."""

import asyncio
import gc
import random
import threading
from collections.abc import Awaitable, Callable
from concurrent.futures import ThreadPoolExecutor

import psutil
from listener import Listener, unit, until
from watchers import TransportWatcher

from agent.settings import WebRtcSettings
from agent.transport.webrtc import WebRtcPeer

MEGABYTE = 2**20


async def drop_unconnected(executor: ThreadPoolExecutor, offer: str) -> None:
    peer = WebRtcPeer(WebRtcSettings(), 512, 512, executor, TransportWatcher())
    await peer.answer(offer)
    peer.send_unit(unit(0))
    await peer.close()


async def drop_connected(executor: ThreadPoolExecutor, offer: str) -> None:
    peer = WebRtcPeer(WebRtcSettings(), 512, 512, executor, TransportWatcher())
    listener = Listener()
    answer, _ = await peer.answer(await listener.offer())
    await listener.accept(answer)
    await until(lambda: peer.stats().connected)
    peer.send_unit(unit(0))
    await until(lambda: peer.stats().pictures_sent == 1)
    await peer.close()
    await listener.close()


async def drop_connecting(executor: ThreadPoolExecutor, offer: str) -> None:
    peer = WebRtcPeer(WebRtcSettings(), 512, 512, executor, TransportWatcher())
    listener = Listener()
    answer, _ = await peer.answer(await listener.offer())
    await listener.accept(answer)
    await asyncio.sleep(random.uniform(0, 0.1))
    await peer.close()
    await listener.close()


async def grown(cycle: Callable[[ThreadPoolExecutor, str], Awaitable[None]], count: int) -> int:
    """Runs `count` cycles after some to warm up, and returns the bytes of memory they kept."""
    process = psutil.Process()
    listener = Listener()
    offer = await listener.offer()
    with ThreadPoolExecutor(1) as executor:
        for _ in range(count // 3):
            await cycle(executor, offer)
        await asyncio.to_thread(gc.collect)
        await asyncio.sleep(0.1)
        before = process.num_fds(), threading.active_count(), len(asyncio.all_tasks())
        memory = process.memory_info().rss
        for _ in range(count):
            await cycle(executor, offer)
        await asyncio.to_thread(gc.collect)
        await asyncio.sleep(0.1)
        after = process.num_fds(), threading.active_count(), len(asyncio.all_tasks())
    await listener.close()
    assert after == before
    return int(process.memory_info().rss - memory)


async def test_a_hundred_offers_answered_and_dropped() -> None:
    assert await grown(drop_unconnected, 100) < 10 * MEGABYTE


async def test_sessions_closed_while_connecting() -> None:
    assert await grown(drop_connecting, 30) < 10 * MEGABYTE


async def test_connected_sessions_closed() -> None:
    assert await grown(drop_connected, 30) < 10 * MEGABYTE
