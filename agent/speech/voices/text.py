"""Prepares text for a voice: what is spoken of it, and in which pieces. Imports nothing of ours.

The first clause is spoken first, so that the voice starts early; after it whole sentences, which
sound better. Captions show what was written, voices say what is meant: `words` keeps both.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

FIRST_CLAUSE_CHARS = 12
"""Shortest first clause; a shorter one would leave a gap before the rest is ready."""
MAX_PIECE_CHARS = 280

ABBREVIATIONS = {
    "mr.": "Mister", "mrs.": "Missus", "ms.": "Miz", "dr.": "Doctor", "prof.": "Professor",
    "st.": "Saint", "jr.": "Junior", "sr.": "Senior", "vs.": "versus", "etc.": "et cetera",
    "e.g.": "for example", "i.e.": "that is", "approx.": "approximately", "no.": "number",
    "dept.": "department", "min.": "minutes", "max.": "maximum", "ca.": "about",
    "fig.": "figure", "inc.": "incorporated", "ltd.": "limited", "vol.": "volume",
}  # fmt: skip
_TITLES = frozenset(
    {"mr.", "mrs.", "ms.", "dr.", "prof.", "st.", "vs.", "e.g.", "i.e.", "approx.", "no.", "ca."}
    | {"fig.", "vol."}
)
"""Abbreviations that never end a sentence."""
_CURRENCIES = {"$": ("dollar", "cent"), "€": ("euro", "cent"), "£": ("pound", "penny")}
_SCALES = frozenset({"hundred", "thousand", "million", "billion", "trillion"})

_SENTENCE_END = re.compile(r"[.!?…]+[\"'”’)\]*_]*(?=\s)|\n")
_CLAUSE_END = re.compile(r"[,;:—–][\"'”’)\]*_]*(?=\s)")
_LAST_WORD = re.compile(r"[^\s(\"“'‘*_]+$")

_EMOJI = re.compile("[\U0001f000-\U0001fbff\u2600-\u27bf\u2b00-\u2bff\ufe00-\ufe0f\u200d\u20e3]+")
_LINK = re.compile(r"!?\[([^\]]*)\]\([^)\s]*\)")
_LINE_MARK = re.compile(r"^\s*(?:#{1,6}|[-+*•>])\s+", re.MULTILINE)
_RULE = re.compile(r"^\s*(?:[-*_=]\s*){3,}$", re.MULTILINE)
_FENCE = re.compile(r"`{3,}\w*|`+|~~")
_STARS = re.compile(r"(?<!\d)\*+(?=\S)|(?<=\S)\*+(?!\d)")
_UNDERSCORES = re.compile(r"(?<!\w)_+(?=\S)|(?<=\S)_+(?!\w)")

_TOKEN = re.compile(r"^([(\[{\"'“‘]*)(.*?)([)\]}\"'”’,;:!?…]*)$")
_URL = re.compile(
    r"^(?:https?://)?(?:www\.)?((?:[a-z0-9-]+\.)+[a-z]{2,})(?::\d+)?(/[^\s?#]*)?(?:[?#]\S*)?$", re.I
)
_EMAIL = re.compile(r"^([\w.+-]+)@((?:[a-z0-9-]+\.)+[a-z]{2,})$", re.I)
_TOP_LEVEL = frozenset(
    ("com", "org", "net", "io", "dev", "ai", "edu", "gov", "uk", "de", "fr", "eu", "app", "info")
)
_MONEY = re.compile(r"^([$€£])(\d[\d,]*)(?:\.(\d\d))?$")


@dataclass(frozen=True, slots=True)
class SpokenWord:
    """A word as it is written, with its punctuation, and as it is said."""

    written: str
    spoken: str


def clean(text: str) -> str:
    """Returns `text` without Markdown, emoji and superfluous spaces."""
    text = _EMOJI.sub(" ", _LINK.sub(r"\1", text))
    text = _LINE_MARK.sub("", _RULE.sub("", text))
    text = _UNDERSCORES.sub("", _STARS.sub("", _FENCE.sub("", text)))
    return " ".join(text.split())


def words(text: str) -> list[SpokenWord]:
    """Returns the words of a cleaned piece; a mark on its own belongs to the word before it."""
    result: list[SpokenWord] = []
    tokens = text.split()
    for index, token in enumerate(tokens):
        following = tokens[index + 1] if index + 1 < len(tokens) else ""
        spoken = say_token(token, following, tokens[index - 1] if index else "")
        if result and not re.search(r"\w", token) and spoken == token:
            last = result.pop()
            result.append(SpokenWord(f"{last.written} {token}", f"{last.spoken} {token}"))
        else:
            result.append(SpokenWord(token, spoken))
    return result


def say_token(token: str, following: str = "", preceding: str = "") -> str:
    """Returns how `token` is said between its neighbours: URLs, money, abbreviations, signs."""
    match = _TOKEN.match(token)
    assert match is not None  # the pattern matches every string
    opening, core, closing = match.groups()
    scale = following.strip(".,;:!?").lower() in _SCALES
    if core.lower() in _SCALES and (money := _MONEY.match(preceding)):
        return f"{opening}{core} {_CURRENCIES[money[1]][0]}s{closing}"
    return opening + _say_core(core, scale) + closing


def _say_core(core: str, scale: bool) -> str:
    if core.lower() in ABBREVIATIONS:
        return ABBREVIATIONS[core.lower()]
    stop = "." if core.endswith(".") else ""
    bare = core.removesuffix(".")
    if core == "&":
        return "and"
    if match := _MONEY.match(bare):
        return (match[2] if scale else _money(*match.groups())) + stop
    if match := _EMAIL.match(bare):
        return f"{_dots(match[1])} at {_dots(match[2])}{stop}"
    if (match := _URL.match(bare)) and _is_url(bare, match[1]):
        path = "".join(f" slash {_dots(part)}" for part in (match[2] or "").split("/") if part)
        return _dots(match[1]) + path + stop
    return core


def _is_url(token: str, host: str) -> bool:
    explicit = token.lower().startswith(("http://", "https://", "www."))
    return explicit or host.rsplit(".", 1)[1].lower() in _TOP_LEVEL


def _dots(name: str) -> str:
    return re.sub(r"[-_+]", " ", name.replace(".", " dot "))


def _money(sign: str, whole: str, part: str | None) -> str:
    unit, fraction = _CURRENCIES[sign]
    said = f"{whole} {unit}" + ("" if whole == "1" else "s")
    if part and int(part):
        plural = {"cent": "cents", "penny": "pence"}[fraction]
        said += f" and {int(part)} {fraction if int(part) == 1 else plural}"
    return said


class Splitter:
    """Cuts text that arrives bit by bit into pieces for the voice: first clause, then sentences."""

    def __init__(self) -> None:
        self._pending = ""
        self._first = True

    def push(self, text: str) -> Iterator[str]:
        """Takes more text; yields the cleaned pieces that are complete."""
        self._pending += text
        while (end := self._end()) is not None:
            piece, self._pending = clean(self._pending[:end]), self._pending[end:]
            if re.search(r"\w", piece):
                self._first = False
                yield piece

    def flush(self) -> Iterator[str]:
        """Yields what is left; nothing follows it."""
        yield from self.push("\n")
        self._pending, self._first = "", True

    def _end(self) -> int | None:
        """Returns where the next piece ends, or None while that is open."""
        for match in _SENTENCE_END.finditer(self._pending):
            if match.end() > MAX_PIECE_CHARS:
                break
            if not _is_abbreviated(self._pending[: match.end()]):
                return self._clause_end(match.end()) or match.end()
        return self._clause_end(len(self._pending)) or self._forced_end()

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


def _is_abbreviated(text: str) -> bool:
    """Whether `text` ends in the stop of an abbreviation or an initial, not of a sentence."""
    match = _LAST_WORD.search(text)
    if match is None or not text.endswith("."):
        return False
    word = match[0]
    return word.lower() in _TITLES or re.fullmatch(r"[A-Z]\.|\d+\.", word) is not None


def pieces(text: str) -> list[str]:
    """Returns the pieces of a complete text."""
    splitter = Splitter()
    return [*splitter.push(text), *splitter.flush()]
