"""Listens to a sound over the avatar's voice: is it a person, an echo, a backchannel?

It gathers what `turn_taking/interruption.py` judges by.
"""

from collections import deque

import numpy as np

from agent.speech.listening.turn import Samples, UserTurn
from agent.speech.turn_taking.activity import FRAME_SAMPLES, RATE
from agent.speech.turn_taking.interruption import (
    ECHO_RESEMBLANCE,
    InterruptionVerdict,
    Overlap,
    Sound,
    judge,
)
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
BEFORE_FRAMES, ENOUGH_BEFORE = 100, 50
"""Frames of 10 ms, while the avatar spoke alone, that tell how loud its echo is."""
ABOVE_ECHO_DB = 12.0
"""What is so much louder than the avatar's echo was is none."""
ECHO_SECONDS = 0.5
"""A sound that resembles the avatar's voice for so long is its echo."""
USUAL_LEVEL_DB = 70.0
"""Level of a person in dB of one digit, before anything was heard of him."""
LOUDER, SOFTER = 0.5, 0.1
"""How fast it is learnt, as a share of the way: somebody in the background is no quieter person."""
LOUD_PERCENTILE, BEFORE_PERCENTILE = 90, 80


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
        self._before: deque[float] = deque(maxlen=BEFORE_FRAMES)
        self._echo_db: float | None = None

    def pass_by(self, block: Samples) -> None:
        """Takes a block of the microphone in which no person speaks."""
        if self._own_voice.audible:
            self._before.append(_level_db(block))
        else:
            self._before.clear()

    def begin(self, turn: UserTurn) -> None:
        """Turns to a new sound."""
        self._looked_at, self._sound, self._echo = turn.started, Sound(), 0.0
        self._echo_db = None
        if len(self._before) >= ENOUGH_BEFORE:
            self._echo_db = float(np.percentile(self._before, BEFORE_PERCENTILE))

    def learn(self, turn: UserTurn) -> None:
        """Takes a turn that was one, to know the person's level."""
        level = _level_db(turn.samples())
        self._person_db += (level - self._person_db) * (
            LOUDER if level > self._person_db else SOFTER
        )

    def wants_words(self, turn: UserTurn, silence: float, until: float) -> bool:
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
        return (due or paused) and self._listen(turn, until).may_be_person

    def judge(self, turn: UserTurn, silence: float, until: float) -> InterruptionVerdict:
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

    def _listen(self, turn: UserTurn, until: float) -> Sound:
        """Returns how the sound sounds; looks anew now and then."""
        if until - self._looked_at >= LOOK_SECONDS:
            self._looked_at = until
            recent = _recent(turn, until)
            level = _level_db(recent)
            loudness = level - self._person_db
            echo = self._resemblance(recent, until, level)
            echo -= LOUD_IS_NO_ECHO * max(0.0, loudness - LOUD_DB)
            self._sound = Sound(voiced_seconds(recent), echo, loudness)
            self._echo = max(self._echo, echo)
        return self._sound

    def _resemblance(self, recent: Samples, until: float, level: float) -> float:
        """Returns how well an echo explains a sound; not at all if it is too loud for one."""
        if self._echo_db is not None and level > self._echo_db + ABOVE_ECHO_DB:
            return 0.0
        echo = self._own_voice.resemblance(band_levels(recent, RATE), until)
        if echo >= ECHO_RESEMBLANCE and len(recent) >= ECHO_SECONDS * RATE:
            self._echo_db = max(level, self._echo_db or level)
        return echo


def _recent(turn: UserTurn, until: float) -> Samples:
    seconds = min(until - turn.started, RECENT_SECONDS)
    blocks = list(turn.sound)[-max(1, round(seconds * RATE) // FRAME_SAMPLES) :]
    return np.concatenate(blocks)


def _level_db(samples: Samples) -> float:
    """Returns the level of the loud frames of a sound, in dB of one digit."""
    frames = samples[: len(samples) // FRAME_SAMPLES * FRAME_SAMPLES].astype(np.float64)
    power = (frames.reshape(-1, FRAME_SAMPLES) ** 2).mean(1)
    return float(10 * np.log10(np.percentile(power, LOUD_PERCENTILE) + 1))
