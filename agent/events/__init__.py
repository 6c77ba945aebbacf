"""The one event protocol every client speaks, over one WebSocket per session.

Each message is a JSON object `{type, id, at_ms, …}`: `id` is the sender's running number, `at_ms`
the sender's clock in milliseconds. `client.py` has what a client sends, `server.py` what the server
does. The browser's and the Python client's types are made of them (`agent.events.generate`).

The session: `POST /v1/sessions {persona?, avatar?, variables?, greet?}` answers 201 `{id, token}`,
where API keys are set only to `Authorization: Bearer <session token>`; `variables` fill the
persona's texts, by name; `avatar` is a face other than the persona's own; with `greet: false` the
avatar waits for the client to begin. The WebSocket is
`/v1/sessions/{id}/events?token=…`. It is the session's lease: a client that lost it comes back
within `lease_seconds` and goes on, with a new `hello` and what was said meanwhile. A second one,
`/v1/sessions/{id}/camera?token=…`, takes pictures of a face that moves ours.
"""

from typing import Annotated

from pydantic import Field, TypeAdapter

from agent.events.base import Event
from agent.events.client import (
    DisplayedEvent,
    GestureEvent,
    GoodbyeEvent,
    InterruptEvent,
    LookAtEvent,
    MicrophoneEvent,
    OfferEvent,
    PingEvent,
    PushToTalkEvent,
    RegisterToolsEvent,
    SetEmotionEvent,
    SetPresentationEvent,
    SetSpeedEvent,
    SetVariablesEvent,
    SpeakEvent,
    TextEvent,
    ToolDeclaration,
    ToolResultEvent,
)
from agent.events.server import (
    AgentTranscriptEvent,
    AnswerEvent,
    BudgetEvent,
    CaptionEvent,
    ClosingEvent,
    DrivingEvent,
    ErrorEvent,
    HelloEvent,
    LayerShare,
    PongEvent,
    PresentationEvent,
    SeenEvent,
    StateEvent,
    TimedWord,
    ToolCallEvent,
    TurnEvent,
    UserTranscriptEvent,
    WatchEvent,
)

__all__ = [
    "CLIENT_EVENTS",
    "SERVER_EVENTS",
    "AgentTranscriptEvent",
    "AnswerEvent",
    "BudgetEvent",
    "CaptionEvent",
    "ClientEvent",
    "ClosingEvent",
    "DisplayedEvent",
    "DrivingEvent",
    "ErrorEvent",
    "Event",
    "GestureEvent",
    "GoodbyeEvent",
    "HelloEvent",
    "InterruptEvent",
    "LayerShare",
    "LookAtEvent",
    "MicrophoneEvent",
    "OfferEvent",
    "PingEvent",
    "PongEvent",
    "PresentationEvent",
    "PushToTalkEvent",
    "RegisterToolsEvent",
    "SeenEvent",
    "ServerEvent",
    "SetEmotionEvent",
    "SetPresentationEvent",
    "SetSpeedEvent",
    "SetVariablesEvent",
    "SpeakEvent",
    "StateEvent",
    "TextEvent",
    "TimedWord",
    "ToolCallEvent",
    "ToolDeclaration",
    "ToolResultEvent",
    "TurnEvent",
    "UserTranscriptEvent",
    "WatchEvent",
]

ClientEvent = Annotated[
    OfferEvent
    | SetPresentationEvent
    | TextEvent
    | SpeakEvent
    | InterruptEvent
    | SetSpeedEvent
    | MicrophoneEvent
    | PushToTalkEvent
    | PingEvent
    | DisplayedEvent
    | SetEmotionEvent
    | GestureEvent
    | LookAtEvent
    | SetVariablesEvent
    | RegisterToolsEvent
    | ToolResultEvent
    | GoodbyeEvent,
    Field(discriminator="type"),
]
ServerEvent = Annotated[
    HelloEvent
    | AnswerEvent
    | PresentationEvent
    | StateEvent
    | UserTranscriptEvent
    | AgentTranscriptEvent
    | CaptionEvent
    | WatchEvent
    | TurnEvent
    | BudgetEvent
    | DrivingEvent
    | SeenEvent
    | ToolCallEvent
    | PongEvent
    | ErrorEvent
    | ClosingEvent,
    Field(discriminator="type"),
]

CLIENT_EVENTS: TypeAdapter[ClientEvent] = TypeAdapter(ClientEvent)
SERVER_EVENTS: TypeAdapter[ServerEvent] = TypeAdapter(ServerEvent)
