"""`lemma run --on ray`: what the command refuses, and one run of it where an earlier cluster was killed."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest

from engine.core import project
from engine.models.serving import ports
from engine.runs.plan import load_plan
from tests.support.command import within
from tests.support.page_project import filled

ROOT = Path(__file__).resolve().parents[3]


def lemma(project: Path, *words: str, **environment: str) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "PYTHONPATH": str(ROOT), **environment}
    command = [
        sys.executable,
        "-c",
        "from studio.cli.main import main; main()",
        "run",
        "gsdp",
        *words,
        "--project",
        str(project),
    ]
    return subprocess.run(command, capture_output=True, text=True, env=environment, timeout=300)


def test_options_of_ray_without_ray_are_refused(tmp_path: Path) -> None:
    home = project.create(tmp_path / "project")
    said = within("run", "gsdp", "--actors", "2", project=home.root)
    assert said.code == 1
    assert "belong to --on ray" in said.err
    assert list(home.runs.iterdir()) == []


@pytest.mark.models
@pytest.mark.slow
def test_a_run_on_ray_by_command(tmp_path: Path) -> None:
    pytest.importorskip("ray", reason="Ray is not installed: pip install 'lemma-studio[ray]'")
    project = filled(tmp_path / "project")
    refused = within("run", "gsdp", "--on", "ray", "--replica", "nobody=serve {port}", project=project)
    assert refused.code == 1
    assert "'nobody' is no engine here; known: abacus" in refused.err
    with tempfile.TemporaryDirectory(prefix="ray-") as folder:
        # What a killed cluster leaves. Sockets of Ray lie here too, so its name must be short.
        note = Path(folder, "ray", "ray_current_cluster")
        note.parent.mkdir()
        note.write_text(f"127.0.0.1:{ports.unused()}")
        words = ("--on", "ray", "--actors", "2", "--items", "20", "--json")
        said = lemma(project, *words, RAY_TMPDIR=folder, RAY_ADDRESS="")
    assert said.returncode == 0, said.stderr
    outcome = json.loads(said.stdout.splitlines()[-1])
    assert outcome["state"] == "finished"
    assert outcome["funnel"]["written"] == 20
    plan = load_plan(project / "runs" / outcome["run"])
    assert plan.cluster is not None
    assert plan.cluster.actors == 2
