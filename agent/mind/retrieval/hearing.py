"""Puts right what a small recogniser mishears, knowing what the persona talks about.

Repairs by sound and spelling: names ("visa viz" is Visavis), and words of the knowledge that were
split or misspelt ("excess able", "gee pee you").
"""

import re
from collections.abc import Collection, Iterable, Sequence
from functools import lru_cache
from itertools import groupby

import jellyfish
from rapidfuzz import fuzz

from agent.mind.persona.persona import ProperName
from agent.mind.retrieval.words import fold, stem

_LETTER_NAMES = {
    "ay": "a", "bee": "b", "cee": "c", "see": "c", "sea": "c", "dee": "d", "ee": "e", "ef": "f",
    "gee": "g", "aitch": "h", "eye": "i", "jay": "j", "kay": "k", "el": "l", "ell": "l", "em": "m",
    "en": "n", "oh": "o", "pee": "p", "pea": "p", "cue": "q", "queue": "q", "are": "r", "ess": "s",
    "tea": "t", "tee": "t", "you": "u", "vee": "v", "ex": "x", "why": "y", "zee": "z",
    "one": "1", "two": "2", "three": "3", "four": "4", "for": "4", "five": "5",
}  # fmt: skip
_ACRONYM = re.compile(r"\b(?=[A-Z0-9]*[A-Z]{2})[A-Z][A-Z0-9]{1,4}\b")
_WORD = re.compile(r"[a-zà-ÿ0-9]+(?:'[a-z]+)?", re.I)
_NAME_RATIO = 88
_SAME_SOUND_RATIO = 60
_JOINED_SOUND_LENGTH = 4
_NEVER_FIRST = frozenset(
    ("a", "an", "the", "my", "your", "you", "i", "it", "is", "are", "do", "does", "to")
)
_SAME_SPELLING_RATIO = 88


@lru_cache(maxsize=8192)
def sound(word: str) -> str:
    """Returns a key that words of similar sound share: consonants in order, vowels dropped.

    Metaphone (Philips 1990, "Hanging on the Metaphone"); all first vowels are one, and no sound
    stands twice in a row.
    """
    letters = (char for char in jellyfish.metaphone(word).lower() if char.isalnum())
    key = "".join(char for char, _ in groupby(letters))
    return f"a{key[1:]}" if key[:1] in tuple("aeiou") else key


class Hearing:
    """Repairs transcripts for one persona.

    Args:
        names: The persona's names.
        texts: Everything the persona knows; its words are what can be repaired to.
        talk: Texts of ordinary talk; their words are never repaired.
        common: Words of the language; none of them is repaired by itself, but two or three
            that were written apart may be.
    """

    def __init__(
        self,
        names: Iterable[ProperName],
        texts: Iterable[str],
        talk: Iterable[str] = (),
        common: Collection[str] = (),
    ) -> None:
        self._names = tuple(names)
        texts = list(texts)
        words = {word for text in [*texts, *talk] for word in _WORD.findall(text.lower())}
        self._known = words | {stem(word) for word in words}
        targets = {word for text in texts for word in _WORD.findall(text.lower()) if len(word) >= 4}
        self._common = common
        self._spellings = {fold(word): word for word in sorted(targets) if fold(word) != word}
        self._by_sound: dict[str, list[str]] = {}
        for word in sorted(targets):
            self._by_sound.setdefault(sound(word), []).append(word)
        self._acronyms = {match for text in texts for match in _ACRONYM.findall(text)}

    def repair(self, text: str) -> str:
        """Returns `text` with names and known words written as the persona writes them."""
        named = self._repair_names(_despell(text, self._acronyms))
        return self._repair_words(_WORD.sub(self._respell, named))

    def mask(self, text: str) -> str:
        """Returns `text` with each name replaced by what it stands for."""
        for name in self._names:
            text = re.sub(rf"\b{re.escape(name.name)}\b", name.stands_for, text, flags=re.I)
        return text

    def _respell(self, word: re.Match[str]) -> str:
        """Returns a word with the accents and the spelling of the knowledge (cafe, harbor)."""
        plain = word.group().lower()
        return (
            word.group() if plain in self._known else self._spellings.get(fold(plain), word.group())
        )

    def _repair_names(self, text: str) -> str:
        for name in self._names:
            for spelling in (name.name, *name.heard):
                text = _replace_alike(text, spelling, name.name)
        return text

    def _repair_words(self, text: str) -> str:
        words = text.split()
        repaired: list[str] = []
        at = 0
        while at < len(words):
            taken, word = self._best_window(words, at)
            repaired.append(word)
            at += taken
        return " ".join(repaired)

    def _best_window(self, words: list[str], at: int) -> tuple[int, str]:
        """Returns how many words from `at` on make up which word."""
        for length in (3, 2, 1):
            window = words[at : at + length]
            bare = [word.lower().strip('.,?!;:"') for word in window]
            if len(window) < length or all(self._knows(word) for word in bare):
                continue
            if bare[0] in (self._common if length == 1 else _NEVER_FIRST):
                continue
            match = self._match("".join(bare), single=length == 1)
            if match:
                tail = window[-1][len(window[-1].rstrip(".,?!;:")) :]
                return length, match + tail
        return 1, words[at]

    def _knows(self, word: str) -> bool:
        return word in self._known or stem(word) in self._known

    def _match(self, joined: str, *, single: bool) -> str | None:
        if len(joined) < 4 or not joined.isalpha():
            return None
        alike: Sequence[str] = self._by_sound.get(sound(joined), ())
        if not single and len(sound(joined)) < _JOINED_SOUND_LENGTH:
            alike = ()
        least = _SAME_SOUND_RATIO
        scored = [(fuzz.ratio(joined, word), word) for word in alike]
        best = max(scored, default=(0.0, ""))
        if best[0] >= least:
            return best[1]
        every = (word for words in self._by_sound.values() for word in words)
        near = max(((fuzz.ratio(joined, word), word) for word in every), default=(0.0, ""))
        return near[1] if near[0] >= _SAME_SPELLING_RATIO + (0 if single else 4) else None


def _despell(text: str, acronyms: set[str]) -> str:
    """Writes letters that were heard as words as the acronym they spell ("gee pee you")."""
    words = text.split()
    for acronym in sorted(acronyms, key=len, reverse=True):
        size = len(acronym)
        for at in range(len(words) - size + 1):
            window = [word.lower().strip(".,?!") for word in words[at : at + size]]
            spelled = "".join(_LETTER_NAMES.get(w, w if len(w) == 1 else "?") for w in window)
            if spelled == acronym.lower():
                words[at : at + size] = [acronym, *[""] * (size - 1)]
    return " ".join(word for word in words if word)


def _replace_alike(text: str, spelling: str, name: str) -> str:
    """Replaces windows of words that are written nearly like `spelling` by `name`."""
    size = len(spelling.replace("-", " ").split())
    words = text.replace("-", " ").split()
    joined = re.sub(r"[\s-]", "", spelling.lower())
    least = _NAME_RATIO if size == 1 else _NAME_RATIO + 4
    for at in range(len(words) - size + 1):
        window = "".join(words[at : at + size]).lower()
        bare = window.strip(".,?!;:").removesuffix("'s")
        if fuzz.ratio(bare, joined) >= least:
            tail = window[len(window.rstrip(".,?!;:")) :]
            words[at : at + size] = [name + tail, *[""] * (size - 1)]
    return " ".join(word for word in words if word)
