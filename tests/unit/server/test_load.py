"""One more conversation is refused while frames are late, and only then."""

import pytest

from agent.errors import ServerFull
from agent.server.access.load import BEATS, FEW, LATEST_SECONDS, Load

MANY = FEW + 1


def test_a_calm_server_has_room() -> None:
    load = Load()
    load.require_room(MANY)
    for _ in range(BEATS):
        load.note_lateness(LATEST_SECONDS / 2)
    load.require_room(MANY)


def test_a_late_one_has_none_until_it_recovers() -> None:
    load = Load()
    for _ in range(BEATS):
        load.note_lateness(2 * LATEST_SECONDS)
    with pytest.raises(ServerFull):
        load.require_room(MANY)
    for _ in range(BEATS * 3 // 4):
        load.note_lateness(0.0)
    load.require_room(MANY)


def test_one_hiccup_is_no_load() -> None:
    load = Load()
    for _ in range(BEATS - 1):
        load.note_lateness(0.0)
    load.note_lateness(0.5)
    load.require_room(MANY)


def test_few_are_served_however_busy_the_machine_is() -> None:
    load = Load()
    for _ in range(BEATS):
        load.note_lateness(2 * LATEST_SECONDS)
    load.require_room(FEW)
