"""Alarms: which layer of a turn took longer than it may."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from agent.ledger.turns import TurnRecord

WHOLE = "voice_to_voice"
"""Name of the whole turn among the budgets."""


@dataclass(frozen=True, slots=True)
class Overrun:
    """A broken budget.

    Attributes:
        session: Opaque session id.
        turn: Number of the turn.
        layer: Which layer broke it; `WHOLE` where none did alone.
        ms: What it took, milliseconds.
        budget_ms: What it may take.
    """

    session: str
    turn: int
    layer: str
    ms: float
    budget_ms: float


class BudgetAlarm:
    """Looks at each finished turn.

    Args:
        budgets_ms: What each layer may add to a turn; a layer without one, or with 0, may take
            any time.
        on_broken: Told of each broken budget, the one broken most first.
    """

    def __init__(
        self, budgets_ms: Mapping[str, float], on_broken: Callable[[Overrun], None]
    ) -> None:
        self._budgets = {layer: ms for layer, ms in budgets_ms.items() if ms > 0}
        self._on_broken = on_broken

    def __call__(self, record: TurnRecord) -> None:
        """Raises the alarms of `record`; a greeting, which nobody waits for, has none."""
        if record.source == "greeting" or record.voice_to_voice_ms is None:
            return
        took = [*record.layers(), (WHOLE, record.voice_to_voice_ms)]
        broken = [
            Overrun(record.session, record.turn, layer, ms, self._budgets[layer])
            for layer, ms in took
            if layer in self._budgets and ms > self._budgets[layer]
        ]
        for overrun in sorted(broken, key=lambda each: each.budget_ms - each.ms):
            self._on_broken(overrun)
