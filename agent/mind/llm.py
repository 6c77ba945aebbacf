"""Streams from any language model that speaks the OpenAI protocol.

Calls of tools arrive in fragments and are told once complete.
"""

import logging
from collections.abc import AsyncIterator, Callable, Iterable, Sequence
from typing import Any

import httpx2
import openai
from openai.resources.chat.completions import AsyncCompletions
from openai.types.chat import ChatCompletionMessageParam
from openai.types.chat.chat_completion_chunk import ChoiceDeltaToolCall

from agent.errors import ModelUnavailable
from agent.mind.message import Message
from agent.mind.tools.tool import Exchange, ToolCall, ToolUse
from agent.models.llm import Endpoint

log = logging.getLogger(__name__)


class LlmUnavailable(ModelUnavailable):
    """The language model cannot be reached, refused, or was too slow."""

    code = "llm_unavailable"


class ChatModel:
    """One endpoint.

    Args:
        endpoint: Returns where the model is now; asked before every call, since an embedded
            model moves when it is started again.
        temperature: Sampling temperature.
        timeout_seconds: The longest wait for the next piece of an answer.
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
            LlmUnavailable: The endpoint is down, refuses, or is too slow.
        """
        calls = _Calls()
        try:
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
                async for piece in pieces:
                    delta = piece.choices[0].delta if piece.choices else None
                    if delta and delta.tool_calls:
                        calls.take(delta.tool_calls)
                    if delta and delta.content:
                        yield delta.content
        except ModelUnavailable as error:
            raise LlmUnavailable(error.message) from None
        except (openai.APITimeoutError, httpx2.TimeoutException):
            raise LlmUnavailable("The language model was too slow.") from None
        except openai.APIStatusError as error:
            log.warning("the language model answered with status %d", error.status_code)
            raise LlmUnavailable("The language model refused the request.") from None
        except (openai.APIError, httpx2.HTTPError, OSError):
            raise LlmUnavailable("The language model cannot be reached.") from None
        if tools:
            for call in calls.complete():
                tools.called(call)


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
