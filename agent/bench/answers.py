"""How well the mind answers: `visavis bench answers`.

Three sets of questions. The tuned set (`agent/bench/answers/`) is the one the mind was improved
with: its figures flatter. So do those of the set in `seen/`, which was blind until the mind was
tuned on it too. The set in `blind/` was written from what the personas are about before any of its
answers was looked at, and its failures were never read: its figures come nearest to what a
stranger may expect. The same hand wrote the sets and the knowledge, but what it added to the
knowledge afterwards was dropped where the wording was that of a blind question. The tuned set's
misheard questions are written by hand, those of the others are what Whisper wrote, of the blind
set where at most every second word was wrong. The other questions can be spoken as well, and
are then asked as the recogniser wrote them. A fact offered with a word of doubt counts as right if
it is the right one (see `unsure`). Graded by patterns, so that anybody gets the same figures.
"""

import re
from collections.abc import Iterator
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any, Final, Literal, get_args

import yaml

from agent.bench.answers_spoken import QuestionRecogniser, words_wrong
from agent.mind.message import Message
from agent.mind.mind import Mind
from agent.mind.persona.cues import plain
from agent.mind.persona.persona import Persona, persona_ids
from agent.mind.retrieval.knowledge import load_knowledge
from agent.models.llm import EmbeddedLlm
from agent.settings import Settings
from agent.speech.ears.whisper import Whisper

DATA = Path(__file__).parent / "answers"
Set = Literal["tuned", "seen", "blind"]
SETS: Final[tuple[Set, ...]] = get_args(Set)

_NUMBER = re.compile(r"\d|\b(hundred|thousand|euros?|dollars?|percent|kilometres?)\b", re.I)


@dataclass(frozen=True, slots=True)
class Graded:
    """One question and its answer.

    Attributes:
        persona: Who was asked.
        kind: "grounded", "out_of_scope" or "small_talk".
        asked: The question.
        answer: What was said.
        right: Whether it is the right fact, an honest "I don't know", or sensible small talk.
        invented: Whether it states, without a word of doubt, what is wrong here: another fact
            than was asked for, a fact for a question that has none, or, in small talk, a number.
        unsure: Whether a fact was offered with a word of doubt ("I'm not sure, but ...").
        misheard: Whether the question holds recognition errors.
        set: Which set the question is of.
        heard: What the recogniser wrote for it, if it was spoken.
    """

    persona: str
    kind: str
    asked: str
    answer: str
    right: bool
    invented: bool
    unsure: bool = False
    misheard: bool = False
    set: Set = "tuned"
    heard: str | None = None


async def run(settings: Settings, *, spoken: bool = False) -> dict[str, Any]:
    """Asks all questions of both personas with the embedded models.

    Args:
        settings: Where the personas and the caches are.
        spoken: Whether synthetic voices say the questions (without the misheard ones, which are
            transcripts already), so that the mind answers what the recogniser wrote.

    Returns:
        `questions`, and the fractions `grounded_right`, `misheard_right`, `invented` (of all
        questions), `unsure` (facts offered with a word of doubt, never counted as invented),
        `out_of_scope_right` and `small_talk_sensible`, of all sets together; the same for each
        set under its name, in which `personas` has them for each persona; and under `wrong` every
        question that was not answered as it should be. The blind set's are not listed, so that
        nobody mends them one by one. Spoken ones have `words_wrong` too, the word error rate.
    """
    graded = await ask_all(settings, QuestionRecogniser(Whisper()) if spoken else None)
    report = _figures(graded)
    if spoken:
        pairs = [(each.asked, each.heard) for each in graded if each.heard is not None]
        report["words_wrong"] = round(words_wrong(pairs), 4)
    for name in SETS:
        report[name] = _by_persona([each for each in graded if each.set == name])
    report["wrong"] = [asdict(each) for each in graded if not each.right and each.set != "blind"]
    return report


async def ask_all(settings: Settings, listener: QuestionRecogniser | None = None) -> list[Graded]:
    """Asks every question, through `listener` if there is one, and grades every answer."""
    cache = settings.server.data_dir / "cache"
    mind = Mind(settings.mind, cache, embedded=EmbeddedLlm())
    await mind.start()
    try:
        graded: list[Graded] = []
        for name in asked_personas(settings.mind.prompts_dir):
            await mind.prewarm(name)
            grader = Grader(mind, name, settings.mind.prompts_dir)
            for part in SETS:
                for case in cases(name, part):
                    if listener is None:
                        graded.append(await grader.ask(case))
                    elif not case.misheard:
                        heard = listener.recognise(case.ask, mind.persona(name))
                        graded.append(await grader.ask(replace(case, heard=heard)))
        return graded
    finally:
        await mind.aclose()


@dataclass(frozen=True, slots=True)
class AnswerCase:
    """One question and what makes an answer to it right; see the data files.

    `heard` is what a recogniser wrote for it; None if the mind gets the question as it stands.
    """

    kind: str
    ask: str
    right: tuple[str, ...] = ()
    before: str | None = None
    misheard: bool = False
    set: Set = "tuned"
    heard: str | None = None


def asked_personas(prompts_dir: Path) -> list[str]:
    """Returns the personas for which there are questions."""
    return [name for name in persona_ids(prompts_dir) if (DATA / f"{name}.yaml").is_file()]


def cases(persona: str, part: Set) -> Iterator[AnswerCase]:
    """Yields all questions of one set for a persona."""
    folder = DATA if part == "tuned" else DATA / part
    for entry in _read(folder / f"{persona}.yaml"):
        yield AnswerCase(
            "grounded",
            entry["ask"],
            tuple(entry["right"]),
            entry.get("before"),
            entry.get("misheard", False),
            part,
        )
    for question in _read(folder / "out_of_scope.yaml")[persona]:
        yield AnswerCase("out_of_scope", question, set=part)
    for entry in _read(folder / "small_talk.yaml"):
        yield AnswerCase("small_talk", entry["say"], (entry["sensible"],), set=part)


class Grader:
    """Asks one persona and judges what it says."""

    def __init__(self, mind: Mind, persona: str, prompts_dir: Path) -> None:
        self._mind = mind
        self._persona: Persona = mind.persona(persona)
        files = (prompts_dir / "knowledge" / name for name in self._persona.knowledge)
        self._facts = [fact.text for fact in load_knowledge(files).facts]
        self._asked = 0

    async def ask(self, case: AnswerCase) -> Graded:
        """Asks one question after the turn it builds on, if any."""
        turns: list[Message] = []
        if case.before:
            said = await self._answer(turns, case.before)
            turns = [Message("user", case.before), Message("assistant", said)]
        answer = await self._answer(turns, case.ask if case.heard is None else case.heard)
        right, invented = self._judge(case, answer)
        return Graded(
            self._persona.id,
            case.kind,
            case.ask,
            answer,
            right,
            invented,
            self._doubts(answer),
            case.misheard,
            case.set,
            case.heard,
        )

    async def _answer(self, turns: list[Message], question: str) -> str:
        pieces = [
            piece async for piece in self._mind.answer(turns, question, persona=self._persona.id)
        ]
        return plain("".join(pieces))

    def _judge(self, case: AnswerCase, answer: str) -> tuple[bool, bool]:
        states = any(fact in answer for fact in self._facts)
        matches = all(re.search(pattern, answer, re.I) for pattern in case.right)
        honest = self._admits(answer) or self._doubts(answer)
        if case.kind == "grounded":
            right = states and matches
            return right, not right and not honest
        if case.kind == "out_of_scope":
            return self._admits(answer), not honest
        brief = len(re.findall(r"[.!?](?:\s|$)", answer)) <= 2 and not _NUMBER.search(answer)
        claims = (states and not honest) or bool(_NUMBER.search(answer))
        return matches and brief and not states, claims

    def _admits(self, answer: str) -> bool:
        """Whether the answer is one of the persona's ways to say that it doesn't know."""
        persona = self._persona
        lines = (*persona.unknown, *persona.unclear)
        return answer in {plain(line).format(topics=persona.topics) for line in lines}

    def _doubts(self, answer: str) -> bool:
        """Whether a fact is offered with a word of doubt rather than stated as the answer."""
        return answer.startswith(tuple(plain(line) for line in self._persona.unsure))


def _by_persona(graded: list[Graded]) -> dict[str, Any]:
    names = sorted({each.persona for each in graded})
    shares = {name: _figures([each for each in graded if each.persona == name]) for name in names}
    return {**_figures(graded), "personas": shares}


def _figures(graded: list[Graded]) -> dict[str, Any]:
    def share(kind: str, misheard: bool | None = None) -> float:
        chosen = [
            each.right for each in graded if each.kind == kind and misheard in (None, each.misheard)
        ]
        return round(sum(chosen) / max(len(chosen), 1), 4)

    return {
        "questions": len(graded),
        "grounded_right": share("grounded"),
        "misheard_right": share("grounded", misheard=True),
        "out_of_scope_right": share("out_of_scope"),
        "small_talk_sensible": share("small_talk"),
        "unsure": round(sum(each.unsure for each in graded) / max(len(graded), 1), 4),
        "invented": round(sum(each.invented for each in graded) / max(len(graded), 1), 4),
    }


def _read(path: Path) -> Any:
    return yaml.safe_load(path.read_text("utf-8"))
