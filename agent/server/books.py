"""Where the turns of all sessions go, as the settings say."""

import asyncio
import logging
from collections.abc import Callable, Mapping

from agent.ledger.budgets import BudgetAlarm, Overrun
from agent.ledger.exporters import Journal, JsonLines, Metrics
from agent.ledger.traces import Traces
from agent.ledger.turns import TurnRecord
from agent.settings import LedgerSettings

logger = logging.getLogger(__name__)


class LedgerSinks:
    """The sinks of all finished turns.

    Args:
        settings: File, traces, budgets.
        metrics: Where turns and broken budgets are counted.
        journal: Keeps the latest turns.

    Attributes:
        sinks: Each takes every record.
        budgets_ms: What each layer may add to a turn.
    """

    def __init__(self, settings: LedgerSettings, metrics: Metrics, journal: Journal) -> None:
        self._metrics = metrics
        self._traces = Traces.over_otlp(settings.otlp_endpoint) if settings.otlp_endpoint else None
        self.budgets_ms: Mapping[str, float] = {str(k): v for k, v in settings.budgets_ms.items()}
        sinks: list[Callable[[TurnRecord], None]] = [
            metrics,
            journal,
            BudgetAlarm(self.budgets_ms, self._over_budget),
        ]
        self._lines = JsonLines(settings.jsonl) if settings.jsonl is not None else None
        if self._lines is not None:
            sinks.append(self._lines)
        if self._traces is not None:
            sinks.append(self._traces)
        self.sinks = tuple(sinks)

    async def aclose(self) -> None:
        """Writes the lines and sends the traces that are left."""
        if self._lines is not None:
            await asyncio.to_thread(self._lines.close)
        if self._traces is not None:
            await asyncio.to_thread(self._traces.close)

    def _over_budget(self, overrun: Overrun) -> None:
        self._metrics.over_budget(overrun)
        logger.info(
            "session %s turn %d: %s took %.0f of %.0f ms",
            overrun.session,
            overrun.turn,
            overrun.layer,
            overrun.ms,
            overrun.budget_ms,
        )
