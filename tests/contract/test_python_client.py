"""The Python client keeps the contract that all clients share: one script, one conversation."""

import json
from pathlib import Path

import pytest
from contract_stage import Stage

SCRIPTS = {
    path.stem: json.loads(path.read_text())["steps"]
    for path in sorted((Path(__file__).parent / "scripts").glob("*.json"))
}


def test_there_are_scripts() -> None:
    assert len(SCRIPTS) >= 6


@pytest.mark.parametrize("script", SCRIPTS)
async def test_the_client_does_what_the_script_says(script: str) -> None:
    stage = Stage()
    for number, step in enumerate(SCRIPTS[script]):
        try:
            await stage.play(step)
        except AssertionError as error:
            raise AssertionError(f"step {number}, {step}: {error}") from error
    await stage.session.stop()
