"""What the server sends."""

from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from agent.events.base import Event


class HelloEvent(Event):
    """First message; again when a client is back, or changed what it holds.

    `disclosure` must be shown: the face and voice are generated. A client that draws the face
    itself gets it from `/v1/avatars/{avatar}.avatar`. `questions` can be suggested to the person,
    in the persona's language. `variables`: what the session was given for those of the persona's
    texts, by now; none from a server that has none.
    """

    type: Literal["hello"] = "hello"
    session: str
    persona: str
    name: str
    avatar: str
    greeting: str
    disclosure: str
    language: str
    ice_servers: list[str]
    questions: list[str] = Field([])
    variables: dict[str, str] | None = None


class AnswerEvent(Event):
    """The WebRTC answer. RTP timestamps of video count from `video_origin`, 3,600 a frame, those
    of sound from `audio_origin`, 1,920 a frame; both modulo 2^32."""

    type: Literal["answer"] = "answer"
    sdp: str
    video_origin: int
    audio_origin: int


class PresentationEvent(Event):
    """What is shown from now on, and why: somebody `asked`, the client's `device`, the `network`
    or the server's load forced it, or things `recovered`."""

    type: Literal["presentation"] = "presentation"
    presentation: Literal["video", "motion", "audio", "text"]
    reason: Literal["asked", "device", "network", "server_load", "recovered"]


class StateEvent(Event):
    """What the avatar is doing."""

    type: Literal["state"] = "state"
    state: Literal["idle", "listening", "thinking", "speaking"]


class UserTranscriptEvent(Event):
    """What the person is understood to have said; replaced by later ones of the same turn.

    Empty where it is taken back: the person had not finished, and the next turn holds it too.

    `request`, here and below: the id of the `text` or `speak` that opened the turn.
    """

    type: Literal["user_transcript"] = "user_transcript"
    turn: int
    text: str
    final: bool
    request: str | None = None


class AgentTranscriptEvent(Event):
    """What the avatar says, as it becomes known; replaced by later ones of the same turn.

    Empty where nothing of it was or will be heard.

    After an interruption the final one holds only what was heard.
    """

    type: Literal["agent_transcript"] = "agent_transcript"
    turn: int
    text: str
    final: bool
    interrupted: bool = False
    request: str | None = None


class TimedWord(BaseModel):
    """A word and the frames at which its sound begins and, where the voice tells, ends."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    text: str
    pts: int
    end: int | None = None


class CaptionEvent(Event):
    """Words about to be said, for captions that follow the voice."""

    type: Literal["caption"] = "caption"
    turn: int
    words: list[TimedWord]


class WatchEvent(Event):
    """Asks for a `displayed` when the frame `pts` is on the screen."""

    type: Literal["watch"] = "watch"
    watch: int
    pts: int
    what: Literal["first_frame", "lips", "rest"]


class LayerShare(BaseModel):
    """One layer's share of a turn, in milliseconds."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    name: str
    ms: float


class TurnEvent(Event):
    """The record of a turn whose first lip movement was displayed; its layers add up to it."""

    type: Literal["turn"] = "turn"
    turn: int
    voice_to_voice_ms: float | None
    layers: list[LayerShare]
    clock_offset_ms: float | None = None
    clock_uncertainty_ms: float | None = None
    request: str | None = None


class BudgetEvent(Event):
    """A layer of a turn took longer than it may, or the whole did (`voice_to_voice`)."""

    type: Literal["budget"] = "budget"
    turn: int
    layer: str
    ms: float
    budget_ms: float


class DrivingEvent(Event):
    """What a camera that moves the face does: the person's rest is learnt, they are followed, or
    no face has been visible for two seconds. On the camera's socket only."""

    type: Literal["driving"] = "driving"
    state: Literal["calibrating", "following", "searching"]


class SeenEvent(Event):
    """Answers a picture of the camera: whether it shows a face, and the frame `pts` on which that
    shows first; none where the picture came too soon after another. On the camera's socket only.
    """

    type: Literal["seen"] = "seen"
    picture: int
    face: bool
    pts: int | None = None


class ToolCallEvent(Event):
    """The language model has the client run one of its tools; a `tool_result` is awaited."""

    type: Literal["tool_call"] = "tool_call"
    call: str
    name: str
    arguments: dict[str, Any]


class PongEvent(Event):
    """Answers a `ping`; `at_ms` is the server's clock."""

    type: Literal["pong"] = "pong"
    ping: int


class ErrorEvent(Event):
    """Something failed. The session goes on unless a `closing` follows."""

    type: Literal["error"] = "error"
    code: str
    message: str
    retry_after: int | None = None


class ClosingEvent(Event):
    """The session ends now."""

    type: Literal["closing"] = "closing"
    reason: Literal[
        "goodbye", "lease_expired", "server_stopping", "error", "replaced", "avatar_deleted"
    ]
