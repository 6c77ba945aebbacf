"""The sampler: from noise to latents in a few steps. Imports torch and the network of this room."""

from itertools import pairwise

import torch
from torch import Tensor

from render.motion.neural.network import Heard, MotionNetwork


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
        velocity = network(x.to(noise.dtype), known, mask, sigma, time, heard)
        x = x - (now - then) * velocity.to(noise.dtype)
    return torch.where(mask[..., None] > 0, known, x)
