"""The client's types are the protocol's, and what it sends is of the protocol."""

import json
import types
import typing
from dataclasses import MISSING, fields
from typing import Any

import pytest
from pydantic import BaseModel
from visavis_client import event_types as client
from visavis_client.events import InvalidEvent, read_event

from agent import events as server
from agent.events import SERVER_EVENTS, ServerEvent

ELSEWHERE = {"driving", "seen"}
"""Events of the camera's socket, which this client does not open."""
MODELS: dict[str, type[server.Event]] = {
    model.model_fields["type"].default: model
    for model in typing.get_args(typing.get_args(ServerEvent)[0])
}


def _name(annotation: Any) -> str:
    """Returns a type as text, without the modules it comes from."""
    arguments = [each for each in typing.get_args(annotation) if each is not type(None)]
    if typing.get_origin(annotation) is typing.Literal:
        return "|".join(arguments)
    if typing.get_origin(annotation) is types.UnionType:
        return _name(arguments[0])
    if arguments:
        return ",".join(map(_name, arguments)) + str(typing.get_origin(annotation) is list)
    return str(annotation.__name__)


def _told(model: type[BaseModel]) -> dict[str, str]:
    return {
        name: _name(info.annotation)
        for name, info in model.model_fields.items()
        if name not in ("type", "id", "at_ms")
    }


def _read(kind: Any) -> dict[str, str]:
    hints = typing.get_type_hints(kind)
    names = [field.name for field in fields(kind) if field.name not in ("id", "at_ms")]
    return {name: _name(hints[name]) for name in names}


def test_the_client_knows_every_event() -> None:
    assert set(client.SERVER_EVENTS) == set(MODELS) - ELSEWHERE


@pytest.mark.parametrize("name", client.SERVER_EVENTS)
def test_its_fields_are_those_of_the_server(name: str) -> None:
    assert sorted(_read(client.SERVER_EVENTS[name]).items()) == sorted(_told(MODELS[name]).items())


@pytest.mark.parametrize("name", client.SERVER_EVENTS)
def test_what_may_be_left_out_there_may_be_here(name: str) -> None:
    needed = {field.name for field in fields(client.SERVER_EVENTS[name])}
    needed -= {f.name for f in fields(client.SERVER_EVENTS[name]) if f.default is not MISSING}
    model = MODELS[name].model_fields
    assert {each for each in needed if not model[each].is_required()} <= {"id", "at_ms"}


@pytest.mark.parametrize(
    ("mine", "theirs"),
    [(client.TimedWord, server.TimedWord), (client.LayerShare, server.LayerShare)],
)
def test_structures_are_the_same(mine: Any, theirs: type[BaseModel]) -> None:
    assert _read(mine) == _told(theirs)


def test_what_the_server_writes_is_read() -> None:
    words = [server.TimedWord(text="Hi", pts=3)]
    written = server.CaptionEvent(id=7, at_ms=1, turn=2, words=words).model_dump_json()
    read = read_event(written)
    assert isinstance(read, client.Caption)
    assert (read.id, read.at_ms, read.turn, read.words) == (7, 1.0, 2, [client.TimedWord("Hi", 3)])
    assert isinstance(SERVER_EVENTS.validate_json(written), server.CaptionEvent)


@pytest.mark.parametrize(
    "message",
    [
        "nonsense",
        "[]",
        '{"type": 3}',
        '{"type": "pong", "id": 1, "at_ms": 1}',
        '{"type": "pong", "id": 1, "at_ms": 1, "ping": true}',
        '{"type": "pong", "id": 1, "at_ms": null, "ping": 1}',
        '{"type": "caption", "id": 1, "at_ms": 1, "turn": 1, "words": [{"text": "a"}]}',
        '{"type": "turn", "id": 1, "at_ms": 1, "turn": 1, "layers": {}}',
    ],
)
def test_what_is_no_event_is_told_as_such(message: str) -> None:
    with pytest.raises(InvalidEvent):
        read_event(message)


def test_numbers_and_nulls_are_read_as_they_may_come() -> None:
    turn = {"type": "turn", "id": 1, "at_ms": 1, "turn": 1, "layers": [{"name": "x", "ms": 2}]}
    read = read_event(json.dumps(turn | {"voice_to_voice_ms": None}))
    assert isinstance(read, client.Turn)
    assert (read.voice_to_voice_ms, read.layers[0].ms) == (None, 2.0)
