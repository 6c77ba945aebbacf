"""Spans have the times the turn had, and reach an OpenTelemetry collector."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer

from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter
from turns_fakes import turn_to

from agent.ledger.traces import Traces
from agent.ledger.turns import LAYERS


def test_a_span_a_layer_parented_to_the_turn() -> None:
    exporter = InMemorySpanExporter()
    traces = Traces(exporter, lambda: 1_000.0)
    turn_to(traces)
    turn_to(traces, turn=2)
    traces.close()
    spans = exporter.get_finished_spans()
    turns = [span for span in spans if span.name == "turn"]
    assert [span.parent for span in turns] == [None, None]
    assert turns[0].attributes is not None
    assert turns[0].attributes["visavis.session"] == "s"
    assert turns[0].attributes["visavis.clock_uncertainty_ms"] == 1.25
    assert (turns[0].start_time, turns[0].end_time) == (1_010_000_000_000, 1_010_345_000_000)
    assert turns[0].context is not None
    layers = [s for s in spans if s.parent and s.parent.span_id == turns[0].context.span_id]
    assert [span.name for span in layers] == [name for name, _ in LAYERS]
    reached = turns[0].start_time
    for span in layers:
        assert span.start_time == reached
        reached = span.end_time
    assert reached == turns[0].end_time


@contextmanager
def collector() -> Iterator[tuple[str, list[bytes]]]:
    """An OTLP endpoint that keeps what it gets."""
    received: list[bytes] = []

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            assert self.path == "/v1/traces"
            received.append(self.rfile.read(int(self.headers["content-length"])))
            self.send_response(200)
            self.end_headers()

        def log_message(self, *_: object) -> None: ...

    server = HTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/v1/traces", received
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def test_traces_reach_a_collector_over_otlp() -> None:
    with collector() as (url, received):
        traces = Traces.over_otlp(url)
        turn_to(traces)
        traces.close()
    request = ExportTraceServiceRequest.FromString(received[0])
    (resource,) = request.resource_spans
    assert [(each.key, each.value.string_value) for each in resource.resource.attributes][-1] == (
        "service.name",
        "visavis",
    )
    spans = resource.scope_spans[0].spans
    assert {span.name for span in spans} == {"turn", *(name for name, _ in LAYERS)}
    assert len({span.trace_id for span in spans}) == 1


def test_a_collector_that_is_down_costs_the_turns_nothing() -> None:
    traces = Traces.over_otlp("http://127.0.0.1:9/v1/traces")
    turn_to(traces)
    traces.close()
