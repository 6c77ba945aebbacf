"""A model moves between disk, host and device, says where it is and gives the same results."""

import threading
from collections.abc import Callable
from pathlib import Path

import pytest
import torch
from test_pipeline import Weights
from torch import nn

from render.module import InUse, NotReady, Place, WeightsMissing
from render.motion.engine.weights import MotionModule, neural_pipeline
from render.torch_module import TorchModule


def network() -> nn.Module:
    torch.manual_seed(3)
    net = nn.Sequential(nn.Linear(4, 8), nn.BatchNorm1d(8), nn.Linear(8, 2))
    return net.half().float()


@pytest.fixture
def module() -> TorchModule:
    ticks = iter(range(100))
    return TorchModule("test", network, now=lambda: next(ticks) / 8)


def test_it_gives_the_same_wherever_it_was(module: TorchModule) -> None:
    x = torch.ones(1, 4)
    wanted = network().eval()(x)
    for _ in range(2):
        module.load()
        torch.testing.assert_close(module.network(x), wanted, rtol=0, atol=0)
        module.offload()
        assert all(parameter.numel() == 0 for parameter in module.network.parameters())
    module.unload()
    module.load()
    torch.testing.assert_close(module.network(x), wanted, rtol=0, atol=0)


def test_where_it_is_and_how_long_it_took_can_be_seen(module: TorchModule) -> None:
    assert module.residence.place is Place.DISK
    module.load()
    module.load()
    here = module.residence
    assert (here.place, here.device, here.dtype, here.moves) == (Place.DEVICE, "cpu", "float32", 1)
    assert here.size == 4 * (4 * 8 + 8 + 4 * 8 + 2 * 8 + 2)
    assert here.moved_in == 1 / 8
    module.offload()
    assert (module.residence.place, module.residence.moves) == (Place.HOST, 2)
    module.unload()
    assert (module.residence.place, module.residence.moves) == (Place.DISK, 3)
    with pytest.raises(LookupError):
        _ = module.network


def test_it_changes_its_device_while_parked_or_ready() -> None:
    log: list[str] = []
    module = Weights("w", log)
    module.to("cuda:1")
    assert (module.residence.place, module.residence.device, log) == (Place.DISK, "cuda:1", [])
    module.load()
    module.to("cpu")
    assert (module.residence.place, module.residence.device) == (Place.DEVICE, "cpu")
    assert log == ["read w", "activate w", "park w", "activate w"]


def test_it_does_not_run_unless_it_is_ready(module: TorchModule) -> None:
    with pytest.raises(NotReady), module.running():
        pass


@pytest.mark.parametrize("move", ["offload", "unload", "to"])
def test_it_is_not_moved_while_it_runs(module: TorchModule, move: str) -> None:
    module.load()
    moves: dict[str, Callable[[], None]] = {
        "offload": module.offload,
        "unload": module.unload,
        "to": lambda: module.to("cuda:1"),
    }
    with module.running(), pytest.raises(InUse):
        moves[move]()
    assert module.ready
    if move != "to":
        moves[move]()
        assert not module.ready


def test_many_threads_load_it_once(module: TorchModule) -> None:
    threads = [threading.Thread(target=module.load) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert module.residence.moves == 1


def test_a_missing_or_damaged_checkpoint_is_said_to_be(tmp_path: Path) -> None:
    with pytest.raises(WeightsMissing):
        neural_pipeline(tmp_path / "none.npz")
    damaged = tmp_path / "damaged.npz"
    damaged.write_bytes(b"PK\x03\x04 and so on")
    with pytest.raises(WeightsMissing):
        MotionModule(damaged).load()
