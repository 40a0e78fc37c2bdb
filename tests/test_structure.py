"""The house shows itself: rooms as listed, one noun for one thing, files that say one thing, a picture that is true."""

from __future__ import annotations

import ast
import tomllib
from collections import defaultdict
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
ROOMS = frozenset(
    [
        "abacus",
        "core",
        "curation",
        "execution",
        "export",
        "generation",
        "knowledge",
        "learning",
        "models",
        "planning",
        "reporting",
        "runs",
        "seeds",
        "similarity",
        "store",
        "verification",
    ]
)
LONGEST = 350
FAMILIES = ROOT / "engine" / "abacus" / "families"
"""Families of problems: one file a field of mathematics, as long as the field is."""


def _files(*folders: str) -> list[Path]:
    return [path for folder in folders for path in sorted((ROOT / folder).rglob("*.py"))]


def _contracts() -> list[dict]:
    return tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["importlinter"]["contracts"]


def _layers(container: str) -> list[str]:
    return next(one["layers"] for one in _contracts() if one.get("containers") == [container])


def test_the_engine_has_sixteen_rooms_and_no_loose_file():
    found = {path.name for path in (ROOT / "engine").iterdir() if path.name != "__pycache__"}
    assert found == ROOMS | {"__init__.py"}


def test_every_room_says_what_it_is_for():
    silent = [path for path in _files("engine", "studio") if not ast.get_docstring(ast.parse(path.read_text("utf-8")))]
    assert silent == []


def test_no_public_class_name_stands_twice():
    """One noun, one meaning: a second class of the same name is named after its room instead."""
    homes = defaultdict(list)
    for path in _files("engine", "studio"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.ClassDef) and not node.name.startswith("_"):
                homes[node.name].append(str(path.relative_to(ROOT)))
    assert {name: where for name, where in homes.items() if len(where) > 1} == {}


def test_no_file_is_longer_than_one_thing():
    lengths = {path: len(path.read_text(encoding="utf-8").splitlines()) for path in _files("engine", "studio", "pages")}
    assert {str(path): n for path, n in lengths.items() if n > LONGEST and FAMILIES not in path.parents} == {}


def test_the_picture_of_the_rooms_is_the_contract():
    """CONTRIBUTING draws the layers that import-linter holds, line by line."""
    drawn = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
    for container in ("engine", "studio"):
        picture = "\n".join(f"  {layer}" for layer in _layers(container))
        assert f"{picture}\n" in drawn, f"the picture of {container} in CONTRIBUTING.md should be:\n{picture}"


def test_no_room_is_outside_the_layers():
    """A new room that no layer names must fail."""
    for container in ("engine", "studio"):
        one = next(each for each in _contracts() if each.get("containers") == [container])
        assert one["exhaustive"] is True


def test_tests_are_imported_one_way():
    """A helper is `tests.support.x`, wherever it is used; nothing puts itself on the path of imports."""
    bare = {path.stem for path in (ROOT / "tests").rglob("*.py")}
    for path in _files("tests"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.ImportFrom) and node.module:
                assert node.level == 0, path
                assert node.module.split(".")[0] not in bare, f"{path}: from {node.module}"
