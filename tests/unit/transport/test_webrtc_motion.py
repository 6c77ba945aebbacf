"""Motion beside the sound: packets of a data channel, and changes of what is presented."""

import asyncio
from collections.abc import AsyncIterator
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest
from listener import SIDE, Listener, feed, unit, until
from watchers import TransportWatcher

from agent.settings import WebRtcSettings
from agent.transport.base import Presentation
from agent.transport.webrtc import WebRtcPeer
from agent.transport.webrtc.motion_sender import MotionSender
from render.motion.wire import KEYFRAME, MotionDecoder
from render.types import AVUnit, Motion


@pytest.fixture
async def executor() -> AsyncIterator[ThreadPoolExecutor]:
    with ThreadPoolExecutor(1) as pool:
        yield pool


def moving(pts: int) -> AVUnit:
    jaw = 0.5 + 0.5 * np.sin(pts)
    return AVUnit(pts, np.zeros(960, np.int16), Motion.of(jawOpen=jaw, yaw=pts / 10), 1)


async def connected(
    executor: ThreadPoolExecutor,
    presentation: Presentation,
    channel: str = "motion",
    watcher: TransportWatcher | None = None,
) -> tuple[WebRtcPeer, Listener]:
    watcher = watcher or TransportWatcher()
    peer = WebRtcPeer(WebRtcSettings(), SIDE, SIDE, executor, watcher, presentation=presentation)
    listener = Listener(channel=channel)
    answer, _ = await peer.answer(await listener.offer())
    await listener.accept(answer)
    await until(lambda: peer.stats().connected)
    return peer, listener


async def test_motion_arrives_with_the_sound_and_without_pictures(
    executor: ThreadPoolExecutor,
) -> None:
    peer, listener = await connected(executor, "motion")
    probe = 0
    while not listener.motion:  # until the channel is open
        peer.send_unit(moving(probe))
        probe += 1
        await asyncio.sleep(0.04)
    begun = len(listener.motion)
    units = [moving(pts) for pts in range(probe, probe + 30)]
    await feed(peer.send_unit, units)
    await until(lambda: len(listener.motion) >= begun + 30)
    decoder = MotionDecoder()
    frames = [decoder.decode(packet) for packet in listener.motion]
    assert all(frame.complete for frame in frames)
    shown = {frame.pts: frame.motion["jawOpen"] for frame in frames}
    for each in units:
        assert shown[each.pts] == pytest.approx(each.motion["jawOpen"], abs=0.003)
    assert listener.packets["video"] == []
    stats = peer.stats()
    assert stats.motion_sent == len(listener.motion)
    assert stats.motion_bytes == sum(map(len, listener.motion))
    first = listener.packets["audio"][0].timestamp
    assert (first - peer.audio_origin) % 2**32 % 960 == 0
    await listener.close()
    await peer.close()


async def test_switching_never_touches_the_sound(executor: ThreadPoolExecutor) -> None:
    peer, listener = await connected(executor, "video")
    modes: list[Presentation] = ["video", "motion", "audio", "video"]
    pts = 0
    for mode in modes:
        peer.presentation = mode
        await feed(peer.send_unit, [unit(pts + index, tone=True) for index in range(15)])
        pts += 15
        await asyncio.sleep(0.04)
    await until(lambda: len(listener.packets["audio"]) == 2 * pts)
    stamps = np.array([packet.timestamp for packet in listener.packets["audio"]], np.uint32)
    assert set(np.diff(stamps)) == {960}
    origin = peer.video_origin
    await until(lambda: len({p.timestamp for p in listener.packets["video"]}) >= 28)
    pictures = {(p.timestamp - origin) % 2**32 // 3_600 for p in listener.packets["video"]}
    assert pictures <= {*range(15), *range(45, 60)}
    moved = {MotionDecoder().decode(p).pts for p in listener.motion if p[0] == KEYFRAME}
    assert moved <= set(range(15, 30))
    await listener.close()
    await peer.close()


async def test_watched_frames_are_marked_without_pictures(executor: ThreadPoolExecutor) -> None:
    watcher = TransportWatcher()
    peer, listener = await connected(executor, "audio", watcher=watcher)
    peer.watch(3)
    for pts in (2, 4, 5):
        peer.send_unit(moving(pts))
    assert watcher.marks == [("encoded", 3), ("sent", 3)]
    await listener.close()
    await peer.close()


async def test_other_channels_are_ignored(executor: ThreadPoolExecutor) -> None:
    peer, listener = await connected(executor, "motion", channel="gossip")
    await feed(peer.send_unit, [moving(pts) for pts in range(20)])
    await asyncio.sleep(0.1)
    assert listener.motion == []
    assert peer.stats().motion_skipped == 20
    await listener.close()
    await peer.close()


def test_what_could_not_be_sent_is_healed_by_a_keyframe() -> None:
    class Channel:
        label, readyState, bufferedAmount = "motion", "open", 0

        def __init__(self) -> None:
            self.sent: list[bytes] = []

        def send(self, packet: bytes) -> None:
            self.sent.append(packet)

    channel, sender = Channel(), MotionSender()
    sender.take(channel)  # type: ignore[arg-type]
    sender.send_unit(moving(0))
    sender.send_unit(moving(1))
    channel.bufferedAmount = 10_000
    sender.send_unit(moving(2))
    channel.bufferedAmount = 0
    sender.send_unit(moving(3))
    assert [packet[0] == KEYFRAME for packet in channel.sent] == [True, False, True]
    assert (sender.packets_sent, sender.packets_skipped) == (3, 1)
