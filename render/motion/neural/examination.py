"""A quick look at a network in training: chunks of speech it was not taught.

`visavis bench sync` is the honest test; this one says every few minutes whether training does what
it should.
"""

from itertools import product
from typing import Final

import numpy as np
import torch
from torch import Tensor

from render.motion.neural.batches import BatchSampler
from render.motion.neural.contract import CONTEXT_FRAMES
from render.motion.neural.latent import Latents, denormalise
from render.motion.neural.lips import SEALING, agreed
from render.motion.neural.losses import Inputs, hear, prepare
from render.motion.neural.network import MotionNetwork
from render.motion.neural.sampling import sample
from render.motion.neural.scores import aperture, closure_precision, closure_recall, correlation

_WINDOWS, _SPAN, _KNOWN, _STEPS = 64, 18, 2, 4
_DOUBTS: Final = (0.1, 0.15, 0.2, 0.25, 0.3, 0.4)
_TRUSTS: Final = (0.5, 0.4, 0.35, 0.3, 0.25, 0.2, 0.15)


@torch.no_grad()
def weigh_seals(
    network: MotionNetwork, sampler: BatchSampler, rounds: int = 14, seed: int = 5
) -> dict[tuple[float, float], tuple[float, float]]:
    """Tries the thresholds of `lips.agreed`.

    Args:
        network: To be examined.
        sampler: Draws disguised sentences, kept for testing, of voices that were taught.
        rounds: Batches drawn.
        seed: Of these.

    Returns:
        Recall and precision of closures by (doubt, trust).
    """
    random, moved = np.random.default_rng(seed), []
    network.eval()
    for _ in range(rounds):
        inputs = prepare(sampler.draw(random, _WINDOWS, _SPAN), random)
        made, tokens = _moved(network, inputs)
        sealing = network.encoder.visemes(tokens).softmax(-1)[..., SEALING].numpy()
        moved += list(zip(made, sealing, inputs.closed.numpy(), strict=True))
    times = np.arange(_SPAN, dtype=np.float32) + CONTEXT_FRAMES
    found = {}
    for doubt, trust in product(_DOUBTS, _TRUSTS):
        counts = np.zeros((2, 2))
        for made, sealing, closed in moved:
            shown = agreed(made, sealing, times, doubt, trust)[_KNOWN:]
            counts[0] += closure_recall(shown, closed[_KNOWN:])
            counts[1] += closure_precision(shown, closed[_KNOWN:])
        recall, precision = counts[:, 0] / np.maximum(counts[:, 1], 1)
        found[doubt, trust] = (round(float(recall), 3), round(float(precision), 3))
    return found


def _moved(network: MotionNetwork, inputs: Inputs) -> tuple[Latents, Tensor]:
    """Motion (B, _SPAN, LATENT_SIZE) in plain units that goes on from known frames; the tokens."""
    inputs.deaf[:] = False
    mask = torch.zeros_like(inputs.mask)
    mask[:, :_KNOWN] = 1
    tokens = network.encoder(inputs.mels)
    heard = hear(network, tokens, inputs)
    known = inputs.clean * mask[..., None]
    made = sample(network, heard, inputs.noise, known, mask, _STEPS)
    return denormalise(made.numpy()), tokens


@torch.no_grad()
def examine(network: MotionNetwork, sampler: BatchSampler, seed: int = 0) -> dict[str, float]:
    """Returns aperture r and closure recall, and how much heads move beside those taught.

    Args:
        network: To be examined.
        sampler: Draws sentences kept for testing.
        seed: Of the windows drawn.
    """
    random = np.random.default_rng(seed)
    inputs = prepare(sampler.draw(random, _WINDOWS, _SPAN), random)
    network.eval()
    shown = _moved(network, inputs)[0][:, _KNOWN:]
    wanted = denormalise(inputs.clean.numpy()[:, _KNOWN:])
    closed = inputs.closed.numpy()[:, _KNOWN:]
    pairs = [closure_recall(a, b) for a, b in zip(shown, closed, strict=True)]
    reached, there = np.array(pairs).sum(axis=0)
    moved = np.abs(np.diff(shown, axis=1)).mean(axis=(0, 1))
    taught = np.abs(np.diff(wanted, axis=1)).mean(axis=(0, 1))
    return {
        "aperture_r": round(correlation(aperture(shown).ravel(), aperture(wanted).ravel()), 4),
        "closure_recall": round(float(reached / max(there, 1)), 3),
        "mouth_motion": round(float(moved[:14].sum() / taught[:14].sum()), 3),
        "head_motion": round(float(moved[18:21].sum() / taught[18:21].sum()), 3),
    }
