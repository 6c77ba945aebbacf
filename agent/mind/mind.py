"""Answers.

With no endpoint configured, answers are sentences of the persona's knowledge, small talk, or an
honest "I don't know". With one, that language model answers from the retrieved passages.
"""

import asyncio
import logging
import time
from collections.abc import AsyncGenerator, Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from typing import Final, TypeVar

import numpy as np

from agent.errors import ModelUnavailable, NotFound
from agent.mind import asking
from agent.mind.llm import ChatModel, LlmUnavailable
from agent.mind.memory import Memory, latest
from agent.mind.message import Message, last_text
from agent.mind.persona.persona import BadPersona, Persona, load_persona, persona_ids
from agent.mind.persona.rules import grounded_prompt, rules
from agent.mind.persona.variables import MissingVariable
from agent.mind.repertoire import repertoire
from agent.mind.retrieval.embedding import E5Embedder, Embedder, Vectors
from agent.mind.retrieval.grounded import rank, sentences
from agent.mind.retrieval.shelf import Shelf, open_shelf
from agent.mind.small_talk import SmallTalk
from agent.mind.tools.tool import ToolUse
from agent.mind.understanding import Understood, is_small_talk, look_up
from agent.models.llm import EmbeddedLlm, Endpoint
from agent.settings import MindSettings

log = logging.getLogger(__name__)
T = TypeVar("T")
OnMark = Callable[[str, float], None]

_PASSAGES: Final = 6
_RETIRED: Final = 4
"""Personas kept for conversations that outlive them."""
_FACT_MOOD: Final = "[happy:0.25] "
"""How a fact is told."""


class Mind:
    """Answers for all personas and all sessions of one server.

    Args:
        settings: Endpoint, persona, prompts.
        cache_dir: Where indexes are kept; None keeps none.
        embedder: Makes the embedder, in the thread that will use it.
        embedded: The small model's process, used when no endpoint is set; None for none.
        clock: Monotonic seconds, for marks.
    """

    def __init__(
        self,
        settings: MindSettings,
        cache_dir: Path | None = None,
        *,
        embedder: Callable[[], Embedder] = E5Embedder,
        embedded: EmbeddedLlm | None = None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._settings = settings
        self._cache_dir = cache_dir
        self._make_embedder = embedder
        self._embedded = None if settings.base_url else embedded
        self._clock = clock
        self._thread = ThreadPoolExecutor(1, "mind")
        self._shelves: dict[str, Shelf] = {}
        self._small_talk: dict[str, SmallTalk] = {}
        self._incomplete: dict[str, dict[str, str]] = {}
        self.left_out: dict[str, BadPersona] = {}
        """Personas that cannot be used, and why."""
        self._model: ChatModel | None = None
        self._warm = ""
        self._embedder: Embedder | None = None
        self._adopting = asyncio.Lock()
        self._retired: list[str] = []

    @property
    def external(self) -> bool:
        """Whether a configured language model answers."""
        return self._settings.base_url is not None

    def persona(self, persona: str | None = None) -> Persona:
        """Returns a persona; the configured one by default.

        Raises:
            NotFound: There is no such persona.
        """
        return self._shelf(persona).persona

    async def start(self) -> None:
        """Loads personas, indexes and models.

        Raises:
            BadPersona: The configured persona, or its knowledge, cannot be used.
            NotFound: The configured persona does not exist.
            ModelUnavailable: The embedder is not installed.
        """
        async with asyncio.TaskGroup() as group:
            group.create_task(self._open_shelves())
            if self._embedded:
                group.create_task(self._embedded.start())
        if self.external or self._embedded:
            self._model = await self._in_thread(self._make_model)
        for shelf in self._shelves.values():
            await self._learn_small_talk(shelf.persona)
        self._shelf(None)

    async def aclose(self) -> None:
        """Ends the model's process and the thread."""
        if self._model:
            await self._model.aclose()
        if self._embedded:
            await self._embedded.aclose()
        self._thread.shutdown(wait=True, cancel_futures=True)

    async def adopt(self, persona: Persona, given: Mapping[str, str]) -> None:
        """Makes one more persona answer, or one that changed; the others answer meanwhile.

        Args:
            persona: Takes the place of one of the same id.
            given: Which of its variables the settings fill.

        Raises:
            BadPersona: Its knowledge cannot be used.
        """
        async with self._adopting:
            if self._cache_dir:  # what is new is embedded beside the thread that answers
                await asyncio.to_thread(self._embed_ahead, persona)
            await self._open_shelf(persona, given)
            await self._learn_small_talk(persona)
            if self._warm == persona.id:
                self._warm = ""

    def retire(self, persona: str) -> None:
        """Forgets a persona in a while: who talks to it now goes on."""
        self._retired.append(persona)
        while len(self._retired) > _RETIRED:
            gone = self._retired.pop(0)
            if gone not in self._retired:
                for known in (self._shelves, self._small_talk, self._incomplete):
                    known.pop(gone, None)

    def repertoire(self, persona: str | Persona) -> list[str]:
        """Returns what a persona says word for word; nothing where a configured model answers.

        Raises:
            NotFound: There is no such persona.
            MissingVariable: It needs a variable that only a session can give.
        """
        shelf = self._complete_shelf(persona)
        return [] if self.external else [*repertoire(shelf.persona, shelf.knowledge.facts)]

    def memory(self) -> Memory:
        """Returns what makes summaries of long conversations."""
        return Memory(self._settings.history_tokens, self._model if self.external else None)

    async def prewarm(self, persona: str | None = None) -> None:
        """Lets the language model read the persona's prompt, unless it read that one last."""
        shelf = self._shelf(persona)
        if not self._model or self._warm == shelf.persona.id:
            return
        self._warm = shelf.persona.id
        if self.external:
            system, examples = rules(shelf.persona), list[Message]()
        else:
            system, examples = self._small_talk[shelf.persona.id].prompt()
        try:
            async for _ in self._model.stream_chat(
                system, [*examples, Message("user", "Hello")], 1
            ):
                pass
        except LlmUnavailable as error:
            self._warm = ""
            log.warning("could not warm the language model: %s", error.message)

    async def answer(
        self,
        turns: Sequence[Message],
        question: str,
        *,
        persona: str | Persona | None = None,
        on_mark: OnMark | None = None,
        tools: ToolUse | None = None,
    ) -> AsyncGenerator[str, None]:
        """Yields the answer in pieces, the first as early as possible.

        Args:
            turns: The conversation before the question, as far as it was heard.
            question: What the person said.
            persona: Who answers, by id or with its variables filled in; the configured one, with
                the values of the settings, by default.
            on_mark: Told "retrieval" when it is known what the question is about, and
                "first_token" when the first piece is there, with monotonic seconds.
            tools: What a configured language model may call.

        Raises:
            NotFound: There is no such persona.
            MissingVariable: It needs a variable that only a session can give.
            LlmUnavailable: The configured language model is down, refuses or is too slow.
        """
        shelf = self._complete_shelf(persona)
        mark = on_mark or (lambda name, at: None)
        waiting = True
        replies = self._reply(shelf, turns, question, mark, tools)
        try:
            async for piece in replies:
                if waiting:
                    mark("first_token", self._clock())
                    waiting = False
                yield piece
        finally:
            await replies.aclose()

    async def _reply(
        self,
        shelf: Shelf,
        turns: Sequence[Message],
        question: str,
        mark: OnMark,
        tools: ToolUse | None,
    ) -> AsyncGenerator[str, None]:
        heard = shelf.hearing.repair(question)
        if not any(char.isalnum() for char in heard):
            yield _vary(shelf.persona.unclear, turns)
            return
        if self.external:
            async for piece in self._from_model_or_knowledge(shelf, turns, heard, mark, tools):
                yield piece
            return
        again = last_text(turns, "assistant") if asking.is_repeat_request(heard) else None
        if again:
            yield again
            return
        understood = await self._understand(shelf, turns, heard)
        mark("retrieval", self._clock())
        first = True
        async for sentence in self._say(shelf, turns, understood):
            yield sentence if first else f" {sentence}"
            first = False

    async def _understand(
        self, shelf: Shelf, turns: Sequence[Message], heard: str
    ) -> list[Understood]:
        """Finds what each part of a question is about; parts nobody can answer are left out."""
        whole, pieces = asking.core(heard), asking.parts(heard)
        if len(pieces) > 1 and not await self._in_thread(is_small_talk, shelf, whole):
            parts = [
                await self._in_thread(look_up, shelf, turns, asking.core(piece)) for piece in pieces
            ]
            if all(part.decision.facts for part in parts):
                return parts
        return [await self._in_thread(look_up, shelf, turns, whole)]

    async def _say(
        self, shelf: Shelf, turns: Sequence[Message], understood: list[Understood]
    ) -> AsyncGenerator[str, None]:
        said: set[int] = set()
        mood = ""
        for each in understood:
            if each.intent:
                talk = self._small_talk[shelf.persona.id].for_persona(shelf.persona)
                yield await talk.reply(each.intent, each.text, len(turns) // 2)
                continue
            if not each.decision.facts:
                yield _vary(shelf.persona.unknown, turns).format(topics=shelf.persona.topics)
                continue
            if not each.decision.sure:
                yield _vary(shelf.persona.unsure, turns)
            fresh = [at for at in each.decision.facts if at not in said]
            said.update(fresh)
            for sentence in sentences(fresh, shelf.knowledge):
                yield sentence if mood else _FACT_MOOD + sentence
                mood = _FACT_MOOD

    async def _from_model_or_knowledge(
        self,
        shelf: Shelf,
        turns: Sequence[Message],
        heard: str,
        mark: OnMark,
        tools: ToolUse | None,
    ) -> AsyncGenerator[str, None]:
        """Streams from the configured model; where that says nothing, what is surely known."""
        silent = True
        try:
            async for piece in self._from_model(shelf, turns, heard, mark, tools):
                silent = False
                yield piece
        except LlmUnavailable:
            understood = await self._understand(shelf, turns, heard) if silent else []
            if not understood or not all(each.decision.sure for each in understood):
                raise
            async for sentence in self._say(shelf, turns, understood):
                yield f"{sentence} "

    async def _from_model(
        self,
        shelf: Shelf,
        turns: Sequence[Message],
        heard: str,
        mark: OnMark,
        tools: ToolUse | None,
    ) -> AsyncGenerator[str, None]:
        """Streams from the configured model, with the passages that fit as quoted material."""
        assert self._model
        context = asking.in_context(turns, heard) or heard
        found = await self._in_thread(shelf.index.find_matches, context)
        mark("retrieval", self._clock())
        best = np.argsort(-rank(found))[:_PASSAGES]
        system = grounded_prompt(shelf.persona, [shelf.knowledge.facts[at].text for at in best])
        history = [*latest(turns, self._settings.history_tokens), Message("user", heard)]
        async for piece in self._model.stream_chat(
            system, history, self._settings.max_tokens, tools
        ):
            yield piece

    async def _open_shelves(self) -> None:
        self._embedder = await self._in_thread(self._make_embedder)
        prompts = self._settings.prompts_dir
        variables = self._settings.variables
        for name in persona_ids(prompts):
            try:
                persona = await self._in_thread(load_persona, prompts, name)
                # further variables may be for personas that are adopted later
                given = {each: variables[each] for each in persona.variables if each in variables}
                await self._open_shelf(persona, given)
            except BadPersona as error:
                if name == self._settings.persona:
                    raise
                self.left_out[name] = error

    async def _open_shelf(self, persona: Persona, given: Mapping[str, str]) -> None:
        self._incomplete.pop(persona.id, None)
        try:
            persona = persona.filled(given)
        except MissingVariable:
            self._incomplete[persona.id] = dict(given)
        self._shelves[persona.id] = await self._in_thread(
            open_shelf, self._settings.prompts_dir, persona, self._embedder, self._cache_dir
        )

    def _make_model(self) -> ChatModel:
        """Reads the system's certificates, which takes 50 ms."""
        return ChatModel(
            self._endpoint,
            temperature=self._settings.temperature if self.external else 0.0,
            timeout_seconds=self._settings.timeout_seconds,
        )

    def _embed_ahead(self, persona: Persona) -> None:
        """Leaves the vectors of a persona's sentences in the cache."""
        open_shelf(self._settings.prompts_dir, persona, self._make_embedder(), self._cache_dir)

    async def _learn_small_talk(self, persona: Persona) -> None:
        talk = SmallTalk(self._shelves[persona.id].persona, self._model, self._embed)
        await talk.prepare()
        self._small_talk[persona.id] = talk

    async def _embed(self, texts: Sequence[str]) -> Vectors:
        assert self._embedder
        return await self._in_thread(self._embedder.queries, texts)

    async def _in_thread(self, function: Callable[..., T], *arguments: object) -> T:
        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(self._thread, lambda: function(*arguments))

    def _shelf(self, persona: str | None) -> Shelf:
        name = persona or self._settings.persona
        if name not in self._shelves:
            raise NotFound(f"There is no such persona; there are: {', '.join(self._shelves)}.")
        return self._shelves[name]

    def _complete_shelf(self, persona: str | Persona | None) -> Shelf:
        """Returns a shelf whose persona has all its variables filled in."""
        if isinstance(persona, Persona):
            return replace(self._shelf(persona.id), persona=persona)
        shelf = self._shelf(persona)
        if (given := self._incomplete.get(shelf.persona.id)) is not None:
            shelf.persona.filled(given)  # raises what is missing
        return shelf

    def _endpoint(self) -> Endpoint:
        settings = self._settings
        if settings.base_url:
            return Endpoint(settings.base_url, settings.api_key.get_secret_value(), settings.model)
        if self._embedded:
            return self._embedded.endpoint
        raise ModelUnavailable("No language model is configured.")


def _vary(lines: Sequence[str], turns: Sequence[Message]) -> str:
    """Returns another line each turn, the same for the same conversation."""
    return lines[len(turns) // 2 % len(lines)]
