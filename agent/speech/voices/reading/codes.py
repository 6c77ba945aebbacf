"""Numbers that count nothing: ZIP codes, codes and long numbers, house numbers, heights."""

import re

from agent.speech.voices.reading.numerals import YEARS, cardinal, digits, ordinal, year
from agent.speech.voices.reading.token import Token

_STATE = re.compile(r"[A-Z]{2}")
_ZIP = re.compile(r"(\d{5})(?:-(\d{4}))?")
_LONG = re.compile(r"\d{5,}")
LONGEST_COUNT = 6
"""Digits of a number without marks between thousands that may still be a count."""
GROUP = 3
"""Digits said in one breath."""
_HOUSE = re.compile(r"(\d{1,4})([A-Z])")
_HEIGHT = re.compile(r"(\d)['’′](\d{1,2})[\"”″]?")
_PARTS = re.compile(r"(\d{1,2})/(\d{1,2})")
_MILLIONS = re.compile(r"(\d+(?:\.\d+)?)([MBK])")


def postal_code(token: Token) -> str | None:
    """ "90210" after "CA"."""
    match = _ZIP.fullmatch(token.text)
    if match is None or not _STATE.fullmatch(token.before.rstrip(",")):
        return None
    parts = [_one_by_one(part, token) for part in match.groups() if part]
    return ", ".join(parts)


def long_number(token: Token) -> str | None:
    """ "482913" in "your code is 482913", "5551234567" anywhere."""
    language = token.language
    if not _LONG.fullmatch(token.text):
        return None
    named = token.earlier & language.digits_after or token.earlier & language.code_words
    if len(token.text) <= LONGEST_COUNT and not named:
        return None
    groups = _groups(token.text)
    return ", ".join(digits(group, language) for group in groups)


def _groups(number: str) -> list[str]:
    """Cuts digits into groups as they are dialled: threes, and what is left goes to the last."""
    last = GROUP * (max(1, len(number) // GROUP) - 1)
    return [*(number[at : at + GROUP] for at in range(0, last, GROUP)), number[last:]]


def house_number(token: Token) -> str | None:
    """ "221B" before the name of a street."""
    match = _HOUSE.fullmatch(token.text)
    if match is None or not token.after[:1].isupper() or not token.language.oh:
        return None
    number = match[1]
    said = _one_by_one(number, token) if len(number) > 2 else cardinal(int(number), token.language)
    return f"{said} {match[2]}"


def height(token: Token) -> str | None:
    """ "5'11" in feet and inches."""
    language = token.language
    match = _HEIGHT.fullmatch(token.text)
    if match is None or not language.foot:
        return None
    feet, inches = (cardinal(int(part), language) for part in match.groups())
    return f"{feet} {language.foot} {inches}"


def parts(token: Token) -> str | None:
    """ "5/6" of something."""
    language = token.language
    match = _PARTS.fullmatch(token.text)
    if match is None or token.following not in language.parted:
        return None
    count, whole = int(match[1]), int(match[2])
    if not 0 < count < whole or token.text in language.fractions:
        return None
    return f"{cardinal(count, language)} {ordinal(whole, language)}{'s' if count > 1 else ''}"


def millions(token: Token) -> str | None:
    """ "1.5M" of people."""
    language = token.language
    match = _MILLIONS.fullmatch(token.text)
    if match is None or not token.after[:1].islower() or not language.oh:
        return None
    whole, _, decimals = match[1].partition(".")
    scale = language.scale_letters.get(match[2].lower(), "")
    point = f" {language.point} {digits(decimals, language)}" if decimals else ""
    return f"{cardinal(int(whole), language)}{point} {scale}" if scale else None


def day_of_hours(token: Token) -> str | None:
    """ "Sun" in "Sun: closed" and "Sun: 10-18", as opening hours are listed."""
    language = token.language
    day = language.day_abbreviations.get(token.text.lower())
    listed = token.following in language.closed or token.after[:1].isdigit()
    return day if day and listed and token.text[0].isupper() else None


def is_height(core: str) -> bool:
    """Whether a word is a height, whose inches may have a mark that looks like a quotation's."""
    return _HEIGHT.fullmatch(core) is not None


def year_alone(token: Token) -> str | None:
    """ "1920" in "1920 was a good year", "1908" in "it was built 1908", "2024" after a date."""
    language = token.language
    if not re.fullmatch(r"\d{4}", token.text) or int(token.text) not in YEARS:
        return None
    begins = not token.before and token.following in language.year_verbs
    after_event = token.previous in language.events and not token.after[:1].islower()
    after_date = not token.before and not token.after and token.text[:2] in ("19", "20")
    if begins or after_event or after_date:
        return year(int(token.text), language)
    return None


def _one_by_one(number: str, token: Token) -> str:
    """Returns digits as they are said in codes, in English with "oh" for zero."""
    language = token.language
    said = [
        language.oh if digit == "0" and language.oh else cardinal(int(digit), language)
        for digit in number
    ]
    return " ".join(said)
