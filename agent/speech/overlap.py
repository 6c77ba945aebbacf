"""Listens to a sound over the avatar's voice: is it a person, an echo, a backchannel?

Imports the strategies. It gathers what `turn_taking/interruption.py` judges by.
"""

import numpy as np

from agent.speech.activity import FRAME_SAMPLES, RATE
from agent.speech.person import Samples, Turn
from agent.speech.turn_taking.interruption import Overlap, Sound, Verdict, judge
from agent.speech.turn_taking.own_voice import OwnVoice, band_levels
from agent.speech.turn_taking.prosody import voiced_seconds
from agent.speech.turn_taking.words import words as split

FIRST_WORDS_SECONDS = 0.16
"""Length of a sound at which its words are looked for: "no" and "sorry" are heard by then."""
NEXT_WORDS_SECONDS = 0.08
"""And again after so much more, if they are found as fast."""
PAUSE_SECONDS = 0.05
"""And when it pauses for so long."""
LOOK_SECONDS = 0.05
"""How often the sound itself is looked at."""
RECENT_SECONDS = 0.8
"""How much of it is compared with the avatar's voice."""


LOUD_IS_NO_ECHO, LOUD_DB = 0.03, -6.0
"""Resemblance that counts less for each dB above this level, against the person's: short sounds
resemble anything, and an echo is hardly as loud as the person."""
USUAL_LEVEL_DB = 70.0
"""Level of a person in dB of one digit, before anything was heard of him."""
LOUDER, SOFTER = 0.5, 0.1
"""How fast it is learnt, as a share of the way: somebody in the background is no quieter person."""
LOUD_PERCENTILE = 90


class OverlapListener:
    """Judges turns that began while the avatar spoke.

    Args:
        own_voice: What the avatar says.
    """

    def __init__(self, own_voice: OwnVoice) -> None:
        self._own_voice = own_voice
        self._person_db = USUAL_LEVEL_DB
        self._looked_at = 0.0
        self._sound = Sound()
        self._echo = 0.0

    def begin(self, turn: Turn) -> None:
        """Turns to a new sound."""
        self._looked_at, self._sound, self._echo = turn.started, Sound(), 0.0

    def learn(self, turn: Turn) -> None:
        """Takes a turn that was one, to know the person's level."""
        level = _level_db(turn.samples())
        self._person_db += (level - self._person_db) * (
            LOUDER if level > self._person_db else SOFTER
        )

    def wants_words(self, turn: Turn, silence: float, until: float) -> bool:
        """Whether the words so far should be looked for now.

        Args:
            turn: Whose last block has just come.
            silence: Seconds since its last voiced sample.
            until: When its last sample was spoken, on the recognition's clock.
        """
        heard = until - turn.started
        since = until - turn.glimpsed_at
        due = heard >= FIRST_WORDS_SECONDS and since >= NEXT_WORDS_SECONDS and silence == 0
        paused = silence >= PAUSE_SECONDS and since > silence
        return (due or paused) and self._listen(turn, until).is_person

    def judge(self, turn: Turn, silence: float, until: float) -> Verdict:
        """Decides what the sound means so far."""
        sound, words = self._listen(turn, until), turn.glimpse
        text = "" if words is None else words.text
        return judge(
            Overlap(
                sound,
                self._echo,
                silence,
                split(text),
                self._own_voice.foreign(text),
                0.0 if words is None else words.confidence,
            )
        )

    def _listen(self, turn: Turn, until: float) -> Sound:
        """Returns how the sound sounds; looks anew now and then."""
        if until - self._looked_at >= LOOK_SECONDS:
            self._looked_at = until
            recent = _recent(turn, until)
            echo = self._own_voice.resemblance(band_levels(recent, RATE), until)
            loudness = _level_db(recent) - self._person_db
            echo -= LOUD_IS_NO_ECHO * max(0.0, loudness - LOUD_DB)
            self._sound = Sound(voiced_seconds(recent), echo, loudness)
            self._echo = max(self._echo, echo)
        return self._sound


def _recent(turn: Turn, until: float) -> Samples:
    seconds = min(until - turn.started, RECENT_SECONDS)
    blocks = list(turn.sound)[-max(1, round(seconds * RATE) // FRAME_SAMPLES) :]
    return np.concatenate(blocks)


def _level_db(samples: Samples) -> float:
    """Returns the level of the loud frames of a sound, in dB of one digit."""
    frames = samples[: len(samples) // FRAME_SAMPLES * FRAME_SAMPLES].astype(np.float64)
    power = (frames.reshape(-1, FRAME_SAMPLES) ** 2).mean(1)
    return float(10 * np.log10(np.percentile(power, LOUD_PERCENTILE) + 1))
