"""Recognises a whole question by its sound.

A small recogniser writes other words of nearly the same sound ("do I need an open Aic"), which
means something else or nothing. Compared are the consonants of the whole sentence in order,
without the gaps between the words, so that it does not matter where a word was cut in two.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from rapidfuzz import fuzz, process

from agent.mind.retrieval.hearing import sound
from agent.mind.retrieval.knowledge import Knowledge
from agent.mind.retrieval.words import content_words

CERTAIN: Final = 92.0
"""Likeness of sound from which a question is taken for the known one."""
LIKELY: Final = 84.0
"""Likeness of sound from which it is offered with a word of doubt."""

_SPELLING: Final = 66.0
_SHORTEST: Final = 5
_SILENT_R = re.compile(r"(?<=[aeiou])r(?![aeiouy])|(?<=[aeiou])re$")
_VOICELESS = str.maketrans("bdgvz3", "ptkfs1")


@dataclass(frozen=True, slots=True)
class Sounded:
    """The known question that sounds most like what was heard.

    Attributes:
        fact: Number of the fact it stands under.
        likeness: Of the two sounds, from 0 to 100.
    """

    fact: int
    likeness: float

    @property
    def certain(self) -> bool:
        """Whether it may be taken for what was asked."""
        return self.likeness >= CERTAIN


class Sounding:
    """The sounds of all questions, those that have no answer among them."""

    def __init__(self, knowledge: Knowledge) -> None:
        asked = [(at, text) for at, fact in enumerate(knowledge.facts) for text in fact.questions]
        every = [*asked, *((None, text) for text in knowledge.gaps)]
        self._facts: Sequence[int | None] = [at for at, _ in every]
        self._texts = [text.lower() for _, text in every]
        self._sounds = [consonants(text) for _, text in every]

    def find_by_sound(self, question: str) -> Sounded | None:
        """Returns the known question that sounds like `question`, or None if none does."""
        heard = consonants(question)
        if not self._sounds or len(heard) < _SHORTEST or not content_words(question):
            return None
        alike = process.cdist([heard], self._sounds, scorer=fuzz.ratio, dtype=np.float32)[0]
        best = int(np.argmax(alike))
        fact, likeness = self._facts[best], float(alike[best])
        spelled = fuzz.ratio(question.lower(), self._texts[best])
        if fact is None or likeness < LIKELY or spelled < _SPELLING:
            return None
        return Sounded(fact, likeness)


def consonants(text: str) -> str:
    """Returns the consonants of all words of `text` in a row, voiced and voiceless alike."""
    words = (
        sound(_SILENT_R.sub("", "".join(char for char in word if char.isalnum())))
        for word in text.lower().split()
    )
    row = "".join(word.lstrip("a") for word in words).translate(_VOICELESS)
    return "".join(char for at, char in enumerate(row) if char != row[at - 1 : at])
