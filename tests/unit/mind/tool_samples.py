"""Tools as somebody would write them in a module of their own."""

import asyncio
from typing import Literal


async def weather(town: str, unit: Literal["celsius", "fahrenheit"] = "celsius") -> dict[str, str]:
    """Tells the weather in a town.

    Args:
        town: Its name.
        unit: Of the temperature.
    """
    return {"town": town, "sky": "clear", "unit": unit}


def add(a: int, b: int) -> int:
    """Adds two numbers."""
    return a + b


async def slow() -> str:
    """Takes its time."""
    await asyncio.sleep(0.6)
    return "done"


async def never() -> str:
    """Does not end."""
    await asyncio.Event().wait()
    return "never"


async def broken() -> str:
    """Fails with a secret in its message."""
    raise RuntimeError("the secret")


def untyped(a, b: int) -> int:  # type: ignore[no-untyped-def]
    """Lacks a type."""
    return int(a) + b


def silent(a: int) -> int:
    return a


answer = 42
