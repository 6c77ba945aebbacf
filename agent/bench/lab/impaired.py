"""Puts a page behind a bad network: its media pass a relay.

The page's WebSocket is opened up to rewrite the two session descriptions; its events themselves
travel as they are, and nothing that is measured waits for one.
"""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from playwright.async_api import Page, WebSocketRoute

from agent.bench.lab.relay import Path, UdpRelay, without_candidates


def network(described: str | None) -> Path | None:
    """Returns one direction of "RTT_MS,LOSS", such as "80,0.02"; None for none.

    Raises:
        ValueError: It is written in another way.
    """
    if described is None:
        return None
    rtt_ms, loss = (float(part) for part in described.split(","))
    if rtt_ms < 0 or not 0 <= loss < 1:
        raise ValueError(f"no network: {described}")
    return Path(loss=loss, delay=rtt_ms / 2_000)


@asynccontextmanager
async def behind(page: Page, path: Path | None) -> AsyncIterator[None]:
    """Lets `page`'s media pass `path` both ways; to be entered before the page is opened."""
    if path is None:
        yield
        return
    async with UdpRelay(path, path) as relay:
        forwarder = _Forwarder(relay)
        await page.route_web_socket("**/events*", forwarder.open)
        try:
            yield
        finally:
            forwarder.close()


class _Forwarder:
    """Passes a WebSocket's messages on, in order."""

    def __init__(self, relay: UdpRelay) -> None:
        self._relay = relay
        self._tasks: list[asyncio.Task[None]] = []

    def open(self, page_side: WebSocketRoute) -> None:
        """Begins with a connection of the page."""
        server_side = page_side.connect_to_server()
        arrived: asyncio.Queue[str | bytes] = asyncio.Queue()
        page_side.on_message(lambda message: server_side.send(_offer(message)))
        server_side.on_message(arrived.put_nowait)
        self._tasks.append(asyncio.create_task(self._pump(arrived, page_side)))

    async def _pump(self, arrived: asyncio.Queue[str | bytes], page_side: WebSocketRoute) -> None:
        while True:
            message = await arrived.get()
            event = json.loads(message)
            if event["type"] == "answer":
                event["sdp"] = await self._relay.redirect(event["sdp"])
                message = json.dumps(event)
            page_side.send(message)

    def close(self) -> None:
        """Passes nothing on any more."""
        for task in self._tasks:
            task.cancel()


def _offer(message: str | bytes) -> str | bytes:
    """Returns a message of the page; an offer without its candidates."""
    event = json.loads(message)
    if event["type"] != "offer":
        return message
    return json.dumps({**event, "sdp": without_candidates(event["sdp"])})
