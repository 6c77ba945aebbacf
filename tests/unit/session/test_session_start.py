"""A session that does not start leaves nothing behind."""

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from livekit.agents import AgentSession
from talking import Paper, Talk

from agent.session.apology import Manner


async def test_a_session_that_fails_to_start_is_closed(monkeypatch: pytest.MonkeyPatch) -> None:
    async def fail(session: AgentSession[None], *args: Any, **options: Any) -> None:
        raise RuntimeError("no thread could be started")

    monkeypatch.setattr(AgentSession, "start", fail)
    with ThreadPoolExecutor(1) as drawing:
        talk = Talk(Paper().answer, Manner(), drawing)
        with pytest.raises(RuntimeError):
            await talk.session.start()
    assert talk.watcher.closed == ["s"]
