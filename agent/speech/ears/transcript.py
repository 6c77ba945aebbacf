"""What the recogniser returns."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Transcript:
    """What was understood.

    Attributes:
        text: Empty where nobody spoke.
        confidence: Mean token probability in [0, 1].
    """

    text: str
    confidence: float
