import asyncio
from collections.abc import AsyncIterator, Callable

import pytest
from mind_fakes import FakeLlm, fake_llm

from agent.errors import ModelUnavailable
from agent.mind.llm import ChatModel, LlmBusy, LlmMisconfigured, LlmSilent, LlmUnavailable
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


@pytest.mark.parametrize(
    ("status", "kind"),
    [
        (400, LlmMisconfigured),
        (401, LlmMisconfigured),
        (404, LlmMisconfigured),
        (429, LlmBusy),
        (500, LlmUnavailable),
    ],
)
async def test_refusals_are_typed_and_the_operator_is_told_once(
    server: FakeLlm,
    status: int,
    kind: type[LlmUnavailable],
    caplog: pytest.LogCaptureFixture,
) -> None:
    server.status = status
    chat = await model(server)
    for _ in range(2):
        with pytest.raises(LlmUnavailable, match="refused") as raised:
            await collect(chat)
        assert type(raised.value) is kind
    told = [record for record in caplog.records if "status" in record.message]
    assert len(told) == 1
    assert str(status) in told[0].message


async def test_when_to_come_back_is_told(server: FakeLlm) -> None:
    server.status, server.headers = 429, "retry-after: 17\r\n"
    with pytest.raises(LlmBusy) as raised:
        await collect(await model(server))
    assert raised.value.retry_after == 17


@pytest.mark.parametrize("pieces", [[], [""], ["<think>", "Hm.", "</think>"], ["<think>Hm."]])
async def test_an_answer_without_a_word_is_an_error(server: FakeLlm, pieces: list[str]) -> None:
    server.pieces = pieces
    with pytest.raises(LlmSilent):
        await collect(await model(server))


async def test_thoughts_are_left_out(server: FakeLlm) -> None:
    server.pieces = ["<thi", "nk>The user greets", " me.</th", "ink>Hel", "lo."]
    assert "".join(await collect(await model(server))) == "Hello."


async def test_an_answer_that_stalls_is_given_up_sooner_than_one_that_does_not_begin(
    server: FakeLlm, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("agent.mind.llm.STALL_SECONDS", 0.2)
    server.stall = True
    with pytest.raises(LlmUnavailable, match="slow"):
        await collect(await model(server, seconds=30))


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
