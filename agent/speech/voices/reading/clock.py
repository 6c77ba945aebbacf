"""Times of day and dates."""

import re

from agent.speech.voices.reading import numerals
from agent.speech.voices.reading.language import Language
from agent.speech.voices.reading.numerals import cardinal, counted, ordinal
from agent.speech.voices.reading.token import Token

_CLOCK = re.compile(r"(\d{1,2})([:.h])(\d\d)(?::(\d\d))?(?:\s?([ap]\.?m\.?))?", re.I)
_HOUR = re.compile(r"(\d{1,2})\s?([ap])\.?m\.?", re.I)
_FULL_HOUR = re.compile(r"(\d{1,2})h")
_ISO_DATE = re.compile(r"(\d{4})-(\d\d)-(\d\d)")
_NUMERIC_DATE = re.compile(r"(\d{1,2})([./-])(\d{1,2})\2(\d{4})")


def clock(token: Token) -> str | None:
    """ "14:30", "9:05pm", "10am"; in French "14h30"."""
    language = token.language
    if (match := _HOUR.fullmatch(token.text)) and language.half_day:
        return f"{cardinal(int(match[1]), language)} {match[2].lower()}.m."
    if language.hour_letter and (match := _FULL_HOUR.fullmatch(token.text)):
        return _with_oclock(int(match[1]), language)
    match = _CLOCK.fullmatch(token.text)
    if not match or int(match[1]) > 24 or int(match[3]) > 59:
        return None
    if match[2] != ":" and not (match[2] == language.hour_letter or _says_oclock(token)):
        return None
    if match[4]:
        parts = zip(match.group(1, 3, 4), ("h", "min", "s"), strict=True)
        return ", ".join(
            counted(str(int(n)), "", language.units[unit], language) for n, unit in parts
        )
    if language.half_day:
        return _half_day_time(int(match[1]), int(match[3]), (match[5] or "")[:1].lower(), token)
    return _whole_day_time(int(match[1]), int(match[3]), token)


def _says_oclock(token: Token) -> bool:
    oclock = token.language.oclock
    return oclock is not None and token.following == oclock.lower()


def _half_day_time(hour: int, minute: int, half: str, token: Token) -> str:
    language = token.language
    follows = token.after.lower() in language.half_days
    if not half and not follows and not 1 <= hour <= 12:
        half = "a" if hour % 24 < 12 else "p"
    said = cardinal(hour % 12 or 12, language)
    if minute:
        said += f" {language.oh}" if minute < 10 else ""
        said += f" {cardinal(minute, language)}"
    elif not half and not follows:
        said += f" {language.oclock}"
    return f"{said} {half}.m." if half else said


def _whole_day_time(hour: int, minute: int, token: Token) -> str:
    language = token.language
    if _says_oclock(token):
        said = _hour(hour, language)
        return f"{said} {language.oclock}" if minute else said
    said = _with_oclock(hour, language)
    return f"{said} {cardinal(minute, language)}" if minute else said


def _with_oclock(hour: int, language: Language) -> str:
    if hour == 1 and language.one_oclock:
        return language.one_oclock
    said = _hour(hour, language)
    return f"{said} {language.oclock}" if language.oclock else said


def _hour(hour: int, language: Language) -> str:
    if hour == 1 and language.one_oclock:
        return language.one_oclock.split()[0]
    return cardinal(hour, language)


def minutes_after_oclock(token: Token) -> str | None:
    """The "Uhr" of "14:30 Uhr": where the minutes are said."""
    oclock, match = token.language.oclock, _CLOCK.fullmatch(token.before)
    if not oclock or token.language.half_day or not match or token.text.lower() != oclock.lower():
        return None
    return cardinal(int(match[3]), token.language) if int(match[3]) else token.text


def half_day(token: Token) -> str | None:
    """The "am" of "10 am"."""
    if not re.search(r"\d$", token.before):
        return None
    return token.language.half_days.get(token.text.lower())


def date(token: Token) -> str | None:
    """ "2024-05-03", "5/3/2024", "3.5.2024"."""
    if match := _ISO_DATE.fullmatch(token.text):
        return _date(int(match[3]), int(match[2]), int(match[1]), token)
    if match := _NUMERIC_DATE.fullmatch(token.text):
        first, second = int(match[1]), int(match[3])
        day_first = token.language.day_first or match[2] == "." or first > 12
        day_, month = (first, second) if day_first else (second, first)
        return _date(day_, month, int(match[4]), token)
    return None


def _date(day: int, month: int, of_year: int, token: Token) -> str | None:
    if not (1 <= day <= 31 and 1 <= month <= 12):
        return None
    language = token.language
    return language.date.format(
        day=_day(day, token),
        month=language.months[month - 1],
        year=numerals.year_or_cardinal(of_year, language),
    )


def _day(day: int, token: Token) -> str:
    language = token.language
    if day == 1 and language.first_day:
        return language.first_day
    if language.cardinal_days:
        return cardinal(day, language)
    return ordinal(day, language) + _inflection(token, dated=True)


def _inflection(token: Token, *, dated: bool) -> str:
    """Returns the ending of an ordinal after the word before it."""
    language = token.language
    if token.previous in language.ordinal_inflected_after:
        return "n"
    strong = dated and language.ordinal_stop and token.previous not in language.ordinal_articles
    return "r" if strong else ""


def month(word: str, language: Language) -> int | None:
    """Returns the month that `word`, in lower case and without stop, names or abbreviates."""
    for number, name in enumerate(language.months, 1):
        if word == name.lower():
            return number
    return language.month_abbreviations.get(word)


def day_of_month(token: Token) -> str | None:
    """The "3" of "May 3" and of "3 May"; not of "you may 3 times"."""
    language = token.language
    if not re.fullmatch(r"[0-3]?\d", token.text) or not 1 <= int(token.text) <= 31:
        return None
    if month(token.previous, language) and token.before[0].isupper() and not language.day_first:
        return _day(int(token.text), token)
    if not month(token.following, language):
        return None
    if language.day_before_month:
        named = token.after[0].isupper()
        said = language.day_before_month.format(day=_day(int(token.text), token))
        article = "" if token.previous == "the" else "the "
        return article + said if named else None
    return None if language.ordinal_stop else _day(int(token.text), token)


def day_with_stop(token: Token) -> str | None:
    """The "3." of "am 3. Mai", with its stop."""
    language = token.language
    if not language.ordinal_stop or not re.fullmatch(r"\d{1,4}\.", token.text):
        return None
    if not token.after[:1].isalpha():
        return None
    dated = month(token.following, language) is not None
    return ordinal(int(token.text[:-1]), language) + _inflection(token, dated=dated)


def month_name(token: Token) -> str | None:
    """The "Oct" of "3 Oct" and "Oct. 3"."""
    language = token.language
    number = language.month_abbreviations.get(token.text.lower())
    near = re.match(r"\d", token.after) or re.search(r"\d(st|nd|rd|th|\.)?$", token.before)
    return language.months[number - 1] if number and near else None


def day_name(token: Token) -> str | None:
    """ "Mon." with its stop."""
    if not token.text.endswith(".") or not token.text[0].isupper():
        return None
    return token.language.day_abbreviations.get(token.text[:-1].lower())
