"""What was said in a conversation, as the mind sees it."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

Role = Literal["user", "assistant", "summary"]


@dataclass(frozen=True, slots=True)
class Message:
    """One turn of one side.

    Attributes:
        role: Who said it: the visitor is "user", the face is "assistant"; a "summary" stands for
            what was said before the rest.
        text: The words; of the face only those that were heard.
    """

    role: Role
    text: str


def last_text(turns: Sequence[Message], role: Role) -> str | None:
    """Returns the latest text of `role`, or None when that side has said nothing."""
    return next((turn.text for turn in reversed(turns) if turn.role == role), None)
