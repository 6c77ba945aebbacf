"""An alarm names the layer that took longer than it may, and nothing else."""

from typing import get_args

import pytest
from prometheus_client import CollectorRegistry, generate_latest
from pydantic import ValidationError
from turns_fakes import turn_to

from agent.ledger.budgets import WHOLE, BudgetAlarm, Overrun
from agent.ledger.exporters import Metrics
from agent.ledger.turns import LAYERS
from agent.settings import Budgeted, LedgerSettings

BUDGETS = {"endpointing": 300.0, "network_and_display": 100.0, WHOLE: 400.0, "voice": 0.0}


def test_a_turn_within_its_budgets_raises_no_alarm() -> None:
    broken: list[Overrun] = []
    turn_to(BudgetAlarm(BUDGETS, broken.append))
    assert broken == []


def test_the_layer_that_broke_its_budget_is_named_and_the_whole_with_it() -> None:
    broken: list[Overrun] = []
    turn_to(BudgetAlarm(BUDGETS, broken.append), slower=0.2)
    assert [(each.layer, round(each.ms), each.budget_ms) for each in broken] == [
        ("network_and_display", 250, 100.0),
        (WHOLE, 545, 400.0),
    ]
    assert {(each.session, each.turn) for each in broken} == {("s", 1)}


def test_nobody_waits_for_a_greeting() -> None:
    broken: list[Overrun] = []
    turn_to(BudgetAlarm(BUDGETS, broken.append), source="greeting", slower=9.0)
    assert broken == []


def test_broken_budgets_are_counted() -> None:
    registry = CollectorRegistry()
    turn_to(BudgetAlarm(BUDGETS, Metrics(registry).over_budget), slower=0.2)
    text = generate_latest(registry).decode()
    assert 'visavis_over_budget_total{layer="network_and_display"} 1.0' in text
    assert 'layer="endpointing"' not in text


def test_the_settings_know_all_layers_and_no_others() -> None:
    assert get_args(Budgeted) == (*(name for name, _ in LAYERS), WHOLE)
    assert set(LedgerSettings().budgets_ms) == set(get_args(Budgeted))
    with pytest.raises(ValidationError):
        LedgerSettings.model_validate({"budgets_ms": {"endpoint": 5}})
