"""Models made with torch, parked in half precision and made ready in one copy.

All weights lie in one flat buffer, in host memory (pinned, where there is a GPU) in float16 and on
the device in the precision that is computed with; parameters are views of the latter. So a move is
one allocation and one copy, whatever the number of layers, and on a CPU a parked model takes half
the memory or less.
"""

from collections.abc import Callable
from typing import Any

import torch
from threadpoolctl import threadpool_limits  # type: ignore[import-untyped]
from torch import Tensor, nn

from render.module import Module


def one_thread() -> None:
    """Lets torch and numpy compute on one thread in this process.

    Chunks are small: more threads only wait for each other, at the cost of a core.
    """
    torch.set_num_threads(1)
    threadpool_limits(1, user_api="blas")


class TorchModule(Module):
    """A torch network and its checkpoint.

    Args:
        name: What it is called in figures and messages.
        read: Reads the checkpoint and returns the network, on the CPU. Raises WeightsMissing.
        device: Where it runs.
        compute: Precision that is computed with.
        options: Of `Module`.
    """

    def __init__(
        self,
        name: str,
        read: Callable[[], nn.Module],
        device: str = "cpu",
        compute: torch.dtype = torch.float32,
        **options: Any,
    ) -> None:
        super().__init__(name, device, **options)
        self._read_network = read
        self._compute = compute
        self._network: nn.Module | None = None
        self._host: Tensor | None = None
        self._slots: list[tuple[Tensor, int, torch.Size]] = []
        self._count = 0

    @property
    def dtype(self) -> str:
        """See `Module.dtype`."""
        return str(self._compute).removeprefix("torch.")

    @property
    def size(self) -> int:
        """See `Module.size`."""
        return self._count * self._compute.itemsize

    @property
    def network(self) -> nn.Module:
        """The network; only to be run while it is ready."""
        if self._network is None:
            raise LookupError(f"{self.name} was never loaded")
        return self._network

    def _read(self) -> None:
        network = self._read_network().eval().requires_grad_(False)
        tensors = [t for t in [*network.parameters(), *network.buffers()] if t.is_floating_point()]
        self._slots, self._count = [], 0
        for tensor in tensors:
            self._slots.append((tensor, self._count, tensor.shape))
            self._count += tensor.numel()
        flat = torch.cat([tensor.detach().reshape(-1).to(torch.float16) for tensor in tensors])
        self._host = flat.pin_memory() if torch.cuda.is_available() else flat
        self._network = network
        self._park()

    def _activate(self, device: str) -> None:
        assert self._host is not None
        flat = self._host.to(device, non_blocking=True).to(self._compute)
        for tensor, start, shape in self._slots:
            tensor.data = flat[start : start + shape.numel()].view(shape)
        if flat.is_cuda:
            torch.cuda.synchronize(flat.device)

    def _park(self) -> None:
        nothing = torch.empty(0, dtype=self._compute)
        for tensor, _, _ in self._slots:
            tensor.data = nothing

    def _forget(self) -> None:
        self._network, self._host, self._slots = None, None, []
