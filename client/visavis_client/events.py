"""How the server's events are read.

The protocol is one table on all sides: every event is a JSON object `{type, id, at_ms, ...}`. A
field that may be left out is None then; one that this client does not know is passed over, as a
newer server may send it.
"""

import json
import types
import typing
from dataclasses import fields, is_dataclass
from functools import cache
from typing import Any, Literal

from visavis_client.event_types import SERVER_EVENTS, Event


class InvalidEvent(Exception):
    """What came is no event of the protocol.

    Attributes:
        type: What it says it is; empty if it does not.
        problem: What is wrong with it.
    """

    def __init__(self, type: str, problem: str) -> None:
        super().__init__(problem)
        self.type = type
        self.problem = problem


def read_event(message: str | bytes) -> Event:
    """Returns the event in a message.

    Raises:
        InvalidEvent: It is none, or none that this client knows.
    """
    try:
        data = json.loads(message)
    except ValueError:
        raise InvalidEvent("", "not JSON") from None
    if not isinstance(data, dict) or not isinstance(name := data.pop("type", None), str):
        raise InvalidEvent("", "not an event")
    kind = SERVER_EVENTS.get(name)
    if kind is None:
        raise InvalidEvent(name, "type is unknown")
    try:
        event = _read(kind, data)
    except (TypeError, ValueError) as error:
        raise InvalidEvent(name, str(error)) from None
    assert isinstance(event, Event)
    return event


@cache
def _hints(kind: type) -> dict[str, Any]:
    hints = typing.get_type_hints(kind)
    return {field.name: hints[field.name] for field in fields(kind)}


def _read(kind: Any, value: Any) -> Any:
    """Returns `value` as `kind`, a dataclass's from a JSON object. Raises TypeError, ValueError."""
    origin, arguments = typing.get_origin(kind), typing.get_args(kind)
    if origin is types.UnionType:
        return None if value is None else _read(arguments[0], value)
    if origin is Literal:
        if value not in arguments:
            raise ValueError(f"not one of {', '.join(arguments)}")
        return value
    if origin is list and isinstance(value, list):
        return [_read(arguments[0], item) for item in value]
    if is_dataclass(kind) and isinstance(value, dict):
        make, known = typing.cast(Any, kind), _hints(typing.cast(type, kind))
        return make(**{name: _read(known[name], value[name]) for name in value if name in known})
    if kind is float and isinstance(value, int) and not isinstance(value, bool):
        return float(value)
    wanted = dict if origin is dict else kind
    if type(value) is not wanted:
        raise TypeError(f"{type(value).__name__} in place of {getattr(kind, '__name__', kind)}")
    return value
