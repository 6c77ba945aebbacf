"""Keeps a long conversation small: its oldest turns become a summary, between two answers.

Joins the mind's memory to livekit's contexts. Nothing of what was said is logged.
"""

import asyncio
import logging

from livekit.agents import Agent, AgentSession, llm

from agent.errors import place_of
from agent.mind.memory import Memory, foldable
from agent.mind.message import Message

log = logging.getLogger(__name__)

SUMMARY_ROLE: llm.ChatRole = "developer"
"""The role that only summaries have in our contexts."""
KEPT_EVENTS = 100
"""Of all that happened; livekit keeps every event for a report that nobody asks for."""


def as_message(item: llm.ChatItem) -> Message | None:
    """Returns a message of livekit's context as the mind sees it; None for all else."""
    if not isinstance(item, llm.ChatMessage):
        return None
    text = item.text_content or ""
    if item.role == "user":
        return Message("user", text)
    if item.role == "assistant":
        return Message("assistant", text)
    return Message("summary", text) if item.role == SUMMARY_ROLE else None


class Remembering:
    """The memory of one conversation.

    Args:
        memory: Makes the summaries.
    """

    def __init__(self, memory: Memory) -> None:
        self._memory = memory
        self._folding: asyncio.Task[None] | None = None

    def notice(self, session: AgentSession[None], agent: Agent) -> None:
        """To be called after each answer: begins a summary if the conversation is too long."""
        del session._recorded_events[:-KEPT_EVENTS]
        if self._folding is not None and not self._folding.done():
            return
        items = [(item, as_message(item)) for item in agent.chat_ctx.items]
        messages = [message for _, message in items if message]
        count = foldable(messages, self._memory.budget)
        if not count:
            return
        numbered = [at for at, (_, message) in enumerate(items) if message]
        end = numbered[count] if count < len(numbered) else len(items)
        old = [item for item, _ in items[:end]]
        work = self._fold(session, agent, old, messages[:count])
        self._folding = asyncio.create_task(work, name="remembering")

    async def aclose(self) -> None:
        """Ends a summary that is being made."""
        if self._folding is not None:
            self._folding.cancel()
            await asyncio.gather(self._folding, return_exceptions=True)

    async def _fold(
        self,
        session: AgentSession[None],
        agent: Agent,
        old: list[llm.ChatItem],
        messages: list[Message],
    ) -> None:
        try:
            text = await self._memory.summarise(messages)
        except Exception as error:
            log.error("the memory could not be kept: %s", place_of(error))
            return
        gone = {item.id for item in old}
        summary = llm.ChatMessage(role=SUMMARY_ROLE, content=[text], created_at=old[-1].created_at)
        kept = [item for item in agent.chat_ctx.items if item.id not in gone]
        await agent.update_chat_ctx(llm.ChatContext([summary, *kept]))
        history = session.history.items
        history[:] = [summary, *(item for item in history if item.id not in gone)]
        log.info("%d messages became a summary", len(messages))
