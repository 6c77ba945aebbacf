"""`visavis bench sync`: does the generated mouth say what is heard?

The model hears voices and sentences it was not trained on, and recorded people, chunk by chunk as
in a live stream. Its mouth is held against what the rules make of the true phones, beside controls:
the rules on phones found by forced alignment (`teacher`: how far two honest labellings of the same
sound agree), flapping with loudness (`energy`), the model on other speech (`shuffled`), its motion
200 ms late (`shifted`), and a mouth that never moves (`still`).
"""

from collections.abc import Sequence
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from agent.bench.lab.drawn import drawn_aperture
from agent.bench.sync_material import SyncCase, held_out, recorded
from agent.settings import Settings
from render.clock import FRAME_SECONDS
from render.motion.audio_motion import AudioMotion
from render.motion.neural.contract import SAMPLES_PER_FRAME
from render.motion.neural.latent import LATENT_SIZE, Latents, latents_of
from render.motion.neural.model import MotionModel
from render.motion.neural.rollout import roll_out
from render.motion.neural.scores import (
    aperture,
    closure_precision,
    closure_recall,
    correlation,
    lag_ms,
)
from render.motion.speech import Speech
from render.types import CHANNELS

SHIFT_FRAMES: Final = 5
MAX_LAG_MS: Final = 40.0
MIN_RECALL: Final = 0.9


def run(settings: Settings) -> dict[str, Any]:
    """Measures the packaged model; returns the README's object, with what misses its aim."""
    model = MotionModel.from_file()
    spoken, people = held_out(), recorded()
    made = [generate(model, case, seed) for seed, case in enumerate(spoken)]
    heard = [generate(model, case, seed) for seed, case in enumerate(people)]
    result = {
        "model": measure(spoken, made),
        "recorded": measure(people, heard),
        "controls": controls(model, spoken, made),
        "recorded_controls": {
            "energy": measure(people, [energy(case) for case in people]),
            "shuffled": measure(people, _others(people, heard)),
        },
        "voices": {
            voice: measure(*_of_voice(voice, spoken, made))
            for voice in dict.fromkeys(case.voice for case in spoken)
        },
        "recorded_voices": {
            voice: measure(*_of_voice(voice, people, heard))
            for voice in dict.fromkeys(case.voice for case in people)
        },
        "clips": {"held_out": len(spoken), "recorded": len(people)},
    }
    read = drawn_aperture(settings, made[0])
    wanted = aperture(spoken[0].wanted)
    result["drawn_r"] = round(correlation(read, wanted), 3)
    return result | {"misses": misses(result)}


def generate(model: MotionModel, case: SyncCase, seed: int = 0) -> Latents:
    """Returns what the model makes of a case's sound, as long as what is wanted."""
    return _fitted(roll_out(model, case.audio, seed), len(case.wanted))


def controls(
    model: MotionModel, cases: list[SyncCase], made: list[Latents]
) -> dict[str, dict[str, float]]:
    """Returns the measures of everything that is not the model on its own sound."""
    labelled = [case for case in cases if case.aligned is not None]
    others = cases[1:] + cases[:1]
    shuffled = [roll_out(model, other.audio) for other in others]
    motions = {
        "energy": [energy(case) for case in cases],
        "shuffled": [_fitted(m, len(c.wanted)) for m, c in zip(shuffled, cases, strict=True)],
        "shifted": [_later(motion) for motion in made],
        "still": [np.zeros((len(case.wanted), LATENT_SIZE), np.float32) for case in cases],
    }
    teacher = [case.aligned for case in labelled if case.aligned is not None]
    return {"teacher": measure(labelled, teacher)} | {
        name: measure(cases, motion) for name, motion in motions.items()
    }


def measure(cases: Sequence[SyncCase], motions: Sequence[Latents]) -> dict[str, float]:
    """Compares motions with what is wanted.

    Returns:
        `aperture_r` with the reference, `lag_ms` (positive: too late), `closure_recall` on P B M,
        `closure_precision`, and `audio_r`, the correlation of the opening with the loudness.
    """
    shown = [aperture(motion) for motion in motions]
    wanted = [aperture(case.wanted) for case in cases]
    loud = [loudness(case.audio, len(case.wanted)) for case in cases]
    counts = np.array([closure_recall(m, c.closed) for m, c in zip(motions, cases, strict=True)])
    meant = np.array([closure_precision(m, c.closed) for m, c in zip(motions, cases, strict=True)])
    return {
        "aperture_r": round(correlation(np.concatenate(shown), np.concatenate(wanted)), 3),
        "lag_ms": lag_ms(shown, wanted),
        "closure_recall": _share(counts),
        "closure_precision": _share(meant),
        "audio_r": round(correlation(np.concatenate(shown), np.concatenate(loud)), 3),
    }


def energy(case: SyncCase) -> Latents:
    """Returns the mouth by loudness and spectrum, as without a model and without phones."""
    speech = Speech()
    speech.append_sound(case.speech.samples)
    speech.mark_finished()
    middles = (np.arange(len(case.wanted), dtype=np.float64) + 0.5) * FRAME_SECONDS
    mouth = AudioMotion().begin(speech).at(middles)
    return latents_of(mouth, np.zeros((len(mouth), len(CHANNELS)), np.float32))


def loudness(audio: NDArray[np.float32], count: int) -> NDArray[np.float32]:
    """Returns (count,) the root mean square of each frame."""
    frames = np.resize(np.pad(audio, (0, SAMPLES_PER_FRAME)), (count, SAMPLES_PER_FRAME))
    return np.asarray(np.sqrt((frames**2).mean(axis=1)), np.float32)


def misses(result: dict[str, Any]) -> list[str]:
    """Returns what the model does not reach."""
    found = []
    for name in ("model", "recorded"):
        if abs(result[name]["lag_ms"]) > MAX_LAG_MS:
            found.append(f"{name}: lag")
        if result[name]["closure_recall"] < MIN_RECALL:
            found.append(f"{name}: closure_recall")
    if result["model"]["aperture_r"] <= result["controls"]["energy"]["aperture_r"]:
        found.append("model: no better than energy")
    if result["recorded"]["aperture_r"] <= result["recorded_controls"]["energy"]["aperture_r"]:
        found.append("recorded: no better than energy")
    return found


def _of_voice(
    voice: str, cases: list[SyncCase], motions: list[Latents]
) -> tuple[list[SyncCase], list[Latents]]:
    chosen = [(c, m) for c, m in zip(cases, motions, strict=True) if c.voice == voice]
    return [case for case, _ in chosen], [motion for _, motion in chosen]


def _others(cases: list[SyncCase], motions: list[Latents]) -> list[Latents]:
    """Motions of other cases, as long as these."""
    moved = motions[1:] + motions[:1]
    return [_fitted(motion, len(case.wanted)) for motion, case in zip(moved, cases, strict=True)]


def _fitted(motion: Latents, count: int) -> Latents:
    """Returns (count, LATENT_SIZE): cut, or held at its end."""
    return motion[np.minimum(np.arange(count), len(motion) - 1)]


def _later(motion: Latents) -> Latents:
    return np.concatenate([np.repeat(motion[:1], SHIFT_FRAMES, axis=0), motion[:-SHIFT_FRAMES]])


def _share(counts: NDArray[np.int64]) -> float:
    part, whole = counts.sum(axis=0)
    return round(float(part / max(whole, 1)), 3)
