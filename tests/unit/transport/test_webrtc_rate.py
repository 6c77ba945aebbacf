"""Bit rate, pacing and retransmission budget, in made-up time."""

import pytest

from agent.transport.webrtc.rate import (
    BitrateController,
    Pacer,
    RetransmissionBudget,
    RetransmissionVerdict,
)


def controller() -> BitrateController:
    return BitrateController(start=900_000, minimum=60_000, maximum=2_000_000)


def test_starts_at_the_start() -> None:
    assert controller().target == 900_000


def test_estimate_bounds_the_target() -> None:
    rates = controller()
    rates.on_estimate(300_000)
    assert rates.target == 240_000
    rates.on_estimate(10_000)
    assert rates.target == 60_000
    rates.on_estimate(50_000_000)
    assert rates.target == 900_000


def test_a_low_rate_can_grow_when_estimates_follow_what_arrives() -> None:
    rates = controller()
    rates.on_estimate(60_000)
    for _ in range(20):
        rates.on_estimate(int(1.5 * rates.target))
    assert rates.target == 900_000


def test_loss_lowers_and_its_absence_raises() -> None:
    rates = controller()
    rates.on_loss(0.2)
    assert rates.target == 810_000
    rates.on_loss(0.05)
    assert rates.target == 810_000
    rates.on_loss(0.0)
    assert rates.target == pytest.approx(874_800, abs=1)
    for _ in range(50):
        rates.on_loss(0.0)
    assert rates.target == 2_000_000
    for _ in range(50):
        rates.on_loss(1.0)
    assert rates.target == 60_000


def test_pacer_lets_the_opening_pass_and_then_keeps_the_rate() -> None:
    pacer, now = Pacer(800_000), 10.0
    sent_at = []
    for _ in range(100):
        now += pacer.delay(now)
        sent_at.append(now)
        pacer.sent(1_000, now)
    assert sent_at[39] == 10.0
    assert sent_at[-1] - 10.0 == pytest.approx((99_000 - Pacer.OPENING) / 125_000)


def test_pacer_saves_up_only_a_short_burst() -> None:
    pacer = Pacer(800_000)
    pacer.sent(Pacer.OPENING, 0.0)
    assert pacer.delay(0.0, queued=1_000) == pytest.approx(0.008)
    assert pacer.delay(100.0, queued=10_000) == 0.0
    assert pacer.delay(100.0, queued=11_000) == pytest.approx(0.008)


def judge(
    budget: RetransmissionBudget, sequence: int, now: float, size: int = 1_000
) -> RetransmissionVerdict:
    return budget.judge(sequence, size, bitrate=800_000, round_trip=0.1, now=now)


def test_a_packet_is_sent_again_once_in_one_and_a_half_round_trips() -> None:
    budget = RetransmissionBudget()
    assert judge(budget, 7, 0.0) is RetransmissionVerdict.SEND
    assert judge(budget, 7, 0.14) is RetransmissionVerdict.WAIT
    assert judge(budget, 8, 0.14) is RetransmissionVerdict.SEND
    assert judge(budget, 7, 0.16) is RetransmissionVerdict.SEND


def test_the_budget_runs_out_and_fills_at_its_share() -> None:
    budget = RetransmissionBudget()
    verdicts = [judge(budget, sequence, 0.0) for sequence in range(8)]
    assert verdicts == [RetransmissionVerdict.SEND] * 6 + [RetransmissionVerdict.EXHAUSTED] * 2
    assert judge(budget, 8, 0.06) is RetransmissionVerdict.EXHAUSTED  # 900 bytes by now
    assert judge(budget, 8, 0.07) is RetransmissionVerdict.SEND


def test_forgetting_allows_again_at_once() -> None:
    budget = RetransmissionBudget()
    judge(budget, 7, 0.0)
    budget.forget()
    assert judge(budget, 7, 0.01) is RetransmissionVerdict.SEND
