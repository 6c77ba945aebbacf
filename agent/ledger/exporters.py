"""Where finished turn records go: memory, JSON lines and Prometheus.

A record holds numbers and ids, never words.
"""

import json
import logging
from collections import deque
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram

from agent.ledger.budgets import Overrun
from agent.ledger.turns import TurnRecord

logger = logging.getLogger(__name__)

_SECONDS = (0.01, 0.025, 0.05, 0.1, 0.15, 0.2, 0.3, 0.4, 0.5, 0.6, 0.8, 1.0, 1.5, 2.5, 5.0, 10.0)


class Journal:
    """The latest turns of all sessions, oldest first.

    Args:
        keep: How many.
    """

    def __init__(self, keep: int = 512) -> None:
        self._turns: deque[dict[str, Any]] = deque(maxlen=keep)

    def __call__(self, record: TurnRecord) -> None:
        """Keeps `record`."""
        self._turns.append(record.as_dict())

    def turns(self, session: str | None = None) -> list[dict[str, Any]]:
        """Returns the records as plain data, of one session or of all."""
        return [turn for turn in self._turns if session in (None, turn["session"])]


class JsonLines:
    """Appends one line per turn to a file, in a thread of its own: a disk may take its time."""

    def __init__(self, path: Path) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        self._path = path
        self._writing = ThreadPoolExecutor(1, "ledger")

    def __call__(self, record: TurnRecord) -> None:
        """Hands `record` to the thread; returns at once."""
        self._writing.submit(self._write, record.as_dict())

    def close(self) -> None:
        """Returns when all is written."""
        self._writing.shutdown()

    def _write(self, record: dict[str, Any]) -> None:
        try:
            with self._path.open("a", encoding="utf-8") as lines:
                lines.write(json.dumps(record, separators=(",", ":")) + "\n")
        except OSError as error:
            logger.error("%s cannot be written: %s", self._path, error.strerror)


class Metrics:
    """Prometheus metrics of the whole server.

    Args:
        registry: Where they are registered; one per server, so tests stay apart.
    """

    def __init__(self, registry: CollectorRegistry) -> None:
        self.registry = registry
        self._voice_to_voice = Histogram(
            "visavis_voice_to_voice_seconds",
            "End of the person's speech (of the typed text, of the connecting) to the first lip "
            "movement displayed.",
            ["source"],
            registry=registry,
            buckets=_SECONDS,
        )
        self._layers = Histogram(
            "visavis_layer_seconds",
            "Share of one layer in a turn.",
            ["layer", "source"],
            registry=registry,
            buckets=_SECONDS,
        )
        self._over_budget = Counter(
            "visavis_over_budget_total",
            "Turns in which a layer, or the whole, took longer than its budget.",
            ["layer"],
            registry=registry,
        )
        self.sessions = Gauge("visavis_sessions", "Sessions open now.", registry=registry)
        self.refused = Counter("visavis_refused_total", "Sessions refused.", registry=registry)
        self.interruptions = Counter(
            "visavis_interruptions_total", "Answers cut short by the person.", registry=registry
        )
        self.late_frames = Counter(
            "visavis_late_frames_total", "Pictures skipped to keep time.", registry=registry
        )

    def __call__(self, record: TurnRecord) -> None:
        """Counts `record`."""
        if record.voice_to_voice_ms is None:
            return
        self._voice_to_voice.labels(record.source).observe(record.voice_to_voice_ms / 1000)
        for name, ms in record.layers():
            self._layers.labels(name, record.source).observe(ms / 1000)

    def over_budget(self, overrun: Overrun) -> None:
        """Counts a broken budget."""
        self._over_budget.labels(overrun.layer).inc()
