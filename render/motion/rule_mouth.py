"""The mouth by rules: coarticulation where the voice tells phones, signal processing elsewhere."""

import numpy as np
from numpy.typing import NDArray

from render.motion.audio_motion import AudioMotion
from render.motion.coarticulation import Coarticulation
from render.motion.mouth import MouthModel, MouthTrack
from render.motion.speech import Speech


class RuleMouth:
    """The mouth model that needs no training (a `MouthModel`).

    Args:
        phones: For utterances with phones.
        sound: For utterances without.
    """

    def __init__(self, phones: MouthModel | None = None, sound: MouthModel | None = None) -> None:
        self._phones = phones or Coarticulation()
        self._sound = sound or AudioMotion()

    @property
    def look_ahead(self) -> float:
        """See `MouthModel.look_ahead`."""
        return max(self._phones.look_ahead, self._sound.look_ahead)

    def begin(self, speech: Speech) -> "RuleMouthTrack":
        """Starts one utterance."""
        return RuleMouthTrack(speech, self._phones.begin(speech), self._sound.begin(speech))


class RuleMouthTrack:
    """The mouth of one utterance (a `MouthTrack`)."""

    def __init__(self, speech: Speech, phones: MouthTrack, sound: MouthTrack) -> None:
        self._speech = speech
        self._phones = phones
        self._sound = sound

    def at(self, times: NDArray[np.float64]) -> NDArray[np.float32]:
        """See `MouthTrack.at`."""
        track = self._phones if self._speech.told_phones else self._sound
        return track.at(times)
