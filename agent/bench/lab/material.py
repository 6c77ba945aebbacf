"""What is said in a benchmark: recorded people and synthetic voices that are not the avatar's.

Needs Debian's pocketsphinx-testdata, espeak-ng and flite.
"""

import subprocess
import tempfile
import wave
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from av import AudioFrame, AudioResampler
from numpy.typing import NDArray

RATE = 16_000
RECORDINGS = Path("/usr/share/pocketsphinx/test/data/librivox")
SPEECH_LEVEL = 0.02
"""Share of a clip's peak above which a sample counts as speech."""
PEAK = 12_000


class MaterialMissing(RuntimeError):
    """A Debian package that the benchmark speaks with is not installed."""


@dataclass(frozen=True, slots=True)
class SpokenSentence:
    """Something a person says.

    Attributes:
        text: The words.
        samples: (n,) int16 at 16 kHz, first to last voiced sample.
        expected: The answer must hold one word of each of these groups; empty for any answer.
        recorded: Whether a human being said it.
    """

    text: str
    samples: NDArray[np.int16]
    expected: tuple[tuple[str, ...], ...] = ()
    recorded: bool = False


def read_wav(path: Path) -> NDArray[np.int16]:
    """Returns a mono WAV file at 16 kHz."""
    with wave.open(str(path)) as file:
        samples = np.frombuffer(file.readframes(file.getnframes()), np.int16)
        rate = file.getframerate()
    if rate == RATE:
        return samples
    frame = AudioFrame.from_ndarray(samples[None], format="s16", layout="mono")
    frame.sample_rate = rate
    resampler = AudioResampler(format="s16", layout="mono", rate=RATE)
    parts = [
        part.to_ndarray()[0] for part in [*resampler.resample(frame), *resampler.resample(None)]
    ]
    joined: NDArray[np.int16] = np.concatenate(parts).astype(np.int16)
    return joined


def write_wav(path: Path, samples: NDArray[np.int16]) -> None:
    """Writes mono 16 kHz."""
    with wave.open(str(path), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(RATE)
        file.writeframes(samples.tobytes())


def voiced(samples: NDArray[np.int16]) -> NDArray[np.int16]:
    """Returns `samples` from the first to the last voiced one, at a common level."""
    level = np.abs(samples.astype(np.int32))
    loud = np.flatnonzero(level > SPEECH_LEVEL * level.max())
    clip = samples[loud[0] : loud[-1] + 1].astype(np.float32)
    levelled: NDArray[np.int16] = (clip * (PEAK / np.abs(clip).max())).astype(np.int16)
    return levelled


def recordings() -> list[SpokenSentence]:
    """Returns recorded human speech with its transcripts (LibriVox, public domain)."""
    if not RECORDINGS.is_dir():
        raise MaterialMissing("Recorded speech is missing: apt-get install pocketsphinx-testdata")
    found = []
    for line in (RECORDINGS / "transcription").read_text().splitlines():
        words, _, name = line.rpartition("(")
        text = words.replace("<s>", "").replace("</s>", "").strip()
        path = RECORDINGS / f"{name.rstrip(')')}.wav"
        found.append(SpokenSentence(text, voiced(read_wav(path)), recorded=True))
    return found


def spoken(
    text: str, voice: str = "espeak-ng", expected: tuple[tuple[str, ...], ...] = ()
) -> SpokenSentence:
    """Says `text` with a voice of Debian: "espeak-ng" or "flite:NAME".

    Raises:
        MaterialMissing: That program is not installed.
    """
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "speech.wav"
        program, _, name = voice.partition(":")
        if program == "flite":
            command = ["flite", "-voice", name or "slt", "-t", text, "-o", str(path)]
        else:
            command = ["espeak-ng", "-v", name or "en-us", "-s", "150", "-w", str(path), text]
        try:
            subprocess.run(command, check=True, capture_output=True)
        except FileNotFoundError:
            raise MaterialMissing(f"A voice is missing: apt-get install {program}") from None
        return SpokenSentence(text, voiced(read_wav(path)), expected)


@dataclass(frozen=True, slots=True)
class MicrophoneScript:
    """A whole microphone file.

    Attributes:
        samples: (n,) int16 at 16 kHz, room noise between the utterances.
        starts: First sample of each utterance.
        ends: One past the last voiced sample of each utterance.
    """

    samples: NDArray[np.int16]
    starts: tuple[int, ...]
    ends: tuple[int, ...]


def script(
    utterances: list[SpokenSentence], before: float, gaps: list[float], seed: int = 0
) -> MicrophoneScript:
    """Lays utterances on one track: `before` seconds of room noise, then each with its gap."""
    rng = np.random.default_rng(seed)
    parts, starts, ends = [np.zeros(int(before * RATE), np.int16)], [], []
    at = len(parts[0])
    for utterance, gap in zip(utterances, gaps, strict=True):
        starts.append(at)
        ends.append(at + len(utterance.samples))
        parts += [utterance.samples, np.zeros(int(gap * RATE), np.int16)]
        at = ends[-1] + len(parts[-1])
    track = np.concatenate(parts).astype(np.float32) + rng.normal(0, 6, at)
    return MicrophoneScript(
        np.clip(track, -32768, 32767).astype(np.int16), tuple(starts), tuple(ends)
    )
