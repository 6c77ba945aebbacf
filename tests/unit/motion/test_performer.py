"""The performer keeps the media clock, every sample, every word and the interruption's promise."""

from dataclasses import replace

import numpy as np
import pytest
from numpy.typing import NDArray
from spoken import phones, play, say, sound, words

from render.motion.errors import BadSamples, SpeechQueueFull
from render.motion.mouth import MOUTH_IN_MOTION, MOUTH_INDEX, MOUTH_SIZE
from render.motion.performer import Performer
from render.motion.speech import Speech
from render.types import Attitude, AudioChunk, AVUnit, PlaybackFinished, SegmentEnd, Word

LINE = phones("m ˈɑ p _ b ˈu t s _ f ˈI v _ s ˈi p ə l", 0.08, start=0.05)


def samples_of(units: list[AVUnit]) -> NDArray[np.int16]:
    return np.concatenate([unit.samples for unit in units])


def sounding(units: list[AVUnit]) -> list[AVUnit]:
    """Without the frames in which the lips prepare."""
    return [unit for unit in units if unit.position > 0]


def opening_of(unit: AVUnit) -> float:
    return (1 - unit.motion["seal"]) * (unit.motion["jawOpen"] + unit.motion["mouthLowerDownLeft"])


class StillMouth:
    """A mouth model that is no rule: it opens the jaw by a fixed amount."""

    look_ahead = 0.0

    def begin(self, speech: Speech) -> "StillMouth":
        return self

    def at(self, times: NDArray[np.float64]) -> NDArray[np.float32]:
        mouth = np.zeros((len(times), MOUTH_SIZE), np.float32)
        mouth[:, MOUTH_INDEX["jawOpen"]] = 0.5
        return mouth


def test_pts_grow_by_one_whatever_happens() -> None:
    performer = Performer()
    units = [performer.advance() for _ in range(3)]
    say(performer, LINE)
    units += [performer.advance() for _ in range(5)]
    performer.pause()
    units += [performer.advance() for _ in range(3)]
    performer.clear()
    units += [performer.advance() for _ in range(3)]
    assert [unit.pts for unit in units] == list(range(14))
    assert all(unit.samples.shape == (960,) and unit.samples.dtype == np.int16 for unit in units)


@pytest.mark.parametrize("seed", range(8))
def test_every_sample_comes_out_once_in_order(seed: int) -> None:
    random = np.random.default_rng(seed)
    performer = Performer(seed)
    samples = sound(LINE)
    units: list[AVUnit] = []
    sent = 0
    while sent < len(samples):
        count = int(random.integers(0, 5000))
        performer.push_speech(AudioChunk(samples[sent : sent + count]))
        sent += count
        units += [performer.advance() for _ in range(int(random.integers(0, 6)))]
    performer.push_speech(SegmentEnd())
    units += play(performer)
    positions = [0.0, *(unit.position for unit in units if unit.segment)]
    played = [
        u
        for u, moved in zip([u for u in units if u.segment], np.diff(positions), strict=True)
        if moved
    ]
    heard = samples_of(played)
    np.testing.assert_array_equal(heard[: len(samples)], samples)
    assert not heard[len(samples) :].any()
    assert units[-1].position == pytest.approx(len(samples) / 24_000)


def test_whole_and_chunked_speech_look_the_same() -> None:
    whole, chunked = Performer(3), Performer(3)
    samples = say(whole, LINE)
    for start in range(0, len(samples), 700):
        until = (start + 700) / 24_000
        now = tuple(
            p for p in LINE if start / 24_000 <= p.start < until or (start == 0 and p.start < until)
        )
        chunked.push_speech(AudioChunk(samples[start : start + 700], now))
    chunked.push_speech(SegmentEnd())
    for one, other in zip(play(whole), play(chunked), strict=True):
        np.testing.assert_allclose(one.motion.values, other.motion.values, atol=1e-5)


def test_sound_starts_one_frame_after_the_push_and_lips_before_it() -> None:
    performer = Performer(lead_frames=1)
    of = phones("ˈɑ t ˈɑ", start=0.02)
    samples = say(performer, of)
    first, second = performer.advance(), performer.advance()
    assert not first.samples.any()
    assert (first.segment, first.position) == (1, 0.0)
    assert first.lips_moving
    np.testing.assert_array_equal(second.samples, samples[:960])


def test_leading_silence_is_cut_and_timings_follow() -> None:
    performer = Performer()
    of = phones("b ˈɑ t", start=0.5)
    samples = sound(of)
    performer.push_speech(AudioChunk(samples, tuple(of), (Word("bot", 0.5, 0.74),)))
    performer.push_speech(SegmentEnd())
    units = play(performer)
    onset = int(np.flatnonzero(np.abs(samples) > 200)[0])
    np.testing.assert_array_equal(
        samples_of(sounding(units))[: len(samples) - onset + 1440], samples[onset - 1440 :]
    )
    vowel = (of[1].start + of[1].end) / 2 - (onset - 1440) / 24_000
    widest = max(units, key=lambda unit: unit.motion["jawOpen"])
    assert widest.position == pytest.approx(vowel, abs=0.05)
    assert units[-1].ended == PlaybackFinished(1, units[-1].position, False, "bot")


def test_silence_in_many_pieces_is_cut_alike() -> None:
    of = phones("b ˈɑ t", start=0.4)
    samples = sound(of)
    whole, pieces = Performer(), Performer()
    whole.push_speech(AudioChunk(samples, tuple(of)))
    for start in range(0, len(samples), 480):
        pieces.push_speech(
            AudioChunk(samples[start : start + 480], tuple(of) if start == 0 else ())
        )
    for performer in (whole, pieces):
        performer.push_speech(SegmentEnd())
    for one, other in zip(play(whole), play(pieces), strict=True):
        np.testing.assert_array_equal(one.samples, other.samples)


def test_a_long_silence_is_meant() -> None:
    performer = Performer()
    performer.push_speech(AudioChunk(np.zeros(48_000, np.int16)))
    performer.push_speech(SegmentEnd())
    units = play(performer)
    assert units[-1].position == pytest.approx(2.0 - 0.54)
    assert not samples_of(units).any()


def test_a_late_voice_pauses_the_segment_and_rests_the_mouth() -> None:
    performer = Performer()
    of = phones("ˈɑ ˈɑ ˈɑ ˈɑ ˈɑ ˈɑ", 0.1, start=0.0)
    samples = sound(of, tail=0.0)
    performer.push_speech(AudioChunk(samples[:4900], tuple(of)))
    units = [performer.advance() for _ in range(12)]
    assert units[5].position == units[11].position == pytest.approx(0.2)
    assert opening_of(units[5]) > 0.1
    assert opening_of(units[8]) == 0.0
    assert not samples_of(units[6:]).any()
    assert performer.speaking
    performer.push_speech(AudioChunk(samples[4900:]))
    np.testing.assert_array_equal(performer.advance().samples, samples[4800:5760])


def test_the_last_frame_says_what_was_heard() -> None:
    performer = Performer()
    samples = say(performer, LINE)
    units = play(performer)
    ended = [unit.ended for unit in units if unit.ended]
    assert ended == [PlaybackFinished(1, len(samples) / 24_000, False, "w0 w1 w2 w3 w4")]
    assert units[-1].ended
    assert not performer.speaking


def test_segments_follow_each_other_with_their_own_numbers() -> None:
    performer = Performer()
    for _ in range(3):
        say(performer, LINE)
    ended = [unit.ended for unit in play(performer) if unit.ended]
    assert [heard.segment for heard in ended] == [1, 2, 3]


def test_clear_tells_the_words_that_began_and_drops_the_rest() -> None:
    performer = Performer()
    samples = say(performer, LINE, every=1)
    say(performer, LINE)
    units = [performer.advance() for _ in range(12)]
    heard = performer.clear()
    position = 11 * 0.04
    began = [w.text for w in words(LINE, 1) if w.start < position]
    assert heard
    assert heard.position == pytest.approx(position)
    assert heard == PlaybackFinished(1, heard.position, True, " ".join(began))
    assert 0 < len(began) < len(LINE)
    assert not performer.speaking
    assert performer.buffered_seconds == 0
    after = [performer.advance() for _ in range(4)]
    tail = after[0].samples
    played = len(samples_of(sounding(units)))
    expected = samples[played : played + 240]
    assert np.abs(tail[:20].astype(int) - expected[:20]).max() < 200
    assert np.abs(tail[:240]).max() <= np.abs(expected).max()
    assert not tail[240:].any()
    assert not samples_of(after[1:]).any()
    assert all(unit.segment == 0 and unit.ended is None for unit in after)


def test_the_mouth_rests_in_the_second_frame_after_a_clear() -> None:
    performer = Performer()
    of = phones("ˈɑ ˈɑ ˈɑ ˈɑ", 0.2, start=0.0)
    say(performer, of)
    before = [performer.advance() for _ in range(8)][-1]
    performer.clear()
    after = [opening_of(performer.advance()) for _ in range(3)]
    assert opening_of(before) > after[0] > after[1] == after[2] == 0.0


def test_clear_before_any_sound_and_without_speech() -> None:
    performer = Performer()
    assert performer.clear() is None
    performer.push_speech(SegmentEnd())
    assert performer.clear() is None
    say(performer, LINE)
    assert performer.clear() == PlaybackFinished(1, 0.0, True, "")
    assert not performer.advance().samples.any()


def test_late_leftovers_of_a_cleared_segment_end_nothing() -> None:
    performer = Performer()
    performer.push_speech(AudioChunk(sound(LINE), tuple(LINE)))
    performer.advance()
    performer.clear()
    performer.push_speech(SegmentEnd())
    say(performer, LINE)
    ended = [unit.ended for unit in play(performer) if unit.ended]
    assert [heard.segment for heard in ended] == [2]


def test_pause_holds_the_sample_and_the_face_lives_on() -> None:
    performer = Performer()
    samples = say(performer, LINE)
    before = [performer.advance() for _ in range(8)]
    performer.pause()
    performer.pause()
    held = [performer.advance() for _ in range(10)]
    assert held[0].samples[:240].any()
    assert not held[0].samples[240:].any()
    assert not samples_of(held[1:]).any()
    assert opening_of(held[1]) == 0.0
    assert [unit.lips_moving for unit in held] == [True] + [False] * 9
    assert len({unit.motion["yaw"] for unit in held}) == 10
    performer.resume()
    performer.resume()
    after = play(performer)
    whole = samples_of(sounding(before) + after)[: len(samples)]
    faded = slice(7 * 960, 7 * 960 + 120)
    assert not np.array_equal(whole[faded], samples[faded])
    whole[faded] = samples[faded]
    np.testing.assert_array_equal(whole, samples)
    assert any(unit.lips_moving for unit in after)


def test_a_segment_of_nothing_still_ends() -> None:
    performer = Performer()
    performer.push_speech(AudioChunk(np.zeros(0, np.int16)))
    assert performer.advance().ended is None
    performer.push_speech(SegmentEnd())
    assert performer.advance().ended == PlaybackFinished(1, 0.0, False, "")


@pytest.mark.parametrize(
    "samples",
    [
        np.zeros(0, np.int16),
        np.ones(1, np.int16),
        np.zeros(30_000, np.int16),
        np.full(30_000, -32768, np.int16),
        np.where(np.arange(30_000) % 2, 32767, -32768).astype(np.int16),
    ],
)
def test_odd_sound_gives_a_sane_face(samples: NDArray[np.int16]) -> None:
    performer = Performer()
    performer.push_speech(AudioChunk(samples))
    performer.push_speech(SegmentEnd())
    for unit in play(performer):
        assert np.isfinite(unit.motion.values).all()
        mouth = unit.motion.values[MOUTH_IN_MOTION]
        assert mouth.min() >= 0
        assert mouth.max() <= 1


def test_the_queue_is_bounded_and_takes_only_sound() -> None:
    performer = Performer(max_buffered_seconds=1.0)
    performer.push_speech(AudioChunk(np.full(20_000, 999, np.int16)))
    with pytest.raises(SpeechQueueFull):
        performer.push_speech(AudioChunk(np.ones(5_000, np.int16)))
    assert performer.buffered_seconds == pytest.approx(20_000 / 24_000)
    with pytest.raises(BadSamples):
        performer.push_speech(AudioChunk(np.ones(10, np.float32)))
    with pytest.raises(BadSamples):
        performer.push_speech(AudioChunk(np.ones((2, 10), np.int16)))


def test_pushed_samples_may_be_reused_by_the_caller() -> None:
    performer = Performer(lead_frames=0)
    buffer = np.full(2_000, 1_000, np.int16)
    performer.push_speech(AudioChunk(buffer))
    buffer[:] = 0
    assert performer.advance().samples.all()


def test_another_mouth_model_fits() -> None:
    performer = Performer(mouth=StillMouth())
    say(performer, LINE)
    assert [performer.advance().motion["jawOpen"] for _ in range(4)][-1] == pytest.approx(0.5)


def test_lips_move_only_for_speech() -> None:
    performer = Performer()
    assert not any(performer.advance().lips_moving for _ in range(500))
    say(performer, LINE)
    moving = [unit.lips_moving for unit in play(performer)]
    assert sum(moving) > 0.8 * len(moving)
    rest = [performer.advance().lips_moving for _ in range(6)]
    assert not any(rest[3:])


def test_same_seed_same_face() -> None:
    faces = []
    for seed in (5, 5, 6):
        performer = Performer(seed)
        performer.set_attitude(Attitude.LISTENING)
        say(performer, LINE)
        faces.append(np.stack([performer.advance().motion.values for _ in range(100)]))
    np.testing.assert_array_equal(faces[0], faces[1])
    assert not np.array_equal(faces[0], faces[2])


def test_a_long_segment_keeps_memory_bounded() -> None:
    performer = Performer()
    second = phones("ˈɑ p " * 6, 0.08, start=0.0)
    samples = sound(second, tail=0.0)
    for index in range(40):
        at = index * len(samples) / 24_000
        moved = tuple(replace(p, start=p.start + at, end=p.end + at) for p in second)
        performer.push_speech(AudioChunk(samples, moved))
        for _ in range(len(samples) // 960):
            performer.advance()
    speech = performer._queue[0].speech
    assert len(speech._features) < 500
    assert len(speech._chunks) < 10
    assert len(speech.phones) < 100
    assert performer.buffered_seconds < 1
