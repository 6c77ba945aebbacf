from itertools import pairwise

import numpy as np
import pytest

from agent.speech.voices import timing
from agent.speech.voices.text import SpokenWord
from agent.speech.voices.timing import Span, Timed

SILENT = frozenset(".,^$")


def symbols(text: str, seconds: float = 0.1) -> list[Timed]:
    return [(symbol, seconds) for symbol in text]


def spans(text: str, **ipa: str) -> list[tuple[str, float, float, int]]:
    found = timing.spans(symbols(text), ipa, SILENT)
    return [(s.symbol, round(s.start, 3), round(s.end, 3), s.group) for s in found]


def words(text: str) -> list[SpokenWord]:
    return [SpokenWord(word, word) for word in text.split()]


def pronounce(word: str) -> list[Span]:
    return timing.spans(symbols(word), {}, SILENT)


def test_stress_and_length_belong_to_their_vowel() -> None:
    assert spans("^bˈiːt$") == [
        ("", 0.0, 0.1, -1), ("b", 0.1, 0.2, 0), ("ˈiː", 0.2, 0.5, 0), ("t", 0.5, 0.6, 0),
        ("", 0.6, 0.7, -1),
    ]  # fmt: skip


def test_two_symbols_of_one_sound_are_one_phone() -> None:
    assert [s[0] for s in spans("tʃˈaɪ")] == ["tʃ", "ˈaɪ"]
    assert [s[0] for s in spans("t ʃ")] == ["t", "ʃ"]


def test_letters_of_the_model_become_ipa() -> None:
    assert [s[0] for s in spans("hˈO", O="oʊ")] == ["h", "ˈoʊ"]


def test_a_space_is_shared_and_a_pause_is_silence() -> None:
    assert spans("a b, c") == [
        ("a", 0.0, 0.15, 0), ("b", 0.15, 0.3, 1), ("", 0.3, 0.5, -1), ("c", 0.5, 0.6, 2),
    ]  # fmt: skip


def test_labels_that_lag_are_moved_to_the_sound() -> None:
    found = timing.spans(symbols("^ab$"), {}, SILENT)
    timing.advance(found, 0.05, 0.4)
    assert [(round(s.start, 3), round(s.end, 3)) for s in found] == [
        (0.0, 0.05), (0.05, 0.15), (0.15, 0.25), (0.25, 0.4),
    ]  # fmt: skip


def test_the_silent_tail_of_a_phone_before_a_pause_becomes_silence() -> None:
    found = timing.spans([("a", 0.5), (",", 0.1), ("b", 0.2)], {}, SILENT)
    levels = np.full(160, -90.0)
    levels[:40] = levels[120:] = -20.0  # sound in the first 0.2 s and the last 0.2 s
    settled = [(s.symbol, round(s.start, 3), round(s.end, 3)) for s in timing.settle(found, levels)]
    assert settled == [("a", 0.0, 0.205), ("", 0.205, 0.6), ("b", 0.6, 0.8)]


def owners(said: str, written: str) -> list[int]:
    return timing.owners(timing.spans(symbols(said), {}, SILENT), words(written), pronounce)


def test_as_many_words_said_as_written_match_one_to_one() -> None:
    assert owners("ab xy, c", "one two, three") == [0, 0, 1, 1, 1, 2]


def test_words_run_together_are_told_apart() -> None:
    assert owners("no ofde kat", "no of de kat") == [0, 0, 1, 1, 2, 2, 3, 3, 3]


def test_several_words_said_for_one_belong_to_it() -> None:
    def said(word: str) -> list[Span]:
        return pronounce({"$5": "faiv dolas"}.get(word, word))

    phones = timing.spans(symbols("id is faiv dolas"), {}, SILENT)
    assert timing.owners(phones, words("id is $5"), said) == [0] * 2 + [1] * 2 + [2] * 9


def test_a_clip_is_trimmed_and_labelled_without_gaps() -> None:
    rate = 24_000
    tone = (0.3 * np.sin(np.arange(rate // 2) * 0.2)).astype(np.float32)
    samples = np.concatenate([np.zeros(rate // 2), tone, np.zeros(rate)]).astype(np.float32)
    found = timing.spans([("^", 0.5), ("a", 0.25), (" ", 0.0), ("b", 1.0), ("$", 0.25)], {}, SILENT)
    chunk = timing.clip(samples, found, words("one two."), pronounce)
    duration = len(chunk.samples) / rate
    assert duration == pytest.approx(0.02 + 0.5 + timing.pause_after("two."), abs=0.006)
    assert chunk.phones[0].start == 0.0
    assert chunk.phones[-1].end == duration
    for before, after in pairwise(chunk.phones):
        assert before.end == after.start
    assert [p.symbol for p in chunk.phones] == ["", "a", "b", ""]
    assert [w.text for w in chunk.words] == ["one", "two."]
    assert chunk.words[1].end == pytest.approx(0.52, abs=0.02)
