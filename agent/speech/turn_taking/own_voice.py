"""What the avatar is saying, so that its echo in the microphone is not taken for the person.

An echo rises and falls in every band as the voice did a moment before.
"""

from collections import deque
from collections.abc import Callable
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray
from rapidfuzz import fuzz

from agent.speech.turn_taking.words import words

HOP_SECONDS = 0.01
KEEP_SECONDS = 3.0
LINGER_SECONDS = 0.5
"""The voice is still heard so long after its last sample left."""
LONGEST_DELAY_SECONDS = 0.8
"""Way to the loudspeaker, through the room and back."""
BAND_EDGES = (200, 350, 550, 800, 1_150, 1_600, 2_200, 3_000, 4_000)
"""Hertz."""
SMALLEST_FRAMES = 15
"""Fewer frames of 10 ms resemble anything."""
WORDS_KEPT = 80
LONG_WORD, ALIKE = 4, 70.0
"""Words of so many letters that are alike by so many percent may be one, misheard."""

Levels = NDArray[np.float64]


class OwnVoice:
    """Takes the avatar's sound as it leaves, and compares.

    Args:
        clock: Monotonic seconds.
    """

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._levels: deque[Levels] = deque(maxlen=round(KEEP_SECONDS / HOP_SECONDS))
        self._unheard: deque[tuple[NDArray[np.int16], int]] = deque()
        self._until = -1e9
        self._words: deque[str] = deque(maxlen=WORDS_KEPT)

    def played(self, samples: NDArray[np.int16], rate: int) -> None:
        """Takes what leaves now: (n,) int16, a whole number of 10 ms."""
        now = self._clock()
        missing = round((now - self._until) / HOP_SECONDS)
        if missing > self._kept:
            self._levels.clear()
            self._unheard.clear()
        elif missing > 0:
            self._unheard.append((np.zeros(missing * round(rate * HOP_SECONDS), np.int16), rate))
        self._unheard.append((samples, rate))
        while len(self._unheard) > self._kept:
            self._unheard.popleft()
        frames = len(samples) // round(rate * HOP_SECONDS)
        self._until = max(self._until, now) + frames * HOP_SECONDS

    @property
    def _kept(self) -> int:
        return self._levels.maxlen or 0

    def _listen(self) -> Levels:
        """Returns the (n, bands) levels of what left; only worked out when somebody compares."""
        while self._unheard:
            self._levels.extend(band_levels(*self._unheard.popleft()))
        return np.array(self._levels)

    def says(self, text: str) -> None:
        """Takes words that are being said, or about to be."""
        self._words.extend(words(text))

    @property
    def audible(self) -> bool:
        """Whether the person may be hearing it."""
        return self._clock() < self._until + LINGER_SECONDS

    def foreign(self, text: str) -> list[str]:
        """Returns the words of `text` that are not a misheard part of what the avatar said."""
        known = set(self._words)
        return [word for word in words(text) if not _is_known(word, known)]

    def resemblance(self, levels: Levels, until: float) -> float:
        """Returns how well an echo would explain a sound, in [-1, 1].

        Args:
            levels: (n, bands) of the microphone, as `band_levels` returns them.
            until: When the last of them was spoken, on the clock.
        """
        if len(levels) < SMALLEST_FRAMES:
            return 0.0
        delays = round(LONGEST_DELAY_SECONDS / HOP_SECONDS)
        own = self._listen()
        if not len(own):
            return 0.0
        ahead = round((self._until - until) / HOP_SECONDS)
        own = own[: len(own) - ahead] if ahead > 0 else np.pad(own, ((0, -ahead), (0, 0)))
        own = own[-len(levels) - delays :]
        if len(own) < len(levels):
            return 0.0
        shifted = np.lib.stride_tricks.sliding_window_view(own, len(levels), axis=0)
        heard = (levels - levels.mean(0)).T
        shifted = shifted - shifted.mean(2, keepdims=True)
        product = (shifted * heard).sum((1, 2))
        energy = np.sqrt((shifted**2).sum((1, 2)) * (heard**2).sum())
        return float((product / np.maximum(energy, 1e-9)).max())


def band_levels(samples: NDArray[np.int16], rate: int) -> Levels:
    """Returns the (n, 8) levels in dB of each 10 ms of a sound."""
    hop = round(rate * HOP_SECONDS)
    frames = samples[: len(samples) // hop * hop].reshape(-1, hop).astype(np.float64)
    power = np.abs(np.fft.rfft(frames * np.hanning(hop), 512 if rate <= 16_000 else 768)) ** 2
    bins = [round(edge * (512 if rate <= 16_000 else 768) / rate) for edge in BAND_EDGES]
    bands = [power[:, low:high].mean(1) for low, high in pairwise(bins)]
    return 10 * np.log10(np.stack(bands, 1) / hop + 10.0)


def _is_known(word: str, known: set[str]) -> bool:
    if word in known or word.isdigit():  # numbers are said in words and understood in digits
        return True
    return len(word) >= LONG_WORD and any(
        len(own) >= LONG_WORD and fuzz.ratio(word, own) >= ALIKE for own in known
    )
