"""What was opened is closed in reverse, whatever of it fails or takes long."""

import asyncio
import logging

import pytest

from agent.session import closing as module
from agent.session.closing import Closing


async def test_everything_is_closed_in_reverse_though_one_fails(
    caplog: pytest.LogCaptureFixture,
) -> None:
    closed: list[str] = []

    async def fail() -> None:
        closed.append("transport")
        raise ConnectionError("a visitor's words")

    closing = Closing("session s")
    closing.add("mind", lambda: closed.append("mind"))
    closing.add("transport", fail)
    closing.add("voice", lambda: closed.append("voice"))
    await closing.aclose()
    assert closed == ["voice", "transport", "mind"]
    assert "transport did not close: ConnectionError" in caplog.text
    assert "a visitor's words" not in caplog.text


async def test_closing_that_takes_long_is_told_of(
    caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "SLOW_SECONDS", 0.01)
    caplog.set_level(logging.WARNING)
    told = asyncio.Event()

    class Teller(logging.Handler):
        def emit(self, record: logging.LogRecord) -> None:
            told.set()

    teller = Teller()
    module.logger.addHandler(teller)
    closing = Closing("server")
    closing.add("speech", told.wait)
    async with asyncio.timeout(5):
        await closing.aclose()
    module.logger.removeHandler(teller)
    assert "server: still closing speech" in caplog.text
