"""The real models: what the ears understand, and what the voices say."""

import re
import subprocess
import wave
from itertools import pairwise
from pathlib import Path

import jiwer
import numpy as np
import pytest
from numpy.typing import NDArray
from scipy.signal import resample_poly  # type: ignore[import-untyped]

from agent.models.packages import joined_whisper_base
from agent.speech.ears.smart_turn import SmartTurn
from agent.speech.ears.whisper import RATE, Whisper, clean, spoken, without_echo
from agent.speech.voices import text as prepare
from agent.speech.voices.hibari import HibariVoice
from agent.speech.voices.piper import PiperVoice
from render.types import AudioChunk

CLIPS = Path("/usr/share/pocketsphinx/test/data/librivox")

pytestmark = pytest.mark.models


@pytest.fixture(scope="module")
def whisper() -> Whisper:
    return Whisper()


@pytest.fixture(scope="module", params=[HibariVoice, PiperVoice])
def voice(request: pytest.FixtureRequest) -> HibariVoice | PiperVoice:
    made = request.param()
    assert isinstance(made, HibariVoice | PiperVoice)
    return made


def clip(name: str) -> NDArray[np.int16]:
    with wave.open(str(next(CLIPS.glob(f"*{name}.wav")))) as file:
        samples = np.frombuffer(file.readframes(file.getnframes()), np.int16)
    loud = np.nonzero(np.abs(samples.astype(int)) > 400)[0]
    return samples[loud[0] : loud[-1] + 800]


def plain(text: str) -> str:
    return " ".join(re.sub(r"[^\w\s']", " ", text.lower()).split())


def said(piece: str, voice: HibariVoice | PiperVoice) -> AudioChunk:
    return voice.synthesize(prepare.words(piece))


def at_16_khz(chunk: AudioChunk) -> NDArray[np.int16]:
    resampled: NDArray[np.int16] = resample_poly(chunk.samples.astype(float), 2, 3).astype(np.int16)
    return resampled


def test_recorded_speech_is_understood(whisper: Whisper) -> None:
    truth = "had he married a more amiable woman he might have been made still more respectable"
    heard = whisper.transcribe(clip("0920"))
    assert jiwer.wer(truth + " than he was", plain(heard.text)) <= 0.1
    assert heard.confidence > 0.5


def test_a_name_is_spelled_like_the_vocabulary(whisper: Whisper) -> None:
    sound = at_16_khz(HibariVoice().synthesize(prepare.words("Does Visavis need a graphics card?")))
    assert "Visavis" not in whisper.transcribe(sound).text
    assert "Visavis" in whisper.transcribe(sound, ("Visavis", "Vera")).text


@pytest.fixture(scope="module")
def base(tmp_path_factory: pytest.TempPathFactory) -> Whisper:
    return Whisper(str(joined_whisper_base(tmp_path_factory.mktemp("models"))))


@pytest.mark.parametrize(
    ("language", "text", "understood"),
    [
        ("en", "Good morning. When does the next train leave?", "when does the next train leave"),
        ("es", "Buenos días. ¿Cuánto cuesta la entrada para dos personas?", "cuánto cuesta"),
    ],
)
def test_other_languages_are_heard(
    base: Whisper, tmp_path: Path, language: str, text: str, understood: str
) -> None:
    file = tmp_path / "said.wav"
    subprocess.run(["espeak-ng", "-v", language, "-s", "140", "-w", file, text], check=True)
    with wave.open(str(file)) as said:
        samples = np.frombuffer(said.readframes(said.getnframes()), np.int16).astype(float)
        sound = resample_poly(samples, RATE, said.getframerate()).astype(np.int16)
    assert understood in plain(base.transcribe(sound, (), language).text)


@pytest.mark.parametrize("level", [0, 8, 300, 3_000])
def test_noise_is_no_speech(whisper: Whisper, level: int) -> None:
    noise = np.random.default_rng(level).normal(0, level, 24_000).astype(np.int16)
    assert whisper.transcribe(noise).text == ""
    assert whisper.transcribe(noise, ("Visavis", "Vera")).text == ""


def test_every_written_word_has_a_sound_of_its_own(voice: HibariVoice | PiperVoice) -> None:
    chunk = said("It costs $9.99 on May 3, 2024, see www.visavis.dev or call +44 20 7946.", voice)
    assert [word.text for word in chunk.words][2:6] == ["$9.99", "on", "May", "3,"]
    assert all(word.end - word.start >= 0.06 for word in chunk.words)
    assert all(a.end <= b.start for a, b in pairwise(chunk.words))
    longest = max(chunk.words, key=lambda word: word.end - word.start)
    assert longest.text in ("$9.99", "www.visavis.dev")


def test_what_is_read_aloud_is_understood(whisper: Whisper) -> None:
    chunk = HibariVoice().synthesize(
        prepare.words("Tickets cost $9.50, and Louis XIV came at 14:30.")
    )
    heard = plain(whisper.transcribe(at_16_khz(chunk)).text)
    assert re.search(r"9 50|nine.*fifty", heard)
    assert re.search(r"fourteenth|14th|xiv", heard)
    assert re.search(r"2 30|two thirty", heard)


def test_a_tone_is_no_speech(whisper: Whisper) -> None:
    tone = (8_000 * np.sin(np.arange(24_000) * 0.17)).astype(np.int16)
    assert whisper.transcribe(tone).text == ""


def test_made_up_words_are_told_from_spoken_ones() -> None:
    assert not spoken("you", -1.3, 0.98)
    assert not spoken(" Thank you.", -1.1, 0.6)
    assert not spoken(" [BLANK_AUDIO]", -0.2, 0.1)
    assert not spoken(" ...", -0.2, 0.1)
    assert spoken(" Thank you.", -0.3, 0.6)
    assert spoken(" Yes.", -1.5, 0.2)
    assert clean(" (music) Yes,  [noise] please. ") == "Yes, please."


def test_a_sentence_the_recogniser_repeats_was_said_once() -> None:
    assert without_echo("How much is it? How much is it?") == "How much is it?"
    assert without_echo("Is it free now? Is it free now? Is it") == "Is it free now?"
    assert without_echo("How much is it. how much is it") == "How much is it."
    assert without_echo("Why can I cut you short? Why can I") == "Why can I cut you short?"
    assert without_echo("Is it mid-licensed? Is it mid") == "Is it mid-licensed?"
    assert without_echo("No. No.") == "No. No."
    assert without_echo("Can I go, or can I") == "Can I go, or can I"
    assert without_echo("How much is it? How much was it?") == "How much is it? How much was it?"


def test_a_finished_turn_is_told_from_one_cut_short() -> None:
    model = SmartTurn()
    sound = clip("0870")
    assert model.probability(sound, 0.05) > 0.8
    assert model.probability(clip("0890")[:40_000], 0.0) < 0.5


@pytest.mark.parametrize(
    "piece",
    [
        "We accept returns within thirty days of purchase,",
        "One of the best of the museums in the city is Dr. Smith's.",
        "It costs $9.99 at 3:30, doesn't it?",
        "See https://www.visavis.dev/docs — or ask!",
    ],
)
def test_all_sound_has_its_phone_and_every_word_its_time(
    voice: HibariVoice | PiperVoice, piece: str
) -> None:
    chunk = said(piece, voice)
    duration = len(chunk.samples) / 24_000
    assert chunk.phones[0].start == 0.0
    assert chunk.phones[-1].end == duration
    assert all(before.end == after.start for before, after in pairwise(chunk.phones))
    assert all(phone.end > phone.start for phone in chunk.phones)
    assert " ".join(word.text for word in chunk.words) == piece
    assert all(word.end > word.start for word in chunk.words)
    assert all(before.end <= after.start for before, after in pairwise(chunk.words))
    assert 0.2 < np.abs(chunk.samples / 32_768).max() <= 1.0


def test_what_is_said_can_be_understood(voice: HibariVoice | PiperVoice, whisper: Whisper) -> None:
    piece = "The museum opens at nine in the morning and closes at six in the evening."
    heard = plain(whisper.transcribe(at_16_khz(said(piece, voice))).text)
    heard = heard.replace("9", "nine").replace("6", "six")
    assert jiwer.wer(plain(piece), heard) <= 0.15


def test_phones_sit_where_they_sound(voice: HibariVoice | PiperVoice) -> None:
    """Hissing phones have more energy above 4 kHz than the rest, and most so without a shift."""
    chunk = said("Six sisters assist his sick cousin, six times.", voice)
    hiss = {"s", "z", "ʃ"}
    best = max(range(-100, 101, 10), key=lambda shift: _contrast(chunk, hiss, shift / 1000))
    assert abs(best) <= 30


def _contrast(chunk: AudioChunk, symbols: set[str], shift: float) -> float:
    frames = chunk.samples[: len(chunk.samples) // 240 * 240].reshape(-1, 240).astype(float)
    power = np.abs(np.fft.rfft(frames * np.hanning(240))) ** 2
    ratio = np.log10((power[:, 40:].sum(axis=1) + 1) / (power[:, 2:40].sum(axis=1) + 1))
    times = (np.arange(len(frames)) + 0.5) * 0.01 + shift
    hissing = np.zeros(len(frames), bool)
    for phone in chunk.phones:
        if phone.symbol in symbols:
            hissing |= (times >= phone.start) & (times < phone.end)
    return float(ratio[hissing].mean() - ratio[~hissing].mean()) if hissing.any() else -9.0
