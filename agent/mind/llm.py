"""Streams from any language model that speaks the OpenAI protocol. Imports `message` only."""

import logging
from collections.abc import AsyncIterator, Callable, Sequence

import httpx2
import openai
from openai.types.chat import ChatCompletionMessageParam

from agent.errors import ModelUnavailable
from agent.mind.message import Message
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

    async def stream(
        self, system: str, turns: Sequence[Message], max_tokens: int
    ) -> AsyncIterator[str]:
        """Yields the answer as it is written; leaving the iteration stops the model.

        Raises:
            LlmUnavailable: The endpoint is down, refuses, or is too slow.
        """
        try:
            endpoint = self._endpoint()
            client = self._client.with_options(
                base_url=endpoint.base_url, api_key=endpoint.api_key or "unset"
            )
            pieces = await client.chat.completions.create(
                model=endpoint.model,
                messages=_messages(system, turns),
                max_tokens=max_tokens,
                temperature=self._temperature,
                stream=True,
            )
            async with pieces:
                async for piece in pieces:
                    text = piece.choices[0].delta.content if piece.choices else None
                    if text:
                        yield text
        except ModelUnavailable as error:
            raise LlmUnavailable(error.message) from None
        except (openai.APITimeoutError, httpx2.TimeoutException):
            raise LlmUnavailable("The language model was too slow.") from None
        except openai.APIStatusError as error:
            log.warning("the language model answered with status %d", error.status_code)
            raise LlmUnavailable("The language model refused the request.") from None
        except (openai.APIError, httpx2.HTTPError, OSError):
            raise LlmUnavailable("The language model cannot be reached.") from None


def _messages(system: str, turns: Sequence[Message]) -> list[ChatCompletionMessageParam]:
    messages: list[ChatCompletionMessageParam] = [{"role": "system", "content": system}]
    for turn in turns:
        if turn.role == "user":
            messages.append({"role": "user", "content": turn.text})
        else:
            messages.append({"role": "assistant", "content": turn.text})
    return messages
