"""The browser's table of events is the one of `agent.events`, field by field."""

import json
import subprocess
import types
import typing
from pathlib import Path
from typing import Any

import pytest
from pydantic import BaseModel, TypeAdapter
from pydantic.fields import FieldInfo

from agent.events import ClientEvent, Event, ServerEvent

TABLE = Path(__file__).parents[3] / "web" / "sdk" / "protocol.js"
PRINT = """
import(process.argv[1]).then((table) => {
  const { CLIENT_EVENTS: client, SERVER_EVENTS: server, STRUCTURES: structures, LIMITS } = table;
  console.log(JSON.stringify({ client, server, structures, limits: LIMITS }));
});
"""
VALIDATE = """
import(process.argv[1]).then(({ validate }) => {
  console.log(JSON.stringify(JSON.parse(process.argv[2]).map(validate)));
});
"""
SCALARS: dict[object, str] = {str: "string", int: "integer", float: "number", bool: "boolean"}


def _node(script: str, *arguments: str) -> Any:
    done = subprocess.run(
        ["node", "--eval", script, TABLE.as_uri(), *arguments],
        capture_output=True,
        text=True,
        check=True,
        timeout=30,
    )
    return json.loads(done.stdout)


@pytest.fixture(scope="module")
def table() -> Any:
    return _node(PRINT)


def _models(union: object) -> list[type[Event]]:
    return list(typing.get_args(typing.get_args(union)[0]))


def _written(annotation: object) -> str:
    """Returns a Python type as the table writes it."""
    if annotation in SCALARS:
        return SCALARS[annotation]
    origin, arguments = typing.get_origin(annotation), typing.get_args(annotation)
    if origin is typing.Literal:
        return "|".join(arguments)
    if origin is list:
        return f"{_written(arguments[0])}[]"
    if origin is dict:
        return "object"
    if origin is types.UnionType and arguments[-1] is type(None):
        return f"{_written(arguments[0])}?"
    assert isinstance(annotation, type)
    return annotation.__name__


def _field(info: FieldInfo) -> str:
    written = _written(info.annotation)
    return written if info.is_required() or written.endswith("?") else f"{written}?"


def _fields(model: type[BaseModel]) -> dict[str, str]:
    shared = {*Event.model_fields, "type"} if issubclass(model, Event) else set()
    return {k: _field(info) for k, info in model.model_fields.items() if k not in shared}


def _structures(model: type[BaseModel]) -> dict[str, dict[str, str]]:
    found = {}
    for info in model.model_fields.values():
        for inner in typing.get_args(info.annotation):
            if isinstance(inner, type) and issubclass(inner, BaseModel):
                found[inner.__name__] = _fields(inner)
    return found


@pytest.mark.parametrize(("side", "union"), [("client", ClientEvent), ("server", ServerEvent)])
def test_events_and_their_fields_are_the_same(table: Any, side: str, union: object) -> None:
    assert table[side] == {m.model_fields["type"].default: _fields(m) for m in _models(union)}


def test_structures_inside_events_are_the_same(table: Any) -> None:
    expected: dict[str, dict[str, str]] = {}
    for model in [*_models(ClientEvent), *_models(ServerEvent)]:
        expected |= _structures(model)
    assert table["structures"] == expected


def test_limits_are_the_same(table: Any) -> None:
    expected: dict[str, dict[str, dict[str, int]]] = {}
    for model in _models(ClientEvent):
        for name, info in model.model_fields.items():
            limits = {
                short: getattr(rule, f"{short}_length")
                for rule in info.metadata
                for short in ("min", "max")
                if hasattr(rule, f"{short}_length")
            }
            if limits:
                expected.setdefault(model.model_fields["type"].default, {})[name] = limits
    assert table["limits"] == expected


def _example(annotation: object) -> Any:
    """Returns some value of a type."""
    samples: dict[object, Any] = {str: "x", int: 3, float: 0.5, bool: True}
    if annotation in samples:
        return samples[annotation]
    origin, arguments = typing.get_origin(annotation), typing.get_args(annotation)
    if origin is typing.Literal:
        return arguments[0]
    if origin is list:
        return [_example(arguments[0])]
    if origin is dict:
        return {"x": "y" if arguments[1] is str else [1]}
    if origin is types.UnionType:
        return None
    assert isinstance(annotation, type)
    assert issubclass(annotation, BaseModel)
    return {name: _example(info.annotation) for name, info in annotation.model_fields.items()}


def test_the_browser_accepts_what_the_server_dumps() -> None:
    dumped = []
    for model in [*_models(ClientEvent), *_models(ServerEvent)]:
        values = {name: _example(info.annotation) for name, info in model.model_fields.items()}
        event: Any = TypeAdapter(model).validate_python(values)
        dumped.append(json.loads(event.model_dump_json()))
    assert _node(VALIDATE, json.dumps(dumped)) == [[]] * len(dumped)
