"""A bad network in user space: a UDP relay that loses, delays and throttles.

Put between a server and a browser by rewriting the candidates of the server's answer. Standard
library only.
"""

import asyncio
import random
import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Self, cast

_CANDIDATE = re.compile(
    r"^a=candidate:(\S+) 1 udp (\d+) (\d+\.\d+\.\d+\.\d+) (\d+) typ host.*$", re.IGNORECASE
)


@dataclass(frozen=True, slots=True)
class Path:
    """What happens to packets in one direction.

    Attributes:
        loss: Share of packets lost at random, in [0, 1].
        delay: Seconds every packet takes.
        rate: Bits a second, or None for no limit.
        queue: Seconds of packets that wait before a limited path; more are dropped.
    """

    loss: float = 0.0
    delay: float = 0.0
    rate: int | None = None
    queue: float = 0.3


@dataclass
class Counts:
    """Packets seen in one direction: passed on, lost at random, dropped by a full queue."""

    passed: int = 0
    lost: int = 0
    dropped: int = 0


class _Direction:
    """One direction's path, with its queue and its counters."""

    def __init__(self, path: Path, seed: int) -> None:
        self.path = path
        self.counts = Counts()
        self._random = random.Random(seed)
        self._free_at = 0.0
        self._timers: set[asyncio.TimerHandle] = set()

    def forward(self, data: bytes, send: Callable[[bytes], None]) -> None:
        """Calls `send` when, and if, the packet gets through."""
        loop = asyncio.get_running_loop()
        now = loop.time()
        path = self.path
        if self._random.random() < path.loss:
            self.counts.lost += 1
            return
        leaves = now
        if path.rate is not None:
            begins = max(self._free_at, now)
            if begins - now > path.queue:
                self.counts.dropped += 1
                return
            leaves = self._free_at = begins + len(data) * 8 / path.rate
        self.counts.passed += 1

        def deliver() -> None:
            self._timers.discard(timer)
            send(data)

        timer = loop.call_at(leaves + path.delay, deliver)
        self._timers.add(timer)

    def stop(self) -> None:
        """Forgets the packets on their way."""
        for timer in self._timers:
            timer.cancel()
        self._timers.clear()


class _Socket(asyncio.DatagramProtocol):
    """A UDP socket that hands every packet and its sender to `on_packet`."""

    def __init__(self, on_packet: Callable[[bytes, tuple[str, int]], None]) -> None:
        self._on_packet = on_packet
        self.transport: asyncio.DatagramTransport | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = cast(asyncio.DatagramTransport, transport)

    def datagram_received(self, data: bytes, addr: tuple[str | Any, int]) -> None:
        self._on_packet(data, (addr[0], addr[1]))

    def send(self, data: bytes, address: tuple[str, int] | None) -> None:
        """Sends to `address`, unless it is not known yet or the relay has closed."""
        if self.transport is not None and address is not None and not self.transport.is_closing():
            self.transport.sendto(data, address)


class UdpRelay:
    """Stands between one client and one server; an async context manager.

    The paths may be replaced while packets flow.
    """

    def __init__(self, down: Path | None = None, up: Path | None = None, seed: int = 1) -> None:
        """Prepares a relay.

        Args:
            down: From the server to the client.
            up: From the client to the server.
            seed: Of the random losses.
        """
        self._down = _Direction(down or Path(), seed)
        self._up = _Direction(up or Path(), seed + 1)
        self._client: tuple[str, int] | None = None
        self._server: tuple[str, int] | None = None
        self._facing_client = _Socket(self._from_client)
        self._facing_server = _Socket(self._from_server)

    @property
    def down(self) -> Path:
        """What happens from the server to the client."""
        return self._down.path

    @down.setter
    def down(self, path: Path) -> None:
        self._down.path = path

    @property
    def up(self) -> Path:
        """What happens from the client to the server."""
        return self._up.path

    @up.setter
    def up(self, path: Path) -> None:
        self._up.path = path

    @property
    def counts(self) -> tuple[Counts, Counts]:
        """Packets so far: down, up."""
        return self._down.counts, self._up.counts

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        for direction in (self._down, self._up):
            direction.stop()
        for socket in (self._facing_client, self._facing_server):
            if socket.transport is not None:
                socket.transport.close()

    async def redirect(self, answer: str) -> str:
        """Returns the server's answer with the relay as its only candidate.

        The client's offer must reach the server without candidates (`without_candidates`), or
        the two find each other directly.
        """
        lines = answer.splitlines()
        matches = [match for line in lines if (match := _CANDIDATE.match(line))]
        if not matches:
            raise ValueError("the answer holds no IPv4 host candidate")
        host, port = matches[0][3], matches[0][4]
        self._server = (host, int(port))
        loop = asyncio.get_running_loop()
        await loop.create_datagram_endpoint(lambda: self._facing_client, local_addr=(host, 0))
        await loop.create_datagram_endpoint(lambda: self._facing_server, local_addr=(host, 0))
        assert self._facing_client.transport is not None
        own = self._facing_client.transport.get_extra_info("sockname")[1]
        candidate = f"a=candidate:1 1 udp 2130706431 {host} {own} typ host"
        kept = []
        for line in lines:
            match = _CANDIDATE.match(line)
            if match is not None and (match[3], match[4]) == (host, port):
                kept.append(candidate)
            elif not line.startswith("a=candidate:"):
                kept.append(line)
        return "\r\n".join(kept) + "\r\n"

    def _from_client(self, data: bytes, address: tuple[str, int]) -> None:
        self._client = address
        self._up.forward(data, lambda packet: self._facing_server.send(packet, self._server))

    def _from_server(self, data: bytes, address: tuple[str, int]) -> None:
        self._down.forward(data, lambda packet: self._facing_client.send(packet, self._client))


def without_candidates(sdp: str) -> str:
    """Returns a session description that tells nobody where its writer can be reached."""
    kept = [line for line in sdp.splitlines() if not line.startswith("a=candidate:")]
    return "\r\n".join(kept) + "\r\n"
