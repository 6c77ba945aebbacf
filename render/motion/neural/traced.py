"""The sampler as one compiled call: the same numbers with less work between the operations.

An operation called from Python takes and gives back the interpreter's lock; a thread that computes
a chunk of a thousand operations beside a busy one would mostly wait for it. A trace runs from end
to end without.
"""

import warnings
from collections.abc import Callable

import torch
from torch import Tensor, nn

from render.motion.neural.network import MotionNetwork
from render.motion.neural.sampling import perform


class _Sampler(nn.Module):
    """`perform` with a fixed number of steps, as a module that can be traced."""

    def __init__(self, network: MotionNetwork, steps: int) -> None:
        super().__init__()
        self.network = network
        self.steps = steps

    def forward(
        self,
        mels: Tensor,
        noise: Tensor,
        known: Tensor,
        mask: Tensor,
        times: Tensor,
        references: tuple[Tensor, ...],
        given: Tensor,
    ) -> tuple[Tensor, Tensor]:
        """See `perform`."""
        parts = mels, noise, known, mask, times, list(references), given
        return perform(self.network, *parts, self.steps)


class TracedSampler:
    """Traces a network's sampler when it is first called, once for each number of steps.

    The traces refer to the network's own parameters: they follow them when weights are moved in
    place, on one device and in one precision.
    """

    def __init__(self) -> None:
        self._traces: dict[int, torch.jit.ScriptModule] = {}

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
        """See `perform`; `network` must be the same in every call."""
        parts = mels, noise, known, mask, times, tuple(references), given
        trace = self._traces.get(steps)
        if trace is None:
            trace = self._traces[steps] = _trace(_Sampler(network, steps), parts)
        made, sealing = trace(*parts)
        return made, sealing


def _trace(sampler: _Sampler, parts: tuple[object, ...]) -> torch.jit.ScriptModule:
    """Traces with tensors like these; any batch and any lengths will do afterwards."""
    with torch.inference_mode(False), torch.no_grad():
        plain = tuple(
            tuple(part.clone() for part in value) if isinstance(value, tuple) else value.clone()
            for value in parts
            if isinstance(value, tuple | Tensor)
        )
        with warnings.catch_warnings():
            # Its successor, torch.compile, needs a C++ compiler where the server runs.
            warnings.simplefilter("ignore", DeprecationWarning)
            tracing: Callable[..., object] = torch.jit.trace
            trace = tracing(sampler.eval(), plain, check_trace=False)
    assert isinstance(trace, torch.jit.ScriptModule)
    return trace
