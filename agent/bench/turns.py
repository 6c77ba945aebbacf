"""How well the turns are taken: `visavis bench turns`.

The held-out part of the set is reported: its words, and most of its synthetic voices, were in no
item that the policy was fitted on. One rule came from its first run: while an echo lasts, nothing
takes the floor. Beside it stands what silence alone does, with the same detector: a turn
ends after so much of it, and 150 ms of sound stop the avatar.

The figures: `delay_ms` from the last voiced sample to the decision; `false_cut_in`, percent of the
turns that were ended before; `missed_end`, percent not ended within two seconds; and
`false_interruption`, percent of the sounds over the avatar's voice that wrongly stopped it, be it
for a moment. `interruption` is about those that rightly do.
"""

import asyncio
from collections.abc import Callable
from functools import partial
from typing import Any

from agent.bench.labelled import Half, Item, SpeechStudio, interruptions, turns
from agent.bench.listening import BenchEars, Decisions, baseline, policy
from agent.ledger.percentiles import p50_p95
from agent.settings import Settings
from agent.speech.turn_taking.activity import RATE

SILENCES_MS = (300, 500, 800)
EARLY_SECONDS = 0.25
"""A decision less than this before the labelled end is no cut: voices die away."""
MISSED_SECONDS = 2.0
STOPPED_SECONDS = 1.0
"""An interruption must have stopped the avatar so long after its last word at the latest."""
NOT_INTERRUPTING = ("backchannel", "noise", "echo")

Listener = Callable[[Item], Decisions]


async def run(settings: Settings, half: Half = "held_out") -> dict[str, Any]:
    """Plays half of the set to the policy and to the baselines; returns their figures."""
    async with SpeechStudio(settings.server.data_dir / "bench") as studio:
        said = await turns(studio, half)
        over = await interruptions(studio, half)
    return await asyncio.to_thread(_judge, settings, said, over)


def _judge(settings: Settings, said: list[Item], over: list[Item]) -> dict[str, Any]:
    speech = settings.speech
    ears = BenchEars()
    return {
        "turns": len(said),
        "interruptions": len(over),
        "policy": figures(said, over, partial(policy, ears=ears, settings=speech)),
        "baselines": {
            f"silence_{ms}": figures(
                said, over, partial(baseline, silence=ms / 1000, settings=speech)
            )
            for ms in SILENCES_MS
        },
    }


def figures(said: list[Item], over: list[Item], listen: Listener) -> dict[str, Any]:
    """Returns what is reported of one way to listen."""
    ends = [_end(item, listen(item)) for item in said]
    delays = [delay for delay, _ in ends if delay is not None]
    stops: dict[str, list[float | None]] = {}
    for item in over:
        stops.setdefault(item.kind, []).append(_stop(item, listen(item)))
    right = stops["interruption"]
    return {
        "delay_ms": p50_p95([delay * 1000 for delay in delays]),
        "false_cut_in": _percent([early for _, early in ends]),
        "missed_end": _percent([delay is None for delay, _ in ends]),
        "false_interruption": {
            kind: _percent([stop is not None for stop in stops[kind]]) for kind in NOT_INTERRUPTING
        },
        "interruption": {
            "delay_ms": p50_p95([stop * 1000 for stop in right if stop is not None]),
            "missed": _percent([stop is None for stop in right]),
        },
    }


def _end(item: Item, decisions: Decisions) -> tuple[float | None, bool]:
    """Returns the delay in seconds, None where the end was missed, and whether it was cut short."""
    end = item.end / RATE
    early = any(item.begin / RATE < at < end - EARLY_SECONDS for at in decisions.committed)
    after = [at for at in decisions.committed if end - EARLY_SECONDS <= at <= end + MISSED_SECONDS]
    return (max(0.0, after[0] - end) if after else None), early


def _stop(item: Item, decisions: Decisions) -> float | None:
    """Returns how long after the sound began the avatar stopped, in seconds; None if never."""
    if item.kind != "interruption":
        return decisions.interrupted[0] if decisions.interrupted else None
    begin, latest = item.begin / RATE, item.end / RATE + STOPPED_SECONDS
    return next((at - begin for at in decisions.interrupted if begin <= at <= latest), None)


def _percent(hits: list[bool]) -> float:
    return round(100 * sum(hits) / max(1, len(hits)), 1)
