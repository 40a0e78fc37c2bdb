"""Two stages as one run, and the best checkpoint of what they save: the tiny model, real TRL, through real kills."""

from __future__ import annotations

import json
import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import psutil
import pytest

from engine.core import project
from engine.learning.rounds import checkpoint_choice, training_rows
from engine.learning.training import checkpoints, outcome
from engine.learning.training.folder import Folder
from engine.learning.training.replay import Preference, TrainingExample
from engine.runs import launcher
from engine.runs.status import Status, load_status
from engine.store import Store
from tests.support.tiny_model import word_problems as lessons

pytestmark = [pytest.mark.models, pytest.mark.slow]
pytest.importorskip("trl", reason="trainings need the extra train")
TINY = Path(__file__).resolve().parents[2] / "assets" / "tiny"
SMALL = ("--preset", "tiny", "--set", "batch_size=8", "--set", "device_batch=8", "--set", "max_length=384")
QUICK = ("--max-tokens", 96, "--server", "server=transformers")


def lemma(*words: object) -> dict[str, object]:
    command = [sys.executable, "-c", "from studio.cli.main import main; main()", *map(str, words), "--json"]
    done = subprocess.run(command, capture_output=True, text=True, timeout=600, check=False)
    assert done.returncode == 0, done.stderr[-2000:]
    found: dict[str, object] = json.loads(done.stdout.splitlines()[-1])
    return found


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Iterator[project.Project]:
    """A project with lessons, pairs of right and wrong solutions, and two files of held-out questions."""
    folder = tmp_path_factory.mktemp("stages")
    rng = random.Random(5)
    taught, pairs = [], []
    for _ in range(64):
        found = lessons.drawn(rng, held_out=False)
        turns = dict(lessons.solving(found.statement))
        taught.append(TrainingExample(turns["user"], found.solution, turns.get("system", "")))
        wrong = found.solution.replace(found.answer, "1000003")
        pairs.append(Preference(turns["user"], found.solution, wrong, turns.get("system", "")))
    training_rows.save(folder / "taught.jsonl", taught)
    training_rows.save(folder / "pairs.jsonl", pairs)
    held = list({one.statement: one for one in (lessons.drawn(rng, held_out=True) for _ in range(80))}.values())
    for name, some in (("easy", held[:10]), ("hard", held[10:18])):
        rows = [{"question": one.statement, "answer": one.answer} for one in some]
        (folder / f"{name}.jsonl").write_text("\n".join(map(json.dumps, rows)), encoding="utf-8")
    lemma("init", folder / "p")
    made = project.Project(folder / "p")
    yield made
    for run in made.runs.iterdir():
        if launcher.is_alive(run):
            launcher.kill(run)


def until(true: Callable[[], object], seconds: float = 600) -> None:
    end = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < end, "waited too long"
        time.sleep(0.1)


def kill(*directories: Path) -> None:
    """Kill the workers of these runs without a word; their trainers and servers see to themselves."""
    for directory in directories:
        if psutil.pid_exists(pid := load_status(directory).pid):
            os.kill(pid, signal.SIGKILL)
    until(lambda: not any(map(launcher.is_alive, directories)))


def steps(run: Path) -> int:
    path = Folder(run).metrics
    return path.read_bytes().count(b"\n") if path.exists() else 0


def resumed(directory: Path) -> Status:
    launcher.resume(directory)
    until(lambda: load_status(directory).state in ("finished", "failed"))
    return load_status(directory)


@pytest.fixture(scope="module")
def staged(home: project.Project) -> Path:
    """Two stages, killed in each of them and resumed."""
    folder = home.root.parent
    started = lemma(
        "train", "sft-dpo", "--data", folder / "taught.jsonl", "--pairs", folder / "pairs.jsonl", "--model", TINY,
        "--out", folder / "m2", *SMALL, "--set", "sft.checkpoints=4", "--set", "sft.epochs=2", "--set",
        "dpo.checkpoints=2", "--set", "dpo.epochs=1", "--detach", "--project", home.root,
    )  # fmt: skip
    run = home.runs / str(started["run"])
    sft, dpo = (run.with_name(f"{run.name}-{name}") for name in ("sft", "dpo"))
    until(lambda: checkpoints.whole(Folder(sft).checkpoints) and load_status(sft).state == "running")
    kill(run, sft)
    assert launcher.state(run).state == launcher.state(sft).state == "lost"
    assert not dpo.exists()
    launcher.resume(run)
    until(lambda: steps(dpo) > 1)
    ended = load_status(sft).ended
    kill(run, dpo)
    status = resumed(run)
    assert (status.state, status.reason) == ("finished", "")
    assert load_status(sft).ended == ended
    return run


def test_two_stages_go_on_after_kills_without_repeating_the_first(home: project.Project, staged: Path) -> None:
    """The second stage starts from the first one's model; each has its own curve and receipt (CL-18)."""
    folder = home.root.parent
    first, second = outcome.read(folder / "m2-sft"), outcome.read(folder / "m2")
    assert (first.run, first.base) == (f"{staged.name}-sft", str(TINY))
    assert (second.run, second.base) == (f"{staged.name}-dpo", str(folder / "m2-sft"))
    assert second.lineage == (first.run,)
    with Store(home.database) as store:
        for run in home.runs.iterdir():
            store.ingest(run)
        for name, count in (("sft", 16), ("dpo", 8)):
            assert (store.trainings.metrics(f"{staged.name}-{name}").name == "loss").sum() == count
        assert store.verify() == []


def test_fl32_every_checkpoint_is_evaluated_once_and_the_best_mean_wins(home: project.Project, staged: Path) -> None:
    """FL-32: killed after its first evaluation and resumed, it asks none twice; any two benchmarks may decide."""
    folder = home.root.parent
    started = lemma(
        "evaluate", "--checkpoints", f"{staged.name}-sft", "--benchmark", folder / "easy.jsonl", "--benchmark",
        folder / "hard.jsonl", *QUICK, "--detach", "--project", home.root,
    )  # fmt: skip
    run = home.runs / str(started["run"])
    until(lambda: (found := checkpoint_choice.read(run)) and found.rated)
    found = checkpoint_choice.read(run)
    assert found is not None
    assert found.best is None
    first = load_status(home.runs / found.rated[0].run).ended
    children = [path.parent for path in home.runs.glob(f"{run.name}-*/plan.json")]
    kill(run, *(path for path in children if load_status(path).state == "running"))
    status = resumed(run)
    assert (status.state, status.done, status.total) == ("finished", 72, 72)
    told = checkpoint_choice.finished(run)
    assert [one.step for one in told.rated] == [4, 8, 12, 16]
    assert load_status(home.runs / told.rated[0].run).ended == first
    for one in told.rated:
        assert one.mean == pytest.approx((one.accuracy["easy"] + one.accuracy["hard"]) / 2)
    best = max(told.rated, key=lambda one: (one.mean, -one.step))
    assert told.winner == best
    assert told.model == best.folder
    assert "selection data" in told.note
    with Store(home.database) as store:
        for one in told.rated:
            store.ingest(home.runs / one.run)
            assert len(store.evaluations.answers(one.run)) == 18
    assert not list((home.root / "servers").glob("*/server.json"))


def test_fl32_adapters_are_merged_and_the_best_is_a_model(home: project.Project) -> None:
    """FL-32: checkpoints of LoRA hold no model; the one that is chosen can be trained on and evaluated."""
    folder = home.root.parent
    lemma(
        "train", "sft", "--data", folder / "taught.jsonl", "--model", TINY, "--out", folder / "adapted", *SMALL,
        "--set", "lora_rank=4", "--set", "checkpoints=2", "--project", home.root,
    )  # fmt: skip
    said = lemma(
        "evaluate", "--checkpoints", "sft-0001", "--benchmark", f"gsm8k={folder / 'easy.jsonl'}", "--benchmark",
        f"math={folder / 'hard.jsonl'}", "--benchmark", f"third={folder / 'hard.jsonl'}", "--limit", 3, *QUICK,
        "--project", home.root,
    )  # fmt: skip
    assert (said["state"], said["by"]) == ("finished", ["gsm8k", "math"])
    best = said["best"]
    assert isinstance(best, dict)
    assert len(said["checkpoints"]) == 2  # type: ignore[arg-type]
    model = Path(best["model"])
    assert (model / "config.json").is_file()
    assert not (model / "adapter_config.json").exists()
    assert not list((home.runs / str(said["run"])).glob("merged/*"))
    found = lemma(
        "train", "dpo", "--data", folder / "pairs.jsonl", "--model", model, "--out", folder / "next", *SMALL, "--check",
        "--project", home.root,
    )  # fmt: skip
    assert found["blocking"] == []
