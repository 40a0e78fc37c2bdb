"""The README stays true: every page and command is in it, every link leads somewhere."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from engine.generation import recipes
from studio.cli.main import COMMANDS
from studio.navigation import ROAD

ROOT = Path(__file__).resolve().parents[1]
README = (ROOT / "README.md").read_text(encoding="utf-8")
DOCUMENTS = (
    "README.md",
    "CONTRIBUTING.md",
    "DECISIONS.md",
    "CHANGELOG.md",
    "SECURITY.md",
    "data/README.md",
    "docs/architecture.md",
    "docs/cluster.md",
    "docs/decontamination.md",
    "docs/sharing.md",
)


@pytest.mark.parametrize("stop", ROAD, ids=lambda stop: stop.name)
def test_every_page_is_named(stop):
    assert f"| {stop.title} |" in README


@pytest.mark.parametrize("command", [entry.name for entry in COMMANDS])
def test_every_command_is_named(command):
    assert f"lemma {command}" in README


@pytest.mark.parametrize("document", DOCUMENTS)
def test_links_and_pictures_lead_to_files(document):
    text = (ROOT / document).read_text(encoding="utf-8")
    for target in re.findall(r"\]\(([^)#]+)\)|src=\"([^\"]+)\"", text):
        path = next(filter(None, target))
        if not path.startswith("http"):
            assert ((ROOT / document).parent / path).exists(), f"{document}: {path}"


def test_pictures_are_small():
    for path in (ROOT / "assets").glob("*.png"):
        assert path.stat().st_size < 300_000, path


def test_the_recipes_of_the_readme_exist():
    for name in re.findall(r"lemma run (\w+)", README):
        assert name in recipes.names()
