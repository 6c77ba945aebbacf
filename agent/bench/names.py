"""How many things a public name means: `python -m agent.bench.names`.

A reader follows the data by name, with "go to definition" or with grep. So no public class name
belongs to two classes, and no public method name to more than three unrelated ones. Classes are
related if they have an ancestor in common, or if one of our protocols describes both. The names
of a life are the same everywhere and count for nothing: `start`, `stop`, `close`, `aclose`.

Prints what is above the limits and ends with 1 if there is anything.
"""

import ast
import sys
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import combinations
from pathlib import Path

from agent.settings import REPOSITORY

CLASSES_PER_NAME = 1
OWNERS_PER_METHOD = 3
LIFE = frozenset({"start", "stop", "close", "aclose"})
PACKAGES = ("agent", "render")
NO_ANCESTOR = frozenset({"Protocol", "ABC", "Generic", "Exception", "BaseModel", "StrEnum", "Any"})
"""Bases that say nothing about what a class does."""


@dataclass(frozen=True, slots=True)
class PublicClass:
    """One public class.

    Attributes:
        name: Its name.
        file: Where it is defined, relative to the repository.
        bases: The names of its bases, without modules and type arguments.
        methods: Its public methods and properties.
    """

    name: str
    file: str
    bases: tuple[str, ...]
    methods: frozenset[str]

    @property
    def is_protocol(self) -> bool:
        """Whether it only describes others."""
        return "Protocol" in self.bases


def public_classes(root: Path, packages: Iterable[str] = PACKAGES) -> Iterator[PublicClass]:
    """Yields the public classes of the packages below `root`."""
    for package in packages:
        for path in sorted((root / package).rglob("*.py")):
            for node in ast.walk(ast.parse(path.read_text("utf-8"))):
                if isinstance(node, ast.ClassDef) and not node.name.startswith("_"):
                    yield _read(node, str(path.relative_to(root)))


def _read(node: ast.ClassDef, file: str) -> PublicClass:
    bases = (ast.unparse(base).split("[")[0].rsplit(".", 1)[-1] for base in node.bases)
    methods = (
        item.name
        for item in node.body
        if isinstance(item, ast.FunctionDef | ast.AsyncFunctionDef)
        and not item.name.startswith("_")
    )
    return PublicClass(node.name, file, tuple(bases), frozenset(methods))


def shared_class_names(classes: Iterable[PublicClass]) -> dict[str, list[str]]:
    """Returns each class name with several meanings, and the files that define it."""
    files: dict[str, list[str]] = defaultdict(list)
    for each in classes:
        files[each.name].append(each.file)
    return {name: where for name, where in files.items() if len(where) > CLASSES_PER_NAME}


def crowded_methods(classes: Iterable[PublicClass]) -> dict[str, list[tuple[str, ...]]]:
    """Returns each method name with too many unrelated owners, and the owners, kin together."""
    known = list(classes)
    ancestors = _ancestors({each.name: each for each in known})
    owners: dict[str, list[PublicClass]] = defaultdict(list)
    for each in known:
        for method in each.methods - LIFE:
            owners[method].append(each)
    families = {name: _families(name, of, known, ancestors) for name, of in owners.items()}
    return {name: kin for name, kin in families.items() if len(kin) > OWNERS_PER_METHOD}


def _ancestors(by_name: Mapping[str, PublicClass]) -> dict[str, set[str]]:
    found: dict[str, set[str]] = {}

    def of(name: str) -> set[str]:
        if name not in found:
            found[name] = {name}
            for base in by_name[name].bases if name in by_name else ():
                if base not in NO_ANCESTOR:
                    found[name] |= of(base)
        return found[name]

    for name in by_name:
        of(name)
    return found


def _families(
    method: str,
    owners: list[PublicClass],
    known: list[PublicClass],
    ancestors: Mapping[str, set[str]],
) -> list[tuple[str, ...]]:
    protocols = [each for each in known if each.is_protocol and method in each.methods]
    family = {each.name: {each.name} for each in owners}
    for one, other in combinations(owners, 2):
        described = any(p.methods <= one.methods and p.methods <= other.methods for p in protocols)
        if described or ancestors[one.name] & ancestors[other.name]:
            joined = family[one.name] | family[other.name]
            for name in joined:
                family[name] = joined
    return sorted({tuple(sorted(kin)) for kin in family.values()})


def main() -> int:
    """Prints what is above the limits; returns how the process ends."""
    classes = list(public_classes(REPOSITORY))
    shared, crowded = shared_class_names(classes), crowded_methods(classes)
    for name, files in sorted(shared.items()):
        print(f"class {name}: {', '.join(files)}")
    for name, kin in sorted(crowded.items(), key=lambda item: -len(item[1])):
        print(f"method {name}: {len(kin)} owners: {'; '.join('/'.join(k) for k in kin)}")
    return 1 if shared or crowded else 0


if __name__ == "__main__":
    sys.exit(main())
