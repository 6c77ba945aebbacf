"""What the bench of turns counts, on decisions made up for the purpose."""

import asyncio

import numpy as np
import pytest

from agent.bench.lab.impaired import network
from agent.bench.lab.virtual_time import run
from agent.bench.labelled import Item
from agent.bench.listening import Decisions
from agent.bench.turns import figures

SILENCE = np.zeros(16_000 * 5, np.int16)


def item(name: str, kind: str) -> Item:
    return Item(name, kind, SILENCE, begin=16_000, end=32_000)


def test_delays_cuts_misses_and_interruptions_are_counted() -> None:
    said = [item(name, "finished") for name in ("right", "cut", "missed", "early")]
    kinds = ("backchannel", "noise", "echo", "interruption")
    over = [item(kind, kind) for kind in (*kinds, *kinds)]
    ends = {"right": [2.2], "cut": [1.5, 2.4], "missed": [4.5], "early": [1.9]}
    stops = iter([[1.5], [], [], [1.4], [], [], [], []])

    def listen(one: Item) -> Decisions:
        if one.kind == "finished":
            return Decisions(committed=ends[one.name])
        return Decisions(interrupted=next(stops))

    found = figures(said, over, listen)
    assert found["delay_ms"]["p50"] == pytest.approx(200)
    assert found["false_cut_in"] == 25.0
    assert found["missed_end"] == 25.0
    assert found["false_interruption"] == {"backchannel": 50.0, "noise": 0.0, "echo": 0.0}
    assert found["interruption"]["missed"] == 50.0
    assert found["interruption"]["delay_ms"]["p50"] == pytest.approx(400)


def test_an_hour_of_virtual_time_passes_at_once() -> None:
    async def sleep() -> float:
        await asyncio.sleep(3_600)
        return asyncio.get_running_loop().time()

    assert run(sleep()) == pytest.approx(3_600)


def test_a_network_is_described_by_its_round_trip_and_loss() -> None:
    path = network("80,0.02")
    assert path is not None
    assert (path.delay, path.loss) == (0.04, 0.02)
    assert network(None) is None
    with pytest.raises(ValueError, match="no network"):
        network("80,2")
