"""What all messages of the event protocol share."""

from pydantic import BaseModel, ConfigDict


class Event(BaseModel):
    """What all messages share."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    id: int = 0
    at_ms: float = 0.0
