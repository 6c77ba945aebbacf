"""What the documents name is there."""

import re
from pathlib import Path

import pytest
from typer.main import get_command

from agent.cli import app
from agent.settings import REPOSITORY

DOCUMENTS = sorted(
    path
    for pattern in ("*.md", "docs/*.md", "docker/*.md", "examples/*.md", "client/*.md")
    for path in REPOSITORY.glob(pattern)
)
ROOTS = (
    "agent|render|web|client|docs|tests|prompts|examples|docker|\\.github|\\.ci|visavis\\.example"
)
PATHS = re.compile(rf"`((?:{ROOTS})/[\w./*-]*)`")
LINKS = re.compile(r"\]\((?!https?:|#|mailto:)([^)#]+)(?:#[^)]*)?\)")
MAKE = re.compile(r"`?\bmake ([a-z-]+)`?")
COMMAND = re.compile(r"\bvisavis ((?:bench |ledger |train )?[a-z][a-z-]+)")
DATA = re.compile(r"[*<>{]")


def named(document: Path) -> str:
    return str(document.relative_to(REPOSITORY))


@pytest.mark.parametrize("document", DOCUMENTS, ids=named)
def test_paths_and_links_lead_somewhere(document: Path) -> None:
    text = document.read_text("utf-8")
    paths = [path for path in PATHS.findall(text) if not DATA.search(path)]
    missing = [path for path in paths if not (REPOSITORY / path).exists()]
    missing += [link for link in LINKS.findall(text) if not (document.parent / link).exists()]
    assert missing == []


@pytest.mark.parametrize("document", DOCUMENTS, ids=named)
def test_commands_exist(document: Path) -> None:
    text = document.read_text("utf-8")
    code = "\n".join([*re.findall(r"`([^`\n]+)`", text), *re.findall(r"```[^`]*```", text)])
    targets = set(re.findall(r"^([a-z-]+):", (REPOSITORY / "Makefile").read_text(), re.M))
    assert set(MAKE.findall(code)) - targets == set()
    root = get_command(app)
    for words in COMMAND.findall(code):
        command: object = root
        for word in words.split():
            commands = getattr(command, "commands", None)
            if commands is None:
                break
            assert word in commands, f"there is no command visavis {words}"
            command = commands[word]


def test_the_readme_is_read_in_two_minutes() -> None:
    assert len((REPOSITORY / "README.md").read_text().splitlines()) <= 90
