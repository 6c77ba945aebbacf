"""Closures are always reached, neighbours shape each other, and streams equal whole utterances."""

import numpy as np
import pytest
from numpy.typing import NDArray
from spoken import phones, sound

from render.motion.coarticulation import Coarticulation
from render.motion.mouth import MOUTH_CHANNELS, MOUTH_INDEX
from render.motion.speech import Speech
from render.types import Phone

SENTENCE = (
    "p l ˈi z _ b ˈI _ m I _ f ˈI v _ w ˈɔ ɹ m _ b l ˈu _ b ˈO t s _ b ə f ˈɔ ɹ _ w ˈɛ n z d A"
)


def mouth(of: list[Phone], times: NDArray[np.float64], hear: bool = True) -> NDArray[np.float32]:
    speech = Speech()
    speech.append_sound(sound(of) if hear else np.zeros(0, np.int16), of)
    speech.mark_finished()
    return Coarticulation().begin(speech).at(times)


def middles(of: list[Phone], symbols: str) -> NDArray[np.float64]:
    return np.array([(p.start + p.end) / 2 for p in of if p.symbol and p.symbol in symbols])


@pytest.mark.parametrize("length", [0.025, 0.04, 0.06, 0.09, 0.15])
def test_lips_meet_for_every_p_b_m_however_fast(length: float) -> None:
    of = phones(SENTENCE, length)
    seal = mouth(of, middles(of, "pbm"))[:, MOUTH_INDEX["seal"]]
    assert len(seal) == 7
    assert seal.min() > 0.9


@pytest.mark.parametrize("length", [0.025, 0.04, 0.06, 0.09, 0.15])
def test_the_lip_reaches_the_teeth_for_every_f_v(length: float) -> None:
    of = phones("s ˈɪ m f ə n i _ v ˈi _ f b ˈA b m v ˈɑ f p", length)
    tuck = mouth(of, middles(of, "fv"))[:, MOUTH_INDEX["tuck"]]
    assert len(tuck) == 5
    assert tuck.min() > 0.9


@pytest.mark.parametrize("length", [0.04, 0.08])
def test_a_frame_always_shows_the_closure(length: float) -> None:
    of = phones("ɑ b ɑ m ɑ p ɑ", length)
    for shift in np.arange(0, 0.04, 0.005):
        frames = mouth(of, np.arange(0.02 + shift, 1.0, 0.04))
        times = np.arange(0.02 + shift, 1.0, 0.04)
        for middle in middles(of, "bmp"):
            near = np.abs(times - middle) <= 0.021
            assert frames[near, MOUTH_INDEX["seal"]].max() > 0.9


def test_seal_and_tuck_never_fight() -> None:
    of = phones("k ʌ m f ɚ t f p v m b f", 0.03)
    curves = mouth(of, np.arange(0, 0.6, 0.002))
    both = curves[:, MOUTH_INDEX["seal"]] + curves[:, MOUTH_INDEX["tuck"]]
    assert both.max() <= 1.01


def test_vowels_open_more_than_consonants_in_running_speech() -> None:
    of = phones("t ˈɑ t ˈæ s ˈɑ k ˈæ z ˈɑ n ˈæ d")
    jaw = MOUTH_INDEX["jawOpen"]
    vowels = mouth(of, middles(of, "ˈɑˈæ"))[:, jaw]
    consonants = mouth(of, middles(of, "tsznd"))[:, jaw]
    assert vowels.min() > 1.25 * consonants.max()


def test_rounding_is_prepared_before_the_sound() -> None:
    of = phones("t ˈi t ˈu t ˈi", 0.1)
    onset = next(p.start for p in of if p.symbol == "ˈu")
    pucker = mouth(of, np.array([onset - 0.15, onset - 0.06, onset + 0.05]))[
        :, MOUTH_INDEX["mouthPucker"]
    ]
    assert pucker[0] < 0.2 < pucker[1] < pucker[2]


def test_a_diphthong_moves_from_its_first_to_its_second_shape() -> None:
    of = phones("b ˈaɪ d", 0.24)
    start = of[1].start
    curves = mouth(of, start + np.array([0.07, 0.20]))
    jaw, smile = MOUTH_INDEX["jawOpen"], MOUTH_INDEX["mouthSmileLeft"]
    assert curves[0, jaw] > 2 * curves[1, jaw]
    assert curves[1, smile] > curves[0, smile]


def test_lips_part_before_the_sound_and_rest_in_silence() -> None:
    of = phones("ˈɑ t ˈɑ _ _ _ _ _ _ _ ˈɑ", 0.1, start=0.5)
    jaw = mouth(of, np.array([0.3, 0.45, 1.15]))[:, MOUTH_INDEX["jawOpen"]]
    assert jaw[0] == pytest.approx(0, abs=0.01)
    assert jaw[1] > 0.03
    assert jaw[2] == pytest.approx(0, abs=0.01)


def test_stress_opens_wider() -> None:
    stressed, plain = phones("t ˈɑ t"), phones("t ɑ t")
    time = middles(plain, "ɑ")
    jaw = MOUTH_INDEX["jawOpen"]
    assert mouth(stressed, time)[0, jaw] > mouth(plain, time)[0, jaw]


def test_lone_marks_belong_to_their_neighbours() -> None:
    split = [
        Phone("b", 0.1, 0.2),
        Phone("ˈ", 0.2, 0.25),
        Phone("ɑ", 0.25, 0.3),
        Phone("ː", 0.3, 0.4),
    ]
    whole = [Phone("b", 0.1, 0.2), Phone("ˈɑː", 0.2, 0.4)]
    times = np.arange(0, 0.6, 0.01)
    np.testing.assert_allclose(mouth(split, times, hear=False), mouth(whole, times, hear=False))


@pytest.mark.parametrize("seed", range(6))
def test_incremental_equals_whole(seed: int) -> None:
    random = np.random.default_rng(seed)
    of = phones(SENTENCE, float(random.uniform(0.03, 0.12)))
    samples = sound(of)
    model = Coarticulation()
    whole_speech, stream = Speech(), Speech()
    whole_speech.append_sound(samples, of)
    whole_speech.mark_finished()
    track, whole = model.begin(stream), model.begin(whole_speech)
    sent, asked, waiting = 0, 0.02, list(of)
    while sent < len(samples):
        count = int(random.integers(1, 6000))
        until = (sent + count) / 24_000
        known = [p for p in waiting if p.start < until]
        waiting = waiting[len(known) :]
        stream.append_sound(samples[sent : sent + count], known)
        sent += count
        while asked + model.look_ahead < min(sent / 24_000, of[-1].end):
            time = np.array([asked])
            np.testing.assert_allclose(track.at(time), whole.at(time), atol=1e-5)
            stream.drop_before(asked - 1.0)
            asked += 0.04
    assert asked > 0.5


def test_odd_phones_give_sane_curves() -> None:
    odd = [
        Phone("ɑ", float("nan"), 0.2),
        Phone("b", 0.3, 0.3),
        Phone("ɑ", 0.5, 0.4),
        Phone("x͡☃9", 0.35, 0.6),
        Phone("m", 0.1, 0.2),
    ]
    curves = mouth(odd, np.arange(-0.5, 1.5, 0.01), hear=False)
    assert np.isfinite(curves).all()
    assert curves.min() >= 0
    assert curves.max() <= 1
    assert curves.shape[1] == len(MOUTH_CHANNELS)


def test_no_phones_is_a_closed_mouth() -> None:
    assert not mouth_of_nothing().any()


def mouth_of_nothing() -> NDArray[np.float32]:
    return Coarticulation().begin(Speech()).at(np.arange(0, 1, 0.04))
