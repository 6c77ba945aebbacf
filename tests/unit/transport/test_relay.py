"""The relay loses, delays and throttles as told."""

import asyncio
from collections.abc import AsyncIterator, Callable

import pytest

from agent.bench.lab.relay import Path, UdpRelay, without_candidates

ANSWER = (
    "v=0\r\na=candidate:abc 1 udp 2130706431 127.0.0.1 {port} typ host\r\n"
    "a=candidate:def 1 udp 2130706431 10.9.8.7 1234 typ host\r\na=end-of-candidates\r\n"
)


class End(asyncio.DatagramProtocol):
    """A UDP socket that keeps what it gets, and may echo it."""

    def __init__(self, echo: bool) -> None:
        self.got: list[bytes] = []
        self._echo = echo
        self._transport: asyncio.DatagramTransport

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = transport  # type: ignore[assignment]  # 3.11's is no subclass

    def datagram_received(self, data: bytes, addr: tuple[object, int]) -> None:
        self.got.append(data)
        if self._echo:
            self._transport.sendto(data, addr)


class Line:
    """A client that reaches an echo through a relay."""

    def __init__(self, relay: UdpRelay, client: End, send: Callable[[bytes], None]) -> None:
        self.relay, self.client, self.send = relay, client, send

    async def settle(self) -> None:
        await asyncio.sleep(0.05)


@pytest.fixture
async def line() -> AsyncIterator[Line]:
    loop = asyncio.get_running_loop()
    server, _ = await loop.create_datagram_endpoint(lambda: End(True), ("127.0.0.1", 0))
    client, end = await loop.create_datagram_endpoint(lambda: End(False), ("127.0.0.1", 0))
    async with UdpRelay() as relay:
        port = server.get_extra_info("sockname")[1]
        answer = await relay.redirect(ANSWER.format(port=port))
        own = [each for each in answer.splitlines() if each.startswith("a=candidate:")]
        assert len(own) == 1
        address = ("127.0.0.1", int(own[0].split()[5]))
        yield Line(relay, end, lambda data: client.sendto(data, address))
    server.close()
    client.close()


async def test_packets_pass_both_ways(line: Line) -> None:
    line.send(b"hello")
    await line.settle()
    assert line.client.got == [b"hello"]
    assert [count.passed for count in line.relay.counts] == [1, 1]


async def test_all_is_lost_on_a_broken_path(line: Line) -> None:
    line.relay.down = Path(loss=1.0)
    line.send(b"hello")
    await line.settle()
    assert line.client.got == []
    down, up = line.relay.counts
    assert (down.lost, up.passed) == (1, 1)


async def test_a_throttled_path_drops_what_its_queue_cannot_hold(line: Line) -> None:
    line.relay.down = Path(rate=80_000, queue=0.1)
    for _ in range(20):
        line.send(bytes(1_000))  # 0.1 s each
    await line.settle()
    down, _ = line.relay.counts
    assert (down.passed, down.dropped) == (2, 18)


async def test_an_answer_without_candidate_is_refused() -> None:
    async with UdpRelay() as relay:
        with pytest.raises(ValueError, match="candidate"):
            await relay.redirect("v=0\r\n")


def test_candidates_are_taken_out() -> None:
    assert without_candidates("a=x\r\na=candidate:1 1 udp 1 h 9 typ host\r\n") == "a=x\r\n"
