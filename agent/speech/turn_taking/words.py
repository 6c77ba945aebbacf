"""The words that turn taking knows, from `english.yaml`."""

import re
from functools import cache
from pathlib import Path
from typing import Any

import yaml

_FILE = Path(__file__).with_name("english.yaml")


@cache
def word_list(name: str) -> frozenset[str]:
    """Returns the words, or phrases, under `name`."""
    entry = _read()[name]
    return frozenset(entry.split() if isinstance(entry, str) else entry)


@cache
def _read() -> dict[str, Any]:
    lists: dict[str, Any] = yaml.safe_load(_FILE.read_text())
    return lists


def words(text: str) -> list[str]:
    """Returns the words in lower case, without punctuation; digits are words of their own."""
    found = re.findall(r"[^\W\d_]+(?:['’-][^\W\d_]+)*|\d", text.lower())
    return [word.replace("’", "'") for word in found]
