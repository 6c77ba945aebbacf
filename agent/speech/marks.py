"""The names of the moments that hearing and voice report, and who takes them.

Times are `time.monotonic()` seconds. The ledger listens; nothing here depends on it.
"""

from typing import Final, Protocol

SPEECH_STARTED: Final = "speech_started"
"""The first voiced sample of a turn was spoken."""
SPEECH_ENDED: Final = "speech_ended"
"""The last voiced sample of a turn was spoken; reported together with `TURN_COMMITTED`."""
TRANSCRIPT_READY: Final = "transcript_ready"
"""The transcript that the turn is committed with was there; reported likewise."""
TURN_COMMITTED: Final = "turn_committed"
"""The turn is over: the answer may be spoken."""
TURN_RESUMED: Final = "turn_resumed"
"""The person went on speaking after a speculative transcript, which is void."""
TURN_CONTINUED: Final = "turn_continued"
"""The person went on after a turn was taken to be over: the one that comes holds it too."""
VOICE_STARTED: Final = "voice_started"
"""The first clause of an answer went to the voice; also for answers that are never spoken."""
VOICE_READY: Final = "voice_ready"
"""The sound of that clause is there."""


class SpeechMarks(Protocol):
    """Takes one moment; must return at once."""

    def __call__(self, name: str, at: float) -> None:
        """Reports that `name` happened at `at`, in `time.monotonic()` seconds."""


def ignore(name: str, at: float) -> None:
    """Takes a mark that nobody wants."""
