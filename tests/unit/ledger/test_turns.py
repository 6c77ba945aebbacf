"""Layers are shares of the critical path and add up exactly."""

import json

import pytest
from prometheus_client import CollectorRegistry, generate_latest
from turns_fakes import turn_to

from agent.ledger.exporters import JsonLines, Metrics
from agent.ledger.percentiles import p50_p95
from agent.ledger.turns import Ledger, Mark, TurnRecord


def test_layers_add_up_and_hidden_work_adds_nothing() -> None:
    records: list[TurnRecord] = []
    turn_to(records.append)
    shares = dict(records[0].layers())
    assert shares["endpointing"] == pytest.approx(250)
    assert shares["transcription"] == 0
    assert shares["answer"] == 0
    assert shares["network_and_display"] == pytest.approx(50)
    assert sum(shares.values()) == pytest.approx(records[0].voice_to_voice_ms)


def test_first_mark_counts_and_unknown_turns_are_ignored() -> None:
    ledger = Ledger("s")
    ledger.open(1, "voice")
    ledger.mark(1, Mark.VOICE, 1.0)
    ledger.mark(1, Mark.VOICE, 2.0)
    ledger.mark(9, Mark.VOICE, 2.0)
    record = ledger.get(1)
    assert record is not None
    assert record.marks == {Mark.VOICE: 1.0}
    assert record.layers() == []


def test_a_ledger_forgets_old_turns() -> None:
    ledger = Ledger("s", keep=3)
    for turn in range(10):
        ledger.open(turn, "text")
    assert [record.turn for record in ledger] == [7, 8, 9]


def test_exporters_write_the_same_turn(tmp_path) -> None:  # type: ignore[no-untyped-def]
    registry = CollectorRegistry()
    lines = JsonLines(tmp_path / "turns.jsonl")
    turn_to(lines, Metrics(registry))
    lines.close()
    line = json.loads((tmp_path / "turns.jsonl").read_text())
    assert line["voice_to_voice_ms"] == 345
    assert line["marks"]["transcript"] == 150
    text = generate_latest(registry).decode()
    assert 'visavis_voice_to_voice_seconds_count{source="voice"} 1.0' in text
    assert 'visavis_layer_seconds_sum{layer="endpointing",source="voice"} 0.25' in text


def test_percentiles() -> None:
    assert p50_p95([]) == {"p50": None, "p95": None}
    assert p50_p95([1, 2, 3]) == {"p50": 2.0, "p95": 2.9}
