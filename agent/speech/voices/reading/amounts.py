"""Money, units, percentages, ranges and plain numbers."""

import re

from agent.speech.voices.reading import clock, numerals
from agent.speech.voices.reading.language import Language
from agent.speech.voices.reading.numerals import YEARS, cardinal, counted, ordinal, spoken
from agent.speech.voices.reading.token import Token

_NUMBER = re.compile(r"(\D{0,2}?)(\d(?:.*\d)?)(\D*)")
_RANGE = re.compile(r"([^\s–—-]+)[-–—]([^\s–—-]+)")
_LONG_DASH = re.compile(r"(\w+)[–—](\w+)")
_SCALED = re.compile(r"(.*\d)([a-zA-Z]{1,2})")
_DAY = re.compile(r"\d{1,2}(st|nd|rd|th|\.)?")
_ERA = frozenset({"bc", "ad", "ce", "bce"})


def money(token: Token) -> str | None:
    """ "$9.99", "50€", "-$5", "€1.5bn"; the "$5" of "$5 million"."""
    for sign, names in token.language.currencies.items():
        if token.text != sign and (token.text.startswith(sign) or token.text.endswith(sign)):
            amount = token.text.removeprefix(sign).removesuffix(sign)
            return _amount(amount, names, token)
    if token.text[:1] in ("-", "−") and len(token.text) > 2 and not token.text[1].isdigit():
        said = money(token.part(token.text[1:]))
        return f"{token.language.minus} {said}" if said else None
    return None


def _amount(amount: str, names: tuple[str, str, str, str], token: Token) -> str | None:
    language, scale = token.language, ""
    if match := _SCALED.fullmatch(amount):
        scale = language.scale_letters.get(match[2].lower(), "")
        amount = match[1] if scale else amount
    number = numerals.split(amount, language)
    if number is None:
        return None
    whole, decimals = number
    if scale:
        return f"{spoken(whole, decimals, language)} {scale} {names[1]}"
    if token.following in language.scales or token.after.lower() in language.scales:
        return spoken(whole, decimals, language)
    if len(decimals) != 2 or decimals == "00":
        return counted(whole, decimals.rstrip("0"), names[:2], language)
    part = counted(str(int(decimals)), "", names[2:], language)
    if not int(whole):
        return part
    return language.money.format(
        whole=counted(whole, "", names[:2], language),
        part=part,
        number=cardinal(int(decimals), language),
    )


def scale_of_money(token: Token) -> str | None:
    """The "million" of "$5 million"."""
    language = token.language
    if token.text.lower() not in language.scales:
        return None
    for sign, names in language.currencies.items():
        if token.before.startswith(sign) and token.before[len(sign) :][:1].isdigit():
            return f"{language.abbreviations.get(token.text.lower(), token.text)} {names[1]}"
    return None


def currency(token: Token) -> str | None:
    """The "EUR" of "50 EUR", and of "EUR 50", where the two change places."""
    names = token.language.currencies.get(token.text)
    if names is None:
        return None
    for amount, half in ((token.before, 1), (token.after, 0)):
        if halves := _halves(amount, names, token.part(amount)):
            return halves[half]
    return None


def after_currency(token: Token) -> str | None:
    """The "50" of "EUR 50"."""
    names = token.language.currencies.get(token.before)
    halves = _halves(token.text, names, token) if names else None
    return halves[1] if halves else None


def before_currency(token: Token) -> str | None:
    """The "50" of "50 EUR", the "9,99" of "9,99 €"."""
    names = token.language.currencies.get(token.after.removesuffix("."))
    halves = _halves(token.text, names, token.part(token.text)) if names else None
    return halves[0] if halves else None


def _halves(amount: str, names: tuple[str, str, str, str], token: Token) -> tuple[str, str] | None:
    """Returns an amount in two parts, where its currency is a word of its own."""
    said = _amount(amount, names, token)
    if said is None:
        return None
    whole, mark, rest = said.partition(f" {names[1]} ")
    return (whole + mark.rstrip(), rest) if mark else tuple(said.split(" ", 1))  # type: ignore


def unit(token: Token) -> str | None:
    """The "km" of "5 km"."""
    names = token.language.units.get(token.text)
    if names is None or not re.search(r"[\d½⅓⅔¼¾]$", token.before):
        return None
    return names[0].partition(" ")[2] if token.before == "1" else names[1]


def span(token: Token) -> str | None:
    """ "5–10%", "9am–5pm", "1999–2003", "Mon–Fri", "$5-10"."""
    match, language = _RANGE.fullmatch(token.text), token.language
    if match is None:
        return None
    left, right = match.groups()
    days = [language.day_abbreviations.get(each.lower()) for each in (left, right)]
    if days[0] and days[1]:
        return f"{days[0]} {language.range} {days[1]}"
    if not (left[-1:].isdigit() or clock.clock(token.part(left))) or not re.search(r"\d", right):
        return _from_to(token)
    for sign in language.currencies:
        if left.startswith(sign):
            left, right = left.removeprefix(sign), sign + right.removeprefix(sign)
    ends = [_end(each, token) for each in (left, right)]
    if ends[0] is None or ends[1] is None:
        return None
    return f"{ends[0]} {language.range} {ends[1]}"


def _end(text: str, token: Token) -> str | None:
    """Returns one end of a range; four digits at both ends are years."""
    language = token.language
    if re.fullmatch(r"\d{4}", text) and len(token.text) == 9:
        return numerals.year_or_cardinal(int(text), language)
    part = Token(text, "", "", token.after, language)
    return clock.clock(part) or money(part) or number(part)


def _from_to(token: Token) -> str | None:
    """ "London–Paris" with a long dash."""
    match = _LONG_DASH.fullmatch(token.text)
    if match is None or not (match[1][0].isupper() and match[2][0].isupper()):
        return None
    return f"{match[1]} {token.language.range} {match[2]}"


def number(token: Token) -> str | None:
    """ "1,234", "-3.5", "20°C", "100%", "~5", "#1", "1990", "5km", "2x"."""
    match, language = _NUMBER.fullmatch(token.text), token.language
    if match is None:
        return None
    if re.fullmatch(rf"{re.escape(language.decimal)}\d+", token.text):
        return f"{language.point} {numerals.digits(token.text, language)}"
    prefix, digits, suffix = match.groups()
    parsed = numerals.split(digits, language)
    if parsed is None or (prefix and prefix not in language.prefixes):
        return None
    before = f"{language.prefixes[prefix]} " if prefix else ""
    whole, decimals = parsed
    if suffix in language.units:
        return before + counted(whole, decimals, language.units[suffix], language)
    if suffix in language.suffixes:
        return f"{before}{spoken(whole, decimals, language)} {language.suffixes[suffix]}"
    if suffix:
        return None
    return before + _plain(digits, whole, decimals, token)


def _plain(written: str, whole: str, decimals: str, token: Token) -> str:
    language = token.language
    one = language.units.get(token.after.removesuffix("."), ("",))[0]
    if language.oclock and token.following == language.oclock.lower():
        one = language.one_oclock or ""
    if one and numerals.is_one(whole, decimals):
        return one.split()[0]
    if re.fullmatch(r"\d{4}", written) and _is_year(int(whole), token):
        return numerals.year(int(whole), language)
    if token.previous in language.digits_after and len(whole) > 2 and not decimals:
        return numerals.digits(whole, language)
    return spoken(whole, decimals, language)


def _is_year(value: int, token: Token) -> bool:
    language = token.language
    if value not in YEARS:
        return False
    if token.following in _ERA or token.previous in language.year_after:
        return True
    if clock.month(token.previous, language) or _DAY.fullmatch(token.before):
        return True
    free = not token.after[:1].islower() or token.following in language.year_before
    return token.previous in language.year_perhaps_after and free


def with_ordinal_sign(token: Token) -> str | None:
    """ "3rd", "21st"; "1er" in French."""
    match = re.fullmatch(r"(\d[\d,]{0,6})([^\W\d]{1,3})", token.text)
    if match is None or match[2].lower() not in token.language.ordinal_suffixes:
        return None
    return ordinal(int(match[1].replace(",", "")), token.language)


def fraction(token: Token) -> str | None:
    """ "1/2", "3½", "24/7", "3:2", "1920x1080"."""
    language, text = token.language, token.text
    if text in language.fractions:
        said = language.fractions[text]
        if re.fullmatch(r"\d+", token.before):
            return f"{language.and_} {language.half_after_whole.get(said, said)}"
        return said
    if match := re.fullmatch(r"(\d+)([½⅓⅔¼¾])", text):
        part = language.fractions.get(match[2], match[2])
        return language.whole_and_fraction.format(
            whole=cardinal(int(match[1]), language),
            fraction=language.half_after_whole.get(part, part),
        )
    match = re.fullmatch(r"(\d{1,4})([/:x×])(\d{1,4})", text)
    if match is None:
        return None
    joint = {"/": "", ":": f"{language.ratio} "}.get(match[2], f"{language.by} ")
    return f"{_pair(match[1], language)} {joint}{_pair(match[3], language)}"


def _pair(digits: str, language: Language) -> str:
    return numerals.year_or_cardinal(int(digits), language)
