"""Steps down happen when something stays wrong; steps up are tried, more and more rarely."""

from dataclasses import replace

import pytest

from agent.face.ladder import FIRST_RETRY, PATIENCE, Ladder
from agent.transport.base import TransportStats

GOOD = TransportStats(
    connected=True,
    pictures_sent=0,
    pictures_skipped=0,
    keyframes=0,
    audio_packets_dropped=0,
    bytes_sent=0,
    retransmissions=0,
    motion_sent=0,
    motion_skipped=0,
    motion_bytes=0,
    video_bitrate=900_000,
    loss=0.0,
    round_trip=None,
    microphone_frames=0,
    microphone_lost=0,
)
CHOKED = replace(GOOD, video_bitrate=60_000, loss=0.1)


def ladder(can_draw: bool = True) -> Ladder:
    return Ladder(can_draw, lowest=60_000, frame_rate=25)


@pytest.mark.parametrize(("can_draw", "below"), [(True, "motion"), (False, "audio")])
def test_a_choked_path_ends_pictures_after_a_while(can_draw: bool, below: str) -> None:
    watched = ladder(can_draw)
    steps = [watched.next_step(second, "video", CHOKED, 0) for second in range(int(PATIENCE) + 1)]
    assert steps == [None] * int(PATIENCE) + [(below, "network")]


def test_a_hiccup_ends_nothing() -> None:
    watched = ladder()
    for second in range(60):
        stats = GOOD if second % 3 == 0 else CHOKED
        assert watched.next_step(second, "video", stats, 0) is None


def test_a_low_bit_rate_without_loss_is_no_reason() -> None:
    watched = ladder()
    slow = replace(GOOD, video_bitrate=60_000)
    assert all(watched.next_step(second, "video", slow, 0) is None for second in range(20))


def test_pictures_that_come_too_late_are_the_servers_fault() -> None:
    watched = ladder()
    steps = [watched.next_step(second, "video", GOOD, 10 * second) for second in range(10)]
    assert ("motion", "server_load") in steps
    assert steps.index(("motion", "server_load")) == 1 + int(PATIENCE)


def test_pictures_are_tried_again_and_each_time_later() -> None:
    watched, now, waits = ladder(), 0.0, []
    for _ in range(3):
        while watched.next_step(now, "video", CHOKED, 0) is None:
            now += 1
        left = now
        while watched.next_step(now, "motion", GOOD, 0) is None:
            now += 1
        waits.append(now - left)
    assert waits == [FIRST_RETRY, 2 * FIRST_RETRY, 4 * FIRST_RETRY]


def test_a_lossy_path_is_not_tried() -> None:
    watched = ladder()
    now = 0.0
    while watched.next_step(now, "video", CHOKED, 0) is None:
        now += 1
    for _ in range(200):
        now += 1
        assert watched.next_step(now, "motion", replace(GOOD, loss=0.1), 0) is None


def test_what_the_listener_chose_stays() -> None:
    watched = ladder()
    now = 0.0
    while watched.next_step(now, "video", CHOKED, 0) is None:
        now += 1
    watched.chosen()
    assert all(watched.next_step(now + s, "motion", GOOD, 0) is None for s in range(500))


def test_motion_too_is_given_up_by_a_server_that_stays_late_and_comes_back_first() -> None:
    watched = Ladder(True, lowest=60_000, frame_rate=25, patience=7.0)
    steps = [watched.next_step(second, "video", GOOD, 10 * second) for second in range(6)]
    assert steps[-1] == ("motion", "server_load")
    late = [watched.next_step(6 + s, "motion", GOOD, 60 + 10 * s) for s in range(8)]
    assert late == [None] * 7 + [("audio", "server_load")]
    now, back = 14.0, []
    shown = "audio"
    for _ in range(200):
        now += 1
        step = watched.next_step(now, shown, GOOD, 130)  # type: ignore[arg-type]
        if step is not None:
            back.append(step)
            shown = step[0]
    assert back == [("motion", "recovered"), ("video", "recovered")]


def test_a_listener_who_asked_for_motion_gets_motion_back() -> None:
    watched = ladder()
    steps = [watched.next_step(second, "motion", GOOD, 10 * second) for second in range(6)]
    assert steps[-1] == ("audio", "server_load")
    later = [watched.next_step(second, "audio", GOOD, 50) for second in range(6, 60)]
    assert [step for step in later if step] == [("motion", "recovered")]
