"""Prepares text for a voice: what is spoken of it, and in which pieces.

The first clause is spoken first, so that the voice starts early; after it whole sentences, which
sound better. Captions show what was written, voices say what is meant: `words` keeps both.
"""

import html
import re
from collections.abc import Iterator
from dataclasses import dataclass

from agent.speech.voices.reading import rules
from agent.speech.voices.reading.language import language
from agent.speech.voices.reading.numerals import GROUP_SPACE

FIRST_CLAUSE_CHARS = 12
"""Shortest first clause; a shorter one would leave a gap before the rest is ready."""
MAX_PIECE_CHARS = 280

_SENTENCE_END = re.compile(r"[.!?…]+[\"'”’)\]*_]*(?=\s)|\n")
_CLAUSE_END = re.compile(r"[,;:—–][\"'”’)\]*_]*(?=\s)")
_LAST_WORD = re.compile(r"[^\s(\"“'‘*_]+$")
_INITIAL = re.compile(r"[A-Z]\.")
_COUNTED = re.compile(r"\d{1,3}\.")

_EMOJI = re.compile(
    "[\U0001f000-\U0001fbff\u2600-\u27bf\u2b00-\u2bff\ufe00-\ufe0f\u200d\u20e3\u2122\u00ae]+"
    "|\U000e0020|(?<!\\S)[:;=]['’]?-?[)(DPp|](?!\\S)"
)
_ARROW = re.compile(r"\s*[\u2190-\u21ff\u27f0-\u27ff\u2900-\u297f]+(?=\s|$)|\s*->(?=\s)")
"""Said as a pause."""
_SHAPES = re.compile(r"[\u2500-\u25ff]+")
_KAOMOJI = re.compile(r"(?<!\S)[(（][^\w\s()（）]*[\^_><;T•ω°ー~-]{2,}[^\w\s()（）]*[)）](?!\S)")
_AUTO_LINK = re.compile(r"<((?:https?://|mailto:)?[^\s<>@]+(?:@|://|\.)[^\s<>]+)>")
_LINK = re.compile(r"!?\[([^\]]*)\](?:\([^)\s]*(?:\s\"[^\"]*\")?\)|\[[^\]]*\])")
_NOTE = re.compile(r"(?<=\S)\[\^?\d+\]")
_TAG = re.compile(r"</?[a-zA-Z][^<>]{0,80}>")
_LINE_MARK = re.compile(r"^\s*(?:#{1,6}|[-+*•–>](?:\s+\[[ xX]\])?)\s+|\s#+\s*$", re.MULTILINE)
_RULE = re.compile(r"^\s*(?:[-*_=]\s*){3,}$|^\s*\|?(?:\s*:?-+:?\s*\|)+\s*:?-*:?\s*$", re.MULTILINE)
_ROW = re.compile(r"^\s*\|(.*)\|\s*$", re.MULTILINE)
_TICKS = re.compile(r"`+|~~")
_STARS = re.compile(r"(?<!\d)\*+(?=\S)|(?<=\S)\*+(?!\d)")
_UNDERSCORES = re.compile(r"(?<!\w)_+(?=\S)|(?<=\S)_+(?!\w)")
_THOUSANDS = re.compile(r"(?<=\d)[\u00a0\u202f\u2009](?=\d{3}(?!\d))")
_SPACED_THOUSANDS = re.compile(r"(?<!\S)[1-9]\d{0,2}(?: \d{3})+(?!\d)")
_SPACES = re.compile(rf"[^\S{GROUP_SPACE}]+")
_FENCE = "```"


@dataclass(frozen=True, slots=True)
class SpokenWord:
    """A word as it is written, with its punctuation, and as it is said."""

    written: str
    spoken: str


def clean(text: str) -> str:
    """Returns `text` without Markdown, HTML, emoji and superfluous spaces."""
    text = _SHAPES.sub(" ", _ARROW.sub(",", _KAOMOJI.sub(" ", text)))
    text = _LINK.sub(r"\1", _AUTO_LINK.sub(r"\1", text))
    text = html.unescape(_TAG.sub("", _NOTE.sub("", text)))
    text = _LINE_MARK.sub("", _RULE.sub("", _EMOJI.sub(" ", text)))
    text = _ROW.sub(lambda row: ", ".join(filter(None, map(str.strip, row[1].split("|")))), text)
    text = _UNDERSCORES.sub("", _STARS.sub("", _TICKS.sub("", text)))
    return " ".join(_SPACES.split(_THOUSANDS.sub(GROUP_SPACE, text))).strip()


def words(text: str, tag: str = "en") -> list[SpokenWord]:
    """Returns the words of a cleaned piece; a mark on its own belongs to the word before it.

    Args:
        text: What is written.
        tag: BCP 47 tag of its language; where nothing is known of it, it is said as written.
    """
    table = language(tag)
    if table and table.spaced_thousands:
        text = _SPACED_THOUSANDS.sub(lambda number: number[0].replace(" ", GROUP_SPACE), text)
    tokens = [token for token in _SPACES.split(text) if token]
    said = rules.say(tokens, table) if table else tokens
    result: list[SpokenWord] = []
    for token, spoken in zip(tokens, said, strict=True):
        if result and not re.search(r"\w", token) and spoken == token:
            last = result.pop()
            result.append(SpokenWord(f"{last.written} {token}", f"{last.spoken} {token}"))
        else:
            result.append(SpokenWord(token, spoken))
    return result


class Splitter:
    """Cuts text that arrives bit by bit into pieces for the voice: first clause, then sentences.

    Blocks of code are left out: nobody wants to hear them.

    Args:
        tag: BCP 47 tag of the language; it tells abbreviations from ends of sentences.
        first_clause: Whether the first clause is a piece of its own.
    """

    def __init__(self, tag: str = "en", first_clause: bool = True) -> None:
        self._language = language(tag)
        self._prose = _Prose()
        self._pending = ""
        self._begins_with_clause = self._first = first_clause

    def push(self, text: str) -> Iterator[str]:
        """Takes more text; yields the cleaned pieces that are complete."""
        self._pending += self._prose.push(text)
        while (end := self._end()) is not None:
            piece, self._pending = clean(self._pending[:end]), self._pending[end:]
            if re.search(r"\w", piece):
                self._first = False
                yield piece

    def flush(self) -> Iterator[str]:
        """Yields what is left; nothing follows it."""
        self._pending += self._prose.flush()
        yield from self.push("\n")
        self._pending, self._first = "", self._begins_with_clause

    def _end(self) -> int | None:
        """Returns where the next piece ends, or None while that is open."""
        for match in _SENTENCE_END.finditer(self._pending):
            if match.end() > MAX_PIECE_CHARS:
                break
            over = self._is_over(match.end())
            if over is None:
                return self._clause_end(match.end())
            if over:
                return self._clause_end(match.end()) or match.end()
        return self._clause_end(len(self._pending)) or self._forced_end()

    def _is_over(self, end: int) -> bool | None:
        """Whether a sentence is over at `end`; None where the next word has to tell."""
        text, rest = self._pending[:end], self._pending[end:].lstrip(" \t")
        match = _LAST_WORD.search(text)
        if match is None or not text.endswith("."):
            return True
        word = match[0]
        if _INITIAL.fullmatch(word) or self._is_numbering(word, text):
            return False
        table, word = self._language, word.lower()
        if table is None:
            return True
        counts = word in table.before_number
        if not counts and word not in table.maybe_final:
            return word not in table.titles
        if not rest:
            return None
        return not (rest[0].isdigit() if counts else rest[0].islower())

    def _is_numbering(self, word: str, text: str) -> bool:
        """Whether a number with a stop is the number of a list's item, or a German ordinal."""
        if not _COUNTED.fullmatch(word):
            return False
        return text.strip() == word or bool(self._language and self._language.ordinal_stop)

    def _clause_end(self, limit: int) -> int | None:
        if not self._first:
            return None
        for match in _CLAUSE_END.finditer(self._pending, 0, limit):
            if match.end() >= limit:
                return None
            if len(self._pending[: match.end()].strip()) >= FIRST_CLAUSE_CHARS:
                return match.end()
        return None

    def _forced_end(self) -> int | None:
        """Cuts what is too long for the voice, at a mark if there is one."""
        if len(self._pending) <= MAX_PIECE_CHARS:
            return None
        ends = [m.end() for m in _CLAUSE_END.finditer(self._pending, 0, MAX_PIECE_CHARS)]
        space = self._pending.rfind(" ", 0, MAX_PIECE_CHARS)
        return ends[-1] if ends else (space if space > 0 else MAX_PIECE_CHARS)


class _Prose:
    """Leaves out blocks of code, whose fences may arrive in parts."""

    def __init__(self) -> None:
        self._held = ""
        self._in_code = False

    def push(self, text: str) -> str:
        """Takes more text; returns what of it is not code."""
        text, kept = self._held + text, ""
        while (at := text.find(_FENCE)) >= 0:
            kept += "" if self._in_code else text[:at] + "\n"
            self._in_code = not self._in_code
            text = text[at:].lstrip("`")
        ticks = text[len(text.rstrip("`")) :]
        self._held = ticks
        return kept if self._in_code else kept + text.removesuffix(ticks)

    def flush(self) -> str:
        """Returns what is left; nothing follows it."""
        left = "" if self._in_code else self._held
        self._held, self._in_code = "", False
        return left


def pieces(text: str, tag: str = "en", first_clause: bool = True) -> list[str]:
    """Returns the pieces of a complete text, as `Splitter` cuts it."""
    splitter = Splitter(tag, first_clause)
    return [*splitter.push(text), *splitter.flush()]
