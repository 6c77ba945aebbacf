"""The one event protocol every client speaks, over one WebSocket per session.

Each message is a JSON object `{type, id, at_ms, …}`: `id` is the sender's running number, `at_ms`
the sender's clock in milliseconds. `client.py` has what a client sends, `server.py` what the server
does. `web/sdk/protocol.js` holds the same table for the browser; a test keeps the two equal.

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
    Displayed,
    Gesture,
    Goodbye,
    Interrupt,
    LookAt,
    Microphone,
    Offer,
    Ping,
    PushToTalk,
    RegisterTools,
    SetEmotion,
    SetPresentation,
    SetSpeed,
    SetVariables,
    Speak,
    Text,
    ToolDeclaration,
    ToolResult,
)
from agent.events.server import (
    AgentTranscript,
    Answer,
    Budget,
    Caption,
    Closing,
    Driving,
    Error,
    Hello,
    Layer,
    Pong,
    Presentation,
    Seen,
    State,
    TimedWord,
    ToolCall,
    Turn,
    UserTranscript,
    Watch,
)

__all__ = [
    "CLIENT_EVENTS",
    "SERVER_EVENTS",
    "AgentTranscript",
    "Answer",
    "Budget",
    "Caption",
    "ClientEvent",
    "Closing",
    "Displayed",
    "Driving",
    "Error",
    "Event",
    "Gesture",
    "Goodbye",
    "Hello",
    "Interrupt",
    "Layer",
    "LookAt",
    "Microphone",
    "Offer",
    "Ping",
    "Pong",
    "Presentation",
    "PushToTalk",
    "RegisterTools",
    "Seen",
    "ServerEvent",
    "SetEmotion",
    "SetPresentation",
    "SetSpeed",
    "SetVariables",
    "Speak",
    "State",
    "Text",
    "TimedWord",
    "ToolCall",
    "ToolDeclaration",
    "ToolResult",
    "Turn",
    "UserTranscript",
    "Watch",
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
    | SetVariables
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
