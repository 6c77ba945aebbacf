"""The labelled set of turns and interruptions, built by code from `agent/bench/turn_taking/`.

The same every time: what is random comes from the number of the item. Synthetic speech is kept on
disk.
"""

import hashlib
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import numpy as np
import yaml
from numpy.typing import NDArray
from scipy.signal import resample_poly  # type: ignore[import-untyped]

from agent.bench.lab import sounds
from agent.bench.lab.material import RATE, read_wav, spoken, voiced, write_wav
from agent.bench.lab.recorded import recording
from agent.speech.engines import SpeechEngines
from render.clock import AUDIO_RATE

FOLDER = Path(__file__).parent / "turn_taking"
LEAD_SECONDS, TAIL_SECONDS = 1.5, 3.0
AVATAR_VOICES = ("heart", "joe")
LEVEL = 12_000
"""Peak of a person at the microphone."""
SCENES_DB = {"room": -36.0, "music": -24.0, "voices": -24.0}
"""Peak of what is heard besides, against the person."""
ECHO_IN_TURNS_DB = -20.0
ECHO_SECONDS = 0.16
"""From a sample's way out of the server to its echo's way back in."""
ECHO_ENDS_SECONDS = 0.3
"""Silence between the avatar's last word and the person's first in the scene "echo"."""
NATURAL_GAP_DB = -26.0
"""A recording pauses where 10 ms are this far below its loudest."""
GAP_INSIDE_SECONDS = 0.5
"""And there is so much of it on both sides."""
BACKGROUND = "And so we went down to the river, because nobody had told us about the bridge."

Half = Literal["tune", "tune_other_voices", "held_out"]
Samples = NDArray[np.int16]
Sound = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Avatar:
    """What the avatar says during an item.

    Attributes:
        sound: (n,) int16 at 24 kHz.
        text: Its words.
        begin: Sample of the item's microphone at which it starts to leave.
    """

    sound: Samples
    text: str
    begin: int


@dataclass(frozen=True, slots=True)
class Item:
    """One microphone track with its labels.

    Attributes:
        name: Kind and number.
        kind: As in the YAML files.
        samples: (n,) int16 at 16 kHz.
        begin: First sample of what is labelled.
        end: One past its last voiced sample.
        avatar: What the avatar says meanwhile, if it does.
    """

    name: str
    kind: str
    samples: Samples
    begin: int
    end: int
    avatar: Avatar | None = None


class SpeechStudio:
    """Says everything that the set needs; to be used as an async context manager.

    Args:
        cache: Folder for synthetic speech.
    """

    def __init__(self, cache: Path) -> None:
        self._cache = cache
        self._engines = SpeechEngines(AVATAR_VOICES, listening=False)
        self._started = False

    async def __aenter__(self) -> "SpeechStudio":
        self._cache.mkdir(parents=True, exist_ok=True)
        return self

    async def __aexit__(self, *_: object) -> None:
        if self._started:
            await self._engines.aclose()

    async def record_line(self, text: str, voice: str) -> Samples:
        """Returns `text` at 16 kHz, first to last voiced sample, at the common level."""
        key = hashlib.sha256(f"{voice}|{text}".encode()).hexdigest()[:24]
        path = self._cache / f"{key}.wav"
        if not path.exists():
            write_wav(path, await self._synthesise(text, voice))
        return read_wav(path)

    async def _synthesise(self, text: str, voice: str) -> Samples:
        if voice not in AVATAR_VOICES:
            return spoken(text, voice).samples
        if not self._started:
            self._started = True
            await self._engines.start()
        chunks = [chunk.samples async for chunk in self._engines.voice(voice).speak(text)]
        return voiced(resample_poly(np.concatenate(chunks).astype(float), 2, 3).astype(np.int16))


async def turns(studio: SpeechStudio, half: Half) -> list[Item]:
    """Returns what people say while the avatar listens."""
    return [
        await _turn(studio, kind, number, entry, voices)
        for kind, number, entry, voices in _entries("turns", half)
    ]


async def interruptions(studio: SpeechStudio, half: Half) -> list[Item]:
    """Returns what is heard while the avatar speaks."""
    said = _load("interruptions", half)["avatar"]
    speech = await studio.record_line(said["say"], said["voice"])
    return [
        await _interruption(studio, kind, number, entry, voices, speech, said["say"])
        for kind, number, entry, voices in _entries("interruptions", half)
    ]


def _load(name: str, half: Half) -> dict[str, Any]:
    entries: dict[str, Any] = yaml.safe_load((FOLDER / f"{name}.yaml").read_text())[half]
    return entries


def _entries(name: str, half: Half) -> list[tuple[str, int, dict[str, Any], list[str]]]:
    """Returns (kind, number, entry, voices) of each item."""
    loaded = _load(name, half)
    voices = loaded["voices"]
    flat = [
        (kind, entry)
        for kind, entries in loaded.items()
        if kind not in ("voices", "avatar")
        for entry in entries
    ]
    return [(kind, number, entry, voices) for number, (kind, entry) in enumerate(flat)]


async def _turn(
    studio: SpeechStudio, kind: str, number: int, entry: dict[str, Any], voices: list[str]
) -> Item:
    rng = np.random.default_rng(number)
    said = await _said(studio, entry, voices[number % len(voices)])
    begin = int(LEAD_SECONDS * RATE)
    track = np.zeros(begin + len(said) + int(TAIL_SECONDS * RATE))
    track[begin : begin + len(said)] += said
    avatar = None
    if entry.get("in") == "echo":
        avatar = await _before(studio, begin, voices)
        _add_echo(track, avatar, ECHO_IN_TURNS_DB, rng)
    await _add_scene(track, entry.get("in"), studio, voices, rng)
    return Item(f"{kind}-{number}", kind, _finish(track, rng), begin, begin + len(said), avatar)


async def _before(studio: SpeechStudio, begin: int, voices: list[str]) -> Avatar:
    """The avatar's last word ends shortly before the person's first."""
    text = "Of course."
    speech = await studio.record_line(
        text, next(voice for voice in voices if voice in AVATAR_VOICES)
    )
    ends = begin - int(ECHO_ENDS_SECONDS * RATE)
    return Avatar(_at_output_rate(speech), text, max(0, ends - len(speech)))


async def _interruption(
    studio: SpeechStudio,
    kind: str,
    number: int,
    entry: dict[str, Any],
    voices: list[str],
    speech: Samples,
    text: str,
) -> Item:
    rng = np.random.default_rng(1_000 + number)
    avatar = Avatar(_at_output_rate(speech), text, int(LEAD_SECONDS * RATE))
    track = np.zeros(avatar.begin + len(speech) + RATE // 2)
    said = await _said(studio, entry, voices[number % len(voices)], rng)
    begin = avatar.begin + int(entry.get("at", 0) * RATE)
    track[begin : begin + len(said)] += said
    if "echo_db" in entry:
        _add_echo(track, avatar, entry["echo_db"], rng)
    await _add_scene(track, entry.get("in"), studio, voices, rng)
    end = begin + len(said) if len(said) else len(track)
    return Item(f"{kind}-{number}", kind, _finish(track, rng), begin, end, avatar)


async def _said(
    studio: SpeechStudio, entry: dict[str, Any], voice: str, rng: np.random.Generator | None = None
) -> Sound:
    """Returns what is said or heard, pauses included, at the person's level."""
    if "hum" in entry:
        return 0.5 * LEVEL * sounds.hum(entry["hum"], rng or np.random.default_rng(0))
    if "noise" in entry:
        make = getattr(sounds, entry["noise"])
        return np.asarray(LEVEL * make(rng or np.random.default_rng(0)))
    parts: list[Samples] = []
    for part in entry.get("say", entry.get("play", [])):
        if isinstance(part, (int, float)):
            parts.append(np.zeros(int(part * RATE), np.int16))
        elif "play" in entry:
            parts.append(recording(part))
        else:
            parts.append(await studio.record_line(part, voice))
    sound = np.concatenate(parts or [np.zeros(0, np.int16)])
    return _stretched(sound, entry.get("stretch", [])).astype(np.float64)


def _stretched(samples: Samples, pauses: list[float]) -> Samples:
    """Makes the longest natural pauses of a recording as long as `pauses`, the longest first."""
    if not pauses:
        return samples
    frames = samples[: len(samples) // 160 * 160].astype(float).reshape(-1, 160)
    level = 20 * np.log10(np.abs(frames).max(1) + 1)
    quiet = level < level.max() + NATURAL_GAP_DB
    edges = np.flatnonzero(np.diff(np.concatenate([[0], quiet.astype(int), [0]])))
    side = round(GAP_INSIDE_SECONDS * RATE / 160)
    inside = [gap for gap in edges.reshape(-1, 2) if side <= gap[0] and gap[1] <= len(quiet) - side]
    gaps = sorted(inside, key=lambda gap: gap[0] - gap[1])
    for (first, last), seconds in sorted(
        zip(gaps, pauses, strict=False), key=lambda pair: -pair[0][0]
    ):
        missing = max(0, int(seconds * RATE) - (last - first) * 160)
        middle = (first + last) // 2 * 160
        samples = np.concatenate([samples[:middle], np.zeros(missing, np.int16), samples[middle:]])
    return samples


def _add_echo(track: Sound, avatar: Avatar, level_db: float, rng: np.random.Generator) -> None:
    speech = resample_poly(avatar.sound.astype(float), 2, 3)
    echo = sounds.loudspeaker(speech, rng) * LEVEL * 10 ** (level_db / 20)
    first = avatar.begin + int(ECHO_SECONDS * RATE)
    track[first : first + len(echo)] += echo[: max(0, len(track) - first)]


async def _add_scene(
    track: Sound,
    scene: str | None,
    studio: SpeechStudio,
    voices: list[str],
    rng: np.random.Generator,
) -> None:
    if scene not in SCENES_DB:
        return
    seconds = len(track) / RATE
    if scene == "room":
        sound = sounds.room(seconds, rng)
    elif scene == "music":
        sound = sounds.music(seconds, rng)
    else:
        other = await studio.record_line(BACKGROUND, voices[1])
        sound = np.resize(sounds.reverberate(other.astype(float), rng), len(track))
    track += sound[: len(track)] * LEVEL * 10 ** (SCENES_DB[scene] / 20)


def _finish(track: Sound, rng: np.random.Generator) -> Samples:
    """Adds the microphone's own noise."""
    noisy = track + rng.normal(0, 6, len(track))
    return np.asarray(np.clip(noisy, -32_768, 32_767).astype(np.int16))


def _at_output_rate(speech: Samples) -> Samples:
    up, down = AUDIO_RATE // 8_000, RATE // 8_000
    return np.asarray(resample_poly(speech.astype(float), up, down).astype(np.int16))
