"""Labels of picked rows alone: no command gives a share or an interval of precision, recall or agreement (CAL-08)."""

from __future__ import annotations

import html
import json
import re
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest

from engine.core.project import Project
from engine.store import Store
from studio.cli.lazy_group import take
from studio.cli.main import COMMANDS
from tests.support import hand_picked, label_shares
from tests.support.command import Said
from tests.support.page_project import filled

ELSEWHERE: dict[str, str] = {
    **dict.fromkeys(("init", "verify", "doctor", "backup", "recover"), "speaks of a folder and a machine"),
    **dict.fromkeys(
        ("engines add", "engines remove", "engines discover", "engines files", "engines probe", "engines start",
         "engines stop", "engines log", "engines lineup"),
        "speaks of an engine",
    ),
    **dict.fromkeys(
        ("seeds add", "seeds sweep", "benchmarks add", "benchmarks check", "knowledge build", "knowledge import",
         "knowledge bands", "graph combinations", "graph path", "graph export"),
        "speaks of seeds, benchmarks or the graph",
    ),
    **dict.fromkeys(("run", "ingest", "runs pause", "runs cancel", "runs resume"), "writes problems"),
    **dict.fromkeys(
        ("train sft", "train dpo", "train sft-dpo", "evaluate", "evaluate quality", "round start", "round resume",
         "round promote", "round skip", "round rollback", "bench"),
        "speaks of models",
    ),
    **dict.fromkeys(("users add", "users list", "users remove"), "speaks of people"),
    "judges check": "asks judges about rows of a file, drawn with equal chances",
}  # fmt: skip
"""Commands with JSON that say nothing of the project's labels, and of what they speak."""
ASKED: dict[str, tuple[Sequence[str], ...]] = {
    "engines list": ((),),
    "graph stats": ((),),
    "runs list": ((),),
    "runs show": (("RUN",),),
    "curate": (("--set", "curation.neighbours=3"), ()),
    "select": ((), ("--size", "9")),
    "labels list": ((), ("--open",)),
    "labels status": ((),),
    "labels add": (("FILE",),),
    "judges": ((),),
    "certify start": (("--target", "0.8"),),
    "certify status": ((),),
    "certify stop": ((),),
    "decide": (("PROBLEM", "approve"),),
    "undo": ((),),
    "export": (("--name", "picked", "--selection", "kept"),),
    "report": ((),),
    "round status": ((),),
    "labels draw": (("--size", "20"),),
}
"""The others, each with its words; the draw is last, as its rows are not labelled."""


def _with_json() -> Iterator[str]:
    def walk(command: Any, path: str) -> Iterator[str]:
        inner = getattr(command, "commands", None) or {}
        for name, each in inner.items():
            yield from walk(each, f"{path} {name}")
        if any("--json" in param.opts for param in command.params) and not (inner and not command.params):
            yield path

    for one in COMMANDS:
        yield from walk(take(one), one.name)


def test_cal08_every_command_with_json_is_asked_or_speaks_of_something_else() -> None:
    assert sorted(_with_json()) == sorted({*ELSEWHERE, *ASKED})
    assert not ELSEWHERE.keys() & ASKED.keys()


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = filled(tmp_path_factory.mktemp("picked") / "project")
    with Store(root / "project.duckdb") as store:
        hand_picked.label_picked(Project(root), store)
    return root


def _words(home: Path, words: Sequence[str]) -> list[str]:
    with Store(home / "project.duckdb") as store:
        known = {
            "RUN": store.runs.list(dry=False)[0].id,
            "PROBLEM": store.problems.scoreboard()["id"][0].as_py(),
            "FILE": str(home / "labels.csv"),
        }
    return [known.get(word, word) for word in words]


@pytest.mark.parametrize("name", ASKED)
def test_cal08_no_command_gives_a_share_or_an_interval_of_picked_labels(
    name: str, home: Path, command: Callable[..., Said]
) -> None:
    for words in ASKED[name]:
        mine = _words(home, words)
        said = command(*name.split(), *mine, "--json", project=home)
        if said.code:
            # A refusal is said in words, and gives no number either.
            assert label_shares.in_text(said.err) == []
            continue
        assert label_shares.in_json(said.values) == [], (name, words)
        files = [path for path in map(Path, _paths(said.values)) if path.suffix in (".json", ".html", ".md", ".csv")]
        assert [(path.name, fault) for path in files for fault in _in_file(path)] == []


def _paths(values: dict[str, Any]) -> list[str]:
    found = values.get("files") or []
    return [str(one) for one in (found.values() if isinstance(found, dict) else found)]


def _in_file(path: Path) -> list[str]:
    """Return what a written file gives; tables of papers and a report's text are read as sentences."""
    if not path.is_file() or path.parent.name == "published":
        return []
    text = path.read_text(encoding="utf-8")
    if path.suffix == ".json":
        return label_shares.in_json(json.loads(text))
    if path.suffix == ".html":
        # Tables have files of their own; what papers report is labelled in theirs.
        text = re.sub(r"<(script|style|svg|table)\b.*?</\1>", " ", text, flags=re.S)
        text = html.unescape(re.sub(r"<[^>]+>", "\n", text))
    return label_shares.in_text(text)
