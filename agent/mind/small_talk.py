"""Replies where no fact is at stake.

An intent is recognised where nothing else is meant more. Where an intent allows it, the language
model finds words of its own; they are used only when they are short, hold no number, name
nobody, do not repeat themselves, and mean about the same as the persona's own replies. Otherwise
one of these is said.
"""

import asyncio
import copy
import logging
import re
from collections.abc import Awaitable, Callable, Sequence
from itertools import pairwise
from typing import Final

import numpy as np

from agent.mind.asking import visitor_name
from agent.mind.llm import ChatModel, LlmUnavailable
from agent.mind.message import Message
from agent.mind.persona.cues import leading, plain
from agent.mind.persona.persona import Persona
from agent.mind.retrieval.embedding import Vectors
from agent.mind.retrieval.index import Found

log = logging.getLogger(__name__)

RECOGNISED: Final = 0.3
"""How much an intent must be meant, about 1 for a known phrase."""

NEAR: Final = 0.86
"""Cosine to some phrase from which an utterance can be small talk at all."""

ALIKE: Final = 0.95
"""Cosine to one of the intent's replies that the model's words must reach; no other intent's
replies may be nearer."""

_PATIENCE_SECONDS: Final = 0.8
_MAX_TOKENS: Final = 32
_WORDS: Final = range(2, 19)
_NUMBER = re.compile(
    r"\d|\b(one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|hundred|thousand"
    r"|million|percent|euros?|dollars?)\b",
    re.I,
)
_CLAIMS = re.compile(
    r"\b(i was|i've been|i have been|my (blog|album|family|husband|wife|work|friend|son|daughter)"
    r"|yesterday|tomorrow|years?|as an? (ai|language model)|http|www)\b",
    re.I,
)
_NAMES = re.compile(r"(?<=[a-z,] )[A-Z](?!\b|')[a-z]+")

Embed = Callable[[Sequence[str]], Awaitable[Vectors]]


def recognise(found: Found) -> str | None:
    """Returns the intent of an utterance, or None if it asks for something else."""
    intent, score = max(found.small_talk.items(), key=lambda item: item[1])
    others = max(float(np.max(found.meant, initial=0.0)), found.unknown)
    near = found.phrase >= NEAR and score >= RECOGNISED
    return intent if near and score >= others else None


def sane(text: str) -> bool:
    """Whether the model's words are short and name nobody, hold no number and no circles."""
    words = re.findall(r"[\w']+", text.lower())
    pairs = list(pairwise(words))
    return (
        len(words) in _WORDS
        and text[-1:] in ".!?"
        and text.isascii()
        and len(set(pairs)) == len(pairs)
        and not any(pattern.search(text) for pattern in (_NUMBER, _CLAIMS, _NAMES))
    )


class SmallTalk:
    """Small talk of one persona.

    Args:
        persona: Whose.
        model: Where it may find words of its own; None for the persona's lines alone.
        embed: Embeds sentences; used to check that the model's words fit.
    """

    def __init__(self, persona: Persona, model: ChatModel | None, embed: Embed) -> None:
        self._persona = persona
        self._model = model
        self._embed = embed
        self._replies: dict[str, Vectors] = {}

    def for_persona(self, persona: Persona) -> "SmallTalk":
        """Returns the same small talk with the texts of `persona`, whose variables are filled."""
        if persona is self._persona:
            return self
        twin = copy.copy(self)
        twin._persona = persona
        return twin

    async def prepare(self) -> None:
        """Embeds the replies that the model's words are compared with."""
        for name, intent in self._persona.small_talk.items():
            if intent.model:
                self._replies[name] = await self._embed([plain(line) for line in intent.replies])

    async def reply(self, intent: str, text: str, turn: int) -> str:
        """Returns what to say.

        Args:
            intent: What `recognise` returned.
            text: What the person said.
            turn: How many turns came before; makes lines vary.
        """
        if self._model and self._persona.small_talk[intent].model:
            own = await self._own_words(self._model, intent, text)
            if own:
                return leading(self.line(intent, text, turn)) + own
        return self.line(intent, text, turn)

    def line(self, intent: str, text: str, turn: int) -> str:
        """Returns one of the persona's own lines, another one each turn."""
        replies = self._persona.small_talk[intent].replies
        name = visitor_name(text)
        return replies[turn % len(replies)].format(
            name=self._persona.name,
            topics=self._persona.topics,
            visitor=f", {name}" if name else "",
        )

    def prompt(self) -> tuple[str, list[Message]]:
        """Returns the system prompt and the examples, the same for every call: they stay cached."""
        persona = self._persona
        system = (
            f"You are {persona.name}: {persona.style}. Reply with one short, friendly sentence."
        )
        examples: list[Message] = []
        for intent in persona.small_talk.values():
            if intent.model:
                examples.append(Message("user", intent.phrases[0].format(name=persona.name)))
                examples.append(Message("assistant", plain(intent.replies[0])))
        return system, examples

    async def _own_words(self, model: ChatModel, intent: str, text: str) -> str | None:
        """Returns the model's first sentence if it can be said, in time."""
        system, examples = self.prompt()
        said = ""
        try:
            async with asyncio.timeout(_PATIENCE_SECONDS):
                async for piece in model.stream_chat(
                    system, [*examples, Message("user", text)], _MAX_TOKENS
                ):
                    said += piece
                    if re.search(r"[.!?](\s|$)", said):
                        break
        except (LlmUnavailable, TimeoutError) as error:
            log.info("small talk without the model: %s", type(error).__name__)
            return None
        sentence = re.split(r"(?<=[.!?])\s", said.strip())[0]
        if not sane(sentence):
            return None
        vector = (await self._embed([sentence]))[0]
        likeness = {name: float(np.max(own @ vector)) for name, own in self._replies.items()}
        fits = likeness[intent] >= max(ALIKE, *likeness.values())
        return sentence if fits else None
