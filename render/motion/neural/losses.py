"""What the network is trained to do well.

The flow is straight: x_t = (1 - t) x0 + t noise, velocity noise - x0 (rectified flow; Liu et al.,
2022), with t drawn from a logit-normal. The guess of x0 that the velocity follows from must also
move as the lesson moves and close its lips where the lesson does.
"""

from dataclasses import dataclass
from typing import Final

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional

from render.motion.neural.batches import Batch
from render.motion.neural.contract import CONTEXT_FRAMES, LOOK_AHEAD
from render.motion.neural.latent import LATENT, LATENT_INDEX, LATENT_SIZE, MOUTH_PART
from render.motion.neural.network import TOKENS_PER_FRAME, HeardSound, MotionNetwork
from render.motion.neural.sampling import velocity
from render.motion.neural.teacher import CLASSES

_WEIGHT: Final = {
    "jawOpen": 3.0, "mouthLowerDown": 2.0, "mouthUpperUp": 2.0, "seal": 3.0, "tuck": 2.0,
    "round": 1.5, "mouthPucker": 1.5, "browDown": 0.3, "gazeX": 0.5, "gazeY": 0.5,
}  # fmt: skip
_WEIGHTS: Final = torch.tensor([_WEIGHT.get(name, 1.0) for name in LATENT])
_SLOW: Final = {
    "browInnerUp": 3.0, "browOuterUp": 3.0, "browDown": 20.0, "yaw": 25.0, "pitch": 12.0,
    "roll": 30.0, "gazeX": 2.0, "gazeY": 6.0,
}  # fmt: skip
_SLOWNESS: Final = torch.tensor([_SLOW.get(name, 1.0) for name in LATENT])
"""What moves little from frame to frame must not tremble: weights on differences, about the
inverse of their variance beside that of the mouth."""
_SEAL, _TUCK, _JAW = (LATENT_INDEX[name] for name in ("seal", "tuck", "jawOpen"))
_LABIAL: Final = 2.0
"""Weight of the visemes that the lips alone show, beside the others."""
_HEARD_AS: Final = torch.tensor([_LABIAL if name in ("pbm", "fv") else 1.0 for name in CLASSES])
_FIRST, _SECOND, _CLOSURE, _TUCKED, _VISEMES, _GUESS = 0.6, 0.2, 0.25, 0.1, 0.3, 0.5
_TOUCHING: Final = 1.7
"""Normalised tuck from which the lower lip touches the teeth."""
_DEAF = 0.1
"""Share of windows whose sound is withheld."""
_NOISE: Final = 0.3
"""Most noise on known frames, in normalised units."""
_TAUGHT = slice(0, -TOKENS_PER_FRAME * LOOK_AHEAD)
"""Tokens whose own future is in the window."""


@dataclass(frozen=True, slots=True)
class Inputs:
    """A batch as tensors, with all that is chance drawn; shapes as in `MotionNetwork.forward`."""

    mels: Tensor
    clean: Tensor
    noise: Tensor
    mask: Tensor
    sigma: Tensor
    known: Tensor
    time: Tensor
    deaf: Tensor
    references: list[Tensor]
    given: Tensor
    visemes: Tensor
    closed: Tensor
    plain: Tensor


def prepare(batch: Batch, random: np.random.Generator) -> Inputs:
    """Draws noise, times and masks for a batch."""
    size, span = batch.latents.shape[:2]
    clean = torch.from_numpy(batch.latents)
    mask = torch.from_numpy(masks(random, size, span))
    sigma = random.uniform(0, _NOISE, (size, 1)) * (random.uniform(size=(size, 1)) < 0.7)
    sigmas = torch.from_numpy(sigma.astype(np.float32)) * mask
    normal = random.standard_normal((2, size, span, LATENT_SIZE), np.float32)
    known = (clean + sigmas[..., None] * torch.from_numpy(normal[1])) * mask[..., None]
    time = 1 / (1 + np.exp(-random.normal(0.0, 1.0, size)))
    return Inputs(
        mels=torch.from_numpy(batch.mels),
        clean=clean,
        noise=torch.from_numpy(normal[0]),
        mask=mask,
        sigma=sigmas,
        known=known,
        time=torch.from_numpy(time.astype(np.float32)),
        deaf=torch.from_numpy(random.uniform(size=size) < _DEAF),
        references=[torch.from_numpy(reference) for reference in batch.references],
        given=torch.from_numpy(batch.given),
        visemes=torch.from_numpy(batch.visemes),
        closed=torch.from_numpy(batch.closed),
        plain=torch.from_numpy(batch.plain),
    )


def masks(random: np.random.Generator, size: int, span: int) -> np.ndarray[tuple[int, int]]:
    """Returns (size, span) float32, 1 where a frame is known: before, before and after, or none."""
    mask = np.zeros((size, span), np.float32)
    for row in mask:
        kind = random.uniform()
        if span > 2 and kind > 0.15:
            row[: int(random.integers(1, min(4, span)))] = 1
        if span > 3 and kind > 0.72:
            row[-int(random.integers(1, 3)) :] = 1
        if row.all():
            row[span // 2] = 0
    return mask


def pretraining_loss(network: MotionNetwork, inputs: Inputs) -> tuple[Tensor, dict[str, float]]:
    """The encoder alone: which viseme sounds, and what the mouth does."""
    return _auxiliary(network, network.encode_mels(inputs.mels), inputs)


def flow_loss(network: MotionNetwork, inputs: Inputs) -> tuple[Tensor, dict[str, float]]:
    """Everything: the flow, and the encoder's own tasks."""
    tokens = network.encoder(inputs.mels)
    auxiliary, told = _auxiliary(network, tokens, inputs)
    heard = hear(network, tokens, inputs)
    time = inputs.time[:, None, None]
    noisy = (1 - time) * inputs.clean + time * inputs.noise
    args = (noisy, inputs.known, inputs.mask, inputs.sigma, inputs.time, heard)
    guess = network(*args).float()
    open_ = (1 - inputs.mask)[..., None]
    weights = _WEIGHTS.to(guess.device)
    error = velocity(noisy, guess, time) - velocity(noisy, inputs.clean, time)
    flow = (weights * open_ * error**2).sum() / (open_.sum() * weights.sum())
    guess = torch.where(open_ > 0, guess, inputs.clean)
    shape = shape_loss(guess, inputs)
    told |= {"flow": float(flow.detach()), "shape": float(shape.detach())}
    return flow + shape + auxiliary, told


def hear(network: MotionNetwork, tokens: Tensor, inputs: Inputs) -> HeardSound:
    """Returns what all steps share, with the sound withheld where it is."""
    silent = network.silence.to(tokens.dtype)
    tokens = torch.where(inputs.deaf[:, None, None], silent, tokens)
    times = torch.arange(inputs.clean.shape[1], dtype=torch.float32, device=tokens.device)
    return network.listen(tokens, times, inputs.references, inputs.given)


def shape_loss(guess: Tensor, inputs: Inputs) -> Tensor:
    """How the mouth moves, and whether it closes; of guesses (B, T, LATENT_SIZE)."""
    weights = (_WEIGHTS * _SLOWNESS).to(guess.device)
    hears = (~inputs.deaf).float()[:, None, None]
    error = (guess - inputs.clean) * hears
    loss = guess.new_zeros(())
    for order, share in ((1, _FIRST), (2, _SECOND)):
        if error.shape[1] > order:
            moved = torch.diff(error, n=order, dim=1)
            loss = loss + share * (weights * moved**2).mean()
    open_ = 1 - inputs.mask
    closed = inputs.closed.float() * open_
    lips = error[..., _SEAL] ** 2 + 0.3 * error[..., _JAW] ** 2
    loss = loss + _CLOSURE * (lips * closed).sum() / (closed.sum() + 10.0)
    tucked = (inputs.clean[..., _TUCK] > _TOUCHING).float() * open_
    return loss + _TUCKED * (error[..., _TUCK] ** 2 * tucked).sum() / (tucked.sum() + 10.0)


def _auxiliary(
    network: MotionNetwork, tokens: Tensor, inputs: Inputs
) -> tuple[Tensor, dict[str, float]]:
    scores, mouth = network.encoder.guess(tokens.float())
    weighted = _HEARD_AS.to(scores.device)
    visemes = functional.cross_entropy(
        scores[:, _TAUGHT].flatten(0, 1), inputs.visemes[:, _TAUGHT].flatten(), weighted
    )
    wanted = inputs.plain[..., MOUTH_PART]
    frames = wanted.shape[1]
    weights = _WEIGHTS[MOUTH_PART].to(mouth.device)
    error = mouth[:, 4:frames] - wanted[:, 4:]
    guess = (weights * error**2).mean()
    told = {"visemes": float(visemes.detach()), "guess": float(guess.detach())}
    assert wanted.shape[1] > CONTEXT_FRAMES
    return _VISEMES * visemes + _GUESS * guess, told
