"""The example of the settings is what the settings are."""

import re
from pathlib import Path

import pytest

from agent.commands.settings import example
from agent.settings import REPOSITORY, Settings

FILE = REPOSITORY / "visavis.example.toml"


def test_the_file_is_fresh() -> None:
    assert FILE.read_text() == example(), "run: make settings"


def test_it_changes_nothing_as_it_is(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    defaults = Settings()
    (tmp_path / "visavis.toml").write_text(FILE.read_text())
    assert Settings() == defaults


def test_every_line_may_be_taken_in(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(REPOSITORY)
    defaults = Settings()
    lines = [line for line in FILE.read_text().splitlines() if "# not set" not in line]
    taken = [re.sub(r"^# (\w+ = )", r"\1", line) for line in lines]
    assert sum(before != after for before, after in zip(lines, taken, strict=True)) > 40
    (tmp_path / "visavis.toml").write_text("\n".join(taken))
    monkeypatch.chdir(tmp_path)
    settings = Settings()
    (tmp_path / "prompts").symlink_to(REPOSITORY / "prompts")
    assert settings.mind.prompts_dir.resolve() == defaults.mind.prompts_dir.resolve()
    mind = settings.mind.model_copy(update={"prompts_dir": defaults.mind.prompts_dir})
    assert settings.model_copy(update={"mind": mind}) == defaults
    assert all(
        about.description
        for section in Settings.model_fields.values()
        for about in section.annotation.model_fields.values()  # type: ignore[union-attr]
    )
