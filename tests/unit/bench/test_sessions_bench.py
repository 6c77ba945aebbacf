"""What the bench makes of visitors' arrivals; nothing is measured here."""

import pytest

from agent.bench.lab.visitor import Visitor
from agent.bench.sessions import run, summary
from agent.errors import BadRequest
from agent.settings import Settings


def visitor(fps: float, late: float = 0.0) -> Visitor:
    one = Visitor.__new__(Visitor)
    one.sound = {pts: pts / 25 for pts in range(250)}
    one.shown = {pts: pts / 25 + late for pts in range(250) if pts % 25 < fps}
    one.received_bytes = {"sound": 40_000, "shown": 20_000}
    one.answers = 2
    one.presentation = "motion" if fps == 25 else "video"
    return one


async def test_rates_skews_and_bytes() -> None:
    report = summary([visitor(25), visitor(20, late=0.03), visitor(25)], 0.0, 10.0, "motion")
    assert report["fps_min"] == pytest.approx(20, abs=0.2)
    assert report["fps_median"] == 25
    assert report["frames_missing"] == pytest.approx(1 - 70 / 75, abs=0.01)
    assert report["av_skew_p95_ms"] == pytest.approx(30, abs=0.1)
    assert report["stall_max_ms"] == 240
    assert report["answers"] == 6
    assert report["switched"] == 1
    assert report["sound_bytes_per_second"] == 4_000
    assert report["shown_bytes_per_second"] == 2_000


async def test_who_is_left_with_sound_is_counted_by_it() -> None:
    one = visitor(10)
    one.presentation = "audio"
    report = summary([one], 0.0, 10.0, "motion")
    assert (report["fps_min"], report["switched"]) == (25, 1)


async def test_nobody_there_is_no_success() -> None:
    report = summary([], 0.0, 10.0, "video")
    assert (report["fps_min"], report["frames_missing"]) == (0.0, 1.0)
    assert report["av_skew_p95_ms"] is None


@pytest.mark.parametrize(("mode", "count"), [("film", 2), ("video", 0)])
async def test_impossible_orders_are_refused(mode: str, count: int) -> None:
    with pytest.raises(BadRequest):
        await run(Settings(), count, 1.0, mode)
