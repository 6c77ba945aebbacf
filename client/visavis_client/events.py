"""The server's events as types, and how they are read.

The protocol is one table on all sides: every event is a JSON object `{type, id, at_ms, ...}`. A
field that may be left out is None then; one that this client does not know is passed over, as a
newer server may send it.
"""

import json
import types
import typing
from collections.abc import Mapping
from dataclasses import dataclass, fields, is_dataclass
from functools import cache
from typing import Any, ClassVar, Literal

Presented = Literal["video", "motion", "audio", "text"]
ConversationName = Literal["idle", "listening", "thinking", "speaking"]


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


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """What all events share: the sender's running number, and its clock in milliseconds."""

    type: ClassVar[str]
    id: int
    at_ms: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Hello(Event):
    """The first event; again when this client is back, or changed what it holds.

    `disclosure` must be shown: the face and the voice are generated. `questions` can be suggested
    to the person. `variables`: what the session was given for those of the persona's texts.
    """

    type: ClassVar[str] = "hello"
    session: str
    persona: str
    name: str
    avatar: str
    greeting: str
    disclosure: str
    language: str
    ice_servers: list[str]
    questions: list[str] | None = None
    variables: dict[str, str] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer(Event):
    """The WebRTC answer. RTP times count from the origins, 3,600 and 1,920 ticks a frame."""

    type: ClassVar[str] = "answer"
    sdp: str
    video_origin: int
    audio_origin: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Presentation(Event):
    """What is shown from now on, and why."""

    type: ClassVar[str] = "presentation"
    presentation: Presented
    reason: Literal["asked", "device", "network", "server_load", "recovered"]


@dataclass(frozen=True, slots=True, kw_only=True)
class State(Event):
    """What the avatar is doing."""

    type: ClassVar[str] = "state"
    state: ConversationName


@dataclass(frozen=True, slots=True, kw_only=True)
class UserTranscript(Event):
    """What the person is understood to have said; later ones of the same turn replace it.

    `request`, here and below: what `speak` or `message` returned, of the turn that it opened.
    """

    type: ClassVar[str] = "user_transcript"
    turn: int
    text: str
    final: bool
    request: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class AgentTranscript(Event):
    """What the avatar says; after an interruption the final one holds only what was heard."""

    type: ClassVar[str] = "agent_transcript"
    turn: int
    text: str
    final: bool
    interrupted: bool | None = None
    request: str | None = None


@dataclass(frozen=True, slots=True)
class TimedWord:
    """A word and the frame, 25 a second, at which its sound begins."""

    text: str
    pts: int
    end: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Caption(Event):
    """Words about to be said."""

    type: ClassVar[str] = "caption"
    turn: int
    words: list[TimedWord]


@dataclass(frozen=True, slots=True, kw_only=True)
class Watch(Event):
    """Asks for a `displayed` when frame `pts` is seen."""

    type: ClassVar[str] = "watch"
    watch: int
    pts: int
    what: Literal["first_frame", "lips", "rest"]


@dataclass(frozen=True, slots=True)
class LayerShare:
    """One layer's share of a turn, in milliseconds."""

    name: str
    ms: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Turn(Event):
    """The record of a turn whose first lip movement was seen; its layers add up to it."""

    type: ClassVar[str] = "turn"
    turn: int
    layers: list[LayerShare]
    voice_to_voice_ms: float | None = None
    clock_offset_ms: float | None = None
    clock_uncertainty_ms: float | None = None
    request: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Budget(Event):
    """A layer of a turn took longer than it may, or the whole did (`voice_to_voice`)."""

    type: ClassVar[str] = "budget"
    turn: int
    layer: str
    ms: float
    budget_ms: float


@dataclass(frozen=True, slots=True, kw_only=True)
class ToolCall(Event):
    """The language model has this client run one of its tools."""

    type: ClassVar[str] = "tool_call"
    call: str
    name: str
    arguments: dict[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Pong(Event):
    """Answers a ping; `at_ms` is the server's clock."""

    type: ClassVar[str] = "pong"
    ping: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Error(Event):
    """Something failed. The session goes on unless a `closing` follows."""

    type: ClassVar[str] = "error"
    code: str
    message: str
    retry_after: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Closing(Event):
    """The session ends now."""

    type: ClassVar[str] = "closing"
    reason: Literal[
        "goodbye", "lease_expired", "server_stopping", "error", "replaced", "avatar_deleted"
    ]


SERVER_EVENTS: Mapping[str, type[Event]] = {
    kind.type: kind
    for kind in (
        *(Hello, Answer, Presentation, State, UserTranscript, AgentTranscript, Caption, Watch),
        *(Turn, Budget, ToolCall, Pong, Error, Closing),
    )
}


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
