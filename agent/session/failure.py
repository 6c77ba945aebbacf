"""What the client is told of what went wrong."""

from agent.errors import VisavisError
from agent.events import ErrorEvent


def error_event(error: object) -> ErrorEvent:
    """Returns `error` as the client sees it; of what is not ours, only that it happened."""
    if isinstance(error, VisavisError):
        return ErrorEvent(code=error.code, message=error.message, retry_after=error.retry_after)
    return ErrorEvent(code="model_unavailable", message="A part of me did not answer in time.")
