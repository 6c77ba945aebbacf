"""The sampler: from noise to latents in a few steps."""

from itertools import pairwise
from typing import Final, Protocol

import torch
from torch import Tensor

from render.motion.neural.lips import SEALING
from render.motion.neural.network import HeardSound, MotionNetwork

SHORTEST: Final = 0.2
"""Flow times below count as this one where errors of the guess become errors of velocity."""


class Sampler(Protocol):
    """What `perform` does, however it does it."""

    def __call__(
        self,
        network: MotionNetwork,
        mels: Tensor,
        noise: Tensor,
        known: Tensor,
        mask: Tensor,
        times: Tensor,
        references: list[Tensor],
        given: Tensor,
        steps: int,
    ) -> tuple[Tensor, Tensor]:
        """See `perform`."""
        ...


def velocity(noisy: Tensor, guess: Tensor, time: Tensor) -> Tensor:
    """Returns where the flow goes at `time`, noise minus data, if it ends in `guess`.

    The network guesses data, not velocity: a face moves slowly against the noise, and a guess
    need not carry that noise through to be rid of it.
    """
    return (noisy - guess) / time.clamp(min=SHORTEST)


def perform(
    network: MotionNetwork,
    mels: Tensor,
    noise: Tensor,
    known: Tensor,
    mask: Tensor,
    times: Tensor,
    references: list[Tensor],
    given: Tensor,
    steps: int,
) -> tuple[Tensor, Tensor]:
    """Makes chunks of one shape of their sound.

    Args:
        network: What knows the flow.
        mels: (B, 2 A, BANDS), see `MotionNetwork.encode`.
        noise: See `sample`, as the next two.
        known: Normalised.
        mask: 1 where known.
        times: (T,) offsets of the frames, in frames.
        references: See `MotionNetwork.listen`, as the next.
        given: Which of them are not the null.
        steps: How many evaluations of the network.

    Returns:
        (B, T, LATENT_SIZE) normalised, and (B, A) the probability of a sealing sound per token.
    """
    tokens = network.encode_mels(mels)
    sealing = network.encoder.visemes(tokens).float().softmax(-1)[..., SEALING]
    heard = network.listen(tokens, times, references, given)
    return sample(network, heard, noise, known, mask, steps), sealing


def sample(
    network: MotionNetwork,
    heard: HeardSound,
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
    times = [1 - step / steps for step in range(steps + 1)]
    for now, then in pairwise(times):
        time = torch.full((noise.shape[0],), now, device=noise.device)
        inside = x.to(known.dtype), known, mask, sigma, time
        guess = network(*inside, heard).to(noise.dtype)
        x = guess + then / now * (x - guess)
    return torch.where(mask[..., None] > 0, known.to(noise.dtype), x)
