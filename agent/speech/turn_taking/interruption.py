"""Is the person taking the floor while the avatar speaks?

Somebody who listens says "mhm" and coughs; somebody who wants to speak says "wait", or says more.
"""

from dataclasses import dataclass
from enum import Enum, auto

from rapidfuzz import fuzz

from agent.speech.turn_taking.words import word_list

HINT_SECONDS, VOICE_SECONDS = 0.05, 0.1
"""A sound with a pitch for so long may be a voice, and is one."""
QUIET_DB = -14.0
"""A voice so much quieter than the person's is somebody else in the room."""
ECHO_RESEMBLANCE = 0.62
DOUBTFUL_RESEMBLANCE = 0.5
"""From here on words that the avatar said itself do not count."""
LASTING_RESEMBLANCE = 0.4
"""What was an echo goes on being one from here on, and none of its words count."""
STOPPED, HEARD, UNDERSTOOD, SURE = 0.04, 0.1, 0.3, 0.35
"""Confidence from which a word that stops the avatar is believed, one that asks for the floor, two
other words, and one: the first fifth of a second of "of course" may be heard as "on court"."""
LONG_WORD_SECONDS = 0.45
"""And how long the voice of that one word has to last."""
TWO_WORDS = 2
ALIKE = 80.0
"""Backchannels are short and easily misheard; they are alike by so many percent."""
OVER_SECONDS = 0.3
"""Silence after which a sound that was no interruption is over."""


class InterruptionVerdict(Enum):
    """What to do with a sound over the avatar's voice."""

    WAIT = auto()
    """Listen on; the avatar goes on too."""
    INTERRUPT = auto()
    """The person has the floor."""
    DISMISS = auto()
    """It is over and meant nothing."""


@dataclass(frozen=True, slots=True)
class Sound:
    """What is known about a sound over the avatar's voice.

    Attributes:
        voice: Seconds of it with a pitch.
        echo: How well the avatar's own voice explains it, at most 1.
        loudness: Its level in dB against the person's.
    """

    voice: float = 0.0
    echo: float = 0.0
    loudness: float = 0.0

    @property
    def may_be_person(self) -> bool:
        """Whether it is worth finding its words."""
        near = self.echo < ECHO_RESEMBLANCE and self.loudness > QUIET_DB
        return near and self.voice >= HINT_SECONDS

    @property
    def is_person(self) -> bool:
        """Whether its words count."""
        return self.may_be_person and self.voice >= VOICE_SECONDS


@dataclass(frozen=True, slots=True)
class Overlap:
    """A sound over the avatar's voice and what is understood of it.

    Attributes:
        sound: How it sounds lately.
        echo: The most that it ever resembled the avatar's own voice.
        silence: Seconds since its last voiced sample.
        said: Its words so far; empty before anybody tried.
        foreign: Those that the avatar did not say lately.
        confidence: Of the words, in [0, 1].
    """

    sound: Sound
    echo: float
    silence: float
    said: list[str]
    foreign: list[str]
    confidence: float = 1.0


def judge(overlap: Overlap) -> InterruptionVerdict:
    """Decides what a sound over the avatar's voice means so far."""
    still_echo = overlap.echo >= ECHO_RESEMBLANCE and overlap.sound.echo >= LASTING_RESEMBLANCE
    if overlap.sound.is_person and not still_echo and _takes_floor(overlap):
        return InterruptionVerdict.INTERRUPT
    return (
        InterruptionVerdict.DISMISS if overlap.silence >= OVER_SECONDS else InterruptionVerdict.WAIT
    )


def _takes_floor(overlap: Overlap) -> bool:
    said = overlap.said if overlap.echo < DOUBTFUL_RESEMBLANCE else overlap.foreign
    if not said or is_backchannel(said) or is_backchannel(overlap.said):
        return False
    if said[0] in word_list("stop_words"):
        return overlap.confidence >= STOPPED
    if said[0] in word_list("floor_words"):
        return overlap.confidence >= HEARD
    if len(said) >= TWO_WORDS and overlap.confidence >= UNDERSTOOD:
        return True
    return overlap.confidence >= SURE and overlap.sound.voice >= LONG_WORD_SECONDS


def wants_silence(said: list[str]) -> bool:
    """Whether these words, such as "wait", want nothing else."""
    return bool(said) and said[0] in word_list("silence_words")


def is_backchannel(said: list[str]) -> bool:
    """Whether these words only say that somebody listens, or may yet turn out to."""
    phrases = [phrase.split() for phrase in word_list("backchannel_phrases")]
    at = 0
    while at < len(said):
        if _alike(said[at], word_list("backchannels")):
            at += 1
            continue
        fitting = [phrase for phrase in phrases if _begins(said[at:], phrase)]
        if not fitting:
            return False
        at += len(fitting[0])
    return True


def _alike(word: str, known: frozenset[str]) -> bool:
    if word in word_list("stop_words") or word in word_list("floor_words"):
        return False
    return any(fuzz.ratio(word, other) >= ALIKE for other in known)


def _begins(said: list[str], phrase: list[str]) -> bool:
    """Whether one of the two is the beginning of the other."""
    length = min(len(said), len(phrase))
    return fuzz.ratio(" ".join(said[:length]), " ".join(phrase[:length])) >= ALIKE
