"""A quick look at a network in training: chunks of speech it was not taught.

Imports torch and the parts of this room. `visavis bench sync` is the honest test; this one says
every few minutes whether training does what it should.
"""

import numpy as np
import torch

from render.motion.neural.batches import Sampler
from render.motion.neural.latent import SCALE, denormalise
from render.motion.neural.losses import hear, prepare
from render.motion.neural.network import MotionNetwork
from render.motion.neural.sampling import sample
from render.motion.neural.scores import aperture, closure_recall, correlation

_WINDOWS, _SPAN, _KNOWN, _STEPS = 64, 18, 2, 4


@torch.no_grad()
def examine(network: MotionNetwork, sampler: Sampler, seed: int = 0) -> dict[str, float]:
    """Returns aperture r and closure recall, and how much heads move beside those taught.

    Args:
        network: To be examined.
        sampler: Draws sentences kept for testing.
        seed: Of the windows drawn.
    """
    random = np.random.default_rng(seed)
    inputs = prepare(sampler.draw(random, _WINDOWS, _SPAN), random)
    inputs.deaf[:] = False
    mask = torch.zeros_like(inputs.mask)
    mask[:, :_KNOWN] = 1
    network.eval()
    heard = hear(network, network.encoder(inputs.mels), inputs)
    known = inputs.clean * mask[..., None]
    made = sample(network, heard, inputs.noise, known, mask, _STEPS).numpy()[:, _KNOWN:]
    shown, wanted = denormalise(made), denormalise(inputs.clean.numpy()[:, _KNOWN:])
    closed = inputs.closed.numpy()[:, _KNOWN:]
    pairs = [closure_recall(a, b) for a, b in zip(shown, closed, strict=True)]
    reached, there = np.array(pairs).sum(axis=0)
    moved = np.abs(np.diff(made, axis=1)).mean(axis=(0, 1)) * SCALE
    taught = np.abs(np.diff(wanted, axis=1)).mean(axis=(0, 1))
    return {
        "aperture_r": round(correlation(aperture(shown).ravel(), aperture(wanted).ravel()), 4),
        "closure_recall": round(float(reached / max(there, 1)), 3),
        "mouth_motion": round(float(moved[:14].sum() / taught[:14].sum()), 3),
        "head_motion": round(float(moved[18:21].sum() / taught[18:21].sum()), 3),
    }
