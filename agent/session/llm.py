"""Our mind behind livekit's LLM interface, so that answers made ahead of time work."""

from collections.abc import AsyncIterator, Mapping, Sequence
from typing import Any, Protocol

from livekit.agents import llm
from livekit.agents.types import DEFAULT_API_CONNECT_OPTIONS, APIConnectOptions
from livekit.agents.utils import shortuuid

from agent.mind.llm import LlmBusy, LlmMisconfigured
from agent.mind.memory import Memory
from agent.mind.message import Message
from agent.mind.tools.tool import Exchange, ToolCall, ToolUse
from agent.session.summarising import as_message

APOLOGIES: Mapping[type[Exception], str] = {
    LlmMisconfigured: (
        "I'm sorry, I can't think of anything right now. That is not your fault; "
        "whoever runs me has been told."
    ),
    LlmBusy: "I'm sorry, too many people are asking me things right now. Please try again soon.",
}
"""What is said where the usual apology, which asks to say it again, would not help."""


class AnswerSource(Protocol):
    """What the mind offers a conversation."""

    def __call__(
        self, turns: Sequence[Message], question: str, *, tools: ToolUse
    ) -> AsyncIterator[str]:
        """Streams the answer to `question`, given the turns before it and what it may call."""


class AnswerObserver(Protocol):
    """Takes what becomes of an answer. All methods return at once."""

    def on_asked(self) -> None:
        """Notes that an answer begins."""
        ...

    def on_first_token(self) -> None:
        """Notes that its first words are there."""
        ...

    def on_failure(self, error: Exception) -> None:
        """Takes what went wrong."""
        ...


class MindLLM(llm.LLM[Any]):
    """Our mind behind livekit's LLM interface, so that pre-emptive answers work.

    Args:
        answer: Who answers.
        apology: Said in place of an answer that failed.
        observer: Told of each answer.
        memory: Keeps a long conversation small; None lets it grow.
    """

    def __init__(
        self,
        answer: AnswerSource,
        apology: str,
        observer: AnswerObserver,
        memory: Memory | None = None,
    ) -> None:
        super().__init__()
        self.answer = answer
        self.apology = apology
        self.memory = memory
        self.observer = observer

    def apology_for(self, error: Exception) -> str:
        """Returns what is said in place of an answer that failed, tagged with its face."""
        words = APOLOGIES.get(type(error))
        return self.apology if words is None else f"[concerned:0.6] {words}"

    def chat(
        self,
        *,
        chat_ctx: llm.ChatContext,
        tools: list[llm.Tool] | None = None,
        conn_options: APIConnectOptions = DEFAULT_API_CONNECT_OPTIONS,
        **options: Any,
    ) -> "MindStream":
        """Starts an answer to the last message of the person."""
        return MindStream(self, chat_ctx, tools or [], conn_options)


class MindStream(llm.LLMStream):
    """One answer, streamed."""

    def __init__(
        self,
        owner: MindLLM,
        chat_ctx: llm.ChatContext,
        tools: list[llm.Tool],
        conn_options: APIConnectOptions,
    ) -> None:
        super().__init__(owner, chat_ctx=chat_ctx, tools=tools, conn_options=conn_options)
        self._owner = owner

    async def _run(self) -> None:
        turns, question = split(self._chat_ctx)
        self._owner.observer.on_asked()
        request = shortuuid("answer_")
        spoken = False
        offered = llm.ToolContext(self._tools).parse_function_tools("openai", strict=False)
        tools = ToolUse(
            tuple(offered), lambda call: self._call(request, call), exchanges(self._chat_ctx)
        )
        try:
            async for piece in self._owner.answer(turns, question, tools=tools):
                if not spoken:
                    spoken = True
                    self._owner.observer.on_first_token()
                self._say(request, piece)
        except Exception as error:
            self._owner.observer.on_failure(error)
            sorry = self._owner.apology_for(error)
            # what was cut off in mid-sentence is closed, so that the voice does not run on
            self._say(request, f"… {sorry}" if spoken else sorry)

    def _say(self, request: str, text: str) -> None:
        delta = llm.ChoiceDelta(role="assistant", content=text)
        self._event_ch.send_nowait(llm.ChatChunk(id=request, delta=delta))

    def _call(self, request: str, call: ToolCall) -> None:
        asked = llm.FunctionToolCall(name=call.name, arguments=call.arguments, call_id=call.id)
        delta = llm.ChoiceDelta(role="assistant", tool_calls=[asked])
        self._event_ch.send_nowait(llm.ChatChunk(id=request, delta=delta))


def split(context: llm.ChatContext) -> tuple[list[Message], str]:
    """Returns the turns before the person's last message, and that message.

    What was said after it, while tools ran for it, belongs to its answer and is left out.
    """
    messages = [message for item in context.items if (message := as_message(item))]
    asked = len(messages)
    if exchanges(context):
        while asked and messages[asked - 1].role != "user":
            asked -= 1
    if asked and messages[asked - 1].role == "user":
        return messages[: asked - 1], messages[asked - 1].text
    return messages, ""


def exchanges(context: llm.ChatContext) -> tuple[Exchange, ...]:
    """Returns the tool calls since the person's last message, with their results."""
    calls: dict[str, ToolCall] = {}
    done: list[Exchange] = []
    for item in context.items:
        if isinstance(item, llm.ChatMessage) and item.role == "user":
            calls, done = {}, []
        elif isinstance(item, llm.FunctionCall):
            calls[item.call_id] = ToolCall(item.call_id, item.name, item.arguments)
        elif isinstance(item, llm.FunctionCallOutput) and item.call_id in calls:
            done.append(Exchange(calls[item.call_id], item.output))
    return tuple(done)
