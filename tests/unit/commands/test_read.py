"""`visavis read` prints what a voice would say."""

import pytest

from agent.commands.read import read_aloud
from agent.errors import BadRequest


def test_each_piece_has_a_line() -> None:
    text = "It was built 1908, and **opened** to everybody. It cost $5!"
    assert read_aloud(text, "en") == (
        "It was built nineteen oh-eight,\nand opened to everybody.\nIt cost five dollars!"
    )


def test_marks_alone_cannot_be_said() -> None:
    with pytest.raises(BadRequest):
        read_aloud("■ ● ***", "en")
