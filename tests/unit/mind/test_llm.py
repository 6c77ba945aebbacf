import asyncio
from collections.abc import AsyncIterator, Callable

import pytest
from mind_fakes import FakeLlm, fake_llm

from agent.errors import ModelUnavailable
from agent.mind.llm import ChatModel, LlmUnavailable
from agent.mind.message import Message
from agent.models.llm import Endpoint

TURNS = [Message("user", "Hi"), Message("assistant", "Hello"), Message("user", "How?")]


@pytest.fixture
async def server() -> AsyncIterator[FakeLlm]:
    async with fake_llm() as fake:
        yield fake


async def made(endpoint: Callable[[], Endpoint], seconds: float) -> ChatModel:
    return await asyncio.to_thread(ChatModel, endpoint, temperature=0.0, timeout_seconds=seconds)


async def model(server: FakeLlm, seconds: float = 5.0) -> ChatModel:
    def endpoint() -> Endpoint:
        return Endpoint(server.base_url, "", "m")

    return await made(endpoint, seconds)


async def collect(chat: ChatModel) -> list[str]:
    return [piece async for piece in chat.stream_chat("Be brief.", TURNS, 9)]


async def test_streams_pieces_and_sends_the_conversation(server: FakeLlm) -> None:
    assert await collect(await model(server)) == ["Hel", "lo."]
    request = server.requests[0]
    messages = request["messages"]
    assert isinstance(messages, list)
    assert [each["role"] for each in messages] == ["system", "user", "assistant", "user"]
    assert (request["max_tokens"], request["stream"]) == (9, True)


@pytest.mark.parametrize("status", [401, 429, 500])
async def test_refusals_are_typed(server: FakeLlm, status: int) -> None:
    server.status = status
    with pytest.raises(LlmUnavailable, match="refused"):
        await collect(await model(server))


async def test_a_stalled_stream_is_too_slow(server: FakeLlm) -> None:
    server.stall = True
    with pytest.raises(LlmUnavailable, match="slow"):
        await collect(await model(server, seconds=0.2))


async def test_nobody_listens(server: FakeLlm) -> None:
    server.base_url = "http://127.0.0.1:9/v1"
    with pytest.raises(LlmUnavailable, match="reached"):
        await collect(await model(server))


async def test_a_model_that_is_loading_is_unavailable() -> None:
    def loading() -> Endpoint:
        raise ModelUnavailable("not ready")

    with pytest.raises(LlmUnavailable, match="not ready"):
        await collect(await made(loading, 1.0))


async def test_leaving_hangs_up(server: FakeLlm) -> None:
    server.stall = True
    pieces = (await model(server)).stream_chat("", TURNS, 9)
    assert await anext(pieces) == "Hel"
    await pieces.aclose()  # type: ignore[attr-defined]
    async with asyncio.timeout(5):
        await server.closed.wait()
