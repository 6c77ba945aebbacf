"""Typed errors with stable codes.

Raised where they happen; turned into HTTP and WebSocket answers in one place (`agent.server`).
The message is one human sentence and never holds what a person said.
"""

import traceback
from pathlib import Path


class VisavisError(Exception):
    """Base of all errors a client may see.

    Attributes:
        code: Stable, snake_case, safe to program against.
        status: The HTTP status that fits.
        retry_after: Seconds after which trying again makes sense, or None.
        fields: What is wrong with which field of the input, or None.
    """

    code = "internal"
    status = 500
    retry_after: int | None = None
    fields: dict[str, str] | None = None

    def __init__(self, message: str) -> None:
        super().__init__(message)
        self.message = message


class BadRequest(VisavisError):
    """The input is malformed."""

    code, status = "bad_request", 400


class InvalidFields(VisavisError):
    """Some fields of the input cannot be used.

    Args:
        fields: What is wrong with each, in a sentence for who filled it in.
    """

    code, status = "invalid_fields", 422

    def __init__(self, fields: dict[str, str]) -> None:
        super().__init__(f"Please look at: {', '.join(fields)}.")
        self.fields = fields


class Unauthorized(VisavisError):
    """No valid token was shown."""

    code, status = "unauthorized", 401


class Forbidden(VisavisError):
    """The request comes from where such requests may not come from."""

    code, status = "forbidden", 403


class TokenExpired(VisavisError):
    """The token was valid once."""

    code, status = "token_expired", 401


class OriginMismatch(VisavisError):
    """The page that asks belongs to a website that may not."""

    code, status = "origin_mismatch", 403


class NotFound(VisavisError):
    """No such persona, avatar or session."""

    code, status = "not_found", 404


class TooLarge(VisavisError):
    """The input is larger than the documented limit."""

    code, status = "too_large", 413


class BadSdp(VisavisError):
    """The session description cannot be used."""

    code, status = "bad_sdp", 422


class BadVideo(VisavisError):
    """The video cannot be used."""

    code, status = "bad_video", 422


class BadBackground(VisavisError):
    """What was named as a background cannot be one."""

    code, status = "bad_background", 422


class BadSound(VisavisError):
    """The sound cannot be used."""

    code, status = "bad_sound", 422


class BadPhoto(VisavisError):
    """The photo cannot become an avatar.

    Args:
        message: What is wrong with it and what to do.
        code: The stable code of the reason, as `render.cloning.photo.errors` names them.
        status: The HTTP status that fits.
    """

    code, status = "bad_photo", 422

    def __init__(self, message: str, code: str = "bad_photo", status: int = 422) -> None:
        super().__init__(message)
        self.code, self.status = code, status


class ConsentRequired(VisavisError):
    """Nobody agreed that this face may be used."""

    code, status = "consent_required", 422


class RateLimited(VisavisError):
    """Too many requests from one address."""

    code, status, retry_after = "rate_limited", 429, 60


class ServerFull(VisavisError):
    """One session more would spoil the others."""

    code, status, retry_after = "server_full", 503, 10


class Driven(VisavisError):
    """A person's camera moves the face; until that ends, it neither listens nor speaks."""

    code, status = "driven", 409


class CameraSilent(VisavisError):
    """A camera that moves a face sends no pictures any more."""

    code, status = "camera_silent", 408


class Unsupported(VisavisError):
    """This server, or this session, does not do that."""

    code, status = "unsupported", 501


class NotInstalled(VisavisError):
    """A command needs something that is not installed."""

    code, status = "not_installed", 501


class Busy(VisavisError):
    """As much of this kind is being done already as can be done at once."""

    code, status, retry_after = "busy", 503, 5


class Unavailable(VisavisError):
    """This server is not set up for it."""

    code, status = "unavailable", 501


class ModelUnavailable(VisavisError):
    """A model's process is down and did not come back in time."""

    code, status, retry_after = "model_unavailable", 503, 5


def place_of(error: BaseException) -> str:
    """Returns what went wrong and where, for the log.

    The error's text is left out: it may quote what somebody said.
    """
    frames = traceback.extract_tb(error.__traceback__)
    place = f" at {Path(frames[-1].filename).name}:{frames[-1].lineno}" if frames else ""
    return f"{type(error).__name__}{place}"
