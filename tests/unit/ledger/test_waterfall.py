"""The picture of a turn is its record: bars join, and add up to the whole."""

import json
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest
from turns_fakes import turn_to

from agent.commands.ledger import show, summary
from agent.errors import BadRequest, NotFound, Unavailable
from agent.ledger.exporters import Journal, JsonLines
from agent.ledger.percentiles import by_session
from agent.ledger.turns import LAYERS, Mark
from agent.ledger.waterfall import COLOURS, MARKS, NAMES, svg
from agent.settings import LedgerSettings, ServerSettings, Settings

NOWHERE = ServerSettings(port=9)


def record(**options: Any) -> dict[str, Any]:
    journal = Journal()
    turn_to(journal, **options)
    return journal.turns()[0]


def drawn(picture: str, kind: str) -> list[ElementTree.Element]:
    return [each for each in ElementTree.fromstring(picture).iter() if each.get("class") == kind]


def test_bars_begin_where_the_ones_before_end_and_add_up() -> None:
    bars = drawn(svg(record()), "bar")
    assert [bar.get("data-layer") for bar in bars] == [name for name, _ in LAYERS]
    shown = [(float(bar.get("x", 0)), float(bar.get("width", 0))) for bar in bars]
    scale = 500 / 345
    x = 168.0
    for (at, width), ms in zip(shown, record()["layers"].values(), strict=True):
        assert at == pytest.approx(x, abs=0.06)
        assert width == pytest.approx(max(ms * scale, 0.5), abs=0.06)
        x += ms * scale
    assert x == pytest.approx(668)


def test_what_was_done_early_and_how_clocks_were_compared_is_told() -> None:
    picture = svg(record())
    assert len(drawn(picture, "early")) == 2  # the transcript and the answer
    (note,) = drawn(picture, "note")
    assert "to within ±1.2 ms (offset +0.4 ms)" in (note.text or "")
    assert drawn(picture, "title")[0].text == "Turn 1: 345 ms voice to voice"


def test_a_layer_over_its_budget_is_red() -> None:
    assert drawn(svg(record(), {"endpointing": 300}), "over") == []
    over = drawn(svg(record(), {"endpointing": 200, "voice": 0}), "over")
    assert [each.text for each in over] == ["End of turn", "250 ms"]


def test_text_in_a_picture_is_only_text() -> None:
    assert "<b>" not in svg(record(session="<b>"))


def test_every_layer_has_a_name_a_colour_and_a_mark() -> None:
    layers = dict(LAYERS)
    assert list(NAMES) == list(COLOURS) == list(MARKS) == list(layers)
    assert {name: Mark(mark) for name, mark in MARKS.items()} == layers


def test_percentiles_are_per_session_and_layer_spoken_turns_apart_from_typed() -> None:
    journal = Journal()
    for turn, slower in enumerate((0.0, 0.1, 0.2), 1):
        turn_to(journal, turn=turn, slower=slower)
    turn_to(journal, session="typed", source="text")
    turn_to(journal, session="other")
    found = by_session(journal.turns())
    assert list(found) == ["s", "typed", "other"]
    assert (found["s"]["typed"]["turns"], found["typed"]["turns"]) == (0, 0)
    assert found["typed"]["typed"]["turns"] == 1
    assert found["typed"]["typed"]["text_to_voice_ms"] == {"p50": 345.0, "p95": 345.0}
    assert found["s"]["turns"] == 3
    assert found["s"]["voice_to_voice_ms"] == {"p50": 445.0, "p95": 535.0}
    assert found["s"]["layers_ms"]["network_and_display"] == {"p50": 150.0, "p95": 240.0}
    assert found["s"]["layers_ms"]["endpointing"] == {"p50": 250.0, "p95": 250.0}


def test_a_journal_keeps_the_latest() -> None:
    journal = Journal(keep=2)
    for turn in range(5):
        turn_to(journal, turn=turn, session=str(turn % 2))
    assert [turn["turn"] for turn in journal.turns()] == [3, 4]
    assert [turn["turn"] for turn in journal.turns("1")] == [3]


def test_a_turn_of_a_file_is_drawn_or_written(tmp_path: Path) -> None:
    lines = JsonLines(tmp_path / "turns.jsonl")
    turn_to(lines, session="a")
    turn_to(lines, session="b", slower=0.1)
    lines.close()
    settings = Settings(ledger=LedgerSettings(jsonl=tmp_path / "turns.jsonl"))
    out = tmp_path / "waterfall.svg"
    assert "session b" in show(settings, 1, None, None, out)
    assert "445 ms" in out.read_text()
    show(settings, 1, None, "a", out)
    assert "345 ms" in out.read_text()
    text = show(settings, 1, None, None, None)
    assert text.splitlines()[0] == "Turn 1 of session b: 445 ms"
    assert len(text.splitlines()) == 1 + len(LAYERS)
    assert text.count("█") == 48
    with pytest.raises(NotFound):
        show(settings, 7, None, None, None)


def test_what_is_no_ledger_is_refused(tmp_path: Path) -> None:
    settings = Settings(server=NOWHERE)
    with pytest.raises(NotFound):
        summary(settings, str(tmp_path / "none.jsonl"))
    for text in ("not json", "[]", json.dumps({"turn": 1})):
        (tmp_path / "bad.jsonl").write_text(text)
        with pytest.raises(BadRequest):
            summary(settings, str(tmp_path / "bad.jsonl"))
    with pytest.raises(Unavailable, match="No server answers"):
        summary(settings, None)
