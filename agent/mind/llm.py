"""Streams from any language model that speaks the OpenAI protocol.

Calls of tools arrive in fragments and are told once complete.
"""

import asyncio
import logging
from collections.abc import AsyncGenerator, AsyncIterator, Callable, Iterable, Iterator, Sequence
from contextlib import aclosing, contextmanager
from typing import Any, Final

import httpx2
import openai
from openai.resources.chat.completions import AsyncCompletions
from openai.types.chat import ChatCompletionMessageParam
from openai.types.chat.chat_completion_chunk import (
    ChatCompletionChunk,
    ChoiceDelta,
    ChoiceDeltaToolCall,
)

from agent.errors import ModelUnavailable
from agent.mind.message import Message
from agent.mind.reasoning import ReasoningFilter
from agent.mind.tools.tool import Exchange, ToolCall, ToolUse
from agent.models.llm import Endpoint

log = logging.getLogger(__name__)


class LlmUnavailable(ModelUnavailable):
    """The language model cannot be reached, refused, or was too slow."""

    code = "llm_unavailable"


class LlmMisconfigured(LlmUnavailable):
    """The endpoint wants something else than the settings say: a key, a model, a parameter."""

    code = "llm_misconfigured"


class LlmBusy(LlmUnavailable):
    """The endpoint is asked too much; it may say when to come back."""

    code = "llm_busy"


class LlmSilent(LlmUnavailable):
    """The model ended its answer without a word for the person."""

    code = "llm_silent"


MISCONFIGURED: Final = frozenset({400, 401, 403, 404, 405, 422})
STALL_SECONDS: Final = 6.0
"""Without a word of an answer that has begun, after which it is given up."""


class ChatModel:
    """One endpoint.

    Args:
        endpoint: Returns where the model is now; asked before every call, since an embedded
            model moves when it is started again.
        temperature: Sampling temperature.
        timeout_seconds: The longest wait for the first piece of an answer.
    """

    def __init__(
        self,
        endpoint: Callable[[], Endpoint],
        *,
        temperature: float,
        timeout_seconds: float,
    ) -> None:
        self._endpoint = endpoint
        self._temperature = temperature
        self._told: set[str] = set()
        self._client = openai.AsyncOpenAI(
            api_key="unset",
            base_url="http://127.0.0.1",
            timeout=timeout_seconds,
            max_retries=0,
        )

    async def aclose(self) -> None:
        """Closes the connections."""
        await self._client.close()

    async def stream_chat(
        self,
        system: str,
        turns: Sequence[Message],
        max_tokens: int,
        tools: ToolUse | None = None,
    ) -> AsyncIterator[str]:
        """Yields the answer as it is written; leaving the iteration stops the model.

        Args:
            system: The system prompt.
            turns: The conversation, the question last.
            max_tokens: Longest answer.
            tools: What the model may call; told of its calls when the answer ends.

        Raises:
            LlmMisconfigured: The endpoint refuses for a reason that the settings can mend.
            LlmBusy: It is asked too much.
            LlmSilent: The answer holds nothing for the person.
            LlmUnavailable: It is down, fails, or is too slow.
        """
        calls, reasoning, said = _Calls(), ReasoningFilter(), False
        with self._typed_errors():
            async with aclosing(self._deltas(system, turns, max_tokens, tools)) as deltas:
                async for delta in deltas:
                    if delta.tool_calls:
                        calls.take(delta.tool_calls)
                    if text := reasoning.filter_text(delta.content or ""):
                        said = True
                        yield text
        if text := reasoning.remaining_text():
            said = True
            yield text
        called = calls.complete()
        if not said and not called:
            thought = "only thought" if reasoning.thought else "said nothing"
            raise LlmSilent(f"The language model {thought}.")
        if tools:
            for call in called:
                tools.called(call)

    async def _deltas(
        self, system: str, turns: Sequence[Message], max_tokens: int, tools: ToolUse | None
    ) -> AsyncGenerator[ChoiceDelta, None]:
        """Yields what the endpoint adds to its answer, piece by piece."""
        endpoint = self._endpoint()
        client = self._client.with_options(
            base_url=endpoint.base_url, api_key=endpoint.api_key or "unset"
        )
        completions: AsyncCompletions = client.chat.completions
        pieces = await completions.create(
            model=endpoint.model,
            messages=[*_messages(system, turns), *_exchanges(tools)],
            max_tokens=max_tokens,
            temperature=self._temperature,
            stream=True,
            **_offered(tools),
        )
        async with pieces:
            async for piece in _without_stalls(pieces):
                if piece.choices:
                    yield piece.choices[0].delta

    @contextmanager
    def _typed_errors(self) -> Iterator[None]:
        """Turns what can go wrong with an endpoint into errors of ours."""
        try:
            yield
        except ModelUnavailable as error:
            raise LlmUnavailable(error.message) from None
        except (openai.APITimeoutError, httpx2.TimeoutException, TimeoutError):
            raise LlmUnavailable("The language model was too slow.") from None
        except openai.APIStatusError as error:
            raise self._refusal(error) from None
        except (openai.APIError, httpx2.HTTPError, OSError):
            raise LlmUnavailable("The language model cannot be reached.") from None

    def _refusal(self, error: openai.APIStatusError) -> LlmUnavailable:
        """Returns a refusal as an error of ours; the operator is told of each kind once."""
        status = error.status_code
        reason = _reason(error) if status in MISCONFIGURED else ""
        if (kind := f"{status} {reason}") not in self._told:
            self._told.add(kind)
            log.error("the language model's endpoint answered with status %s", kind.strip())
        if status in MISCONFIGURED:
            return LlmMisconfigured("The language model refused the request.")
        if status == 429:
            busy = LlmBusy("The language model refused the request: it is asked too much.")
            busy.retry_after = _retry_after(error)
            return busy
        return LlmUnavailable("The language model refused the request.")


async def _without_stalls(
    pieces: AsyncIterator[ChatCompletionChunk],
) -> AsyncIterator[ChatCompletionChunk]:
    """Yields pieces; raises TimeoutError where one that has begun goes silent."""
    begun = False
    while True:
        try:
            async with asyncio.timeout(STALL_SECONDS if begun else None):
                piece = await anext(pieces)
        except StopAsyncIteration:
            return
        begun = begun or bool(piece.choices and piece.choices[0].delta.content)
        yield piece


def _reason(error: openai.APIStatusError) -> str:
    """Returns what an endpoint says is wrong with the settings, in one line.

    An endpoint may quote the conversation where it refuses content; a parameter, a key or a model
    it names is what the operator needs.
    """
    if error.status_code in (400, 422) and not error.param:
        return str(error.code or "")
    return " ".join(str(error.message).split())[:200]


def _retry_after(error: openai.APIStatusError) -> int:
    """Returns the seconds that an endpoint wants to be left alone for."""
    told = error.response.headers.get("retry-after", "")
    return min(int(told), 3_600) if told.isdigit() else 5


class _Calls:
    """Joins the fragments of tool calls; `index` tells which of them belong together."""

    def __init__(self) -> None:
        self._parts: dict[int, list[str]] = {}

    def take(self, fragments: Iterable[ChoiceDeltaToolCall]) -> None:
        """Takes what one piece of the stream holds."""
        for fragment in fragments:
            parts = self._parts.setdefault(fragment.index, ["", "", ""])
            parts[0] = fragment.id or parts[0]
            if fragment.function:
                parts[1] += fragment.function.name or ""
                parts[2] += fragment.function.arguments or ""

    def complete(self) -> list[ToolCall]:
        """Returns the calls in the order the model began them."""
        return [
            ToolCall(identity or f"call_{index}", name, arguments or "{}")
            for index, (identity, name, arguments) in sorted(self._parts.items())
            if name
        ]


def _offered(tools: ToolUse | None) -> dict[str, Any]:
    return {"tools": list(tools.schemas)} if tools and tools.schemas else {}


def _exchanges(tools: ToolUse | None) -> list[ChatCompletionMessageParam]:
    """Returns the calls of this answer, each followed by what came of it."""
    messages: list[ChatCompletionMessageParam] = []
    for exchange in tools.exchanges if tools else ():
        messages.append({"role": "assistant", "tool_calls": [_called(exchange)]})
        messages.append(
            {"role": "tool", "tool_call_id": exchange.call.id, "content": exchange.result}
        )
    return messages


def _called(exchange: Exchange) -> Any:
    function = {"name": exchange.call.name, "arguments": exchange.call.arguments}
    return {"id": exchange.call.id, "type": "function", "function": function}


def _messages(system: str, turns: Sequence[Message]) -> list[ChatCompletionMessageParam]:
    messages: list[ChatCompletionMessageParam] = [{"role": "system", "content": system}]
    for turn in turns:
        if turn.role == "summary":
            known = f"Of what was said before, you remember:\n{turn.text}"
            messages.append({"role": "system", "content": known})
        elif turn.role == "user":
            messages.append({"role": "user", "content": turn.text})
        else:
            messages.append({"role": "assistant", "content": turn.text})
    return messages
