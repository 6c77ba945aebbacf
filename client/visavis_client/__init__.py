"""Talk to a face of a Visavis server. `visavis_client.media` brings its sound and pictures."""

from visavis_client.api import Persona, Token, list_personas
from visavis_client.clock import Offset
from visavis_client.errors import SessionError
from visavis_client.event_types import (
    AgentTranscript,
    Budget,
    Caption,
    Closing,
    Error,
    Event,
    Hello,
    Presentation,
    State,
    TimedWord,
    ToolCall,
    Turn,
    UserTranscript,
)
from visavis_client.events import InvalidEvent
from visavis_client.session import (
    Connection,
    Conversation,
    Microphone,
    Session,
    create_session,
)
from visavis_client.tools import Tool, offer_tools

__all__ = [
    "AgentTranscript",
    "Budget",
    "Caption",
    "Closing",
    "Connection",
    "Conversation",
    "Error",
    "Event",
    "Hello",
    "InvalidEvent",
    "Microphone",
    "Offset",
    "Persona",
    "Presentation",
    "Session",
    "SessionError",
    "State",
    "TimedWord",
    "Token",
    "Tool",
    "ToolCall",
    "Turn",
    "UserTranscript",
    "create_session",
    "list_personas",
    "offer_tools",
]
