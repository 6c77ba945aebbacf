"""livekit's `AgentSession` without a room: microphone in, face out, our mind as its LLM.

Imports the face, the mind's protocol and livekit-agents. Knows nothing of transports and servers.
"""

import asyncio
import time
from collections.abc import AsyncGenerator, AsyncIterable, AsyncIterator, Callable, Sequence
from typing import Any, Protocol

import numpy as np
from livekit import rtc
from livekit.agents import Agent, ConversationItemAddedEvent, ModelSettings, llm
from livekit.agents.types import DEFAULT_API_CONNECT_OPTIONS, APIConnectOptions
from livekit.agents.utils import shortuuid
from livekit.agents.voice import io
from numpy.typing import NDArray

from agent.face import Face
from agent.mind.cues import CueSheet
from agent.mind.memory import Memory
from agent.mind.message import Message
from agent.mind.tools import Exchange, ToolCall, ToolUse
from agent.remembering import Remembering, as_message
from render.clock import AUDIO_RATE
from render.types import Heard, SegmentEnd

MICROPHONE_RATE = 16_000
MICROPHONE_QUEUE = 300
"""10 ms frames kept for a slow reader; older ones are dropped."""
CUES = "visavis.cues"
"""Key of the answer's `CueSheet` in the user data of its frames."""


def _no_cues(segment: int, sheet: CueSheet) -> None:
    """Default observer."""


class Microphone(io.AudioInput):
    """The person's voice as livekit takes it: 16 kHz mono, 10 ms a frame."""

    def __init__(self) -> None:
        super().__init__(label="visavis microphone")
        self._frames: asyncio.Queue[rtc.AudioFrame] = asyncio.Queue(MICROPHONE_QUEUE)
        self.enabled = True
        self.held = False
        """Whether silence replaces the voice, whatever the person has chosen."""

    def push(self, samples: NDArray[np.int16]) -> None:
        """Takes (n,) int16 at 16 kHz; silence replaces it while muted."""
        if self.held or not self.enabled:
            samples = np.zeros_like(samples)
        if self._frames.full():
            self._frames.get_nowait()
        self._frames.put_nowait(rtc.AudioFrame(samples.tobytes(), MICROPHONE_RATE, 1, len(samples)))

    async def __anext__(self) -> rtc.AudioFrame:
        return await self._frames.get()


class Speaker(Agent):
    """livekit's agent; of the texts it says, the tags become cues of its face.

    Args:
        tools: What the language model may call.
        memory: Keeps a long conversation small; None lets it grow.
    """

    def __init__(
        self,
        tools: list[llm.Tool | llm.Toolset] | None = None,
        memory: Memory | None = None,
    ) -> None:
        super().__init__(instructions="", tools=tools)
        self._remembering = Remembering(memory) if memory else None

    async def on_enter(self) -> None:
        """Begins to remember."""
        if self._remembering is not None:
            self.session.on("conversation_item_added", self._remember)

    async def on_exit(self) -> None:
        """Ends a summary that is being made."""
        if self._remembering is not None:
            await self._remembering.aclose()

    def _remember(self, event: ConversationItemAddedEvent) -> None:
        item = event.item
        if self._remembering and isinstance(item, llm.ChatMessage) and item.role == "assistant":
            self._remembering.notice(self.session, self)

    async def tts_node(
        self, text: AsyncIterable[str], model_settings: ModelSettings
    ) -> AsyncGenerator[rtc.AudioFrame, None]:
        """Voices the text without its tags, which travel with the sound."""
        sheet = CueSheet()
        async for frame in Agent.default.tts_node(self, sheet.strip(text), model_settings):
            frame.userdata[CUES] = sheet
            yield frame

    async def transcription_node(
        self, text: AsyncIterable[str | io.TimedString], model_settings: ModelSettings
    ) -> AsyncGenerator[str | io.TimedString, None]:
        """Shows and remembers the text without its tags."""
        async for piece in CueSheet().strip(text):
            yield piece


class FaceOutput(io.AudioOutput):
    """The avatar's voice goes to the face; what was heard of it comes back.

    Args:
        face: Takes the sound.
        on_voice: Told of the first sound of each segment.
        on_cues: Told of each segment that has tags, by its number, when it opens.
        on_cut: Told when what was to be said is dropped.
    """

    def __init__(
        self,
        face: Face,
        on_voice: Callable[[], None],
        on_cues: Callable[[int, CueSheet], None] = _no_cues,
        on_cut: Callable[[], None] = lambda: None,
    ) -> None:
        super().__init__(
            label="visavis face",
            capabilities=io.AudioOutputCapabilities(pause=True),
            sample_rate=AUDIO_RATE,
        )
        self._face = face
        self._on_voice = on_voice
        self._on_cues = on_cues
        self._on_cut = on_cut
        self._open = False
        self._segments = 0
        face.on_heard = self._heard

    async def capture_frame(self, frame: rtc.AudioFrame) -> None:
        """Takes speech faster than real time."""
        await super().capture_frame(frame)
        opens = not self._open
        if opens:
            self._open = True
            self._on_voice()
        await self._face.push_audio(frame)
        if opens:
            self._segments += 1  # as the performer counts them
            if isinstance(sheet := frame.userdata.get(CUES), CueSheet):
                self._on_cues(self._segments, sheet)

    def flush(self) -> None:
        """Ends the segment; it plays on to its end."""
        super().flush()
        if self._open:
            self._open = False
            self._face.performer.push(SegmentEnd())

    def clear_buffer(self) -> None:
        """Cuts the segment now."""
        self._open = False
        self._face.clear_buffer()
        self._on_cut()
        while self._pending_playback_count:
            self.on_playback_finished(
                playback_position=0.0, interrupted=True, synchronized_transcript=""
            )

    def pause(self) -> None:
        """Holds the voice at the current sample."""
        self._face.performer.pause()

    def resume(self) -> None:
        """Goes on where `pause` held it."""
        self._face.performer.resume()

    def started(self) -> None:
        """To be called when the first sound of a segment leaves."""
        self.on_playback_started(created_at=time.time())

    def _heard(self, heard: Heard) -> None:
        self.on_playback_finished(
            playback_position=heard.position,
            interrupted=heard.interrupted,
            synchronized_transcript=heard.text,
        )


class Captions(io.TextOutput):
    """The answer's text as the mind writes it."""

    def __init__(self, on_text: Callable[[str], None]) -> None:
        super().__init__(label="visavis captions", next_in_chain=None)
        self._on_text = on_text

    async def capture_text(self, text: str) -> None:
        """Takes the next piece."""
        self._on_text(text)

    def flush(self) -> None:
        """Ends a segment; the conversation item that follows holds the whole."""


class Answer(Protocol):
    """What the mind offers a conversation."""

    def __call__(
        self, turns: Sequence[Message], question: str, *, tools: ToolUse
    ) -> AsyncIterator[str]:
        """Streams the answer to `question`, given the turns before it and what it may call."""


def _nothing() -> None:
    """Default observer."""


def _no_failure(error: Exception) -> None:
    """Default observer."""


class MindLLM(llm.LLM[Any]):
    """Our mind behind livekit's LLM interface, so that pre-emptive answers work.

    Args:
        answer: Who answers.
        apology: Said in place of an answer that failed.
        memory: Keeps a long conversation small; None lets it grow.

    Attributes:
        on_asked: Called when an answer begins.
        on_token: Called when its first words are there.
        on_failure: Called with what went wrong.
    """

    def __init__(self, answer: Answer, apology: str, memory: Memory | None = None) -> None:
        super().__init__()
        self.answer = answer
        self.apology = apology
        self.memory = memory
        self.on_asked: Callable[[], None] = _nothing
        self.on_token: Callable[[], None] = _nothing
        self.on_failure: Callable[[Exception], None] = _no_failure

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
        self._owner.on_asked()
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
                    self._owner.on_token()
                self._say(request, piece)
        except Exception as error:
            self._owner.on_failure(error)
            self._say(request, self._owner.apology if not spoken else " " + self._owner.apology)

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
