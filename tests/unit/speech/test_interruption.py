"""What is heard over the avatar's voice: who takes the floor, and who only listens."""

from collections import deque

import numpy as np
import pytest
from scipy.signal import butter, sosfilt  # type: ignore[import-untyped]

from agent.bench.lab import sounds
from agent.speech.listening.overlap import OverlapListener
from agent.speech.listening.turn import UserTurn
from agent.speech.turn_taking.interruption import (
    InterruptionVerdict,
    Overlap,
    Sound,
    is_backchannel,
    judge,
)
from agent.speech.turn_taking.own_voice import OwnVoice, band_levels
from agent.speech.turn_taking.prosody import voiced_seconds
from agent.speech.turn_taking.words import words

PERSON = Sound(voice=0.3, echo=0.2, loudness=0.0)
RATE = 16_000


def verdict(
    text: str, sound: Sound = PERSON, *, silence: float = 0.0, echo: float = 0.2
) -> InterruptionVerdict:
    return judge(Overlap(sound, echo, silence, words(text), words(text), 0.9))


@pytest.mark.parametrize("text", ["Wait.", "Stop", "No", "Actually", "Way", "What", "I have a"])
def test_who_wants_the_floor_gets_it_at_once(text: str) -> None:
    assert verdict(text) is InterruptionVerdict.INTERRUPT


@pytest.mark.parametrize(
    "text", ["Mhm.", "Right, right.", "Okay", "I see.", "I", "Of course", "Uh huh.", "Bright", ""]
)
def test_who_only_listens_does_not(text: str) -> None:
    assert verdict(text) is InterruptionVerdict.WAIT
    assert verdict(text, silence=0.3) is InterruptionVerdict.DISMISS


def test_a_backchannel_that_goes_on_takes_the_floor() -> None:
    assert is_backchannel(words("okay"))
    assert not is_backchannel(words("okay but is it"))
    assert verdict("Okay but is it") is InterruptionVerdict.INTERRUPT


@pytest.mark.parametrize(
    "sound",
    [
        Sound(voice=0.05, echo=0.2, loudness=0.0),
        Sound(voice=0.3, echo=0.8, loudness=0.0),
        Sound(voice=0.3, echo=0.2, loudness=-15.0),
    ],
)
def test_noise_echo_and_other_people_do_not_count(sound: Sound) -> None:
    assert verdict("Wait a minute", sound) is InterruptionVerdict.WAIT


def test_a_single_word_has_to_be_long_to_be_believed() -> None:
    assert verdict("Tickets") is InterruptionVerdict.WAIT
    assert verdict("Tickets", Sound(voice=0.5)) is InterruptionVerdict.INTERRUPT


def test_words_of_the_avatar_do_not_count_where_there_was_echo() -> None:
    overlap = Overlap(PERSON, 0.8, 0.0, ["the", "museum", "sure"], ["sure"], 0.9)
    assert judge(overlap) is InterruptionVerdict.WAIT


class Clock:
    now = 10.0

    def __call__(self) -> float:
        return self.now


def babble(seconds: float, seed: int) -> np.ndarray[tuple[int], np.dtype[np.int16]]:
    """Returns syllables of noise with spectra of their own, different for each seed."""
    rng = np.random.default_rng(seed)
    parts: list[np.ndarray[tuple[int], np.dtype[np.float64]]] = []
    while sum(map(len, parts)) < seconds * RATE:
        low = rng.uniform(200, 2_000)
        filtered = butter(2, (low, low * 1.8), "bandpass", fs=RATE, output="sos")
        length = int(rng.uniform(0.08, 0.25) * RATE)
        parts.append(sosfilt(filtered, rng.normal(0, rng.uniform(1_000, 6_000), length)))
        parts.append(np.zeros(int(rng.uniform(0, 0.1) * RATE)))
    return np.concatenate(parts)[: int(seconds * RATE)].astype(np.int16)


def test_an_echo_resembles_the_voice_and_another_voice_does_not() -> None:
    clock = Clock()
    voice = OwnVoice(clock)
    said = babble(2.0, seed=1)
    for at in range(0, len(said), 640):
        voice.played(said[at : at + 640], RATE)
        clock.now += 0.04
    heard = np.concatenate([np.zeros(2_400, np.int16), said // 20])[-12_800 - 2_400 : -2_400]
    assert voice.audible
    assert voice.resemblance(band_levels(heard, RATE), clock.now) > 0.8
    assert voice.resemblance(band_levels(babble(0.8, seed=2), RATE), clock.now) < 0.62
    clock.now += 1.0
    assert not voice.audible


def test_the_words_of_the_avatar_are_known_misheard_or_in_digits() -> None:
    voice = OwnVoice(Clock())
    voice.says("The museum opens at nine.")
    assert voice.foreign("The museums opened at 9, wait") == ["wait"]


def test_only_voices_have_a_pitch() -> None:
    rng = np.random.default_rng(5)
    for noise in (sounds.keyboard(rng), sounds.door(rng), sounds.cough(rng)):
        assert voiced_seconds((8_000 * noise).astype(np.int16)) < 0.1
    assert voiced_seconds((8_000 * sounds.hum(2, rng)).astype(np.int16)) > 0.15


@pytest.mark.parametrize(
    ("text", "confidence", "expected"),
    [
        ("Stop", 0.05, InterruptionVerdict.INTERRUPT),
        ("Stop", 0.03, InterruptionVerdict.WAIT),
        ("What", 0.15, InterruptionVerdict.INTERRUPT),
        ("What", 0.05, InterruptionVerdict.WAIT),
        ("On court.", 0.27, InterruptionVerdict.WAIT),
        ("On court.", 0.4, InterruptionVerdict.INTERRUPT),
    ],
)
def test_words_are_believed_by_how_well_they_were_heard(
    text: str, confidence: float, expected: InterruptionVerdict
) -> None:
    said = words(text)
    assert judge(Overlap(PERSON, 0.2, 0.0, said, said, confidence)) is expected


def listener(echo_level: int) -> tuple[OverlapListener, UserTurn]:
    """A listener who heard the avatar speak alone for a second, then a person."""
    now = 10.0
    rng = np.random.default_rng(4)
    own = OwnVoice(lambda: now)
    avatar = rng.normal(0, 3_000, 24_000).astype(np.int16)
    own.played(avatar, 24_000)
    heard = OverlapListener(own)
    for _ in range(100):
        heard.pass_by(rng.normal(0, echo_level, 160).astype(np.int16))
    person = (4_000 * sounds.hum(1, rng)[:3_200]).astype(np.int16)
    blocks = deque(person.reshape(-1, 160))
    turn = UserTurn(blocks, started=now - 0.2, voiced_until=0)
    heard.begin(turn)
    return heard, turn


def test_what_is_much_louder_than_the_echo_was_resembles_it_in_vain(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(OwnVoice, "resemblance", lambda *_: 0.9)
    for echo_level, wanted in ((20, True), (3_000, False)):
        heard, turn = listener(echo_level)
        assert heard.wants_words(turn, 0.0, 10.0) is wanted
