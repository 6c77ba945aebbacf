"""The one event protocol every client speaks, over one WebSocket per session.

Imports nothing of this package. Each message is a JSON object `{type, id, at_ms, …}`: `id` is the
sender's running number, `at_ms` the sender's clock in milliseconds. `web/sdk/protocol.js` holds
the same table for the browser; a test keeps the two equal.

The session: `POST /v1/sessions {persona?, avatar?, variables?}` answers 201 `{id, token}`, where
API keys are set only to `Authorization: Bearer <session token>` (`agent.server.tokens`);
`variables` fill the persona's texts, by name; `avatar` is a face other than the persona's own
(`agent.server.avatars` says how faces are made and listed). The WebSocket is
`/v1/sessions/{id}/events?token=…`. It is the session's lease: a client that lost it comes back
within `lease_seconds` and goes on, with a new `hello` and what was said meanwhile. A second one,
`/v1/sessions/{id}/camera?token=…`, takes pictures of a face that moves ours (`agent.server.drive`).
"""

from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter


class Event(BaseModel):
    """What all messages share."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    id: int = 0
    at_ms: float = 0.0


# ---------------------------------------------------------------- client to server


class Offer(Event):
    """A WebRTC offer: one sendrecv audio and one recvonly video section.

    A client that can draw the face itself adds a data channel "motion" (unordered, no
    retransmissions), on which motion packets come (`render.motion.wire`), and says so.
    """

    type: Literal["offer"] = "offer"
    sdp: str = Field(max_length=100_000)
    presentation: Literal["video", "motion", "audio"] = "video"
    can_draw: bool = False


class SetPresentation(Event):
    """What to show from now on. The voice goes on without a gap, except that `text` is silent.

    `reason`: the person asked, or the device cannot keep up with what it shows.
    """

    type: Literal["set_presentation"] = "set_presentation"
    presentation: Literal["video", "motion", "audio", "text"]
    reason: Literal["asked", "device"] = "asked"


class Text(Event):
    """The person typed instead of speaking.

    `request` is an id of the client's choice; the events of this turn carry it.
    """

    type: Literal["text"] = "text"
    text: str = Field(min_length=1, max_length=4_000)
    request: str | None = Field(None, max_length=64)


class Speak(Event):
    """The avatar says this word for word, as a turn of its own; tags like those of persona texts
    may lead its face. `request` is that of `text`."""

    type: Literal["speak"] = "speak"
    text: str = Field(min_length=1, max_length=4_000)
    request: str | None = Field(None, max_length=64)


class Interrupt(Event):
    """Stop speaking now."""

    type: Literal["interrupt"] = "interrupt"


class SetSpeed(Event):
    """How fast the avatar speaks, from the next thing it says on; 1 is its own pace."""

    type: Literal["set_speed"] = "set_speed"
    speed: float = Field(ge=0.5, le=2, allow_inf_nan=False)


class Microphone(Event):
    """The person muted or unmuted; a muted microphone ends no turn and starts none."""

    type: Literal["microphone"] = "microphone"
    enabled: bool


class PushToTalk(Event):
    """The person holds a button to talk, or lets go: what is said between is one turn.

    The avatar is interrupted at once. After the first of these the microphone is closed while the
    button is not held; `microphone` opens it again for good.
    """

    type: Literal["push_to_talk"] = "push_to_talk"
    pressed: bool


class Ping(Event):
    """Asks for a `pong`, to estimate the clock offset (a few times at the start, then rarely)."""

    type: Literal["ping"] = "ping"


class Displayed(Event):
    """A frame the server asked about reached the screen.

    `pts` is (rtpTimestamp - video_origin) / 3600 of the first displayed frame at or after the
    `pts` of a `watch` event; `at_ms` of this event is `expectedDisplayTime` on the client's
    clock; `clock_offset_ms` is the client's estimate of server clock minus client clock, and
    `clock_uncertainty_ms` how far it may be wrong.
    """

    type: Literal["displayed"] = "displayed"
    watch: int
    pts: int
    clock_offset_ms: float
    clock_uncertainty_ms: float | None = None


class SetEmotion(Event):
    """The face feels this from now on; the tags of an answer go before while it is said."""

    type: Literal["set_emotion"] = "set_emotion"
    emotion: Literal["neutral", "happy", "sad", "surprised", "concerned", "thinking"]
    intensity: float = Field(1.0, ge=0, le=1, allow_inf_nan=False)


class Gesture(Event):
    """The face does this once."""

    type: Literal["gesture"] = "gesture"
    name: Literal[
        "nod",
        "shake",
        "wink",
        "brows",
        "tilt",
        "tilt_left",
        "tilt_right",
        "brow_raise",
        "wink_left",
        "wink_right",
        "look_left",
        "look_right",
        "look_up",
        "look_down",
    ]


class LookAt(Event):
    """Eyes and head go to a place, to the face's own left and up, and stay for `seconds`."""

    type: Literal["look_at"] = "look_at"
    x: float = Field(ge=-1, le=1, allow_inf_nan=False)
    y: float = Field(ge=-1, le=1, allow_inf_nan=False)
    seconds: float = Field(2.0, ge=0, le=30, allow_inf_nan=False)


class ToolDeclaration(BaseModel):
    """A function that runs at the client: `parameters` is the JSON schema of its arguments."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    name: str
    description: str
    parameters: dict[str, Any]


class RegisterTools(Event):
    """Declares what the language model may have the client do, in place of what it declared."""

    type: Literal["register_tools"] = "register_tools"
    tools: list[ToolDeclaration]


class ToolResult(Event):
    """Answers a `tool_call`, with what came of it or with why nothing did."""

    type: Literal["tool_result"] = "tool_result"
    call: str
    result: str | None = None
    error: str | None = None


class Goodbye(Event):
    """The person leaves; the session closes at once."""

    type: Literal["goodbye"] = "goodbye"


# ---------------------------------------------------------------- server to client


class Hello(Event):
    """First message. `disclosure` must be shown: the face and voice are generated.

    A client that draws the face itself gets it from `/v1/avatars/{avatar}.avatar`.
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


class Answer(Event):
    """The WebRTC answer. RTP timestamps of video count from `video_origin`, 3,600 a frame, those
    of sound from `audio_origin`, 1,920 a frame; both modulo 2^32."""

    type: Literal["answer"] = "answer"
    sdp: str
    video_origin: int
    audio_origin: int


class Presentation(Event):
    """What is shown from now on, and why: somebody `asked`, the client's `device`, the `network`
    or the server's load forced it, or things `recovered`."""

    type: Literal["presentation"] = "presentation"
    presentation: Literal["video", "motion", "audio", "text"]
    reason: Literal["asked", "device", "network", "server_load", "recovered"]


class State(Event):
    """What the avatar is doing."""

    type: Literal["state"] = "state"
    state: Literal["idle", "listening", "thinking", "speaking"]


class UserTranscript(Event):
    """What the person is understood to have said; replaced by later ones of the same turn.

    `request`, here and below: the id of the `text` or `speak` that opened the turn.
    """

    type: Literal["user_transcript"] = "user_transcript"
    turn: int
    text: str
    final: bool
    request: str | None = None


class AgentTranscript(Event):
    """What the avatar says, as it becomes known; replaced by later ones of the same turn.

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


class Caption(Event):
    """Words about to be said, for captions that follow the voice."""

    type: Literal["caption"] = "caption"
    turn: int
    words: list[TimedWord]


class Watch(Event):
    """Asks for a `displayed` when the frame `pts` is on the screen."""

    type: Literal["watch"] = "watch"
    watch: int
    pts: int
    what: Literal["first_frame", "lips", "rest"]


class Layer(BaseModel):
    """One layer's share of a turn, in milliseconds."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    name: str
    ms: float


class Turn(Event):
    """The record of a turn whose first lip movement was displayed; its layers add up to it."""

    type: Literal["turn"] = "turn"
    turn: int
    voice_to_voice_ms: float | None
    layers: list[Layer]
    clock_offset_ms: float | None = None
    clock_uncertainty_ms: float | None = None
    request: str | None = None


class Budget(Event):
    """A layer of a turn took longer than it may, or the whole did (`voice_to_voice`)."""

    type: Literal["budget"] = "budget"
    turn: int
    layer: str
    ms: float
    budget_ms: float


class Driving(Event):
    """What a camera that moves the face does: the person's rest is learnt, they are followed, or
    no face has been visible for two seconds. On the camera's socket only."""

    type: Literal["driving"] = "driving"
    state: Literal["calibrating", "following", "searching"]


class Seen(Event):
    """Answers a picture of the camera: whether it shows a face, and the frame `pts` on which that
    shows first; none where the picture came too soon after another. On the camera's socket only.
    """

    type: Literal["seen"] = "seen"
    picture: int
    face: bool
    pts: int | None = None


class ToolCall(Event):
    """The language model has the client run one of its tools; a `tool_result` is awaited."""

    type: Literal["tool_call"] = "tool_call"
    call: str
    name: str
    arguments: dict[str, Any]


class Pong(Event):
    """Answers a `ping`; `at_ms` is the server's clock."""

    type: Literal["pong"] = "pong"
    ping: int


class Error(Event):
    """Something failed. The session goes on unless a `closing` follows."""

    type: Literal["error"] = "error"
    code: str
    message: str
    retry_after: int | None = None


class Closing(Event):
    """The session ends now."""

    type: Literal["closing"] = "closing"
    reason: Literal[
        "goodbye", "lease_expired", "server_stopping", "error", "replaced", "avatar_deleted"
    ]


ClientEvent = Annotated[
    Offer
    | SetPresentation
    | Text
    | Speak
    | Interrupt
    | SetSpeed
    | Microphone
    | PushToTalk
    | Ping
    | Displayed
    | SetEmotion
    | Gesture
    | LookAt
    | RegisterTools
    | ToolResult
    | Goodbye,
    Field(discriminator="type"),
]
ServerEvent = Annotated[
    Hello
    | Answer
    | Presentation
    | State
    | UserTranscript
    | AgentTranscript
    | Caption
    | Watch
    | Turn
    | Budget
    | Driving
    | Seen
    | ToolCall
    | Pong
    | Error
    | Closing,
    Field(discriminator="type"),
]

CLIENT_EVENTS: TypeAdapter[ClientEvent] = TypeAdapter(ClientEvent)
SERVER_EVENTS: TypeAdapter[ServerEvent] = TypeAdapter(ServerEvent)
