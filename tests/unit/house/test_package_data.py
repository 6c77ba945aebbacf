"""A built package holds its data, and says that it is typed."""

import tomllib
from pathlib import Path

import pytest

from agent.settings import REPOSITORY

PROJECT = tomllib.loads((REPOSITORY / "pyproject.toml").read_text("utf-8"))
PATTERNS: dict[str, list[str]] = PROJECT["tool"]["setuptools"]["package-data"]


def data_of(package: Path) -> set[Path]:
    """Returns every file of a package that is no code."""
    return {
        path
        for path in package.rglob("*")
        if path.is_file() and path.suffix not in (".py", ".pyc", ".nbi", ".nbc")
    }


@pytest.mark.parametrize("package", ["agent", "render"])
def test_every_data_file_is_packed(package: str) -> None:
    root = REPOSITORY / package
    packed = {path for pattern in PATTERNS[package] for path in root.glob(pattern)}
    assert root / "py.typed" in packed
    assert data_of(root) - packed == set()
