"""The sampler: from noise to latents in a few steps. Imports torch and the network of this room."""

from itertools import pairwise
from typing import Final

import torch
from torch import Tensor

from render.motion.neural.network import Heard, MotionNetwork

SHORTEST: Final = 0.2
"""Flow times below count as this one where errors of the guess become errors of velocity."""


def velocity(noisy: Tensor, guess: Tensor, time: Tensor) -> Tensor:
    """Returns where the flow goes at `time`, noise minus data, if it ends in `guess`.

    The network guesses data, not velocity: a face moves slowly against the noise, and a guess
    need not carry that noise through to be rid of it.
    """
    return (noisy - guess) / time.clamp(min=SHORTEST)


def sample(
    network: MotionNetwork,
    heard: Heard,
    noise: Tensor,
    known: Tensor,
    mask: Tensor,
    steps: int,
) -> Tensor:
    """Follows the flow from noise to data in equal steps (Euler's method).

    Args:
        network: What knows the flow.
        heard: Of `MotionNetwork.listen`.
        noise: (B, T, LATENT_SIZE) of unit variance.
        known: (B, T, LATENT_SIZE) normalised; zeros where unknown.
        mask: (B, T) 1 where known.
        steps: How many evaluations of the network.

    Returns:
        (B, T, LATENT_SIZE) normalised; `known` where it is known.
    """
    x = noise
    sigma = torch.zeros_like(mask)
    times = torch.linspace(1.0, 0.0, steps + 1, device=noise.device).tolist()
    for now, then in pairwise(times):
        time = torch.full((len(noise),), now, device=noise.device)
        guess = network(x, known, mask, sigma, time, heard).to(noise.dtype)
        x = guess + then / now * (x - guess)
    return torch.where(mask[..., None] > 0, known, x)
