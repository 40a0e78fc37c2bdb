"""Nothing looks surer than it is: which words a page, a command or a report may use, and where."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from studio.parts.tune.looks import consequence
from studio.parts.tune.pick import promise

ROOT = Path(__file__).resolve().parents[2]
FOLDERS = ("studio", "pages", "engine/curation", "engine/reporting", "engine/export", "engine/planning")
SURE = re.compile(r"guarant|certif", re.IGNORECASE)
EXACT = ("engine.curation.trust.certificate", "engine.curation.trust.meter", "engine.curation.trust.choose")
"""Who speaks of guarantees goes by exact tests, exact bounds or the meter."""


def said(tree: ast.Module) -> Iterator[str]:
    """Return the texts of a file that somebody may read on a screen: all but docstrings and notes under a name."""
    silent = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in silent:
            yield node.value


def test_cal34_guaranteed_and_certified_are_said_by_exact_methods_alone() -> None:
    found = []
    for path in (path for folder in FOLDERS for path in sorted((ROOT / folder).rglob("*.py"))):
        tree = ast.parse(path.read_text(encoding="utf-8"))
        texts = [text for text in said(tree) if SURE.search(text) and " " in text]
        taken = {node.module for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)}
        own = ".".join(path.relative_to(ROOT).with_suffix("").parts)
        if texts and own not in EXACT and not taken & set(EXACT):
            found.append((own, texts[0]))
    assert found == []
    scripts = sorted((ROOT / "studio").rglob("*.js"))
    assert scripts
    assert [path.name for path in scripts if SURE.search(path.read_text(encoding="utf-8"))] == []


@pytest.mark.parametrize("exact", [True, False])
def test_cal34_the_pick_guarantees_by_an_exact_test_alone_and_says_what_it_does_not(exact: bool) -> None:
    text = promise(0.9, 0.1, 1234, exact)
    assert text.startswith("Guaranteed with 90% confidence") is exact
    assert bool(SURE.search(text)) is exact
    assert "verdicts are right" in text
    assert "still to come" in text
    assert exact or "about 10 of 100 such choices may still miss" in text


def test_cal19_many_looks_are_said_with_what_they_do() -> None:
    assert "beforehand" in consequence(1)
    assert "looks better than it is" not in consequence(1)
    assert consequence(14).startswith("Limits looked at: 14.")
    assert "the best of 14 looks better than it is" in consequence(14)
