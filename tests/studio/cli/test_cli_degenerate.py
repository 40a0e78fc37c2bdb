"""Degenerate projects on the roads that people take: a number, or a reason with a code, and never an exception."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from engine.core.project import create
from engine.curation.trust import drawing
from engine.store import Store
from tests.support.audited_project import POLICY, read, scored
from tests.support.command import Said

RULES = '[[rules]]\nscore = "judge_score"\nop = "at least"\nlimit = 0.85\nif_missing = "drop"\nuse = true\n'
CASES = {
    "nothing kept": (60, lambda n: 0.2, "good", "empty", "empty"),
    "one row kept": (60, lambda n: 0.9 if n == 7 else 0.2, "good", None, None),
    "one row in all": (1, lambda n: 0.9, "good", None, "proven"),
    "all good": (90, lambda n: 0.9, "good", None, "open"),
    "all bad": (90, lambda n: 0.9, "bad", None, "out_of_reach"),
    "ties at the limit": (90, lambda n: 0.85, "good", None, "open"),
    "no labels": (90, lambda n: 0.9, "", "no_labels", "open"),
    "hand-picked labels": (90, lambda n: 0.9, "picked", "not_random", "open"),
    "missing scores": (90, lambda n: 0.9 if n % 2 else None, "good", None, "open"),
}
"""Rows, score of each, labels; the code of the precision (None for any) and of the freeze (None for any)."""


@pytest.mark.parametrize("name", CASES)
def test_cal35_every_road_ends_with_a_number_or_a_code(name: str, command: Callable[..., Said], tmp_path: Path) -> None:
    rows, score, said, refused, frozen = CASES[name]
    home = create(tmp_path / "project")
    with Store(home.database) as store:
        ids = scored(store, rows, score)
        if said in ("good", "bad"):
            drawing.draw(store, POLICY, 45, salt="few")
            drawn = [one.row_id for one in store.draws.open()]
            read(store, drawn, bad=drawn if said == "bad" else ())
        elif said:
            read(store, ids[:12], queue="kept")
    policy = tmp_path / "ours.toml"
    policy.write_text(f'name = "ours"\n{RULES}')
    found = command("select", "--policy", policy, "--json", project=home.root).values["precision"]
    assert (found["value"] is None) == (found["refused"] is not None)
    assert refused in (None, found["refused"])
    made = command("certify", "start", "--policy", policy, "--target", ".9", "--json", project=home.root)
    told = json.loads(made.out.splitlines()[-1])
    assert (made.code == 0) == ("refused" not in told)
    assert frozen in (None, told.get("refused") or told["state"])
    out = tmp_path / "out"
    sent = command("export", "set", "--format", "sft", "--only", "selected", "--out", out, "--json", project=home.root)
    assert sent.code in (0, 1)
    if sent.code == 0:
        quality = json.loads((out / "quality.json").read_text())
        assert (quality["exported"]["value"] is None) == (quality["exported"]["refused"] is not None)
        assert "How good is it" in (out / "README.md").read_text()
