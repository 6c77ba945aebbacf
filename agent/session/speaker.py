"""livekit's agent: of the texts it says, the tags become cues of its face."""

from collections.abc import AsyncGenerator, AsyncIterable

from livekit import rtc
from livekit.agents import Agent, ConversationItemAddedEvent, ModelSettings, llm
from livekit.agents.voice import io

from agent.mind.memory import Memory
from agent.mind.persona.cues import CueSheet
from agent.session.summarising import Remembering

CUES = "visavis.cues"
"""Key of the answer's `CueSheet` in the user data of its frames."""


class SpeakingAgent(Agent):
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
