"""What is known about the person's turn so far."""

from collections import deque
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from agent.speech.ears.transcript import Transcript

Samples = NDArray[np.int16]

RATE = 16_000
LONGEST_SECONDS = 28.0
"""Sound kept of what is not yet transcribed for good; the recogniser takes no more."""
NOTHING = np.zeros(0, np.int16)


@dataclass(slots=True)
class Pause:
    """What is known about the silence at the end of the turn so far.

    Attributes:
        asked: How often the turn model answered.
        asking: Whether it is being asked, or is down.
        transcribing: Whether the turn up to this pause is transcribed, or being so.
        probability: The turn model's last answer.
        transcript: The turn up to this pause.
        transcribed_at: When it was there, on the recognition's clock.
    """

    asked: int = 0
    asking: bool = False
    transcribing: bool = False
    probability: float | None = None
    transcript: Transcript | None = None
    transcribed_at: float = 0.0


@dataclass(slots=True)
class UserTurn:
    """The person's turn so far.

    Attributes:
        sound: What of it is not yet transcribed for good, in blocks of 10 ms.
        started: When its first voiced sample was spoken, on the recognition's clock.
        voiced_until: Position in the stream of the end of the last voiced frame.
        over_voice: Whether the avatar speaks and it is not yet known whether this is a turn.
        cut_in: Whether the avatar was made to stop for it.
        glimpse: The words so far, while `over_voice`.
        glimpsed_at: When the last sample that they are of was spoken, on the recognition's clock.
        pause: The silence at its end.
        prepared: Text of the last preflight transcript.
        flushed: Whether the turn has to end now.
        parted: Whether its beginning is final already, because it is long.
        before: The sound of what was wrongly taken for a whole turn: this one continues it.
    """

    sound: deque[Samples]
    started: float
    voiced_until: int
    over_voice: bool = False
    cut_in: bool = False
    glimpse: Transcript | None = None
    glimpsed_at: float = 0.0
    pause: Pause = field(default_factory=Pause)
    prepared: str = ""
    flushed: bool = False
    parted: bool = False
    before: Samples = field(default_factory=lambda: NOTHING)

    def samples(self) -> Samples:
        """Returns (n,) int16 of its own that is not yet transcribed for good."""
        return np.concatenate(self.sound)

    def whole(self) -> Samples:
        """Returns the same with what it continues, at most the last 28 seconds."""
        return np.concatenate((self.before, *self.sound))[-int(LONGEST_SECONDS * RATE) :]
