"""Keeps what a model thinks to itself out of what it says.

Reasoning models write their thoughts into the answer, between `<think>` and `</think>` or, as
gpt-oss does, before the channel that is meant for others. Pieces of a stream may end anywhere in
such a mark.
"""

from typing import Final

OPENING: Final = ("<think>", "<thinking>", "<reasoning>", "<|channel|>analysis<|message|>")
CLOSING: Final = (
    "</think>",
    "</thinking>",
    "</reasoning>",
    "<|channel|>final<|message|>",
)
SILENT: Final = (
    "<|channel|>final<|message|>",
    "<|start|>assistant",
    "<|message|>",
    "<|return|>",
    "<|end|>",
)
"""Marks that are left out wherever they stand; between thoughts and answer they end the former."""
_LONGEST: Final = max(map(len, (*OPENING, *CLOSING, *SILENT)))


class ReasoningFilter:
    """Passes on what is meant to be said.

    Attributes:
        thought: Whether the model has thought aloud.
    """

    def __init__(self) -> None:
        self.thought = False
        self._inside = False
        self._held = ""
        self._begun = False

    def filter_text(self, piece: str) -> str:
        """Returns what can be said by now, of this piece and of what was held back before."""
        self._held += piece
        said = ""
        while True:
            marks = CLOSING if self._inside else (*OPENING, *CLOSING, *SILENT)
            at, mark = _first(self._held, marks)
            if mark is None:
                break
            before, self._held = self._held[:at], self._held[at + len(mark) :]
            if not self._inside:
                said += before if mark not in CLOSING[:3] else ""
            if mark in OPENING:
                self._inside = self.thought = True
            elif mark in CLOSING:
                self._inside = False
        keep = _unfinished(self._held)
        ready, self._held = (
            self._held[: len(self._held) - keep],
            self._held[len(self._held) - keep :],
        )
        return self._trimmed(said + ("" if self._inside else ready))

    def remaining_text(self) -> str:
        """Returns what was held back when the answer ends; nothing of thoughts never closed."""
        rest, self._held = ("" if self._inside else self._held), ""
        return self._trimmed(rest)

    def _trimmed(self, text: str) -> str:
        """Leaves out the blank lines between thoughts and answer."""
        if not self._begun:
            text = text.lstrip()
            self._begun = bool(text)
        return text


def _first(text: str, marks: tuple[str, ...]) -> tuple[int, str | None]:
    """Returns where the first of some marks stands, and which it is."""
    found = [(at, -len(mark), mark) for mark in marks if (at := text.find(mark)) >= 0]
    if not found:
        return len(text), None
    at, _, mark = min(found)
    return at, mark


def _unfinished(text: str) -> int:
    """Returns how many letters at the end may be the beginning of a mark."""
    marks = (*OPENING, *CLOSING, *SILENT)
    for length in range(min(len(text), _LONGEST - 1), 0, -1):
        if any(mark.startswith(text[-length:]) for mark in marks):
            return length
    return 0
