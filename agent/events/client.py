"""What a client sends."""

from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from agent.events.base import Event


class OfferEvent(Event):
    """A WebRTC offer: one sendrecv audio and one recvonly video section.

    A client that can draw the face itself adds a data channel "motion" (unordered, no
    retransmissions), on which motion packets come (`render.motion.wire`), and says so.
    """

    type: Literal["offer"] = "offer"
    sdp: str = Field(max_length=100_000)
    presentation: Literal["video", "motion", "audio"] = "video"
    can_draw: bool = False


class SetPresentationEvent(Event):
    """What to show from now on. The voice goes on without a gap, except that `text` is silent.

    `reason`: the person asked, or the device cannot keep up with what it shows.
    """

    type: Literal["set_presentation"] = "set_presentation"
    presentation: Literal["video", "motion", "audio", "text"]
    reason: Literal["asked", "device"] = "asked"


class TextEvent(Event):
    """The person typed instead of speaking.

    `request` is an id of the client's choice; the events of this turn carry it.
    """

    type: Literal["text"] = "text"
    text: str = Field(min_length=1, max_length=4_000)
    request: str | None = Field(None, max_length=64)


class SpeakEvent(Event):
    """The avatar says this word for word, as a turn of its own; tags like those of persona texts
    may lead its face. `request` is that of `text`."""

    type: Literal["speak"] = "speak"
    text: str = Field(min_length=1, max_length=4_000)
    request: str | None = Field(None, max_length=64)


class InterruptEvent(Event):
    """Stop speaking now."""

    type: Literal["interrupt"] = "interrupt"


class SetSpeedEvent(Event):
    """How fast the avatar speaks, from the next thing it says on; 1 is its own pace."""

    type: Literal["set_speed"] = "set_speed"
    speed: float = Field(ge=0.5, le=2, allow_inf_nan=False)


class MicrophoneEvent(Event):
    """The person muted or unmuted; a muted microphone ends no turn and starts none."""

    type: Literal["microphone"] = "microphone"
    enabled: bool


class PushToTalkEvent(Event):
    """The person holds a button to talk, or lets go: what is said between is one turn.

    The avatar is interrupted at once. After the first of these the microphone is closed while the
    button is not held; `microphone` opens it again for good.
    """

    type: Literal["push_to_talk"] = "push_to_talk"
    pressed: bool


class PingEvent(Event):
    """Asks for a `pong`, to estimate the clock offset (a few times at the start, then rarely)."""

    type: Literal["ping"] = "ping"


class DisplayedEvent(Event):
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


class SetEmotionEvent(Event):
    """The face feels this from now on; the tags of an answer go before while it is said."""

    type: Literal["set_emotion"] = "set_emotion"
    emotion: Literal["neutral", "happy", "sad", "surprised", "concerned", "thinking"]
    intensity: float = Field(1.0, ge=0, le=1, allow_inf_nan=False)


class GestureEvent(Event):
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


class LookAtEvent(Event):
    """Eyes and head go to a place, to the face's own left and up, and stay for `seconds`."""

    type: Literal["look_at"] = "look_at"
    x: float = Field(ge=-1, le=1, allow_inf_nan=False)
    y: float = Field(ge=-1, le=1, allow_inf_nan=False)
    seconds: float = Field(2.0, ge=0, le=30, allow_inf_nan=False)


class SetVariablesEvent(Event):
    """What variables of the persona's texts stand for from now on; those not named stay.

    A new `hello` answers; an `error` where the persona has no such variable (`unknown_variable`:
    then nothing has changed) or a value cannot be filled in (`bad_variable`).
    """

    type: Literal["set_variables"] = "set_variables"
    variables: dict[str, str] = Field(max_length=32)


class ToolDeclaration(BaseModel):
    """A function that runs at the client: `parameters` is the JSON schema of its arguments."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    name: str
    description: str
    parameters: dict[str, Any]


class RegisterToolsEvent(Event):
    """Declares what the language model may have the client do, in place of what it declared."""

    type: Literal["register_tools"] = "register_tools"
    tools: list[ToolDeclaration]


class ToolResultEvent(Event):
    """Answers a `tool_call`, with what came of it or with why nothing did."""

    type: Literal["tool_result"] = "tool_result"
    call: str
    result: str | None = None
    error: str | None = None


class GoodbyeEvent(Event):
    """The person leaves; the session closes at once."""

    type: Literal["goodbye"] = "goodbye"
