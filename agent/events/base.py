"""What all messages of the event protocol share. Imports nothing of this package."""

from pydantic import BaseModel, ConfigDict


class Event(BaseModel):
    """What all messages share."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    id: int = 0
    at_ms: float = 0.0
