"""A server and a run outlive the studio that started them: it is killed, and the next one finds both again."""

from __future__ import annotations

import importlib.util
import os
import signal
import subprocess
import sys
import time
from collections import Counter
from pathlib import Path

import psutil
import pytest

from engine.core import project
from engine.core.project import EngineSpec, Project
from engine.core.records import ItemDone, ReplyRow
from engine.core.resources import shipped
from engine.models import serving
from engine.runs import journal, launcher
from engine.seeds import import_files
from engine.store import Store

MODEL = Path(__file__).resolve().parents[2] / "assets" / "tiny"
ITEMS = {"transformers": 60, "vllm": 200}
LONGEST_S = 500
STUDIO = """
import sys, time
from engine import planning
from engine.core import project
from engine.generation import recipes
from engine.models import serving
from engine.runs import launcher
from engine.store import Store
home = project.find(sys.argv[1])
server = serving.start(home.servers, "local", project.engines(home)["local"])
serving.wait_ready(server, 300)
changes = {"items": sys.argv[2], "sampling.max_tokens": "400"}
recipe = recipes.load("continual", changes, dict.fromkeys(("writer", "self"), "local:tiny"))
with Store(home.database) as store:
    planned = planning.generation(store, home, recipe)
launcher.launch(planned.directory)
print(planned.directory, flush=True)
time.sleep(600)
"""

pytestmark = [pytest.mark.models, pytest.mark.slow]


def _interpreter(server: str) -> str:
    if server == "transformers":
        pytest.importorskip("torch", reason="a real model needs the extra train")
        return sys.executable
    named = os.environ.get("LEMMA_VLLM_PYTHON", "")
    if not named and importlib.util.find_spec("vllm") is None:
        pytest.skip("vLLM is not installed here, and LEMMA_VLLM_PYTHON names no interpreter that has it")
    return named or sys.executable


@pytest.fixture(params=["transformers", "vllm"])
def home(request: pytest.FixtureRequest, tmp_path: Path) -> Project:
    more: dict[str, object] = {"python": _interpreter(request.param), "server": request.param}
    if request.param == "vllm":
        more |= {
            "extra_args": ("--enforce-eager",),
            "env": ("VLLM_CPU_KVCACHE_SPACE=1",),
            "max_model_len": 1024,
        }
    made = project.create(tmp_path / "project")
    spec = EngineSpec(kind="managed", model=str(MODEL), served_name="tiny", dtype="float32", **more)
    project.save_engines(made, {"local": spec})
    with Store(made.database) as store:
        import_files.add_seeds(store, made, min(shipped("seeds").glob("*.jsonl")))
    return made


def test_the_next_studio_finds_the_server_and_the_run(home):
    items = ITEMS[project.engines(home)["local"].server]
    command = [sys.executable, "-c", STUDIO, str(home.root), str(items)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=Path(__file__).parents[3]) as studio:
        run = Path(studio.stdout.readline().strip())
        assert (run / "plan.json").exists()
        studio.send_signal(signal.SIGKILL)
    server = serving.find(home.servers, "local")
    assert server is not None
    family = [psutil.Process(server.pid), *psutil.Process(server.pid).children(recursive=True)]
    try:
        assert serving.health(server).word == "ready"
        assert launcher.state(run).state in launcher.ACTIVE
        until = time.monotonic() + LONGEST_S
        while launcher.state(run).state in launcher.ACTIVE and time.monotonic() < until:
            time.sleep(0.5)
        status = launcher.state(run)
    finally:
        serving.stop(server)
    assert (status.state, status.done, status.failed) == ("finished", items, 0)
    assert not any(process.is_running() for process in family)
    rows = list(journal.records(run / "journal"))
    done = [row.item_id for row in rows if isinstance(row, ItemDone)]
    assert len(done) == len(set(done)) == items
    models = Counter(row.model for row in rows if isinstance(row, ReplyRow))
    assert models["tiny"] >= items
