"""The whole loop on a real, tiny model: two rounds from the shell, through a kill, to a promotion (CL-17..27)."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import orjson
import pytest

from engine.core import project
from engine.learning.rounds import comparison, promotion_state, training_rows
from engine.learning.training import outcome
from engine.learning.training.replay import TrainingExample
from engine.runs import launcher
from engine.runs.status import load_status
from engine.store import Store
from tests.support.tiny_model import word_problems as lessons

pytestmark = [pytest.mark.models, pytest.mark.slow]
pytest.importorskip("trl", reason="a round trains; it needs the extra train")
TINY = Path(__file__).resolve().parents[2] / "assets" / "tiny"
REQUESTS = 32


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> project.Project:
    """A project whose graph holds what the tiny model knows, with human data and held-out questions beside it."""
    folder = tmp_path_factory.mktemp("loop")
    rng = random.Random(3)
    held = {one.statement: one for one in (lessons.drawn(rng, True) for _ in range(160))}
    _lines(folder / "held.jsonl", [_question(one) for one in list(held.values())[:40]])
    human, seeds = [], []
    for _ in range(96):
        asked = lessons.request(rng)
        found = lessons.answering(rng, asked)
        turns = dict(lessons.asking(asked))
        human.append(TrainingExample(turns["user"], lessons.sample(found), turns["system"]))
        seeds.append({**_question(found), "solution": found.solution, "knowledge_points": list(found.family.points)})
    training_rows.save(folder / "human.jsonl", human)
    _lines(folder / "seeds.jsonl", seeds)
    _lemma("init", folder / "p")
    _lemma("seeds", "add", folder / "seeds.jsonl", "--project", folder / "p")
    _lemma("knowledge", "build", "--project", folder / "p")
    return project.Project(folder / "p")


def _question(found: lessons.Exercise) -> dict[str, object]:
    return {"question": found.statement, "answer": found.answer, "subject": found.family.name}


def _lines(path: Path, rows: list[dict[str, object]]) -> None:
    path.write_bytes(b"".join(orjson.dumps(row, option=orjson.OPT_APPEND_NEWLINE) for row in rows))


def _lemma(*words: object) -> dict[str, object]:
    command = [sys.executable, "-c", "from studio.cli.main import main; main()", *map(str, words), "--json"]
    done = subprocess.run(command, capture_output=True, text=True, timeout=900, check=False)
    assert done.returncode == 0, done.stderr[-2000:]
    found: dict[str, object] = orjson.loads(done.stdout.splitlines()[-1])
    return found


def test_two_rounds_survive_a_kill_and_are_promoted(home: project.Project) -> None:
    folder = home.root.parent
    started = _lemma(
        "round", "start", "--model", TINY, "--data", folder / "human.jsonl", "--rounds", 2, "--requests", REQUESTS,
        "--benchmark", f"held={folder / 'held.jsonl'}", "--set", "round.preset=tiny", "--set", "round.learn=both",
        "--set", "round.max_tokens=192", "--set", "round.server.server=transformers", "--set", "round.fewest=4",
        "--set", "round.sft.learning_rate=0.0003", "--set", "round.least_gain=-1", "--set", "continual.points=graph",
        "--set", "continual.evaluation_requests=10", "--set", "sampling.max_tokens=192", "--detach",
        "--project", home.root,
    )  # fmt: skip
    directory = home.runs / str(started["round"])
    synthesis = home.runs / f"{directory.name}-1-synthesis"
    _until(lambda: (synthesis / "plan.json").exists())
    os.kill(load_status(directory).pid, signal.SIGKILL)
    _until(lambda: not launcher.is_alive(directory))
    assert launcher.state(directory).state == "lost"

    told = _lemma("round", "resume", directory.name, "--project", home.root)
    assert told["state"] == "finished"
    first, second = told["rounds"]  # type: ignore[misc]
    assert sum(first["classes"].values()) <= REQUESTS
    assert set(first["accuracy"]) == {"held"}
    assert first["replay"]["history"] == 0
    # CL-20, CL-22, CL-23, CL-25: the second round replays by loss what the first one taught.
    assert second["replay"]["history"] > 0
    assert {"mu", "hard", "forgotten"} <= set(second["replay"])
    # CL-24: the pass without replay is a run of its own, and comes before the training that replays.
    without, tuned = (load_status(home.runs / f"{directory.name}-2-{act}") for act in ("no-replay", "sft"))
    assert 0 < without.ended <= tuned.started
    losses = comparison.losses(directory / "rounds" / "2")
    assert losses is not None
    assert len(losses.before) == second["replay"]["history"]
    assert second["start"] == first["model"]

    promoted = _lemma("round", "promote", directory.name, "--number", 1, "--project", home.root)
    assert promoted["state"] == "promoted"
    with Store(home.database) as store:
        here = promotion_state.current(store.rounds.events())
        assert here is not None
        assert here.number == 1
        assert len(store.trainings.metrics(f"{directory.name}-1-sft")) > 0
        assert store.evaluations.answers(f"{directory.name}-1-evaluate-model")
        assert store.verify() == []
    if (Path(here.model) / "lemma_training.json").exists():
        # CL-19: the model's own receipt says what it came from.
        assert outcome.read(Path(here.model)).lineage or outcome.read(Path(here.model)).base == str(TINY)
    assert _lemma("round", "rollback", "--project", home.root)["state"] == "rolled back"


def _until(true: object, seconds: float = 400) -> None:
    end = time.monotonic() + seconds
    while not true():  # type: ignore[operator]
        assert time.monotonic() < end, "waited too long"
        time.sleep(0.3)
