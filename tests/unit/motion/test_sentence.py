"""The kind of a sentence follows from its words, at any moment of it."""

import pytest

from render.motion.sentence import Sentence, kind_of
from render.types import Word


def words(text: str) -> list[Word]:
    """Half a second each."""
    return [Word(word, 0.5 * i, 0.5 * i + 0.5) for i, word in enumerate(text.split())]


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("It is late.", Sentence.STATEMENT),
        ("Is it late?", Sentence.QUESTION),
        ("He said \u201cis it late?\u201d", Sentence.QUESTION),
        ("How late it is!", Sentence.EXCLAMATION),
        ("Bread, butter, jam.", Sentence.LIST),
        ("Bread, butter, jam?", Sentence.QUESTION),
        ("an end that is not", Sentence.STATEMENT),
    ],
)
def test_a_sentence_is_what_it_ends_in(text: str, kind: Sentence) -> None:
    assert kind_of(words(text), 0.1) is kind


def test_each_moment_has_its_own_sentence() -> None:
    spoken = words("I know. Do you? Good!")
    kinds = [kind_of(spoken, moment) for moment in (-0.2, 0.9, 1.2, 2.2, 9.0)]
    assert kinds == [
        Sentence.STATEMENT, Sentence.STATEMENT, Sentence.QUESTION, Sentence.EXCLAMATION,
        Sentence.EXCLAMATION,
    ]  # fmt: skip


def test_without_words_nothing_is_known() -> None:
    assert kind_of([], 1.0) is None
