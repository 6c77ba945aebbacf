"""One written word and its neighbours, as the rules of reading see them."""

from collections.abc import Callable
from dataclasses import dataclass

from agent.speech.voices.reading.language import Language


@dataclass(frozen=True, slots=True)
class Token:
    """A word without the marks around it.

    Attributes:
        text: Without a trailing stop, but for the rules that want it.
        stop: The trailing stop, or "".
        before: The word before, without marks; "" at the beginning.
        after: The word after, likewise.
        language: How it is read.
        earlier: The words before it in the sentence, in lower case, without marks.
    """

    text: str
    stop: str
    before: str
    after: str
    language: Language
    earlier: frozenset[str] = frozenset()

    @property
    def previous(self) -> str:
        """The word before in lower case, without stop."""
        return self.before.lower().rstrip(".")

    @property
    def following(self) -> str:
        """The word after in lower case, without stop."""
        return self.after.lower().rstrip(".")

    def part(self, text: str) -> "Token":
        """Returns a part of this word as a word of its own."""
        return Token(text, "", "", "", self.language)


Rule = Callable[[Token], str | None]
"""Returns how a token is said, or None if the rule does not know it."""
