"""What the server sends, as types.

Made by `make protocol` from `agent/events`; changes belong there.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar, Literal

Presented = Literal["video", "motion", "audio", "text"]
ConversationName = Literal["idle", "listening", "thinking", "speaking"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """What all events share: the sender's running number, and its clock in ms."""

    type: ClassVar[str]
    id: int
    at_ms: float


@dataclass(frozen=True, slots=True)
class TimedWord:
    """A word and the frames at which its sound begins and, where the voice tells, ends."""

    text: str
    pts: int
    end: int | None = None


@dataclass(frozen=True, slots=True)
class LayerShare:
    """One layer's share of a turn, in milliseconds."""

    name: str
    ms: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Hello(Event):
    """First message; again when a client is back, or changed what it holds.

    `disclosure` must be shown: the face and voice are generated. A client that draws the face
    itself gets it from `/v1/avatars/{avatar}.avatar`. `questions` can be suggested to the person,
    in the persona's language. `variables`: what the session was given for those of the persona's
    texts, by now; none from a server that has none.
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
    """The WebRTC answer. RTP timestamps of video count from `video_origin`, 3,600 a frame, those
    of sound from `audio_origin`, 1,920 a frame; both modulo 2^32.
    """

    type: ClassVar[str] = "answer"
    sdp: str
    video_origin: int
    audio_origin: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Presentation(Event):
    """What is shown from now on, and why: somebody `asked`, the client's `device`, the `network`
    or the server's load forced it, or things `recovered`.
    """

    type: ClassVar[str] = "presentation"
    presentation: Literal["video", "motion", "audio", "text"]
    reason: Literal["asked", "device", "network", "server_load", "recovered"]


@dataclass(frozen=True, slots=True, kw_only=True)
class State(Event):
    """What the avatar is doing."""

    type: ClassVar[str] = "state"
    state: Literal["idle", "listening", "thinking", "speaking"]


@dataclass(frozen=True, slots=True, kw_only=True)
class UserTranscript(Event):
    """What the person is understood to have said; replaced by later ones of the same turn.

    Empty where it is taken back: the person had not finished, and the next turn holds it too.

    `request`, here and below: the id of the `text` or `speak` that opened the turn.
    """

    type: ClassVar[str] = "user_transcript"
    turn: int
    text: str
    final: bool
    request: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class AgentTranscript(Event):
    """What the avatar says, as it becomes known; replaced by later ones of the same turn.

    Empty where nothing of it was or will be heard.

    After an interruption the final one holds only what was heard.
    """

    type: ClassVar[str] = "agent_transcript"
    turn: int
    text: str
    final: bool
    interrupted: bool | None = None
    request: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Caption(Event):
    """Words about to be said, for captions that follow the voice."""

    type: ClassVar[str] = "caption"
    turn: int
    words: list[TimedWord]


@dataclass(frozen=True, slots=True, kw_only=True)
class Watch(Event):
    """Asks for a `displayed` when the frame `pts` is on the screen."""

    type: ClassVar[str] = "watch"
    watch: int
    pts: int
    what: Literal["first_frame", "lips", "rest"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Turn(Event):
    """The record of a turn whose first lip movement was displayed; its layers add up to it."""

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
    """The language model has the client run one of its tools; a `tool_result` is awaited."""

    type: ClassVar[str] = "tool_call"
    call: str
    name: str
    arguments: dict[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Pong(Event):
    """Answers a `ping`; `at_ms` is the server's clock."""

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
    "hello": Hello,
    "answer": Answer,
    "presentation": Presentation,
    "state": State,
    "user_transcript": UserTranscript,
    "agent_transcript": AgentTranscript,
    "caption": Caption,
    "watch": Watch,
    "turn": Turn,
    "budget": Budget,
    "tool_call": ToolCall,
    "pong": Pong,
    "error": Error,
    "closing": Closing,
}
