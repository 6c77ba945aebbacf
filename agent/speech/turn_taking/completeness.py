"""Strategy: do the words so far make a whole turn? Pure; imports the word lists.

Recognisers end everything with a full stop, so the words count more than the punctuation: nobody
ends a turn on "the" or "um". English; other languages are judged by their punctuation alone.
"""

import re
from enum import IntEnum
from itertools import pairwise

from agent.speech.turn_taking.words import word_list, words

SHORT_CLAUSE, SHORT_PHRASE = 7, 3
"""Longest clause after an opener, and phrase after a preposition, that waits for the rest; longer
phrases, up to the length of a clause, wait less."""
BRIEF_WORDS = 4
"""Longest statement that may be a beginning: "we wanted to see" the coins."""
QUESTION_WORDS = 2
"""A question has so many words after those that make it one."""
STRANDED_AFTER = 3
"""A question word stands at least so many words before what belongs to it."""
TELEPHONE_DIGITS = 7
"""With this many digits a number may be whole."""


class Completeness(IntEnum):
    """From "something has to follow" to "nothing is missing"."""

    OPEN = 0
    UNLIKELY = 1
    GROUP = 2
    """Digits: another group may follow."""
    BRIEF = 3
    """A statement or phrase of a few words, which may be the beginning of a longer one."""
    UNKNOWN = 4
    LIKELY = 5
    COMPLETE = 6


def completeness(text: str, *, english: bool = True) -> Completeness:
    """Returns how complete a turn of these words is."""
    text = text.strip()
    said = words(text)
    if not said:
        return Completeness.UNKNOWN
    if english and _is_number(said[-1]):
        return _number(said)
    if text.endswith(("...", ",", "-", "…", ";", ":")):
        return Completeness.OPEN
    if not english:
        return Completeness.LIKELY if text.endswith((".", "?", "!")) else Completeness.UNKNOWN
    joined = " ".join(said)
    if joined in word_list("closed_phrases"):
        return Completeness.COMPLETE
    return _sentence(text, said, joined)


def _sentence(text: str, said: list[str], joined: str) -> Completeness:
    if len(said) == 1:
        return _single(said[0])
    last = words(re.split(r"[.?!]\s+", text)[-1])
    if len(last) >= SHORT_PHRASE and _ends_as_question(last, text):
        return Completeness.COMPLETE
    if _is_open(last or said, joined):
        return Completeness.OPEN
    if _waits_for_main_clause(last, text):
        return Completeness.UNLIKELY
    if said[-1] in word_list("last_words"):
        return Completeness.COMPLETE
    if text.endswith("?"):
        return Completeness.COMPLETE if len(last) >= SHORT_PHRASE else Completeness.LIKELY
    if _asks(last):
        return Completeness.COMPLETE
    if not text.endswith((".", "!")):
        return Completeness.UNKNOWN
    return _statement(last)


def _ends_as_question(sentence: list[str], text: str) -> bool:
    """Whether its last word ends no statement, but this question.

    Recognisers that hear a voice break off write no stop: "what is going on on this".
    """
    if not text.endswith("?"):
        return text.endswith((".", "!")) and _asks(sentence) and _points(sentence)
    return _points(sentence) or _is_stranded(sentence)


def _points(question: list[str]) -> bool:
    """Whether a question ends in what it is about: "this", or a "that" that begins no clause."""
    *_, before, final = question
    clause = final == "that" and before in word_list("before_that")
    return final in word_list("pointing") and not clause


def _asks(sentence: list[str]) -> bool:
    """Whether a sentence is built as a question with something in it; recognisers often hear
    none where the voice does not rise."""
    asked, verbs = word_list("asked_about"), word_list("question_verbs")
    openers = word_list("question_words")
    for at, (first, second) in enumerate(pairwise(sentence)):
        if (first in verbs and second in asked) or (first in openers and second in verbs):
            left = len(sentence) - at - 2
            return left >= QUESTION_WORDS or (left == 1 and second in word_list("pointing"))
    return False


def _is_stranded(question: list[str]) -> bool:
    """Whether a question ends in a word that belongs to its beginning: "what is it made of"."""
    asks = not word_list("question_words").isdisjoint(question[:-STRANDED_AFTER])
    return asks and question[-1] in word_list("stranded")


def _single(word: str) -> Completeness:
    if word in word_list("whole_turns"):
        return Completeness.COMPLETE
    return Completeness.OPEN if word in word_list("single_open") else Completeness.UNKNOWN


def _is_open(sentence: list[str], joined: str) -> bool:
    """Whether a sentence ends where none does."""
    if joined.endswith(tuple(word_list("open_phrases"))):
        return True
    if sentence[-1] not in word_list("open_ends"):
        return False
    is_clause = (
        sentence[-1] in word_list("verbs_of_clauses")
        and sentence[-2:-1] != []
        and sentence[-2] in word_list("pronouns")
        and not word_list("clause_words").isdisjoint(sentence[:-2])
    )
    return not is_clause


def _is_number(word: str) -> bool:
    return word.isdigit() or word in word_list("numbers")


def _number(said: list[str]) -> Completeness:
    """Digits are dictated in groups: another may follow until there are enough of them."""
    digits = 0
    for word in reversed(said):
        if not _is_number(word):
            break
        digits += 1
    alone = digits == 1 and len(said) > 1
    if alone:
        return _statement(said)
    return Completeness.LIKELY if digits >= TELEPHONE_DIGITS else Completeness.GROUP


def _statement(sentence: list[str]) -> Completeness:
    if sentence[0] in word_list("whole_turns"):  # "hello there", "no, thanks"
        return Completeness.LIKELY
    phrase = sentence[0] in word_list("prepositions") and len(sentence) <= SHORT_CLAUSE
    return Completeness.BRIEF if phrase or len(sentence) <= BRIEF_WORDS else Completeness.LIKELY


def _waits_for_main_clause(sentence: list[str], text: str) -> bool:
    """Whether the last sentence is only "if it rains tomorrow" or "on Monday"."""
    if not sentence or "," in text or text.endswith("?"):
        return False
    if sentence[0] in word_list("openers"):
        return len(sentence) <= SHORT_CLAUSE
    return sentence[0] in word_list("prepositions") and len(sentence) <= SHORT_PHRASE
