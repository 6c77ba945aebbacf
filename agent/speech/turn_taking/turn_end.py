"""When is the person's turn over? Combines silence, the words and the turn model.

The mechanism (`recognition_stream.py`) measures silence and asks the models; this only decides.

The words decide how long a silence has to be, the turn model shortens it within bounds. On the
tuning half of the labelled set (`visavis bench turns`) the words alone told ends from pauses with
an area under the curve of .82, the turn model alone with .55.
"""

from dataclasses import dataclass

from agent.settings import SpeechSettings
from agent.speech.turn_taking.completeness import Completeness, completeness

ASK_AGAIN_SECONDS = 0.25
"""The turn model is asked again after each further silence of this length."""
UNADVISED = 0.25
"""Probability of "done" while the turn model has not answered, or for good when it is down."""
NOTHING_SAID_SECONDS = 0.3
"""Silence that ends a sound in which no words were found."""
ONE_WORD_SECONDS = 0.15
"""Silence granted on top after a single word: "yes" is often followed by "please"."""

PREPARE_SECONDS, PREPARING_SECONDS = 0.7, 0.25
"""An answer is prepared if the turn ends within so much silence, or so soon."""

LEAST_ADVICE = 0.05
"""Difference between the two shares below at which the turn model is asked at all."""

DOUBT: dict[Completeness, tuple[float, float]] = {
    Completeness.COMPLETE: (0.0, 0.03),
    Completeness.LIKELY: (0.03, 0.15),
    Completeness.UNKNOWN: (0.03, 0.15),
    Completeness.BRIEF: (0.4, 0.6),
    Completeness.GROUP: (0.44, 0.46),
    Completeness.UNLIKELY: (0.61, 0.76),
    Completeness.OPEN: (0.85, 1.0),
}
"""Share of the way from the shortest to the longest silence that is needed, when the turn model
says done and when it says not done."""


@dataclass(frozen=True, slots=True)
class TurnEnd:
    """The policy that the settings describe; in seconds.

    Attributes:
        ask_after: Silence at which what was said is transcribed.
        end_after: Silence that ends a turn that is whole.
        end_at_latest: Silence that ends any turn.
        threshold: Probability from which the turn model is sure that a turn is done.
        english: Whether the words can be judged.
    """

    ask_after: float
    end_after: float
    end_at_latest: float
    threshold: float
    english: bool = True

    @classmethod
    def of(cls, settings: SpeechSettings) -> "TurnEnd":
        """Returns the policy that the settings describe."""
        return cls(
            settings.speculate_after,
            settings.end_after,
            settings.end_at_latest,
            settings.turn_threshold,
            settings.language.startswith("en"),
        )

    def wants_advice(self, text: str) -> bool:
        """Whether the turn model's opinion could matter: not if the words are whole, or none."""
        if not text:
            return False
        sure, unsure = DOUBT[completeness(text, english=self.english)]
        return unsure - sure >= LEAST_ADVICE

    def ask_at(self, asked: int) -> float:
        """Returns the silence at which the turn model may be asked after `asked` answers."""
        return self.ask_after if asked == 0 else self.end_after + asked * ASK_AGAIN_SECONDS

    def needed(self, probability: float | None, text: str) -> float:
        """Returns the silence in seconds that ends a turn.

        Args:
            probability: Latest opinion of the turn model on this silence; None before it came.
            text: What was said in the turn so far.
        """
        if not text:
            return NOTHING_SAID_SECONDS
        sure, unsure = DOUBT[completeness(text, english=self.english)]
        believed = UNADVISED if probability is None else probability
        trust = min(1.0, believed / self.threshold) if self.threshold else 1.0
        doubt = unsure + trust * (sure - unsure)
        longer = ONE_WORD_SECONDS if " " not in text else 0.0
        return self.end_after + doubt * (self.end_at_latest - self.end_after) + longer

    def over(self, silence: float, probability: float | None, text: str) -> bool:
        """Decides whether the turn is over after `silence` seconds."""
        return silence >= self.needed(probability, text)

    def likely(self, silence: float, probability: float | None, text: str) -> bool:
        """Whether an answer should be prepared: if the turn is over soon, as things stand."""
        return self.needed(probability, text) <= max(PREPARE_SECONDS, silence + PREPARING_SECONDS)
