"""Every command on a project whose disk is full, whose store is gone, or that is read-only: one line, nothing lost."""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from engine.store import Store
from tests.support.command import Said, few_seeds, within
from tests.support.every_command import EVERY, Asked, leaves, named
from tests.support.small_disk import SmallDisk, small_disk

MEBIBYTES = 64
FULL = "the disk is full: this could not be saved. Make room on it, then do it again"
LOCKED = "is read-only: it can be looked at, and this could not be saved."
GONE = "is not there any more, although the project was used. Bring the file back, or rebuild it: lemma recover"
STARTS_A_WORKER = ("runs resume",)
"""Says why a run cannot go on in words of its own."""


@pytest.fixture(scope="module")
def disk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SmallDisk]:
    with small_disk(tmp_path_factory.mktemp("disk"), MEBIBYTES) as found:
        yield found


@pytest.fixture(scope="module")
def home(road: tuple[Path, dict[str, Said]], disk: SmallDisk) -> Path:
    return Path(shutil.copytree(road[0], disk.root / "project"))


@pytest.fixture(scope="module")
def words(home: Path, road: tuple[Path, dict[str, Said]], tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """What stands in the commands: files beside the project, and names from it."""
    place = tmp_path_factory.mktemp("words")
    with Store(home / "project.duckdb") as store:
        problem = str(store.problems.page(limit=1).rows["id"].iloc[0])
        names = [str(name).replace(" ", "_") for name in store.points.all()["name"][:2]]
    sums = [{"problem": f"What is {n}+{n}?", "answer": str(2 * n)} for n in range(5)]
    talks = [{"messages": [{"role": "user", "content": one["problem"]}]} for one in sums]
    said = [{"statement": one["problem"], "good": 1} for one in sums]
    for name, rows in (("bench", sums), ("sft", talks), ("gold", said)):
        (place / f"{name}.jsonl").write_text("\n".join(map(json.dumps, rows)), encoding="utf-8")
    (place / "taxonomy.json").write_text(json.dumps({"Algebra": {"Linear equations": ["slope"]}}), encoding="utf-8")
    (place / "labels.csv").write_text(f"id,verdict,curator,time\n{problem},good,ada,2026-01-01T00:00:00Z\n")
    run = next(path.parent for path in sorted(home.glob("runs/*/plan.json")) if path.parent.name.startswith("gsdp"))
    apart = Path(shutil.copytree(run, place / "gsdp-apart-1"))
    plan = json.loads((apart / "plan.json").read_bytes())
    (apart / "plan.json").write_text(json.dumps(plan | {"id": apart.name}), encoding="utf-8")
    return {
        "seeds": str(few_seeds(place / "more.jsonl", 90)), "bench": str(place / "bench.jsonl"),
        "labels": str(place / "labels.csv"), "gold": f"problems={place / 'gold.jsonl'}",
        "taxonomy": str(place / "taxonomy.json"), "sft": str(place / "sft.jsonl"), "model": "abacus:abacus-large",
        "apart": str(apart), "run": run.name, "problem": problem, "point": names[0], "to": names[1],
        "out": str(place / "out"), "new": str(home.parent / "new"),
    }  # fmt: skip


@pytest.fixture
def full(disk: SmallDisk, home: Path, words: dict[str, str]) -> Iterator[None]:
    disk.fill()
    yield
    disk.clear()


@pytest.fixture
def locked(disk: SmallDisk, home: Path, words: dict[str, str]) -> Iterator[None]:
    disk.lock()
    yield
    disk.unlock()


@pytest.fixture
def without_store(home: Path, words: dict[str, str]) -> Iterator[Path]:
    """The project without its file, and without the mark of newer versions that it had one."""
    kept = home.parent / "kept.duckdb"
    (home / "project.duckdb").rename(kept)
    mark = (home / ".store").read_bytes()
    (home / ".store").unlink()
    yield home / "project.duckdb"
    (home / ".store").write_bytes(mark)
    kept.rename(home / "project.duckdb")


def _asked(asked: Asked, words: dict[str, str], home: Path) -> Said:
    shutil.rmtree(words["out"], ignore_errors=True)
    Path(words["out"]).mkdir()
    said = within(*(word.format(**words) for word in asked.words.split()), project=home)
    lines = [
        line for line in said.err.splitlines() if line.startswith("lemma: ") and "wrote since is left out" not in line
    ]
    assert len(lines) <= 1, said.err
    assert "--debug" not in said.err, said.err
    return said


def _contents(home: Path) -> dict[Path, bytes]:
    return {path: path.read_bytes() for path in sorted(home.rglob("*")) if path.is_file() and path.name != ".queue"}


def test_every_command_is_on_the_list() -> None:
    assert {named(asked) for asked in EVERY} == leaves()


def test_every_command_that_writes_says_that_the_disk_is_full(full, disk: SmallDisk, home: Path, words) -> None:
    before = _contents(home)
    for asked in EVERY:
        said = _asked(asked, words, home)
        disk.fill()
        if asked.needs == "writes" and named(asked) not in STARTS_A_WORKER:
            assert said.code == 1, (asked, said)
            assert FULL in said.err.splitlines()[-1], (asked, said)
        if named(asked) in STARTS_A_WORKER:
            assert "cannot be written: No space left on device" in said.err, said
    assert {path.name for path in _contents(home)} >= {path.name for path in before}
    assert not [path for path in home.rglob(".*") if path.name.startswith(".status.json.")]
    disk.clear()
    assert within("verify", project=home).code == 0
    assert within("decide", words["problem"], "approve", project=home).code == 0
    assert within("undo", project=home).code == 0


def test_no_command_makes_a_store_anew_that_is_gone(without_store: Path, home: Path, words) -> None:
    for asked in EVERY:
        if named(asked) in ("recover", "studio"):
            continue
        said = _asked(asked, words, home)
        assert not without_store.exists(), asked
        if asked.needs != "nothing" and asked.words.split()[0] not in ("engines", "users", "runs"):
            assert said.code == 1, (asked, said)
            assert GONE in said.err.splitlines()[-1], (asked, said)
    said = within("init", home)
    assert said.code == 1
    assert GONE in said.err
    assert not without_store.exists()


def test_a_read_only_project_can_be_read_and_every_act_is_refused(locked, home: Path, words) -> None:
    before = _contents(home)
    for asked in EVERY:
        said = _asked(asked, words, home)
        if asked.needs == "writes" and named(asked) not in STARTS_A_WORKER:
            assert said.code == 1, (asked, said)
            assert LOCKED in said.err.splitlines()[-1], (asked, said)
        if named(asked) in (
            "verify",
            "graph stats",
            "graph combinations",
            "graph export",
            "backup",
            "export",
            "report",
        ):
            assert said.code == 0, (asked, said)
        if named(asked) == "export":
            assert "the project does not remember it" in said.err
            assert (Path(words["out"]) / "kept" / "manifest.json").exists()
    assert _contents(home) == before


def test_rights_are_asked_for_like_a_disk_that_is_mounted_read_only(road, tmp_path: Path) -> None:
    """Another user, who may read the project and not write there; only root can become one."""
    if os.geteuid():
        pytest.skip("this user cannot become another one")
    home = Path(shutil.copytree(road[0], tmp_path / "project"))
    with Store(home / "project.duckdb") as store:
        problem = str(store.problems.page(limit=1).rows["id"].iloc[0])
    for folder in (home, *(path for path in home.rglob("*"))):
        folder.chmod(0o555 if folder.is_dir() else 0o444)
    for above in home.parents:
        if above.stat().st_uid == os.geteuid() and above != Path("/"):
            above.chmod(above.stat().st_mode | 0o055)
    results = tmp_path / "results"
    child = os.fork()
    if not child:
        out = os.open(results, os.O_WRONLY | os.O_CREAT)
        os.setgid(65_534)
        os.setuid(65_534)
        told = [within("verify", project=home), within("decide", problem, "approve", project=home)]
        os.write(out, json.dumps([[one.code, one.out + one.err] for one in told]).encode())
        os._exit(0)
    assert os.waitpid(child, 0)[1] == 0
    verified, decided = json.loads(results.read_bytes())
    assert verified == [0, "All is well.\n"]
    assert decided[0] == 1
    assert LOCKED in decided[1]
