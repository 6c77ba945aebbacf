"""Timestamps, reports, repairs and keyframes on a wire that only records."""

import asyncio
from typing import cast

import pytest
from aiortc.rtcdtlstransport import RTCDtlsTransport
from aiortc.rtcrtpparameters import (
    RTCRtcpParameters,
    RTCRtpCodecParameters,
    RTCRtpHeaderExtensionParameters,
    RTCRtpSendParameters,
)
from aiortc.rtp import (
    RTCP_PSFB_APP,
    RTCP_PSFB_PLI,
    RTCP_RTPFB_NACK,
    HeaderExtensionsMap,
    RtcpPacket,
    RtcpPsfbPacket,
    RtcpReceiverInfo,
    RtcpRrPacket,
    RtcpRtpfbPacket,
    RtcpSrPacket,
    RtpPacket,
    is_rtcp,
    pack_remb_fci,
)

from agent.transport.webrtc.rate import BitrateController
from agent.transport.webrtc.sender import MAX_QUEUED_PACKETS, AudioSender, MediaTime
from agent.transport.webrtc.video_sender import VideoSender

SEND_TIME = "http://www.webrtc.org/experiments/rtp-hdrext/abs-send-time"
ORIGIN = 2**32 - 5_000  # wraps within two frames


class Wire:
    """What of `RTCDtlsTransport` a sender uses."""

    state = "connected"

    def __init__(self) -> None:
        self.packets: list[RtpPacket] = []
        self.reports: list[RtcpSrPacket] = []
        self.registered = False

    async def _send_rtp(self, data: bytes) -> None:
        if is_rtcp(data):
            parsed = RtcpPacket.parse(data)
            self.reports += [each for each in parsed if isinstance(each, RtcpSrPacket)]
        else:
            extensions = HeaderExtensionsMap()
            extensions.configure(parameters())
            self.packets.append(RtpPacket.parse(data, extensions))

    def _register_rtp_sender(self, sender: object, parameters: object) -> None:
        self.registered = True

    def _unregister_rtp_sender(self, sender: object) -> None:
        self.registered = False


class Time:
    """A clock set by hand."""

    def __init__(self) -> None:
        self.now = 1_000.0

    def __call__(self) -> float:
        return self.now


def parameters() -> RTCRtpSendParameters:
    return RTCRtpSendParameters(
        codecs=[
            RTCRtpCodecParameters("video/H264", 90_000, payloadType=102),
            RTCRtpCodecParameters("video/rtx", 90_000, payloadType=103, parameters={"apt": 102}),
        ],
        headerExtensions=[RTCRtpHeaderExtensionParameters(id=3, uri=SEND_TIME)],
        muxId="1",
        rtcp=RTCRtcpParameters(cname="a"),
    )


class Bench:
    """A video sender, its wire and its clock."""

    def __init__(self) -> None:
        self.wire, self.time = Wire(), Time()
        self.media_time = MediaTime(self.time)
        self.rates = BitrateController(900_000, 60_000, 2_000_000)
        self.sent: list[tuple[int, ...]] = []
        self.failures: list[int] = []
        self.video = VideoSender(
            cast(RTCDtlsTransport, self.wire),
            ORIGIN,
            3_600,
            self.media_time,
            self.time,
            lambda: self.failures.append(1),
            self.rates,
            self.sent.append,
        )

    async def picture(self, pts: int, *payloads: bytes, keyframe: bool = False) -> None:
        self.media_time.begin(pts)
        self.video.enqueue(pts, list(payloads), keyframe, (pts,))
        for _ in range(10):
            await asyncio.sleep(0)

    async def nack(self, *lost: int) -> None:
        packet = RtcpRtpfbPacket(RTCP_RTPFB_NACK, 1, self.video._ssrc, list(lost))
        await self.video._handle_rtcp_packet(packet)


@pytest.fixture
async def bench() -> Bench:
    bench = Bench()
    await bench.video.send(parameters())
    return bench


async def test_timestamps_count_frames_from_the_origin_and_wrap(bench: Bench) -> None:
    await bench.picture(0, b"a", b"b")
    await bench.picture(1, b"c")
    await bench.picture(4, b"d")
    packets = bench.wire.packets
    assert [packet.timestamp for packet in packets] == [
        ORIGIN,
        ORIGIN,
        ORIGIN + 3_600,
        (ORIGIN + 14_400) % 2**32,
    ]
    assert [packet.marker for packet in packets] == [0, 1, 1, 1]
    assert bench.sent == [(0,), (1,), (4,)]
    await bench.video.stop()
    assert not bench.wire.registered


async def test_reports_follow_the_media_clock_not_the_time_of_sending(bench: Bench) -> None:
    await bench.picture(100, b"a")
    bench.time.now += 0.4
    await bench.picture(103, b"late")
    report = RtcpPacket.parse(bench.video._sender_report())[0]
    assert isinstance(report, RtcpSrPacket)
    assert report.sender_info.rtp_timestamp == (ORIGIN + 110 * 3_600) % 2**32
    first = bench.wire.reports[0].sender_info
    elapsed = (report.sender_info.ntp_timestamp - first.ntp_timestamp) / 2**32
    assert elapsed == pytest.approx(0.4, abs=1e-6)
    assert (first.rtp_timestamp - ORIGIN) % 2**32 == 100 * 3_600
    await bench.video.stop()


async def test_round_trip_comes_from_receiver_reports(bench: Bench) -> None:
    await bench.picture(0, b"a")
    middle = (bench.wire.reports[0].sender_info.ntp_timestamp >> 16) & 0xFFFFFFFF
    bench.time.now += 0.25
    info = RtcpReceiverInfo(bench.video._ssrc, 64, 1, 1, 0, lsr=middle, dlsr=65536 // 5)
    await bench.video._handle_rtcp_packet(RtcpRrPacket(1, [info]))
    assert bench.video.round_trip == pytest.approx(0.05, abs=1e-3)
    assert bench.rates.target == 787_500
    await bench.video.stop()


async def test_a_lost_packet_goes_again_with_a_new_sending_time(bench: Bench) -> None:
    await bench.picture(0, b"first", b"second")
    bench.time.now += 0.125
    await bench.nack(bench.wire.packets[0].sequence_number)
    again = bench.wire.packets[-1]
    assert again.payload_type == 103
    assert again.payload == bench.wire.packets[0].sequence_number.to_bytes(2) + b"first"
    assert again.timestamp == ORIGIN
    assert again.extensions.abs_send_time == int(bench.time.now * 2**18) % 2**24
    await bench.nack(bench.wire.packets[0].sequence_number, 12)
    assert bench.video.retransmissions == 1
    await bench.video.stop()


async def test_more_loss_than_may_be_repaired_asks_for_a_keyframe(bench: Bench) -> None:
    assert bench.video.take_keyframe()
    assert not bench.video.take_keyframe()
    await bench.picture(0, *[bytes(1_200)] * 10, keyframe=True)
    bench.time.now += 2.0
    await bench.nack(*[packet.sequence_number for packet in bench.wire.packets[:10]])
    assert bench.video.retransmissions == 4
    assert bench.video.take_keyframe()
    old = bench.wire.packets[9].sequence_number
    await bench.picture(1, b"key", keyframe=True)
    bench.time.now += 2.0
    await bench.nack(old)
    assert bench.video.retransmissions == 4
    assert not bench.video.take_keyframe()
    await bench.video.stop()


async def test_requested_keyframes_are_spaced(bench: Bench) -> None:
    request = RtcpPsfbPacket(RTCP_PSFB_PLI, 1, bench.video._ssrc)
    assert bench.video.take_keyframe()
    await bench.video._handle_rtcp_packet(request)
    bench.time.now += 0.2
    assert not bench.video.take_keyframe()
    bench.time.now += 0.1
    assert bench.video.take_keyframe()
    await bench.video.stop()


async def test_only_estimates_for_this_stream_count(bench: Bench) -> None:
    for ssrc, expected in ((bench.video._ssrc ^ 1, 900_000), (bench.video._ssrc, 400_000)):
        estimate = RtcpPsfbPacket(RTCP_PSFB_APP, 1, 0, pack_remb_fci(500_000, [ssrc]))
        await bench.video._handle_rtcp_packet(estimate)
        assert bench.rates.target == pytest.approx(expected, rel=0.01)
    await bench.video._handle_rtcp_packet(RtcpPsfbPacket(RTCP_PSFB_APP, 1, 0, b"junk"))
    await bench.video.stop()


async def test_large_pictures_wait_their_turn(bench: Bench) -> None:
    await bench.picture(0, *[bytes(1_000)] * 60)
    assert len(bench.wire.packets) == 41
    assert bench.video.backlog() == pytest.approx(20_000 * 8 / 1_125_000, rel=0.01)
    assert bench.sent == []
    await bench.video.stop()


async def test_sound_leaves_one_packet_at_a_time() -> None:
    wire, time = Wire(), Time()
    media_time = MediaTime(time)
    media_time.begin(3)
    audio = AudioSender(
        cast(RTCDtlsTransport, wire), 77, 1_920, media_time, time, lambda: pytest.fail("broke")
    )
    await audio.send(parameters())
    audio.enqueue(3, [b"a", b"b"])
    for _ in range(10):
        await asyncio.sleep(0)
    assert [packet.timestamp - 77 for packet in wire.packets] == [3 * 1_920]
    async with asyncio.timeout(5):
        while len(wire.packets) < 2:  # noqa: ASYNC110 - the wire tells nobody
            await asyncio.sleep(0.005)
    assert wire.packets[1].timestamp - 77 == 3 * 1_920 + 960
    await audio.stop()


async def test_sound_that_cannot_leave_gives_way_to_newer_sound() -> None:
    wire, time = Wire(), Time()
    media_time = MediaTime(time)
    media_time.begin(0)
    transport = cast(RTCDtlsTransport, wire)
    audio = AudioSender(transport, 77, 1_920, media_time, time, lambda: pytest.fail("broke"))
    for pts in range(MAX_QUEUED_PACKETS):
        audio.enqueue(pts, [b"a", b"b"])
    assert audio.packets_dropped == MAX_QUEUED_PACKETS
    await audio.send(parameters())
    async with asyncio.timeout(5):
        while not wire.packets:  # noqa: ASYNC110 - the wire tells nobody
            await asyncio.sleep(0)
    assert wire.packets[0].timestamp - 77 == MAX_QUEUED_PACKETS // 2 * 1_920
    await audio.stop()
