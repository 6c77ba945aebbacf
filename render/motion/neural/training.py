"""Training: seeded, and resumable to the bit.

How far training has come is given from outside, as a share of its whole: whoever trains by the
clock can, and tests need none. First the encoder alone learns to hear, then everything together,
and in the last part the network goes on from frames it made itself (self-forcing), as it will have
to when a stream never ends.
"""

import math
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np
import torch
from torch import Tensor

from render.motion.neural.batches import BatchSampler
from render.motion.neural.latent import MOUTH_PART, REST_PART
from render.motion.neural.losses import Inputs, flow_loss, hear, prepare, pretraining_loss
from render.motion.neural.network import MotionNetwork, NetworkShape
from render.motion.neural.sampling import sample

_SPANS: Final = (18, 17, 18, 10, 16, 18, 10, 8, 5, 18, 10, 12)
"""Spans of chunks in turn, in frames; known frames included."""


@dataclass(frozen=True, slots=True)
class TrainingPlan:
    """How to train.

    Attributes:
        batch: Windows per step.
        rate: Highest learning rate.
        warm_up: Steps in which it is reached.
        hearing_until: Share of training in which the encoder learns alone.
        rolling_from: Share of training from which known mouths are the network's own.
        hearing_span: Frames of the windows while the encoder learns alone.
        averaging: Of the weights that are kept.
        half: Whether products are taken in bfloat16.
    """

    batch: int = 36
    rate: float = 1.2e-3
    warm_up: int = 200
    hearing_until: float = 0.12
    rolling_from: float = 0.9
    hearing_span: int = 60
    averaging: float = 0.998
    half: bool = True


class Trainer:
    """One training run; `steps` done, in `seconds` that whoever runs it counts.

    Args:
        sampler: Where batches come from.
        plan: How to train.
        shape: Of the network.
        seed: Of weights, batches and noise.
    """

    def __init__(
        self,
        sampler: BatchSampler,
        plan: TrainingPlan | None = None,
        shape: NetworkShape | None = None,
        seed: int = 0,
    ) -> None:
        torch.manual_seed(seed)
        self.plan = plan or TrainingPlan()
        self.network = MotionNetwork(shape)
        self.average = MotionNetwork(shape)
        self.average.load_state_dict(self.network.state_dict())
        self.steps = 0
        self.seconds = 0.0
        self._sampler = sampler
        self._random = np.random.default_rng(seed)
        self._optimiser = torch.optim.AdamW(
            self.network.parameters(), lr=self.plan.rate, betas=(0.9, 0.98), weight_decay=0.01
        )

    def train_batch(self, progress: float) -> dict[str, float]:
        """Trains on one batch.

        Args:
            progress: Share of training that is done, in [0, 1].

        Returns:
            The parts of the loss.
        """
        plan = self.plan
        hearing = progress < plan.hearing_until
        span = plan.hearing_span if hearing else _SPANS[self.steps % len(_SPANS)]
        size = max(plan.batch * 18 // (span + 18), 4) if hearing else plan.batch
        inputs = prepare(self._sampler.draw(self._random, size, span), self._random)
        if progress >= plan.rolling_from and self.steps % 2 == 0:
            inputs = self._rolled(inputs)
        with torch.autocast("cpu", torch.bfloat16, enabled=plan.half):
            loss, told = (pretraining_loss if hearing else flow_loss)(self.network, inputs)
        for group in self._optimiser.param_groups:
            group["lr"] = self._rate(progress)
        self._optimiser.zero_grad()
        loss.backward()  # type: ignore[no-untyped-call]
        torch.nn.utils.clip_grad_norm_(self.network.parameters(), 1.0)
        self._optimiser.step()
        self.steps += 1
        self._follow()
        return told | {"loss": float(loss.detach())}

    def save(self, path: Path) -> None:
        """Writes all that is needed to go on."""
        state = {
            "network": self.network.state_dict(),
            "average": self.average.state_dict(),
            "optimiser": self._optimiser.state_dict(),
            "random": self._random.bit_generator.state,
            "steps": self.steps,
            "seconds": self.seconds,
        }
        path.parent.mkdir(parents=True, exist_ok=True)
        fresh = path.with_suffix(".new")
        torch.save(state, fresh)
        fresh.replace(path)

    def resume(self, path: Path) -> None:
        """Goes on where `save` was called."""
        state: dict[str, Any] = torch.load(path, weights_only=False)
        self.network.load_state_dict(state["network"])
        self.average.load_state_dict(state["average"])
        self._optimiser.load_state_dict(state["optimiser"])
        self._random.bit_generator.state = state["random"]
        self.steps, self.seconds = state["steps"], state["seconds"]

    def _rate(self, progress: float) -> float:
        warm = min((self.steps + 1) / self.plan.warm_up, 1.0)
        cooled = 0.02 + 0.98 * (0.5 + 0.5 * math.cos(math.pi * min(progress, 1.0)))
        return self.plan.rate * warm * cooled

    @torch.no_grad()
    def _follow(self) -> None:
        """Moves the averaged weights."""
        keep = min(self.plan.averaging, (self.steps + 1) / (self.steps + 10))
        pairs = zip(self.average.parameters(), self.network.parameters(), strict=True)
        for kept, fresh in pairs:
            kept.lerp_(fresh, 1 - keep)

    @torch.no_grad()
    def _rolled(self, inputs: Inputs) -> Inputs:
        """Gives known frames the mouth that the network makes of them itself, in a few steps.

        Head, brows and gaze stay those of the lesson: they go on from where they are, and where
        the network would have put them says nothing about where the lesson goes.
        """
        nothing = torch.zeros_like(inputs.known)
        none = torch.zeros_like(inputs.mask)
        with torch.autocast("cpu", torch.bfloat16, enabled=self.plan.half):
            heard = hear(self.network, self.network.encoder(inputs.mels), inputs)
            made: Tensor = sample(self.network, heard, inputs.noise, nothing, none, 2)
        own = torch.cat([made[..., MOUTH_PART], inputs.known[..., REST_PART]], dim=-1)
        known = own * inputs.mask[..., None]
        return Inputs(
            mels=inputs.mels,
            clean=inputs.clean,
            noise=inputs.noise,
            mask=inputs.mask,
            sigma=inputs.sigma,
            known=known,
            time=inputs.time,
            deaf=inputs.deaf,
            references=inputs.references,
            given=inputs.given,
            visemes=inputs.visemes,
            closed=inputs.closed,
            plain=inputs.plain,
        )
