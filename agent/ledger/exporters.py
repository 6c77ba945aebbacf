"""Where finished turn records go: JSON lines and Prometheus.

Imports only the records. A record holds numbers and ids, never words.
"""

import json
from pathlib import Path

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram

from agent.ledger.turns import TurnRecord

_SECONDS = (0.01, 0.025, 0.05, 0.1, 0.15, 0.2, 0.3, 0.4, 0.5, 0.6, 0.8, 1.0, 1.5, 2.5, 5.0, 10.0)


class JsonLines:
    """Appends one line per turn to a file."""

    def __init__(self, path: Path) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        self._path = path

    def __call__(self, record: TurnRecord) -> None:
        """Writes `record`."""
        with self._path.open("a", encoding="utf-8") as lines:
            lines.write(json.dumps(record.as_dict(), separators=(",", ":")) + "\n")


class Metrics:
    """Prometheus metrics of the whole server.

    Args:
        registry: Where they are registered; one per server, so tests stay apart.
    """

    def __init__(self, registry: CollectorRegistry) -> None:
        self.registry = registry
        self._voice_to_voice = Histogram(
            "visavis_voice_to_voice_seconds",
            "End of the person's speech to the first lip movement displayed.",
            registry=registry,
            buckets=_SECONDS,
        )
        self._layers = Histogram(
            "visavis_layer_seconds",
            "Share of one layer in a turn.",
            ["layer"],
            registry=registry,
            buckets=_SECONDS,
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
        self._voice_to_voice.observe(record.voice_to_voice_ms / 1000)
        for name, ms in record.layers():
            self._layers.labels(name).observe(ms / 1000)
