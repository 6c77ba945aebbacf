"""What comes over the WebSocket is an event of the protocol or a typed error."""

import json

import pytest

from agent.errors import BadRequest, TooLarge
from agent.events import TextEvent
from agent.server.socket import MAX_MESSAGE_BYTES, parse


def test_an_event() -> None:
    event = parse(json.dumps({"type": "text", "id": 3, "at_ms": 1.5, "text": "Hi."}))
    assert event == TextEvent(id=3, at_ms=1.5, text="Hi.")


@pytest.mark.parametrize(
    "raw",
    [
        "",
        "hello",
        b"\xff\xfe\x00",
        "[]",
        "null",
        "[" * 100_000,
        '{"type":"dance"}',
        '{"type":"text"}',
        '{"type":"text","text":""}',
        '{"type":"text","text":5}',
        '{"type":"text","text":"a","extra":1}',
        '{"type":"hello"}',
    ],
)
def test_garbage(raw: str | bytes) -> None:
    with pytest.raises(BadRequest) as caught:
        parse(raw)
    assert caught.value.status == 400


def test_too_much() -> None:
    with pytest.raises(TooLarge):
        parse("x" * (MAX_MESSAGE_BYTES + 1))
    with pytest.raises(TooLarge):
        parse(json.dumps({"type": "text", "text": "x" * 5_000}))


def test_the_error_never_repeats_what_was_said() -> None:
    with pytest.raises(BadRequest) as caught:
        parse(json.dumps({"type": "text", "text": ["my secret"]}))
    assert "secret" not in caught.value.message
