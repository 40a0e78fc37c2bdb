"""`lemma run --on ray`: what the command refuses, and one run of it where an earlier cluster was killed."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

import pytest

from engine.core import project
from engine.core.records import RunEvent
from engine.models.serving import ports
from engine.runs import journal as journals
from engine.runs.plan import load_plan
from tests.support.command import within
from tests.support.page_project import filled

ROOT = Path(__file__).resolve().parents[3]
CLOCKS = frozenset(("at", "seconds", "created"))


def lemma(project: Path, *words: str, **environment: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-c", "from studio.cli.main import main; main()", "run", "agenticmath", "--items", "30"]
    return subprocess.run(
        [*command, *words, "--json", "--project", str(project)],
        capture_output=True,
        text=True,
        env={**os.environ, "PYTHONPATH": str(ROOT), **environment},
        timeout=300,
    )


def outcome(said: subprocess.CompletedProcess[str]) -> dict[str, Any]:
    assert said.returncode == 0, said.stderr
    return dict(json.loads(said.stdout.splitlines()[-1]))


def test_options_of_ray_without_ray_are_refused(tmp_path: Path) -> None:
    home = project.create(tmp_path / "project")
    said = within("run", "gsdp", "--actors", "2", project=home.root)
    assert said.code == 1
    assert "belong to --on ray" in said.err
    assert list(home.runs.iterdir()) == []


def everything(run_dir: Path) -> set[str]:
    """All records without what the clock says."""
    made = set()
    for record in journals.records(run_dir / "journal"):
        if not isinstance(record, RunEvent):
            names = [name for name in record.__dataclass_fields__ if name not in CLOCKS]
            made.add(f"{type(record).__name__} {[(name, getattr(record, name)) for name in names]}")
    return made


@pytest.mark.models
@pytest.mark.slow
def test_a_recipe_gives_the_same_records_on_a_cluster(tmp_path: Path) -> None:
    """The same project, recipe and seed, by command: equal sets of records, whoever made them."""
    pytest.importorskip("ray", reason="Ray is not installed: pip install 'lemma-studio[ray]'")
    here = filled(tmp_path / "project")
    there = Path(shutil.copytree(here, tmp_path / "there" / "project"))
    refused = within("run", "gsdp", "--on", "ray", "--replica", "nobody=serve {port}", project=there)
    assert refused.code == 1
    assert "'nobody' is no engine here; known: abacus" in refused.err
    one = outcome(lemma(here))
    with tempfile.TemporaryDirectory(prefix="ray-") as folder:
        # What a killed cluster leaves. Sockets of Ray lie here too, so its name must be short.
        note = Path(folder, "ray", "ray_current_cluster")
        note.parent.mkdir()
        note.write_text(f"127.0.0.1:{ports.unused()}")
        other = outcome(lemma(there, "--on", "ray", "--actors", "2", RAY_TMPDIR=folder, RAY_ADDRESS=""))
    assert one["run"] == other["run"]
    assert (one["state"], one["funnel"]) == (other["state"], other["funnel"])
    assert one["state"] == "finished"
    spread = there / "runs" / other["run"]
    assert everything(spread) == everything(here / "runs" / one["run"])
    assert not (spread / "shards").exists()
    plan = load_plan(spread)
    assert plan.cluster is not None
    assert plan.cluster.actors == 2
