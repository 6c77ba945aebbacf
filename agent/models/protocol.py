"""How a model's process and the server talk: pickled messages with a length before each.

Both ends are ours and the pipe is private, so pickle is safe.
"""

import pickle
import struct
from dataclasses import dataclass
from typing import Any

HEADER = struct.Struct("!I")
"""Length of the message that follows, in bytes."""


@dataclass(frozen=True, slots=True)
class Call:
    """Asks the model for `method(*arguments)`."""

    method: str
    arguments: tuple[Any, ...]


@dataclass(frozen=True, slots=True)
class Result:
    """What the method returned; the first one, without a call, says that the model is loaded."""

    value: Any = None


@dataclass(frozen=True, slots=True)
class Failure:
    """The method, or loading, raised.

    Attributes:
        error: Name of the exception's type. Its message stays in the process: it may hold
            what a person said.
        reason: A sentence that is safe to show, where the exception was one of ours.
    """

    error: str
    reason: str = ""


Message = Call | Result | Failure


def encode(message: Message) -> bytes:
    """Returns `message` as it goes over the pipe."""
    body = pickle.dumps(message, protocol=pickle.HIGHEST_PROTOCOL)
    return HEADER.pack(len(body)) + body


def decode(body: bytes) -> Message:
    """Returns the message whose bytes after the header are `body`."""
    message: Message = pickle.loads(body)
    return message
