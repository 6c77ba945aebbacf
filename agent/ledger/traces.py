"""Finished turns as OpenTelemetry traces: a span per turn, and one per layer beneath it.

Spans are made when the turn is over, with the times it had.
"""

import time
from collections.abc import Callable

from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.sdk.resources import SERVICE_NAME, Resource
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor, SpanExporter
from opentelemetry.trace import set_span_in_context
from opentelemetry.util.types import AttributeValue

from agent.ledger.turns import Mark, TurnRecord

EXPORT_MS = 1_000.0
"""Longest wait before spans leave; also how long the last ones may take when the server stops."""


class Traces:
    """Sends traces to a collector; a collector that is down costs the turns nothing.

    Args:
        exporter: Where spans go.
        epoch: Seconds since 1970 at the zero of the marks' clock.
    """

    def __init__(
        self,
        exporter: SpanExporter,
        epoch: Callable[[], float] = lambda: time.time() - time.monotonic(),
    ) -> None:
        self._epoch = epoch()
        self._provider = TracerProvider(resource=Resource.create({SERVICE_NAME: "visavis"}))
        self._provider.add_span_processor(
            BatchSpanProcessor(exporter, schedule_delay_millis=EXPORT_MS)
        )
        self._tracer = self._provider.get_tracer("visavis.ledger")

    @classmethod
    def over_otlp(cls, endpoint: str) -> "Traces":
        """Returns traces that go to an OTLP endpoint over HTTP."""
        return cls(OTLPSpanExporter(endpoint, timeout=EXPORT_MS / 1000))

    def __call__(self, record: TurnRecord) -> None:
        """Makes the spans of `record`."""
        intervals = record.intervals()
        if not intervals:
            return
        begin, end = record.marks[Mark.SPEECH_END], record.marks[Mark.DISPLAYED]
        turn = self._tracer.start_span(
            "turn", start_time=self._ns(begin), attributes=_attributes(record)
        )
        within = set_span_in_context(turn)
        for name, since, until in intervals:
            span = self._tracer.start_span(name, context=within, start_time=self._ns(since))
            span.end(self._ns(until))
        turn.end(self._ns(end))

    def close(self) -> None:
        """Sends what is left. Blocks for a second at most."""
        self._provider.force_flush(int(EXPORT_MS))
        self._provider.shutdown()

    def _ns(self, at: float) -> int:
        return int((self._epoch + at) * 1e9)


def _attributes(record: TurnRecord) -> dict[str, AttributeValue]:
    found: dict[str, str | int | float | None] = {
        "visavis.session": record.session,
        "visavis.turn": record.turn,
        "visavis.source": record.source,
        "visavis.interrupted": record.interrupted,
        "visavis.voice_to_voice_ms": record.voice_to_voice_ms,
        "visavis.clock_offset_ms": record.clock_offset_ms,
        "visavis.clock_uncertainty_ms": record.clock_uncertainty_ms,
    }
    return {name: value for name, value in found.items() if value is not None}
