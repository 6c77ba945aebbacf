"""What the network learns from: the motion that rules give to speech whose phones are known.

The mouth is that of `Coarticulation`; head, brows, lids and gaze are those of `Behaviour`, driven
by the prosody of the speech with a seed of its own: they are what makes the task a generative one.
"""

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from render.clock import AUDIO_RATE, FRAME_SECONDS
from render.motion.behaviour import Behaviour
from render.motion.coarticulation import Coarticulation
from render.motion.neural.latent import LATENT_INDEX, Latents, latents_of
from render.motion.prosody import Prosody
from render.motion.speech import Speech
from render.motion.visemes import VISEMES, articulation
from render.types import CHANNELS, Attitude, Phone

CLASSES: Final[tuple[str, ...]] = tuple(VISEMES)
"""Viseme classes of the auxiliary task; the first is silence."""
TOKEN_SECONDS: Final = FRAME_SECONDS / 2
SEALED: Final = 0.9
"""Value of the channel `seal` from which lips count as closed."""
_SEAL: Final = LATENT_INDEX["seal"]
_WARM_UP: Final = 75
"""Frames behaviour has run before speech, so that it does not begin where every face begins."""


@dataclass(frozen=True, slots=True)
class TrainingExample:
    """One clip of speech with the motion it should bring.

    Attributes:
        latents: (N, LATENT_SIZE) at the middle of every frame, plain units.
        visemes: (2 N,) index into `CLASSES` at the middle of every audio token.
        closed: (N,) bool, where lips must be sealed.
    """

    latents: Latents
    visemes: NDArray[np.int64]
    closed: NDArray[np.bool_]


def teach(samples: NDArray[np.int16], phones: list[Phone], seed: int) -> TrainingExample:
    """Returns what speech with known phones should look like.

    Args:
        samples: (n,) int16 at 24 kHz, silence around the speech included.
        phones: In seconds of `samples`.
        seed: Of what is chance in head, brows, lids and gaze.
    """
    speech = Speech()
    speech.append_sound(samples, phones)
    speech.mark_finished()
    count = len(samples) // round(AUDIO_RATE * FRAME_SECONDS)
    middles = (np.arange(count, dtype=np.float64) + 0.5) * FRAME_SECONDS
    mouth = Coarticulation().begin(speech).at(middles)
    latents = latents_of(mouth, _behaviour(speech, count, seed))
    visemes = viseme_track(phones, 2 * count)
    return TrainingExample(latents, visemes, latents[:, _SEAL] > SEALED)


def _behaviour(speech: Speech, count: int, seed: int) -> NDArray[np.float32]:
    """(count, len(CHANNELS)) of a neutral, speaking face."""
    behaviour = Behaviour(seed)
    prosody = Prosody(speech)
    for _ in range(_WARM_UP + seed % _WARM_UP):
        behaviour.next_channels(Attitude.SPEAKING)
    rest = np.zeros((count, len(CHANNELS)), np.float32)
    for frame in range(count):
        rest[frame] = behaviour.next_channels(Attitude.SPEAKING, prosody.cue(frame * FRAME_SECONDS))
    return rest


def viseme_track(phones: list[Phone], tokens: int) -> NDArray[np.int64]:
    """Returns (tokens,) the class that sounds in the middle of every audio token."""
    track = np.zeros(tokens, np.int64)
    for phone in phones:
        names = articulation(phone.symbol).visemes
        length = (phone.end - phone.start) / max(len(names), 1)
        for index, name in enumerate(names):
            start = phone.start + index * length
            first = max(int(np.ceil(start / TOKEN_SECONDS - 0.5)), 0)
            last = int(np.ceil((start + length) / TOKEN_SECONDS - 0.5))
            track[first : max(last, 0)] = CLASSES.index(name)
    return track
