"""Reads what a learner answers: words, numbers, units.

Generous in form, strict in substance: case, accents, articles, a slip of the keyboard in a long
word, a decimal comma or a fraction are never a mistake; the number, the unit and the word are.
"""

import re
import unicodedata
from dataclasses import dataclass

from num2words import num2words  # type: ignore[import-untyped]
from rapidfuzz.distance import DamerauLevenshtein

LONG_WORD = 6
"""Letters from which on one slip is forgiven; in a shorter word it may make another word."""
SPOKEN_UP_TO = 1_000

_LEAD_IN = re.compile(
    r"^(?:(?:well|um|uh|so|i think|i guess|maybe|perhaps|the answer is|its|it is|that is|thats|"
    r"this is|they are|about)\s+)+"
)
_ARTICLES = frozenset({"the", "a", "an", "my"})
_NUMBER = re.compile(
    r"^[^\w+\-−.,]*(?P<sign>[+\-−]?)\s*(?P<number>\d+(?:[.,]\d+)?|[.,]\d+)"
    r"(?:\s*/\s*(?P<below>\d+(?:[.,]\d+)?))?\s*(?P<unit>\D*)$"
)


@dataclass(frozen=True, slots=True)
class Quantity:
    """A number, and what is written after it.

    Attributes:
        value: The number.
        unit: As it was written; empty without one.
    """

    value: float
    unit: str


def normalised(text: str) -> str:
    """Returns the words of `text` in small letters, without accents, marks and lead-ins."""
    flat = unicodedata.normalize("NFKD", text.casefold())
    flat = "".join(char for char in flat if not unicodedata.combining(char))
    flat = re.sub(r"['’]", "", flat)
    words = re.sub(r"[^\w\s]|_", " ", flat).split()
    sentence = _LEAD_IN.sub("", " ".join(words) + " ")
    return " ".join(word for word in sentence.split() if word not in _ARTICLES)


def same_words(answer: str, accepted: str) -> bool:
    """Whether an answer is an accepted one, but for a slip in each long word."""
    given, wanted = normalised(answer).split(), normalised(accepted).split()
    if len(given) != len(wanted) or not given:
        return False
    return all(map(_same_word, given, wanted))


def _same_word(given: str, wanted: str) -> bool:
    if len(wanted) < LONG_WORD or wanted.isdigit():
        return given == wanted
    return bool(DamerauLevenshtein.distance(given, wanted, score_cutoff=1) <= 1)


def read_quantity(text: str, language: str = "en") -> Quantity | None:
    """Reads a number with or without a unit, in digits or in words; None where there is none.

    Args:
        text: Such as "5", "-2,5 cm", "1/2", "twelve centimetres".
        language: BCP 47 tag of its words.
    """
    plain = re.sub(r"['’]", "", text.strip().lower())
    match = _NUMBER.match(_LEAD_IN.sub("", plain + " ").rstrip(" .!"))
    if match is None:
        return _spoken(text, language)
    value = _float(match["number"])
    if match["below"]:
        below = _float(match["below"])
        if below == 0:
            return None
        value /= below
    negative = match["sign"] in ("-", "−")
    return Quantity(-value if negative else value, match["unit"].strip(" .!"))


def _float(digits: str) -> float:
    return float(digits.replace(",", "."))


def _spoken(text: str, language: str) -> Quantity | None:
    """Reads a whole number that is written in words; what follows it is its unit."""
    words = normalised(text).split()
    for count in range(min(len(words), 6), 0, -1):
        value = _NUMERALS.get(language, " ".join(words[:count]))
        if value is not None:
            return Quantity(float(value), " ".join(words[count:]))
    return None


class _Numerals:
    """What numbers are called, by language; made once a language is asked for."""

    def __init__(self) -> None:
        self._tables: dict[str, dict[str, int]] = {}

    def get(self, language: str, words: str) -> int | None:
        """Returns the number that `words` are in `language`, if they are one."""
        return self._table(language.split("-")[0].lower()).get(words)

    def _table(self, language: str) -> dict[str, int]:
        if language not in self._tables:
            try:
                names = [num2words(n, lang=language) for n in range(SPOKEN_UP_TO + 1)]
            except NotImplementedError:
                names = []
            self._tables[language] = {normalised(name): n for n, name in enumerate(names)}
        return self._tables[language]


_NUMERALS = _Numerals()
