"""URLs, e-mail addresses, telephone numbers, file names and code."""

import re
from collections.abc import Sequence

from agent.speech.voices.reading import numerals
from agent.speech.voices.reading.language import Language
from agent.speech.voices.reading.token import Token

_URL = re.compile(
    r"(?:https?://)?(?:www\.)?((?:[a-z0-9-]+\.)+[a-z]{2,}|localhost)(?::(\d+))?(/[^\s?#]*)?"
    r"(?:[?#]\S*)?",
    re.I,
)
_EMAIL = re.compile(r"(?:mailto:)?([\w.+-]+)@((?:[a-z0-9-]+\.)+[a-z]{2,})", re.I)
_IP = re.compile(r"((?:\d{1,3}\.){3}\d{1,3})(?::(\d+))?")
_FILE = re.compile(
    r"[\w.-]+\.(?:py|js|ts|txt|md|json|toml|yaml|yml|html|css|csv|pdf|png|jpg|jpeg|svg|zip|gz|exe"
    r"|wav|mp3|mp4|sh|sql|rs|go|java|cpp|xml|ini|cfg|log)",
    re.I,
)
_PATH = re.compile(r"~?(?:/[\w.-]+)+/?")
_OPTION = re.compile(r"(--?)([a-zA-Z][\w-]*)(?:=(\S+))?")
_CALL = re.compile(r"([\w.]*[^\W\d]\w*)\(\)?")
_CAMEL = re.compile(r"[a-z]+(?:[A-Z][a-z0-9]+)+")
_POWER = re.compile(r"(\w{1,6})(?:\^(\d{1,3}|[a-z])|([²³]))")
_EITHER = re.compile(r"([^\W\d_]{2,})/([^\W\d_]{2,})")
_TOP_LEVEL = re.compile(
    r"com|org|net|io|dev|ai|edu|gov|uk|de|fr|es|eu|at|ch|it|nl|app|info|co|me|tv", re.I
)
_DIALLED = re.compile(r"\+?\(?\d[\d()/.-]*")
_HYPHENATED = re.compile(r"(?:\d-)?(?:\d{3}-)?\d{3}-\d{4}|\d+(?:-\d+){2,}")
SHORTEST_TELEPHONE = 7
"""Digits a telephone number has at least."""


def email(token: Token) -> str | None:
    """ "me@example.com"."""
    match = _EMAIL.fullmatch(token.text)
    if match is None:
        return None
    language = token.language
    return f"{_dotted(match[1], language)} {language.at} {_dotted(match[2], language)}"


def url(token: Token) -> str | None:
    """ "https://example.com/docs"; what follows a question mark is left out."""
    match, language = _URL.fullmatch(token.text), token.language
    if match is None:
        return None
    host, port, path = match.groups()
    explicit = token.text.lower().startswith(("http://", "https://", "www."))
    if not (explicit or _TOP_LEVEL.fullmatch(host.rsplit(".", 1)[-1])):
        return None
    said = _dotted(host, language)
    if port:
        said += f" port {numerals.digits(port, language)}"
    return said + _slashed(path or "", language)


def ip_address(token: Token) -> str | None:
    """ "192.168.0.1"."""
    match = _IP.fullmatch(token.text)
    if match is None:
        return None
    parts = [numerals.digits(part, token.language) for part in match[1].split(".")]
    port = f" port {numerals.digits(match[2], token.language)}" if match[2] else ""
    return f" {token.language.dot} ".join(parts) + port


def handle(token: Token) -> str | None:
    """ "@name", "#topic"."""
    if not re.fullmatch(r"[@#][^\W\d][\w.]*", token.text):
        return None
    word = token.language.at if token.text[0] == "@" else token.language.hashtag
    return f"{word} {token.text[1:].replace('_', ' ')}"


def file_name(token: Token) -> str | None:
    """ "main.py", "/etc/hosts"."""
    if _FILE.fullmatch(token.text):
        return _dotted(token.text, token.language)
    if _PATH.fullmatch(token.text):
        return _slashed(token.text.removeprefix("~"), token.language).strip()
    return None


def code(token: Token) -> str | None:
    """ "snake_case", "call()", "camelCase", "--option=value", "x^2", "and/or"."""
    language, text = token.language, token.text
    if match := _OPTION.fullmatch(text):
        dashes = " ".join([language.dash] * len(match[1]))
        value = f" {match[3]}" if match[3] else ""
        return f"{dashes} {match[2].replace('-', ' ')}{value}"
    if match := _POWER.fullmatch(text):
        base = _number_or_name(match[1], language)
        if match[3]:
            return f"{base} {language.squared[match[3]]}"
        exponent = _number_or_name(match[2], language)
        if exponent and match[2] == "2":
            return f"{base} {language.squared['²']}"
        return language.power.format(base=base, exponent=exponent)
    if match := _EITHER.fullmatch(text):
        return f"{match[1]} {match[2]}"
    if match := _CALL.fullmatch(text):
        text = match[1]
    if _CAMEL.fullmatch(text):
        text = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", " ", text).lower()
    words = re.sub(r"(?<=\w)_+(?=\w)", " ", text).strip("_")
    words = re.sub(r"(?<=[^\W\d])\.(?=[^\W\d])", f" {language.dot} ", words) if match else words
    return words if words != token.text and words else None


def _number_or_name(text: str, language: Language) -> str:
    return numerals.cardinal(int(text), language) if text.isdecimal() else text


def _dotted(name: str, language: Language) -> str:
    name = name.replace(".", f" {language.dot} ")
    return " ".join(re.sub(r"[-_+]", " ", name).split())


def _slashed(path: str, language: Language) -> str:
    return "".join(f" {language.slash} {_dotted(p, language)}" for p in path.split("/") if p)


def telephone_numbers(tokens: Sequence[str], language: Language) -> frozenset[int]:
    """Returns which tokens are parts of telephone numbers."""
    found: set[int] = set()
    index = 0
    while index < len(tokens):
        end = index
        while end < len(tokens) and _DIALLED.fullmatch(tokens[end].rstrip(",.;:!?")):
            end += 1
            if tokens[end - 1][-1] in ",.;:!?":
                break
        before = tokens[index - 1].lower().strip(".:,") if index else ""
        if end > index and _is_telephone(tokens[index:end], before in language.digits_after):
            found.update(range(index, end))
        index = max(end, index + 1)
    return frozenset(found)


def _is_telephone(group: Sequence[str], announced: bool) -> bool:
    whole = "".join(group).rstrip(",.;:!?")
    count = sum(char.isdecimal() for char in whole)
    if count < SHORTEST_TELEPHONE or re.fullmatch(r"\d{4}-\d\d-\d\d|\d+(?:[.,]\d+)*", whole):
        joined = len(group) > 1 and (group[0].startswith("0") or announced)
        return joined and count >= SHORTEST_TELEPHONE
    if len(group) == 1 and _HYPHENATED.fullmatch(whole):
        return True
    return whole.startswith(("+", "(")) or (group[0].startswith("0") and len(group) > 1)


def dialled(text: str, language: Language) -> str:
    """Returns a part of a telephone number, digit by digit."""
    groups = [numerals.digits(group, language) for group in re.findall(r"\d+", text)]
    plus = f"{language.prefixes['+']} " if "+" in text else ""
    return plus + ", ".join(groups)
