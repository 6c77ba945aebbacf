"""Files that lie beside modules."""

import ast
import importlib
from pathlib import Path

import pytest

from agent.settings import REPOSITORY

BESIDE = sorted(
    str(path.relative_to(REPOSITORY))
    for package in ("agent", "render")
    for path in (REPOSITORY / package).rglob("*.py")
    if "Path(__file__)" in path.read_text("utf-8") and path.name != "settings.py"
)


@pytest.mark.parametrize("file", BESIDE)
def test_what_a_module_reads_beside_itself_is_there(file: str) -> None:
    tree = ast.parse((REPOSITORY / file).read_text("utf-8"))
    module = importlib.import_module(file.removesuffix(".py").replace("/", "."))
    names = [
        target.id
        for node in tree.body
        if isinstance(node, ast.Assign | ast.AnnAssign) and "__file__" in ast.dump(node)
        for target in (node.targets if isinstance(node, ast.Assign) else [node.target])
        if isinstance(target, ast.Name)
    ]
    assert names
    for name in names:
        path: Path = getattr(module, name)
        assert path.exists(), f"{file} reads {path}"
