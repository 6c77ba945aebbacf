"""What makes a conversation fast, each to be switched off: `visavis bench talk --without …`.

The switches are settings of the server that is measured.
"""

from collections.abc import Iterable
from enum import StrEnum

FIXED_SILENCE = "0.5"
"""Seconds that end a turn where nobody listens to what was said."""


class Speedup(StrEnum):
    """Something that makes the answer come sooner."""

    SPECULATION = "speculation"
    """The answer and its first sound are made before the turn is known to be over."""
    EARLY_TRANSCRIPT = "early_transcript"
    """The transcript is begun when a silence is young, not when it is old enough to end a turn."""
    FIRST_CLAUSE = "first_clause"
    """The first clause is voiced alone."""
    REHEARSAL = "rehearsal"
    """How answers begin that are known word for word is voiced before anybody asks."""
    TURN_END = "turn_end"
    """Words and sound tell how long a silence has to be; else half a second always."""


_WITHOUT = {
    Speedup.SPECULATION: {"VISAVIS_SPEECH__SPECULATION": "false"},
    Speedup.EARLY_TRANSCRIPT: {"VISAVIS_SPEECH__SPECULATE_AFTER": "0.2"},
    Speedup.FIRST_CLAUSE: {"VISAVIS_SPEECH__FIRST_CLAUSE": "false"},
    Speedup.REHEARSAL: {"VISAVIS_SPEECH__REHEARSAL": "false"},
    Speedup.TURN_END: {
        "VISAVIS_SPEECH__END_AFTER": FIXED_SILENCE,
        "VISAVIS_SPEECH__END_AT_LATEST": FIXED_SILENCE,
    },
}


def environment(without: Iterable[Speedup]) -> dict[str, str]:
    """Returns the variables that switch these off in a server."""
    return {name: value for speedup in without for name, value in _WITHOUT[speedup].items()}
