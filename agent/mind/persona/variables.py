"""Variables of persona texts: `{{customer}}` stands for what settings or a session say it is.

What is filled in is text: it is short, and holds no braces and no line breaks, so it cannot bring
in further variables or a new paragraph of a prompt.
"""

import re
from collections.abc import Collection, Mapping
from typing import Any

from agent.errors import VisavisError

PLACE = re.compile(r"\{\{\s*([^{}]*?)\s*\}\}")
NAME = re.compile(r"[a-z][a-z0-9_]{0,39}")
MAX_CHARS = 200
BUILT_IN = ("name", "language")
"""Every persona has these: what it is called and what it speaks."""


class UnknownVariable(VisavisError):
    """Nobody declared a variable of this name."""

    code, status = "unknown_variable", 422


class MissingVariable(VisavisError):
    """A variable has no value."""

    code, status = "missing_variable", 422


class BadVariable(VisavisError):
    """A value cannot be filled in."""

    code, status = "bad_variable", 422


def names(texts: object) -> set[str]:
    """Returns the variables that occur in a text, or in all texts of a structure."""
    if isinstance(texts, str):
        return set(PLACE.findall(texts))
    if isinstance(texts, Mapping):
        return {name for value in texts.values() for name in names(value)}
    if isinstance(texts, list | tuple):
        return {name for value in texts for name in names(value)}
    return set()


def fill(texts: Any, values: Mapping[str, str | None]) -> Any:
    """Returns a text, or a structure of texts, with its variables filled in.

    Raises:
        MissingVariable: One of them has no value.
    """
    if isinstance(texts, str):
        return PLACE.sub(lambda place: _value(place[1], values), texts)
    if isinstance(texts, Mapping):
        return {key: fill(value, values) for key, value in texts.items()}
    if isinstance(texts, list | tuple):
        return [fill(value, values) for value in texts]
    return texts


def check(given: Mapping[str, str], declared: Collection[str]) -> None:
    """Makes sure that what a session gives can be used.

    Raises:
        UnknownVariable: One is not declared.
        BadVariable: A value is too long, or holds braces or line breaks.
    """
    for name, value in given.items():
        if name not in declared:
            known = ", ".join(sorted(declared)) or "none"
            raise UnknownVariable(f"There is no variable {name[:40]}; there are: {known}.")
        if len(value) > MAX_CHARS or re.search(r"[{}\x00-\x1f\x7f\u2028\u2029]", value):
            raise BadVariable(
                f"The variable {name} must be one line of at most {MAX_CHARS} letters, "
                "without braces."
            )


def _value(name: str, values: Mapping[str, str | None]) -> str:
    value = values.get(name)
    if value is None:
        raise MissingVariable(f"The variable {name} has no value.")
    return value
