"""Connections count from their offer to their end, and no longer."""

import gc
from concurrent.futures import ThreadPoolExecutor

import pytest
from aiortc import RTCPeerConnection
from watchers import TransportWatcher

from agent.errors import BadSdp
from agent.server.peer_factory import PeerFactory
from agent.settings import Settings


async def an_offer() -> str:
    page = RTCPeerConnection()
    page.addTransceiver("audio", "sendrecv")
    page.addTransceiver("video", "recvonly")
    await page.setLocalDescription(await page.createOffer())
    sdp = page.localDescription.sdp
    await page.close()
    return sdp


async def test_a_peer_counts_until_it_is_closed_whether_garbage_is_collected_or_not() -> None:
    gc.disable()
    try:
        with ThreadPoolExecutor(1) as encoding:
            peers, watcher = PeerFactory(Settings(), encoding), TransportWatcher()
            peer, answer = await peers.open_peer(await an_offer(), watcher, "audio")
            assert answer.sdp.startswith("v=0")
            assert peers.count == 1
            await peer.close()
            assert peers.count == 0
            assert watcher.reasons == ["closed"]
            await peer.close()
            assert peers.count == 0
    finally:
        gc.enable()


async def test_a_broken_offer_takes_no_place() -> None:
    with ThreadPoolExecutor(1) as encoding:
        peers = PeerFactory(Settings(), encoding)
        with pytest.raises(BadSdp):
            await peers.open_peer("v=0", TransportWatcher(), "video")
        assert peers.count == 0
