"""Tags in an answer that move the face: `[happy]`, `[concerned:0.5]`, `[nod]`.

A tag is never spoken, shown or remembered; it takes effect with the word it stands before. Any
other text in brackets is text.
"""

import re
from collections.abc import AsyncIterable, AsyncIterator, Iterator, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

from render.motion.emotion import Emotion
from render.motion.gesture import GESTURES, Gesture, RaiseBrows, Tilt, Wink


@dataclass(frozen=True, slots=True)
class Feel:
    """An emotion from here on.

    Attributes:
        emotion: What is felt.
        intensity: In [0, 1].
    """

    emotion: Emotion
    intensity: float = 1.0


Cue = Feel | Gesture

GESTURE_TAGS: Mapping[str, Gesture] = MappingProxyType(
    {**GESTURES, "wink": Wink(), "brows": RaiseBrows(), "tilt": Tilt()}
)
EMOTION_TAGS: Mapping[str, Emotion] = MappingProxyType({each.value: each for each in Emotion})
INSTRUCTIONS: Final = (
    "You have a face. Where it fits, and seldom, put one tag before the word it goes with: "
    "[happy], [sad], [surprised], [concerned], [thinking] or [neutral], with an intensity if you "
    "like, as in [happy:0.5], or a gesture: [nod], [shake], [wink], [brows] or [tilt]. Tags are "
    "seen on your face and never read aloud; use no other brackets."
)
"""What a language model is told about tags."""

_EMOTION_NAMES = "|".join(EMOTION_TAGS)
_GESTURE_NAMES = "|".join(GESTURE_TAGS)
_TAG = re.compile(
    rf"\[\s*(?:(?P<emotion>{_EMOTION_NAMES})(?:\s*:\s*(?P<intensity>\d?\.\d+|\d))?"
    rf"|(?P<gesture>{_GESTURE_NAMES}))\s*\]",
    re.I,
)
_OPEN = re.compile(r"\[[a-z_\s]{0,16}(?::[\d.\s]{0,8})?$", re.I)
"""The end of a text that may still become a tag."""
_CLINGING: Final = (",", ".", ";", ":", "!", "?")
_LEADING = re.compile(rf"(?:{_TAG.pattern}\s*)+", re.I)


class CueFilter:
    """Parts text that arrives bit by bit from the tags in it."""

    def __init__(self) -> None:
        self._pending = ""
        self._space = ""
        self._last = " "
        self._after_tag = False

    def filter_text(self, text: str) -> Iterator[str | Cue]:
        """Takes more text; yields what is certain of it, in order."""
        text = self._pending + text
        at = 0
        for match in _TAG.finditer(text):
            yield from self._text(text[at : match.start()])
            yield _cue(match)
            self._after_tag = True
            at = match.end()
        rest = text[at:]
        opening = _OPEN.search(rest)
        cut = opening.start() if opening else len(rest)
        self._pending = rest[cut:]
        yield from self._text(rest[:cut])

    def remaining_text(self) -> Iterator[str]:
        """Yields what is left when no more text comes."""
        text, self._pending = self._pending, ""
        yield from self._text(text)
        if self._space:
            yield self._space
            self._space = ""

    def _text(self, text: str) -> Iterator[str]:
        """Yields text; of the spaces around a tag one is enough, and none before a comma.

        A space after a word is kept back until it is known what follows.
        """
        if self._after_tag and text:
            body = text.lstrip(" ")
            if body.startswith(_CLINGING):
                self._space, text = "", body
            elif self._space or self._last.isspace():
                text = body
            self._after_tag = not body
        text, self._space = self._space + text, ""
        if text.endswith(" ") and (self._last + text)[-2].isalnum():
            text, self._space = text[:-1], " "
        if text:
            self._last = text[-1]
            yield text


class CueSheet:
    """The tags of one answer and where they stand in it, known as far as the answer is.

    Attributes:
        cues: Each with the number of letters and digits before it.
        letters: Letters and digits of the answer so far.
        complete: Whether the answer is known to its end.
    """

    def __init__(self) -> None:
        self.cues: list[tuple[int, Cue]] = []
        self.letters = 0
        self.complete = False

    async def strip(self, texts: AsyncIterable[str]) -> AsyncIterator[str]:
        """Yields the text without its tags, which are noted here."""
        parts = CueFilter()
        async for text in texts:
            for part in parts.filter_text(text):
                if isinstance(part, str):
                    self.letters += letters(part)
                    yield part
                else:
                    self.cues.append((self.letters, part))
        for part in parts.remaining_text():
            self.letters += letters(part)
            yield part
        self.complete = True


def letters(text: str) -> int:
    """Returns how many letters and digits `text` has: all of it that every voice keeps."""
    return sum(char.isalnum() for char in text)


def plain(text: str) -> str:
    """Returns a whole text without its tags."""
    parts = CueFilter()
    kept = [part for part in parts.filter_text(text) if isinstance(part, str)]
    return "".join([*kept, *parts.remaining_text()])


def leading(text: str) -> str:
    """Returns the tags that a text begins with, as they stand there."""
    match = _LEADING.match(text)
    return match[0] if match else ""


def _cue(match: re.Match[str]) -> Cue:
    if match["gesture"]:
        return GESTURE_TAGS[match["gesture"].lower()]
    intensity = min(float(match["intensity"] or 1), 1.0)
    return Feel(EMOTION_TAGS[match["emotion"].lower()], intensity)
