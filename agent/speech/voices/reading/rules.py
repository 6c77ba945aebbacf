"""Reads whole sentences, token by token.

Each token is read on its own, with a look at its neighbours, so that every written word keeps a
sound of its own. Rules are tried in order; the first that knows a token speaks.
"""

import re
from collections.abc import Sequence

from agent.speech.voices.reading import addresses, amounts, clock, codes, names
from agent.speech.voices.reading.language import Language
from agent.speech.voices.reading.token import Rule, Token

_TOKEN = re.compile(r"^([(\[{\"'“‘«„¿¡]*)(.*?)((?:[)\]}\"”’»]+\.)?[)\]}\"'”’»,;:!?…]*)$", re.S)
_ELIDED = re.compile(r"\d0s|\d\d")
"""What may follow an apostrophe that is no quotation mark: "'80s", "'99"."""

WITH_STOP: tuple[Rule, ...] = (
    names.abbreviation, clock.half_day, clock.day_with_stop, clock.day_name,
)  # fmt: skip
WITHOUT_STOP: tuple[Rule, ...] = (
    names.sign, codes.height, codes.postal_code, codes.long_number, codes.house_number,
    codes.parts, codes.millions, codes.year_alone, codes.day_of_hours,
    addresses.email, addresses.url, addresses.ip_address, addresses.handle,
    clock.clock, clock.minutes_after_oclock, clock.half_day, clock.date,
    clock.day_of_month, clock.month_name,
    amounts.after_currency, amounts.before_currency, amounts.money, amounts.scale_of_money,
    amounts.currency, amounts.unit,
    amounts.with_ordinal_sign, amounts.fraction, names.decade, names.version, names.roman,
    amounts.span, amounts.number, names.letters_and_number,
    addresses.file_name, addresses.code,
)  # fmt: skip

SHORTENED: tuple[Rule, ...] = (clock.month_name, amounts.unit, names.roman)
"""Rules whose stop belongs to the word ("Oct. 3"), unless the sentence ends there."""


def say(tokens: Sequence[str], language: Language) -> list[str]:
    """Returns how each of `tokens` is said; none of it is empty."""
    parts = [_parts(token) for token in tokens]
    cores = ["", *(core for _, core, _ in parts), ""]
    dialled = addresses.telephone_numbers(tokens, language)
    said = []
    for index, (opening, core, closing) in enumerate(parts):
        if index in dialled:
            comma = "," if index + 1 in dialled else ""
            end = "".join(mark for mark in closing if mark not in ")]") or comma
            stop = "." if core.endswith(".") else ""
            said.append(addresses.dialled(core, language) + stop + end)
        else:
            before, after = cores[index], cores[index + 2]
            if codes.is_height(core):
                closing = closing.lstrip('"”″')
            earlier = frozenset(word.lower().rstrip(".") for word in cores[1 : index + 1])
            said.append(opening + _core(core, before, after, language, earlier) + closing)
    return said


def _parts(token: str) -> tuple[str, str, str]:
    """Returns the marks before a word, the word, and the marks after it."""
    match = _TOKEN.match(token)
    assert match is not None  # the pattern matches every string
    opening, core, closing = match.groups()
    if core and core[0] not in "(" and core.count("(") > core.count(")") and closing[:1] == ")":
        core, closing = core + ")", closing[1:]
    if opening[-1:] in ("'", "‘") and _ELIDED.fullmatch(core) and not closing.startswith("'"):
        opening, core = opening[:-1], f"'{core}"
    return opening, core, closing


def _core(core: str, before: str, after: str, language: Language, earlier: frozenset[str]) -> str:
    if not re.search(r"\w", core) and not language.names(core.removesuffix(".")):
        return core
    whole = Token(core, "", before, after, language, earlier)
    for rule in WITH_STOP:
        if (said := rule(whole)) is not None:
            return said
    bare = core.removesuffix(".")
    token = Token(bare, core[len(bare) :], before, after, language, earlier)
    for rule in WITHOUT_STOP:
        if (said := rule(token)) is not None:
            goes_on = rule in SHORTENED and (after[:1].islower() or after[:1].isdigit())
            return said if goes_on or said.endswith(".") else said + token.stop
    return core
