"""What an offer must look like, checked before anything is opened for it, and what an
answer asks for. Pure.

May import aiortc's SDP parser and `agent.errors`.
"""

import re
from dataclasses import dataclass
from typing import Literal

from aiortc import RTCIceCandidate
from aiortc.sdp import MediaDescription, SessionDescription

from agent.errors import BadSdp

MAX_CHARS = 100_000
MAX_CANDIDATES = 64
PACKET_MS = 10
_AUDIO = re.compile(r"^m=audio .*\r\n(?:[icb]=.*\r\n)*", re.MULTILINE)

Kind = Literal["audio", "video"]


@dataclass(frozen=True, slots=True)
class Offer:
    """A usable offer.

    Attributes:
        sdp: The offer without candidates that could only stall: browsers hide local addresses
            behind mDNS names (`….local`), which need not be resolved, because the browser's own
            checks reveal the address; nor is the list of candidates taken to be complete.
        kinds: The sound and picture sections in their order.
        data: Whether there is a section for data channels.
        candidates: All remaining candidates. Browsers list them in the first of the bundled
            sections only, where aiortc 1.16 overlooks them.
    """

    sdp: str
    kinds: tuple[Kind, Kind]
    data: bool
    candidates: tuple[RTCIceCandidate, ...]


def check_offer(sdp: str) -> Offer:
    """Checks an offer: one audio section with Opus, one video section with H.264, bundled.

    A section for data channels may be among them.

    Raises:
        BadSdp: With the first thing that is wrong.
    """
    if len(sdp) > MAX_CHARS:
        raise BadSdp(f"The offer is longer than {MAX_CHARS} characters.")
    lines = [line for line in sdp.splitlines() if line]
    if sum(line.startswith("a=candidate:") for line in lines) > MAX_CANDIDATES:
        raise BadSdp(f"The offer has more than {MAX_CANDIDATES} candidates.")
    cleaned = "\r\n".join(line for line in lines if not _stalls(line)) + "\r\n"
    try:
        description = SessionDescription.parse(cleaned)
    except Exception as error:  # a third party's parser meets arbitrary bytes
        raise BadSdp("The offer is not a session description.") from error
    kinds = _kinds(description)
    for media in description.media:
        _check_section(media)
    _check_bundle(description)
    candidates = []
    for candidate in description.media[0].ice_candidates:
        candidate.sdpMid = description.media[0].rtp.muxId
        candidates.append(candidate)
    data = any(media.kind == "application" for media in description.media)
    return Offer(cleaned, kinds, data, tuple(candidates))


def _stalls(line: str) -> bool:
    if line == "a=end-of-candidates":
        return True
    fields = line.split()
    return line.startswith("a=candidate:") and len(fields) > 4 and fields[4].endswith(".local")


def _kinds(description: SessionDescription) -> tuple[Kind, Kind]:
    kinds = [media.kind for media in description.media]
    if kinds.count("application") == 1:
        kinds.remove("application")
    match kinds:
        case ["audio", "video"]:
            return "audio", "video"
        case ["video", "audio"]:
            return "video", "audio"
    raise BadSdp("The offer must have exactly one audio and one video section.")


def _check_section(media: MediaDescription) -> None:
    if media.ice is None or not media.ice.usernameFragment or not media.ice.password:
        raise BadSdp(f"The {media.kind} section has no ICE credentials.")
    if media.dtls is None or not media.dtls.fingerprints:
        raise BadSdp(f"The {media.kind} section has no DTLS fingerprint.")
    if media.kind == "application":
        return
    if not media.rtcp_mux:
        raise BadSdp(f"The {media.kind} section does not multiplex RTCP.")
    wanted = "audio/opus" if media.kind == "audio" else "video/h264"
    if wanted not in {codec.mimeType.lower() for codec in media.rtp.codecs}:
        raise BadSdp(f"The {media.kind} section does not offer {wanted}.")
    if media.direction not in ("sendrecv", "recvonly"):
        raise BadSdp(f"The {media.kind} section must say that it receives.")


def _check_bundle(description: SessionDescription) -> None:
    mids = {media.rtp.muxId for media in description.media}
    bundled = [set(group.items) for group in description.group if group.semantic == "BUNDLE"]
    if len(mids) != len(description.media) or not any(mids <= group for group in bundled):
        raise BadSdp("The media sections must be bundled.")


def hurried(answer: str) -> str:
    """Returns an answer that asks for short packets from the microphone.

    A browser gathers 20 ms of sound by default: half of that is waited for before it is sent.
    """
    return _AUDIO.sub(rf"\g<0>a=ptime:{PACKET_MS}\r\n", answer, count=1)
