"""Two people, two processes, one project: nothing is lost, doubled or half done."""

from __future__ import annotations

import json
import subprocess
import sys
import threading
from collections.abc import Callable
from pathlib import Path

from engine.core.errors import BadInput
from engine.core.project import create
from engine.core.records import KnowledgePoint, Policy, Rule
from engine.curation import apply_policy, policy_file
from engine.store import Store
from tests.support.store_factories import a_run

LEMMA = [sys.executable, "-c", "from studio.cli.main import main; main()"]


def _at_once(*acts: Callable[[], object]) -> list[object]:
    """Begin all acts at the same moment; return what each gave, or its error."""
    gate, results = threading.Barrier(len(acts)), list[object]([None] * len(acts))

    def run(place: int) -> None:
        gate.wait()
        try:
            results[place] = acts[place]()
        except BadInput as error:
            results[place] = error

    threads = [threading.Thread(target=run, args=(place,)) for place in range(len(acts))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return results


def test_of_two_people_who_rename_one_point_one_is_told(tmp_path: Path) -> None:
    path = tmp_path / "project.duckdb"
    with Store(path) as ann, Store(path) as bob:
        for number in range(8):
            name = f"Point {number}"
            ann.points.add([KnowledgePoint.make(name)])
            said = _at_once(
                lambda name=name: ann.points.rename(name, f"{name} by Ann", "ann"),  # type: ignore[misc]
                lambda name=name: bob.points.rename(name, f"{name} by Bob", "bob"),  # type: ignore[misc]
            )
            (refused,) = (one for one in said if isinstance(one, BadInput))
            assert "It may have been renamed, merged or deleted." in str(refused)
            (made,) = (one for one in said if not isinstance(one, BadInput))
            live = {row for row in ann.points.live()["name"] if row.startswith(name)}
            assert live == {made.name}  # type: ignore[attr-defined]
        assert len(bob.points.history()) == 8


def test_two_points_that_get_one_name_at_once_do_not_both_get_it(tmp_path: Path) -> None:
    path = tmp_path / "project.duckdb"
    with Store(path) as ann, Store(path) as bob:
        ann.points.add([KnowledgePoint.make("Ratio"), KnowledgePoint.make("Proportion")])
        said = _at_once(
            lambda: ann.points.rename("Ratio", "Ratios", "ann"),
            lambda: bob.points.rename("Proportion", "Ratios", "bob"),
        )
        assert sum(isinstance(one, BadInput) for one in said) == 1
        assert list(ann.points.live()["name"]).count("Ratios") == 1


def test_five_commands_at_once_all_do_what_they_say(tmp_path: Path) -> None:
    home = create(tmp_path / "project")
    words: list[list[str]] = []
    for number in range(2):
        file = tmp_path / f"seeds{number}.jsonl"
        rows = [{"problem": f"What is {n} times {number + 2}?", "answer": str(n * (number + 2))} for n in range(50)]
        file.write_text("\n".join(map(json.dumps, rows)))
        words.append(["seeds", "add", str(file)])
    words.append(words[0])
    (tmp_path / "tests.jsonl").write_text('{"question": "What is 7 less 9?", "answer": "-2"}')
    words.append(["benchmarks", "add", str(tmp_path / "tests.jsonl")])
    (tmp_path / "tree.md").write_text("# Algebra\n- Linear equations\n- Quadratic equations\n")
    words.append(["knowledge", "import", str(tmp_path / "tree.md")])
    begun = [
        subprocess.Popen(
            [*LEMMA, *command, "--project", str(home.root), "--json"],
            stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
        )
        for command in words
    ]  # fmt: skip
    said = [(process.communicate(), process.returncode) for process in begun]
    assert [code for _, code in said] == [0] * 5, said
    told = [json.loads(out) for (out, _), _ in said]
    assert sorted([told[0]["added"], told[2]["added"]]) == [0, 50]
    assert told[1]["added"] == 50
    with Store(home.database) as store:
        assert (store.seeds.count(), len(store.benchmarks.all()), store.points.count()) == (100, 1, 2)
        assert store.verify() == []


def test_an_import_beside_another_of_the_same_file_stores_each_seed_once(tmp_path: Path) -> None:
    from engine.seeds import import_files

    home = create(tmp_path / "project")
    file = tmp_path / "a.jsonl"
    file.write_text("\n".join(json.dumps({"problem": f"What is {n} plus 8?"}) for n in range(6_000)))
    with Store(home.database) as ann, Store(home.database) as bob:
        one, two = _at_once(
            lambda: import_files.add_seeds(ann, home, file), lambda: import_files.add_seeds(bob, home, file)
        )
        assert {one.added, two.added} == {0, 6_000}  # type: ignore[attr-defined]
        assert {one.duplicates, two.duplicates} == {0, 6_000}  # type: ignore[attr-defined]
        assert ann.seeds.count() == 6_000


def test_a_reader_beside_an_ingest_sees_whole_items_alone(tmp_path: Path) -> None:
    """What an export reads: problems come with all of their verdicts, or not at all."""
    directory = a_run(tmp_path, items=600)
    path = tmp_path / "project.duckdb"
    with Store(path) as ann, Store(path) as bob:
        seen: list[tuple[int, int]] = []
        going = threading.Event()

        def read() -> None:
            going.wait()
            while not seen or seen[-1][0] < 600:
                rows = bob.problems.scoreboard()
                seen.append((rows.num_rows, len(set(rows["id"].to_pylist()))))

        reader = threading.Thread(target=read)
        reader.start()
        going.set()
        ann.ingest(directory)
        reader.join(120)
        assert not reader.is_alive()
        assert all(rows == ids for rows, ids in seen)
        assert [rows for rows, _ in seen] == sorted(rows for rows, _ in seen)
        assert bob.verify() == []


def test_a_policy_that_changes_or_goes_while_it_is_applied_is_the_one_that_was_read(tmp_path: Path) -> None:
    directory = a_run(tmp_path, items=5)
    path, file = tmp_path / "project.duckdb", tmp_path / "house.toml"
    file.write_text(policy_file.to_toml(Policy("", "house", (Rule("judge_score", "at least", 0.1),))))
    with Store(path) as ann, Store(path) as bob:
        ann.ingest(directory)
        mine = policy_file.load(file, by="ann")
        file.unlink()
        theirs = bob.policies.save(Policy("", "house", (Rule("judge_score", "at least", 0.99),), by="bob"))
        done = apply_policy.select(ann, mine, "ann")
        saved = next(one for one in bob.selections.history() if one.id == done.selection_id)
        used = bob.policies.get(saved.policy_id)
        assert used is not None
        assert used.rules == mine.rules
        assert {one.id for one in bob.policies.versions("house")} == {used.id, theirs.id}
