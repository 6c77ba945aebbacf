"""Policy: when is the person's turn over? Imports the settings.

The mechanism (`recognition.py`) measures silence and asks the models; this only decides.
"""

from dataclasses import dataclass

from agent.settings import SpeechSettings

ASK_AGAIN_SECONDS = 0.2
"""The turn model is asked again after each further silence of this length."""
UNADVISED_SECONDS = 0.6
"""Silence that ends a turn on which the turn model says nothing."""
UNFINISHED_SECONDS = 0.2
"""Silence granted on top when the transcript does not end like a sentence."""
SENTENCE_ENDS = (".", "!")


@dataclass(frozen=True, slots=True)
class TurnEnd:
    """Silence, the turn model and the transcript together, as the settings say; in seconds.

    A turn the model calls done ends after `end_after`. The less it believes so, the longer the
    silence has to be, up to `end_at_latest`; half of that if the transcript is a whole sentence,
    a quarter if it is a question: whoever asks waits for an answer.

    Attributes:
        ask_after: Silence at which the models are asked for the first time.
        end_after: Silence that ends a turn the turn model calls done.
        end_at_latest: Silence that ends any turn.
        threshold: Probability from which the turn model calls a turn done.
    """

    ask_after: float
    end_after: float
    end_at_latest: float
    threshold: float

    @classmethod
    def of(cls, settings: SpeechSettings) -> "TurnEnd":
        """Returns the policy that the settings describe."""
        return cls(
            settings.speculate_after,
            settings.end_after,
            settings.end_at_latest,
            settings.turn_threshold,
        )

    def ask_at(self, asked: int) -> float:
        """Returns the silence at which the turn model is asked after `asked` answers."""
        return self.ask_after if asked == 0 else self.end_after + asked * ASK_AGAIN_SECONDS

    def likely(self, silence: float, probability: float | None) -> bool:
        """Whether an answer should be prepared: most pauses inside a sentence deserve none."""
        return silence >= 2 * self.end_after or (probability or 0.0) >= self.threshold

    def over(self, silence: float, probability: float | None, text: str) -> bool:
        """Decides whether the turn is over.

        Args:
            silence: Seconds since the last voiced sample.
            probability: Latest opinion of the turn model on this silence; None before it came,
                or for good when the model is down.
            text: What was said in the turn so far.
        """
        if probability is None:
            return silence >= min(UNADVISED_SECONDS, self.end_at_latest)
        doubt = max(0.0, 1 - probability / self.threshold) if self.threshold else 0.0
        longest = doubt * (self.end_at_latest - self.end_after)
        needed = self.end_after
        if text.endswith("?"):
            needed += longest / 4
        elif text.endswith(SENTENCE_ENDS):
            needed += longest / 2
        else:
            needed += UNFINISHED_SECONDS + longest
        return silence >= min(needed, self.end_at_latest)
