"""Numbers in words.

num2words knows the numbers of forty languages; what is added is how digits, decimals, years and
Roman numerals are read.
"""

import re
from functools import lru_cache

from num2words import num2words  # type: ignore[import-untyped]

from agent.speech.voices.reading.language import Language

GROUP_SPACE = "\u202f"
"""Stands between thousands in "10 000"; it does not separate words."""
MAX_DIGITS = 12
"""Longer numbers are said digit by digit."""
YEARS = range(1010, 2100)
_ROMAN = re.compile(r"M{0,3}(CM|CD|D?C{0,3})(XC|XL|L?X{0,3})(IX|IV|V?I{0,3})")
_ROMAN_VALUES = {"I": 1, "V": 5, "X": 10, "L": 50, "C": 100, "D": 500, "M": 1_000}


@lru_cache(maxsize=4_096)
def _words(number: int, kind: str, language: str) -> str:
    words = str(num2words(number, lang=language, to=kind))
    return words.replace(",", "")


def cardinal(number: int, language: Language) -> str:
    """Returns "twenty-one"."""
    return _words(number, "cardinal", language.id)


def ordinal(number: int, language: Language) -> str:
    """Returns "twenty-first"."""
    return _words(number, "ordinal", language.id)


def year(number: int, language: Language) -> str:
    """Returns "nineteen ninety-nine"."""
    return _words(number, "year", language.id)


def digits(text: str, language: Language) -> str:
    """Returns the digits of `text` one by one."""
    return " ".join(cardinal(int(digit), language) for digit in text if digit.isdigit())


def split(text: str, language: Language) -> tuple[str, str] | None:
    """Returns the digits before and after the decimal sign, or None if `text` is no number."""
    group = f"[{re.escape(language.group)}'{GROUP_SPACE}]"
    decimal = re.escape(language.decimal)
    match = re.fullmatch(rf"(\d{{1,3}}(?:{group}\d{{3}})+|\d+)(?:{decimal}(\d+))?", text)
    if match is None:
        return None
    return re.sub(r"\D", "", match[1]), match[2] or ""


def spoken(whole: str, decimals: str, language: Language) -> str:
    """Returns a number in words.

    Args:
        whole: Digits before the decimal sign.
        decimals: Digits after it; may be empty.
        language: Whose words.
    """
    if len(whole) > MAX_DIGITS or (len(whole) > 1 and whole[0] == "0"):
        said = digits(whole, language)
    else:
        said = cardinal(int(whole), language)
    if not decimals:
        return said
    as_number = language.decimals_as_number and decimals[0] != "0" and len(decimals) < 3
    after = cardinal(int(decimals), language) if as_number else digits(decimals, language)
    return f"{said} {language.point} {after}"


def is_one(whole: str, decimals: str) -> bool:
    """Whether what is counted stands in the singular."""
    return whole == "1" and not decimals


def year_or_cardinal(number: int, language: Language) -> str:
    """Returns a number of four digits as a year if it can be one."""
    return year(number, language) if number in YEARS else cardinal(number, language)


def roman(text: str) -> int | None:
    """Returns the value of a Roman numeral in capitals, or None if `text` is none."""
    if not text or not _ROMAN.fullmatch(text):
        return None
    values = [_ROMAN_VALUES[letter] for letter in text]
    following = [*values[1:], 0]
    return sum(-a if a < b else a for a, b in zip(values, following, strict=True))


def counted(whole: str, decimals: str, names: tuple[str, str], language: Language) -> str:
    """Returns a number with what it counts: "one metre", "two point five metres".

    Args:
        whole: Digits before the decimal sign.
        decimals: Digits after it; may be empty.
        names: One, with its number word, and many.
        language: Whose words.
    """
    if is_one(whole, decimals):
        return names[0]
    return f"{spoken(whole, decimals, language)} {names[1]}"
