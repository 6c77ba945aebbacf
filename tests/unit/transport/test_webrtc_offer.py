"""Which offers are usable, and that unusable ones leave nothing behind."""

import asyncio
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import psutil
import pytest
from listener import SIDE, Listener
from watchers import TransportWatcher

from agent.errors import BadSdp
from agent.settings import WebRtcSettings
from agent.transport.webrtc import WebRtcPeer
from agent.transport.webrtc.offer import check_offer, hurried


@pytest.fixture(scope="module")
def good() -> str:
    async def make() -> str:
        listener = Listener()
        try:
            return await listener.offer()
        finally:
            await listener.close()

    return asyncio.run(make())


def drop(*prefixes: str) -> Callable[[str], str]:
    def change(sdp: str) -> str:
        return "".join(line for line in sdp.splitlines(True) if not line.startswith(prefixes))

    return change


def replace(old: str, new: str) -> Callable[[str], str]:
    return lambda sdp: sdp.replace(old, new)


def section(index: int) -> Callable[[str], str]:
    def change(sdp: str) -> str:
        head, *sections = sdp.split("m=")
        return head + "m=" + sections[index]

    return change


def twice(index: int) -> Callable[[str], str]:
    return lambda sdp: sdp + "m=" + sdp.split("m=")[1 + index]


BROKEN: dict[str, Callable[[str], str]] = {
    "empty": lambda sdp: "",
    "garbage": lambda sdp: "\x00\xff not an sdp \ud800" * 50,
    "json": lambda sdp: '{"type": "offer"}',
    "huge": lambda sdp: sdp + "a=x\r\n" * 30_000,
    "many candidates": lambda sdp: sdp + "a=candidate:1 1 udp 1 192.0.2.1 9 typ host\r\n" * 65,
    "cut in the middle": lambda sdp: sdp[: len(sdp) // 2],
    "no sections": drop("m=", "a=", "c="),
    "no audio": section(1),
    "no video": section(0),
    "two audio sections": twice(0),
    "two video sections": twice(1),
    "data channel": lambda sdp: sdp + "m=application 9 UDP/DTLS/SCTP webrtc-datachannel\r\n",
    "no opus": replace("opus/", "speex/"),
    "no h264": replace("H264/", "AV1/"),
    "h264 of another packetization": replace("packetization-mode=1", "packetization-mode=0"),
    "listens to nothing": replace("a=recvonly", "a=inactive"),
    "no direction": drop("a=recvonly", "a=sendrecv"),
    "no ice credentials": drop("a=ice-ufrag", "a=ice-pwd"),
    "no fingerprint": drop("a=fingerprint"),
    "no dtls role": drop("a=setup"),
    "unknown dtls role": replace("a=setup:actpass", "a=setup:dance"),
    "rtcp apart": drop("a=rtcp-mux"),
    "not bundled": drop("a=group"),
    "one mid twice": replace("a=mid:1", "a=mid:0"),
    "bad candidate": replace(" typ host", " typ"),
    "bad payload type": replace("UDP/TLS/RTP/SAVPF 96", "UDP/TLS/RTP/SAVPF nine"),
    "forbidden payload type": replace("UDP/TLS/RTP/SAVPF 96", "UDP/TLS/RTP/SAVPF 72"),
    "bad fmtp": replace("a=fmtp:", "a=fmtp:x"),
}


@pytest.mark.parametrize("change", BROKEN.values(), ids=BROKEN.keys())
async def test_broken_offers_are_refused_and_leave_nothing(
    good: str, change: Callable[[str], str]
) -> None:
    broken = change(good)
    assert broken != good
    process = psutil.Process()
    before = process.num_fds(), threading.active_count(), len(asyncio.all_tasks())
    with ThreadPoolExecutor(1) as executor:
        peer = WebRtcPeer(WebRtcSettings(), SIDE, SIDE, executor, TransportWatcher())
        with pytest.raises(BadSdp):
            await peer.answer(broken)
        assert (process.num_fds(), threading.active_count(), len(asyncio.all_tasks())) == before
        answer, _ = await peer.answer(good)  # another try may succeed
        assert answer.startswith("v=0")
        await peer.close()


def test_hidden_candidates_and_their_end_are_left_out(good: str) -> None:
    hidden = "a=candidate:7 1 udp 2113937151 0b6a1d3c-aaaa.local 50000 typ host\r\n"
    offer = check_offer(good + hidden + "a=end-of-candidates\r\n")
    assert ".local" not in offer.sdp
    assert "end-of-candidates" not in offer.sdp
    assert offer.kinds == ("audio", "video")
    assert offer.candidates


async def test_the_answer_is_h264_and_opus_with_candidates(good: str) -> None:
    with ThreadPoolExecutor(1) as executor:
        peer = WebRtcPeer(WebRtcSettings(), SIDE, SIDE, executor, TransportWatcher())
        answer, origin = await peer.answer(good)
        await peer.close()
    codecs = {line.split()[1].split("/")[0] for line in answer.splitlines() if "rtpmap" in line}
    assert codecs == {"opus", "H264", "rtx"}
    assert "a=candidate:" in answer
    assert 0 <= origin < 2**32


def test_an_answer_asks_for_short_packets_of_sound_only() -> None:
    sound = "m=audio 9 UDP/TLS/RTP/SAVPF 96\r\nc=IN IP4 0.0.0.0\r\n"
    picture = "m=video 9 UDP/TLS/RTP/SAVPF 97\r\nc=IN IP4 0.0.0.0\r\na=mid:1\r\n"
    answer = f"v=0\r\n{sound}a=mid:0\r\n{picture}"
    assert hurried(answer) == f"v=0\r\n{sound}a=ptime:10\r\na=mid:0\r\n{picture}"
