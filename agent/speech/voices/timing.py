"""Turns a voice's symbols and durations into phones and words that cover its sound exactly.

Voices write stress before a vowel, length after it, and words with spaces between them; some run
words together ("of the"), some make several of one ("$5").
"""

import unicodedata
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher

import numpy as np
from numpy.typing import NDArray

from agent.speech.voices.text import SpokenWord
from render.clock import AUDIO_RATE
from render.types import AudioChunk, Phone, Word

STRESS = "ˈˌ"
LENGTH = "ː"
GLIDES = frozenset("ʲʰ")
"""Marks that only lengthen the phone before them."""
PAIRS = frozenset({"aɪ", "aʊ", "eɪ", "oʊ", "ɔɪ", "tʃ", "dʒ"})
"""Two symbols of espeak that are one sound."""
SILENT_DB = -50.0
"""Level below which a voice is silent; the noise of these voices lies far below."""
LEVEL_SECONDS = 0.005


@dataclass(slots=True)
class Span:
    """A phone in the making: `group` numbers the spoken words, -1 is silence."""

    symbol: str
    start: float
    end: float
    group: int


Timed = tuple[str, float]
"""A symbol of the voice and how long it lasts in seconds."""


def spans(symbols: Iterable[Timed], ipa: dict[str, str], silent: frozenset[str]) -> list[Span]:
    """Returns the phones that `symbols` mean, without gaps.

    Args:
        symbols: In order; " " separates spoken words.
        ipa: Symbols that IPA writes otherwise.
        silent: Symbols that are not voiced: pads and punctuation.
    """
    result: list[Span] = []
    time, group, stress, new_word = 0.0, -1, "", True
    for symbol, seconds in symbols:
        begin, time = time, time + seconds
        last = result[-1] if result else Span("", 0.0, 0.0, -1)
        if symbol == " " and last.group >= 0:
            new_word = True
            last.end = (begin + time) / 2  # the other half goes to the word that follows
        elif symbol in silent or symbol == " ":
            new_word = True
            if result and last.group < 0:
                last.end = time
            else:
                result.append(Span("", last.end, time, -1))
        elif symbol in STRESS:
            stress += symbol
        elif not stress and _continues(last, symbol, new_word):
            last.symbol += "" if symbol in GLIDES else symbol
            last.end = time
        else:
            group, new_word = group + new_word, False
            result.append(Span(stress + ipa.get(symbol, symbol), last.end, time, group))
            stress = ""
    return result


def _continues(last: Span, symbol: str, new_word: bool) -> bool:
    if last.group < 0 or new_word:
        return False
    if symbol == LENGTH or symbol in GLIDES or unicodedata.combining(symbol):
        return True
    return last.symbol.lstrip(STRESS) + symbol in PAIRS


def advance(phones: list[Span], seconds: float, end: float) -> None:
    """Moves all boundaries `seconds` earlier, for a voice whose labels lag behind its sound."""
    for span in phones:
        span.start, span.end = max(0.0, span.start - seconds), max(0.0, span.end - seconds)
    if phones:
        phones[0].start = 0.0
        phones[-1].end = end


def level_db(samples: NDArray[np.float32]) -> NDArray[np.float64]:
    """Returns the level every 5 ms in dB of full scale."""
    hop = int(LEVEL_SECONDS * AUDIO_RATE)
    frames = samples[: len(samples) // hop * hop].reshape(-1, hop).astype(np.float64)
    levels: NDArray[np.float64] = 10 * np.log10((frames**2).mean(axis=1) + 1e-12)
    return levels


def settle(phones: list[Span], levels: NDArray[np.float64]) -> list[Span]:
    """Gives the silent tail of a phone before a pause to the pause: voices label it too long."""
    result: list[Span] = []
    for index, span in enumerate(phones):
        result.append(span)
        before_pause = index + 1 == len(phones) or phones[index + 1].group < 0
        if span.group < 0 or not before_pause:
            continue
        first, last = int(span.start / LEVEL_SECONDS), int(span.end / LEVEL_SECONDS)
        loud = np.nonzero(levels[first:last] > SILENT_DB)[0]
        sounding = (first + int(loud[-1]) + 2) * LEVEL_SECONDS if len(loud) else span.start
        cut = min(span.end, max(sounding, span.start + 0.03))
        if index + 1 < len(phones):
            phones[index + 1].start = cut
        elif cut < span.end:
            result.append(Span("", cut, span.end, -1))
        span.end = cut
    return result


def owners(
    phones: Sequence[Span],
    words: Sequence[SpokenWord],
    pronounce: Callable[[str], Sequence[Span]],
) -> list[int]:
    """Returns for each phone the word it belongs to; silence belongs to the word before it.

    Where the voice spoke as many words as were written they match one to one. Otherwise each
    word is pronounced alone and the two sequences are aligned.

    Args:
        phones: Of the whole piece.
        words: At least one.
        pronounce: Returns the phones of a word said alone.
    """
    groups = 1 + max((span.group for span in phones), default=-1)
    if groups == len(words):
        matched = [span.group if span.group >= 0 else None for span in phones]
    else:
        alone = [
            (span.symbol.lstrip(STRESS), index)
            for index, word in enumerate(words)
            for span in pronounce(word.spoken)
            if span.group >= 0
        ]
        said = [span.symbol.lstrip(STRESS) for span in phones]
        matched = [None] * len(phones)
        matcher = SequenceMatcher(None, [symbol for symbol, _ in alone], said, autojunk=False)
        for block in matcher.get_matching_blocks():
            for offset in range(block.size):
                matched[block.b + offset] = alone[block.a + offset][1]
    return _fill(matched)


def _fill(matched: Sequence[int | None]) -> list[int]:
    """Gives what was not matched to the word before it; the order never goes back."""
    result: list[int] = []
    for owner in matched:
        current = result[-1] if result else 0
        result.append(current if owner is None else max(owner, current))
    return result


def clip(
    samples: NDArray[np.float32],
    phones: list[Span],
    words: Sequence[SpokenWord],
    pronounce: Callable[[str], Sequence[Span]],
) -> AudioChunk:
    """Returns the chunk of a piece: silence trimmed at both ends, all its sound labelled.

    Args:
        samples: (n,) in [-1, 1] at 24 kHz.
        phones: Covering them without gaps.
        words: What was said.
        pronounce: See `owners`.
    """
    levels = level_db(samples)
    phones = settle(phones, levels)
    begin, end = _sounding(levels, len(samples) / AUDIO_RATE, pause_after(words[-1].written))
    first, last = int(begin * AUDIO_RATE), int(end * AUDIO_RATE)
    pcm = (np.clip(samples[first:last], -1, 1) * 32_767).astype(np.int16)
    kept, belongs = [], []
    duration = len(pcm) / AUDIO_RATE
    for span, owner in zip(phones, owners(phones, words, pronounce), strict=True):
        start, stop = (min(max(t - first / AUDIO_RATE, 0.0), duration) for t in _ends(span))
        if stop > start:
            kept.append(Phone(span.symbol, start, stop))
            belongs.append(owner)
    if kept:
        kept[-1] = Phone(kept[-1].symbol, kept[-1].start, duration)
    return AudioChunk(pcm, tuple(kept), word_times(kept, belongs, words))


def _ends(span: Span) -> tuple[float, float]:
    return span.start, span.end


LEAD_SECONDS = 0.02
"""Silence kept before a piece: what a voice puts there only delays the answer."""


def _sounding(levels: NDArray[np.float64], duration: float, tail: float) -> tuple[float, float]:
    loud = np.nonzero(levels > SILENT_DB)[0]
    if not len(loud):
        return 0.0, duration
    begin = max(0.0, loud[0] * LEVEL_SECONDS - LEAD_SECONDS)
    return begin, min(duration, (loud[-1] + 1) * LEVEL_SECONDS + tail)


def pause_after(word: str) -> float:
    """Returns the seconds of silence that follow a piece ending in `word`."""
    mark = word.rstrip("\"'”’)]")[-1:]
    return 0.25 if mark in ".!?…" else 0.12 if mark in ",;:—–" else 0.06


def word_times(
    phones: Sequence[Phone], belongs: Sequence[int], words: Sequence[SpokenWord]
) -> tuple[Word, ...]:
    """Returns when each word sounds; one that left no phone has no length."""
    result: list[Word] = []
    for index, word in enumerate(words):
        own = [p for p, owner in zip(phones, belongs, strict=True) if owner == index and p.symbol]
        previous = result[-1].end if result else 0.0
        start, end = (own[0].start, own[-1].end) if own else (previous, previous)
        result.append(Word(word.written, start, end))
    return tuple(result)
