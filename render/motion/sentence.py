"""What kind of sentence is being said, from its written words."""

from collections.abc import Sequence
from enum import StrEnum
from itertools import pairwise

from render.types import Word


class Sentence(StrEnum):
    """What kind of sentence is said."""

    STATEMENT = "statement"
    QUESTION = "question"
    EXCLAMATION = "exclamation"
    LIST = "list"


_ENDS = {".": Sentence.STATEMENT, "?": Sentence.QUESTION, "!": Sentence.EXCLAMATION}
_CLOSING = "\"'\u201d\u2019)]"
_COMMAS = 2
"""Commas from which a statement counts as a list."""


def kind_of(words: Sequence[Word], moment: float) -> Sentence | None:
    """Returns the kind of the sentence that is said at a moment; None where no words are known.

    Args:
        words: Written words with their punctuation, in order.
        moment: In seconds of the words.
    """
    if not words:
        return None
    marks = [word.text.rstrip(_CLOSING)[-1:] for word in words]
    stops = [0, *(i + 1 for i, mark in enumerate(marks) if mark in _ENDS), len(words)]
    spans = [(a, b) for a, b in pairwise(stops) if b > a]
    first, last = next((s for s in spans if words[s[1] - 1].end >= moment), spans[-1])
    kind = _ENDS.get(marks[last - 1], Sentence.STATEMENT)
    listed = kind is Sentence.STATEMENT and marks[first:last].count(",") >= _COMMAS
    return Sentence.LIST if listed else kind
