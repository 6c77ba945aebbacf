"""What runs in processes of its own is named by strings, which no type checker reads."""

import importlib
import re

import pytest

from agent.settings import REPOSITORY

SOURCES = "\n".join(
    path.read_text("utf-8") for path in sorted((REPOSITORY / "agent").rglob("*.py"))
)
TARGETS = sorted(set(re.findall(r'"(agent\.[\w.]+:\w+)"', SOURCES)))
CALLS = sorted(set(re.findall(r'\.call\(\s*"(\w+)"', SOURCES)))


def target(name: str) -> type:
    module, _, attribute = name.partition(":")
    found: type = getattr(importlib.import_module(module), attribute)
    return found


def test_there_are_some() -> None:
    assert len(TARGETS) >= 5
    assert len(CALLS) >= 5


@pytest.mark.parametrize("name", TARGETS)
def test_every_target_is_a_class(name: str) -> None:
    assert isinstance(target(name), type)


@pytest.mark.parametrize("method", CALLS)
def test_every_call_names_a_method_of_a_target(method: str) -> None:
    assert any(callable(getattr(target(name), method, None)) for name in TARGETS)
