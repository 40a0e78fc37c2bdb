"""`lemma certify`: freeze, audit through `lemma labels add`, certificate on the card, and what cannot be frozen."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from engine.core.project import create
from engine.store import Store
from tests.support.audited_project import scored
from tests.support.command import Said

RULES = '[[rules]]\nscore = "judge_score"\nop = "at least"\nlimit = 0.85\nif_missing = "drop"\nuse = true\n'


@pytest.fixture
def home(tmp_path: Path) -> Path:
    made = create(tmp_path / "project")
    with Store(made.database) as store:
        scored(store, 200)
    (tmp_path / "ours.toml").write_text(f'name = "ours"\n{RULES}')
    return made.root


@pytest.fixture
def ask(command: Callable[..., Said], home: Path) -> Callable[..., dict[str, Any]]:
    """Run a command and return its JSON, of one that fails as well."""

    def run(*words: str, code: int = 0) -> dict[str, Any]:
        said = command(*words, "--json", project=home)
        assert said.code == code, said.err
        found: dict[str, Any] = json.loads(said.out.splitlines()[-1])
        return found

    return run


def test_cal31_from_the_freeze_to_the_card(home: Path, ask: Callable[..., dict[str, Any]], tmp_path: Path) -> None:
    assert ask("certify", "status") == {"audit": None}
    asked = ("--policy", str(tmp_path / "ours.toml"), "--target", ".9", "--confidence", ".95")
    made = ask("certify", "start", *asked)
    assert (made["state"], made["target"], made["confidence"], made["set"]["rows"]) == ("open", 0.9, 0.95, 60)
    with Store(home / "project.duckdb") as store:
        rows = store.audits.rows(made["audit"]).to_pylist()
    file = tmp_path / "said.csv"
    file.write_text("id,verdict,curator,blind\n" + "".join(f"{row['row_id']},good,Ann,true\n" for row in rows[:45]))
    ask("labels", "add", str(file))
    found = ask("certify", "status")
    assert (found["state"], found["labels"], found["bad"]) == ("proven", 45, 0)
    assert found["guarantee"]["bound"] >= 0.9
    assert found["remarks"] == []
    out = tmp_path / "out"
    ask("export", "ours", "--only", "selected", "--out", str(out))
    told = json.loads((out / "quality.json").read_text())
    assert told["certificate"]["state"] == "valid"
    assert told["certificate"]["rows"] == 60
    assert "At least" not in (out / "README.md").read_text()
    assert "with 95 % confidence at least 9" in (out / "README.md").read_text()
    assert json.loads((out / "manifest.json").read_text())["quality"] == told
    ended = ask("certify", "stop", "--reason", "done")
    assert ended["state"] == "proven"


def test_cal31_a_new_version_of_the_policy_makes_it_void(
    home: Path, ask: Callable[..., dict[str, Any]], tmp_path: Path
) -> None:
    file = tmp_path / "ours.toml"
    ask("certify", "start", "--policy", str(file), "--target", ".9")
    file.write_text(file.read_text().replace("0.85", "0.9"))
    ask("select", "--policy", str(file))
    found = ask("certify", "status")
    assert (found["state"], [one["code"] for one in found["void"]]) == ("void", ["policy_changed"])
    assert found["guarantee"] is None


def test_cal35_what_cannot_be_frozen_has_a_code(
    home: Path, command: Callable[..., Said], ask: Callable[..., dict[str, Any]], tmp_path: Path
) -> None:
    strict = tmp_path / "strict.toml"
    strict.write_text(f'name = "strict"\n{RULES}'.replace("0.85", "1.0"))
    said = ask("certify", "start", "--policy", str(strict), code=1)
    assert (said["audit"], said["refused"]) == (None, "empty")
    assert ask("certify", "start", "--target", "0", code=1)["refused"] == "target"
    assert command("certify", "stop", project=home).code == 1
    assert command("certify", "start", "--bad", "2", project=home).code == 1
