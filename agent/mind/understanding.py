"""What a question is about, by the knowledge and the small talk of one persona.

A question may lean on the turn before, or be buried in other words: each reading of it costs one
embedding, some 15 ms.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from agent.mind import asking
from agent.mind.message import Message, last_text
from agent.mind.retrieval.grounded import Decision, by_sound, decide, to_a_remark
from agent.mind.retrieval.shelf import Shelf
from agent.mind.small_talk import recognise

_SURE_CLAUSE: Final = 0.6


@dataclass(frozen=True, slots=True)
class Understood:
    """One question, and what the knowledge and the small talk say to it."""

    text: str
    decision: Decision
    intent: str | None


def look_up(shelf: Shelf, turns: Sequence[Message], text: str) -> Understood:
    """Compares a question with everything; in context or by clauses where that helps."""
    found = shelf.index.find_matches(text)
    intent = recognise(found)
    decision = decide(found, shelf.knowledge)
    if intent is None:
        decision = _in_context(shelf, turns, text, decision)
    if intent is None and not decision.sure:
        tries = (
            decide(shelf.index.find_matches(each), shelf.knowledge) for each in asking.clauses(text)
        )
        decision = next((each for each in tries if each.sureness >= _SURE_CLAUSE), decision)
        decision = by_sound(shelf.sounding.find_by_sound(text), decision)
    if shelf.persona.language.startswith("en") and asking.is_remark(text):
        decision = to_a_remark(decision)
    return Understood(text, decision, intent)


def is_small_talk(shelf: Shelf, text: str) -> bool:
    """Whether something as a whole is small talk."""
    return recognise(shelf.index.find_matches(text)) is not None


def _in_context(shelf: Shelf, turns: Sequence[Message], text: str, alone: Decision) -> Decision:
    """Returns the decision on a question that may lean on the turn before."""
    if (context := asking.in_context(turns, text)) is None:
        return alone
    heard = last_text(turns, "assistant") or ""
    facts = shelf.knowledge.facts
    said = [at for at, fact in enumerate(facts) if fact.text in heard]
    leaning = decide(shelf.index.find_matches(context), shelf.knowledge, said)
    if not leaning.facts:
        return alone
    subjects = {facts[at].section for at in said}
    coherent = leaning.sure and facts[leaning.facts[0]].section in subjects
    surer = leaning.sureness > alone.sureness
    return leaning if coherent or surer or asking.is_bare(text) else alone
