"""Abbreviations, Roman numerals, versions, decades and names with numbers in them."""

import re

from agent.speech.voices.reading import numerals
from agent.speech.voices.reading.language import Language
from agent.speech.voices.reading.numerals import cardinal, ordinal
from agent.speech.voices.reading.token import Token

LARGEST_ROMAN = 50
"""Beyond it, capitals are taken for letters unless a noun says otherwise."""
_VERSION = re.compile(r"[vV](\d+(?:\.\d+)*)|(\d+(?:\.\d+){2,3})|(\d+\.\d+)")
_DECADE = re.compile(r"['’]?(\d0|[12]\d\d0)s")
_SHORT_YEAR = re.compile(r"['’](\d\d)")
_ROMAN_ORDINAL = re.compile(r"([IVXLC]+)([^\W\d_A-Z]{1,3})")
_LETTERS_NUMBER = re.compile(r"([^\W\d_]+)[-–]?(\d{1,4})([^\W\d_]?)")
_NUMBER_WORDS = re.compile(r"(\d{1,4})-([^\W\d_].*)")


def abbreviation(token: Token) -> str | None:
    """ "Dr.", "e.g.", "No. 5", "Main St."; takes the token with its stop."""
    language, word = token.language, token.text.lower()
    if word in language.before_number:
        return language.before_number[word] if re.match(r"\d", token.after) else None
    after_name = token.before[:1].isupper() and not token.after[:1].isupper()
    if word in language.after_name and after_name:
        return language.after_name[word]
    if token.text.removesuffix(".") in language.units and re.search(r"\d$", token.before):
        return None
    return language.abbreviations.get(word)


def sign(token: Token) -> str | None:
    """The "+" of "2 + 2"; letters may stand for numbers."""
    said = token.language.signs.get(token.text)
    if said is None:
        return None
    sides = (token.before, token.after)
    return said if all(re.fullmatch(r"\S*\d|[a-zA-Z]|[-−]?\d\S*", side) for side in sides) else None


def roman(token: Token) -> str | None:
    """ "Louis XIV", "Chapter IV", "World War II", "XIX century"."""
    language = token.language
    if match := _ROMAN_ORDINAL.fullmatch(token.text):
        value = numerals.roman(match[1])
        if value and match[2].lower() in language.ordinal_suffixes:
            return ordinal(value, language)
    value = numerals.roman(token.text)
    if not value:
        return None
    if token.following in language.before_ordinal:
        return ordinal(value, language)
    if token.previous in language.regnal_after:
        said = {"ordinal": ordinal(value, language), "cardinal": cardinal(value, language)}
        return language.regnal.format(**said)
    if token.previous in language.counted_after:
        return cardinal(value, language)
    alone = len(token.text) > 1 and value <= LARGEST_ROMAN and token.before[:1].isupper()
    return cardinal(value, language) if alone and not token.before.isupper() else None


def version(token: Token) -> str | None:
    """ "v1.2", "1.2.3"; the "3.11" of "Python 3.11"."""
    match, language = _VERSION.fullmatch(token.text), token.language
    if match is None:
        return None
    marked, dotted, decimal = match.groups()
    known = token.previous in language.version_after
    if not marked and not known and numerals.split(token.text, language):
        return None
    point = language.point if language.decimal == "." else language.dot
    parts = (marked or dotted or decimal).split(".")
    said = f" {point} ".join(_part(each, language) for each in parts)
    return said if known or not marked else f"{language.version} {said}"


def _part(digits: str, language: Language) -> str:
    if len(digits) > 1 and digits[0] == "0":
        return numerals.digits(digits, language)
    return cardinal(int(digits), language)


def decade(token: Token) -> str | None:
    """ "1990s", "'80s"; and "'99"."""
    language = token.language
    if match := _SHORT_YEAR.fullmatch(token.text):
        return _part(match[1], language)
    match = _DECADE.fullmatch(token.text)
    if match is None or not language.decades:
        return None
    said = numerals.year_or_cardinal(int(match[1]), language)
    return said[:-1] + "ies" if said.endswith("y") else f"{said}s"


def letters_and_number(token: Token) -> str | None:
    """ "COVID-19", "MP3", "A380", "3-year-old"."""
    language = token.language
    if match := _NUMBER_WORDS.fullmatch(token.text):
        return f"{cardinal(int(match[1]), language)}-{match[2]}"
    match = _LETTERS_NUMBER.fullmatch(token.text)
    if match is None or not any(letter.isupper() for letter in match[1]):
        return None
    letters, digits, rest = match.groups()
    return " ".join(filter(None, (letters, _grouped(digits, language), rest)))


def _grouped(digits: str, language: Language) -> str:
    """Returns digits as names have them: "three eighty", "twenty twenty-four"."""
    if len(digits) < 3 or digits[0] == "0":
        return _part(digits, language)
    if digits.endswith("00"):
        return numerals.year_or_cardinal(int(digits), language)
    head, tail = digits[:-2], digits[-2:]
    return f"{cardinal(int(head), language)} {_part(tail, language)}"
