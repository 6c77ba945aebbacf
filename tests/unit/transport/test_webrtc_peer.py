"""A peer and stock aiortc, connected within one process."""

import asyncio
from collections.abc import AsyncIterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import av
import numpy as np
import pytest
from aiortc.rtp import RtcpSrPacket, RtpPacket
from listener import SIDE, Listener, ToneTrack, feed, pitch, unit, until
from watchers import TransportWatcher

from agent.bench.lab.relay import Path, UdpRelay, without_candidates
from agent.settings import WebRtcSettings
from agent.transport.base import MicrophoneFrame, Transport
from agent.transport.webrtc import WebRtcPeer
from render.types import AVUnit, Picture


@pytest.fixture
async def executor() -> AsyncIterator[ThreadPoolExecutor]:
    with ThreadPoolExecutor(1) as pool:
        yield pool


@pytest.fixture
def watcher() -> TransportWatcher:
    return TransportWatcher()


@pytest.fixture
async def peer(
    executor: ThreadPoolExecutor, watcher: TransportWatcher
) -> AsyncIterator[WebRtcPeer]:
    peer = WebRtcPeer(WebRtcSettings(), SIDE, SIDE, executor, watcher)
    yield peer
    await peer.close()


@pytest.fixture
async def listener() -> AsyncIterator[Listener]:
    listener = Listener(ToneTrack())
    yield listener
    await listener.close()


async def connect(peer: WebRtcPeer, listener: Listener) -> int:
    answer, origin = await peer.answer(await listener.offer())
    await listener.accept(answer)
    await until(lambda: peer.stats().connected)
    return origin


def wall_time(report: RtcpSrPacket, timestamp: int, rate: int) -> float:
    """Returns the NTP seconds a sender report gives an RTP timestamp."""
    info = report.sender_info
    ahead = (timestamp - info.rtp_timestamp + 2**31) % 2**32 - 2**31
    return info.ntp_timestamp / 2**32 + ahead / rate


def loudness(packets: list[RtpPacket]) -> list[int]:
    decoder = av.CodecContext.create("libopus", "r")
    decoded = [decoder.decode(av.Packet(packet.payload)) for packet in packets]
    return [max(int(np.abs(frame.to_ndarray()).max()) for frame in frames) for frames in decoded]


async def test_pictures_arrive_in_order_at_their_media_time(
    peer: WebRtcPeer, listener: Listener
) -> None:
    origin = await connect(peer, listener)
    assert origin == peer.video_origin
    await feed(peer.send_unit, [unit(pts) for pts in range(100, 130)])
    await until(lambda: len(listener.stripes) >= 25)
    stamps = list(dict.fromkeys(packet.timestamp for packet in listener.packets["video"]))
    frames = [((stamp - origin) % 2**32) / 3_600 for stamp in stamps]
    assert frames == sorted(set(frames))
    assert frames[0] == 100
    assert set(frames) <= set(range(100, 130))
    shown = [int(frame) for frame in frames]
    assert listener.stripes == shown[: len(listener.stripes)]


async def test_first_picture_handed_over_before_connecting_is_shown(
    peer: WebRtcPeer, listener: Listener
) -> None:
    for pts in range(5):
        peer.send_unit(unit(pts))
    await connect(peer, listener)
    peer.send_unit(unit(5))
    peer.send_unit(unit(6))
    await until(lambda: len(listener.packets["video"]) >= 2)
    origin = peer.video_origin
    assert (listener.packets["video"][0].timestamp - origin) % 2**32 // 3_600 in (4, 5, 6)
    assert peer.stats().keyframes == 1


async def test_flash_and_beep_of_one_unit_have_one_wall_time(
    peer: WebRtcPeer, listener: Listener
) -> None:
    origin = await connect(peer, listener)
    beep = range(20, 26)
    await feed(peer.send_unit, [unit(pts, tone=pts in beep) for pts in range(40)])
    await until(lambda: bool(listener.reports["audio"] and listener.reports["video"]))
    packets = listener.packets["audio"]
    first_loud = next(i for i, peak in enumerate(loudness(packets)) if peak > 6_000)
    heard = wall_time(listener.reports["audio"][0], packets[first_loud].timestamp, 48_000)
    seen = wall_time(listener.reports["video"][0], origin + 20 * 3_600, 90_000)
    assert heard == pytest.approx(seen, abs=0.0205)  # the codec may begin one packet late


async def test_sound_is_whole_and_keeps_the_pitch(peer: WebRtcPeer, listener: Listener) -> None:
    await connect(peer, listener)
    await feed(peer.send_unit, [unit(pts, tone=True) for pts in range(30)])
    await until(lambda: len(listener.packets["audio"]) == 60)
    packets = listener.packets["audio"]
    stamps = np.array([packet.timestamp for packet in packets], np.uint32)
    assert set(np.diff(stamps)) == {960}
    decoder = av.CodecContext.create("libopus", "r")
    frames = [frame for p in packets for frame in decoder.decode(av.Packet(p.payload))]
    sound = np.concatenate([frame.to_ndarray().reshape(-1, 2)[:, 0] for frame in frames])
    assert pitch(sound[4_800:], 48_000) == pytest.approx(1_000, abs=5)


async def test_sound_leaves_before_its_picture_is_there_and_once(
    peer: WebRtcPeer, listener: Listener
) -> None:
    await connect(peer, listener)
    await feed(peer.send_unit, [unit(pts, tone=True) for pts in range(3)])
    await until(lambda: len(listener.packets["audio"]) == 6)
    whole = unit(3, tone=True)
    peer.send_sound(replace(whole, picture=None))
    await until(lambda: len(listener.packets["audio"]) == 8)
    shown = peer.stats().pictures_sent
    peer.send_unit(whole)
    await until(lambda: peer.stats().pictures_sent > shown)
    await feed(peer.send_unit, [unit(4, tone=True)])
    await until(lambda: len(listener.packets["audio"]) == 10)
    stamps = np.array([packet.timestamp for packet in listener.packets["audio"]], np.uint32)
    assert set(np.diff(stamps)) == {960}


async def test_opening_silence_is_not_sent_later_silence_is(
    peer: WebRtcPeer, listener: Listener
) -> None:
    await connect(peer, listener)
    await feed(peer.send_unit, [unit(pts, tone=pts == 3) for pts in range(6)])
    await until(lambda: len(listener.packets["audio"]) == 6)
    first = listener.packets["audio"][0].timestamp
    stamps = [packet.timestamp - first for packet in listener.packets["audio"]]
    assert stamps == [960 * index for index in range(6)]


async def test_microphone_is_heard_as_10_ms_of_16_khz(
    peer: WebRtcPeer, listener: Listener, watcher: TransportWatcher
) -> None:
    heard = watcher.heard
    await connect(peer, listener)
    await until(lambda: len(heard) >= 100)
    assert {(frame.dtype, frame.shape) for frame in heard} == {(np.dtype(np.int16), (160,))}
    assert pitch(np.concatenate(heard[20:]), 16_000) == pytest.approx(1_000, abs=5)
    assert peer.stats().microphone_lost == 0


async def test_marks_name_the_first_picture_at_or_after_a_watched_frame(
    peer: WebRtcPeer, listener: Listener, watcher: TransportWatcher
) -> None:
    marks = watcher.marks
    await connect(peer, listener)
    peer.watch(3)
    await feed(peer.send_unit, [unit(pts) for pts in (0, 1, 2)])
    await until(lambda: peer.stats().pictures_sent == 3)
    assert marks == []
    await feed(peer.send_unit, [unit(pts) for pts in (5, 6)])
    await until(lambda: peer.stats().pictures_sent == 5)
    assert marks == [("encoded", 3), ("sent", 3)]


async def test_units_without_picture_still_sound(peer: WebRtcPeer, listener: Listener) -> None:
    await connect(peer, listener)
    whole = unit(0, tone=True)
    transport: Transport = peer
    transport.send_unit(AVUnit(0, whole.samples, whole.motion))
    await until(lambda: len(listener.packets["audio"]) == 2)
    assert listener.packets["video"] == []


async def test_sound_does_not_wait_for_pictures_of_which_only_the_latest_is_encoded(
    executor: ThreadPoolExecutor, peer: WebRtcPeer, listener: Listener
) -> None:
    await connect(peer, listener)
    release = asyncio.Event()
    loop = asyncio.get_running_loop()

    def block() -> None:
        asyncio.run_coroutine_threadsafe(release.wait(), loop).result()

    executor.submit(block)
    for pts in range(40):
        peer.send_unit(unit(pts, tone=True))
        await asyncio.sleep(0)
    await until(lambda: len(listener.packets["audio"]) == 80)
    assert peer.stats().pictures_sent == 0
    release.set()
    await until(lambda: peer.stats().pictures_sent == 2)  # that of the blocked job, and the latest
    assert peer.stats().pictures_skipped == 38


async def test_lost_packets_are_sent_again(peer: WebRtcPeer, listener: Listener) -> None:
    async with UdpRelay() as relay:
        answer, _ = await peer.answer(without_candidates(await listener.offer()))
        await listener.accept(await relay.redirect(answer))
        await until(lambda: peer.stats().connected)
        relay.down = Path(loss=0.2, delay=0.01)
        await feed(peer.send_unit, [unit(pts) for pts in range(75)])
        relay.down = Path()
        await feed(peer.send_unit, [unit(pts) for pts in range(75, 85)])
        lost = relay.counts[0].lost
    media, repair = sorted({packet.payload_type for packet in listener.packets["video"]})
    came: dict[int, set[int]] = {media: set(), repair: set()}
    for packet in listener.packets["video"]:
        original = packet.sequence_number
        if packet.payload_type == repair:  # RFC 4588: begins with the original number
            original = int.from_bytes(packet.payload[:2])
        came[packet.payload_type].add(original)
    first, last = min(came[media]), max(came[media])
    missing = set(range(first, last)) - came[media]
    assert lost > 20
    assert len(missing) > 5
    assert len(missing - came[repair]) < len(missing) / 2
    assert peer.stats().retransmissions >= len(came[repair])


async def test_a_listener_that_hangs_up_closes_the_peer(
    peer: WebRtcPeer, listener: Listener, watcher: TransportWatcher
) -> None:
    reasons = watcher.reasons
    await connect(peer, listener)
    await listener.close()
    await until(lambda: bool(reasons))
    assert reasons == ["gone"]


async def test_closing_twice_tells_once(
    peer: WebRtcPeer, listener: Listener, watcher: TransportWatcher
) -> None:
    reasons = watcher.reasons
    await connect(peer, listener)
    await asyncio.gather(peer.close(), peer.close())
    await peer.close()
    peer.send_unit(unit(0))
    assert reasons == ["closed"]
    assert not peer.stats().connected


async def test_a_failing_microphone_listener_closes_only_this_peer(
    peer: WebRtcPeer, listener: Listener, watcher: TransportWatcher
) -> None:
    reasons = watcher.reasons

    def fail(frame: MicrophoneFrame) -> None:
        raise ValueError("a consumer's mistake")

    watcher.hear = fail
    await connect(peer, listener)
    await until(lambda: bool(reasons))
    assert reasons == ["error"]


async def test_a_picture_that_cannot_be_encoded_closes_only_this_peer(
    peer: WebRtcPeer, listener: Listener, watcher: TransportWatcher
) -> None:
    reasons = watcher.reasons
    await connect(peer, listener)
    whole = unit(0)
    odd = Picture(np.zeros((SIDE, SIDE - 1, 4), np.uint8))
    peer.send_unit(AVUnit(0, whole.samples, whole.motion, picture=odd))
    await until(lambda: bool(reasons))
    assert reasons == ["error"]


async def test_pictures_of_another_size_are_shown_from_a_keyframe(
    peer: WebRtcPeer, listener: Listener
) -> None:
    await connect(peer, listener)
    whole = unit(1)
    wide = Picture(np.full((SIDE, 2 * SIDE, 4), 200, np.uint8))
    await feed(peer.send_unit, [unit(0), AVUnit(1, whole.samples, whole.motion, picture=wide)])
    await feed(peer.send_unit, [AVUnit(2, whole.samples, whole.motion, picture=wide)])
    await until(lambda: len(listener.stripes) >= 2)
    stamps = {packet.timestamp for packet in listener.packets["video"]}
    assert stamps == {(peer.video_origin + pts * 3_600) % 2**32 for pts in range(3)}


async def test_a_peer_nobody_connects_to_closes(
    peer: WebRtcPeer,
    listener: Listener,
    watcher: TransportWatcher,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("agent.transport.webrtc.peer.CONNECT_SECONDS", 0.05)
    reasons = watcher.reasons
    await peer.answer(await listener.offer())
    await until(lambda: bool(reasons))
    assert reasons == ["timeout"]


def test_pictures_must_be_even(executor: ThreadPoolExecutor) -> None:
    with pytest.raises(ValueError, match="even"):
        WebRtcPeer(WebRtcSettings(), 511, 512, executor, TransportWatcher())


async def test_a_peer_without_microphone_only_sends(peer: WebRtcPeer) -> None:
    silent = Listener(None)
    await connect(peer, silent)
    await feed(peer.send_unit, [unit(pts, tone=True) for pts in range(5)])
    await until(lambda: len(silent.packets["audio"]) == 10)
    assert peer.stats().microphone_frames == 0
    await silent.close()
