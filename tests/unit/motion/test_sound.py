"""What is heard in the sound: features in any chunking, prosody, and motion without phones."""

import numpy as np
import pytest
from numpy.typing import NDArray
from spoken import phones, sound

from render.motion.audio_motion import AudioMotion
from render.motion.mouth import MOUTH_INDEX
from render.motion.prosody import Cue, Prosody
from render.motion.speech import DB, LEVEL, PITCH, Speech

LINE = phones("ˈɑ p ˈɑ t ˈɑ _ _ _ _ s ˈɑ m ˈɑ", 0.1)


def heard(samples: NDArray[np.int16], with_phones: bool = False) -> Speech:
    speech = Speech()
    speech.append_sound(samples, LINE if with_phones else ())
    speech.mark_finished()
    return speech


def cues(speech: Speech) -> list[Cue]:
    prosody = Prosody(speech)
    return [prosody.cue(i * 0.04) for i in range(int(speech.duration * 25))]


def test_features_do_not_depend_on_the_chunks() -> None:
    samples = sound(LINE)
    whole, parts = heard(samples), Speech()
    times = np.arange(0, len(samples) / 24_000, 0.01)
    for start in range(0, len(samples), 333):
        parts.append_sound(samples[start : start + 333])
        parts.features(np.array([start / 24_000]))
    parts.mark_finished()
    np.testing.assert_allclose(parts.features(times), whole.features(times), atol=1e-4)


def test_forgetting_changes_nothing_later() -> None:
    samples = np.tile(sound(LINE), 4)
    whole, forgetful = heard(samples), heard(samples)
    for start in np.arange(0, 5.0, 0.04):
        times = start + np.arange(-0.3, 0.3, 0.05)
        np.testing.assert_allclose(forgetful.features(times), whole.features(times), atol=1e-4)
        forgetful.drop_before(start - 1.0)
    assert len(forgetful._features) < 300
    assert forgetful._chunks_start == 0 or forgetful.samples(0, 10).sum() == 0


def test_what_nobody_looks_at_is_not_measured_and_later_looks_are_right() -> None:
    samples = np.tile(sound(LINE), 4)
    whole, forgetful = heard(samples), heard(samples)
    for start in np.arange(0, 4.0, 0.04):
        forgetful.drop_before(start - 1.0)
    assert len(forgetful._features) == 0
    times = 3.9 + np.arange(-0.3, 0.3, 0.05)
    late, early = forgetful.features(times), whole.features(times)
    assert len(forgetful._features) < 200
    rest = [column for column in range(late.shape[1]) if column not in (LEVEL, PITCH)]
    np.testing.assert_allclose(late[:, rest], early[:, rest], atol=1e-4)
    np.testing.assert_allclose(late[:, LEVEL], early[:, LEVEL], atol=3)


def test_pitch_and_loudness_are_measured() -> None:
    time = np.arange(24_000) / 24_000
    tone = 8_000 * np.sign(np.sin(2 * np.pi * 150 * time))
    features = heard(tone.astype(np.int16)).features(np.array([0.5]))
    assert features[0, PITCH] == pytest.approx(150, rel=0.02)
    assert features[0, DB] == pytest.approx(20 * np.log10(8_000 / 32_768), abs=0.5)
    noise = np.random.default_rng(0).normal(0, 3_000, 24_000).astype(np.int16)
    assert heard(noise).features(np.arange(0.1, 0.9, 0.01))[:, PITCH].mean() < 40


def test_pauses_and_accents_are_found_with_and_without_phones() -> None:
    for with_phones in (True, False):
        found = cues(heard(sound(LINE), with_phones))
        pauses = [i * 0.04 for i, cue in enumerate(found) if cue.pause]
        assert len(pauses) == 2
        assert pauses[0] == pytest.approx(0.6, abs=0.06)
    accents = [i * 0.04 for i, cue in enumerate(cues(heard(sound(LINE), True))) if cue.accent]
    onsets = [p.start - 0.1 for p in LINE if p.symbol == "ˈɑ" and p.start > 0.1]
    assert len(accents) >= len(onsets)
    assert all(min(abs(a - onset) for a in accents) <= 0.041 for onset in onsets)


def test_the_mouth_follows_sound_alone() -> None:
    speech = heard(sound(LINE))
    times = np.arange(0.02, speech.duration, 0.04)
    jaw = AudioMotion().begin(speech).at(times)[:, MOUTH_INDEX["jawOpen"]]
    vowel = np.array(
        [any(p.start + 0.02 < t < p.end - 0.02 and p.symbol == "ˈɑ" for p in LINE) for t in times]
    )
    pause = (times > 0.72) & (times < 0.88)
    assert jaw[vowel].mean() > 0.1
    assert jaw[vowel].mean() > 2 * jaw[~vowel].mean()
    assert jaw[pause].max() < 0.01


def test_sound_alone_streams_as_it_would_whole() -> None:
    samples = sound(LINE)
    model = AudioMotion()
    whole, stream = model.begin(heard(samples)), Speech()
    track, asked = model.begin(stream), 0.02
    for start in range(0, len(samples), 500):
        stream.append_sound(samples[start : start + 500])
        while asked + model.look_ahead < (start + 500) / 24_000:
            time = np.array([asked])
            np.testing.assert_allclose(track.at(time), whole.at(time), atol=1e-5)
            asked += 0.04
    assert asked > 1.0


def test_silence_moves_nothing() -> None:
    mouth = AudioMotion().begin(heard(np.zeros(24_000, np.int16))).at(np.arange(0, 1, 0.04))
    assert not mouth.any()
