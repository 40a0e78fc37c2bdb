"""A file that comes a second time, mapped better: what was empty is filled, and said; nothing else changes."""

import json

import pytest

from engine.core.project import create
from engine.seeds import import_files
from engine.store import Store
from tests.support.command import within

ROWS = [{"problem": f"What is {n}+1?", "gold_value": str(n + 1), "why": "we add", "tag": ["A", "B"]} for n in range(5)]


def ask(*words):
    return within(*words, "--json").values


@pytest.fixture
def project(tmp_path):
    return create(tmp_path / "p")


@pytest.fixture
def file(tmp_path):
    path = tmp_path / "sums.jsonl"
    path.write_text("\n".join(json.dumps(row) for row in ROWS))
    return path


def test_mapping_again_fills_what_was_empty(project, file):
    with Store(project.database) as store:
        first = import_files.add_seeds(store, project, file)
        assert first.unused == ("gold_value", "why", "tag")
        ids = [seed.id for seed in store.seeds.records()]
        done = import_files.add_seeds(store, project, file, mapping={"answer": "gold_value", "points": "tag"})
        assert (done.added, done.duplicates, done.filled) == (0, 5, {"answer": 5, "points": 5})
        assert "5 seeds that were there got what was empty: answer" in done.told()
        found = {seed.statement: (seed.answer, seed.points) for seed in store.seeds.records()}
        assert found == {row["problem"]: (row["gold_value"], ("A", "B")) for row in ROWS}
        assert sorted(seed.id for seed in store.seeds.records()) == sorted(ids)


def test_what_a_seed_holds_is_never_changed(project, file):
    with Store(project.database) as store:
        import_files.add_seeds(store, project, file, mapping={"answer": "gold_value"})
        done = import_files.add_seeds(store, project, file, mapping={"answer": "why", "solution": "why"})
        assert done.filled == {"solution": 5}
        assert {seed.answer for seed in store.seeds.records()} == {row["gold_value"] for row in ROWS}
        assert import_files.add_seeds(store, project, file).filled == {}


def test_the_command_says_what_is_lost_and_what_was_filled(project, file):
    said = ask("seeds", "add", str(file), "--project", str(project.root))
    assert said["unused"] == ["gold_value", "why", "tag"]
    again = ask("seeds", "add", str(file), "--project", str(project.root), "--map", "answer=gold_value")
    assert (again["added"], again["duplicates"], again["updated"]) == (0, 5, {"answer": 5})


def test_a_taxonomy_is_imported_by_command(project, tmp_path):
    path = tmp_path / "tree.md"
    path.write_text("# Algebra\n- Linear equations\n- Quadratic equations\n# Geometry\n- Circles\n- circles\n")
    said = ask("knowledge", "import", str(path), "--project", str(project.root))
    assert (said["added"], said["merged"], said["skipped"]) == (3, 0, 1)
    assert ask("knowledge", "import", str(path), "--project", str(project.root))["merged"] == 3


KINDS = [
    {"problem": "What is 1+1?", "answer": "2", "solution": "We add."},
    {"problem": "What is 1+2?", "solution": "It is \\boxed{3}."},
    {"problem": "What is 1+3?", "solution": "So 4.\n#### 4"},
    {"problem": "What is 1+4?", "solution": "The answer is 5."},
    {"problem": "What is 1+5?", "solution": "We add both."},
    {"problem": "What is 1+6?", "answer": "N/A"},
]


def test_an_import_says_how_answers_were_found(project, tmp_path):
    """X-04: a column of its own, a mark or words in the solution, or none at all: seeds and test problems alike."""
    path = tmp_path / "kinds.jsonl"
    path.write_text("\n".join(map(json.dumps, KINDS)))
    counts = {"column": 1, "box": 1, "hashes": 1, "words": 1, "none": 2}
    with Store(project.database) as store:
        done = import_files.add_seeds(store, project, path)
        assert done.answers == import_files.add_benchmark(store, path).answers == counts
    said = (
        "Answers of 6 rows: 2 none at all, 1 in a column of their own, 1 in a box, 1 after ####, 1 announced in words."
    )
    assert done.told()[0] == said
    assert ask("seeds", "add", path, "--project", project.root)["answers"] == counts
    assert said in within("seeds", "add", path, "--project", project.root).err


@pytest.mark.parametrize(
    ("row", "kind"),
    [
        ({"question": "What is 1+1?", "answer": "We add <<1+1=2>>2.\n#### 2"}, "hashes"),
        ({"question": "What is 1+1?", "answer": "We add.\n#### 1,002"}, "hashes"),
        ({"problem": "Find x.", "level": "Level 2", "type": "Algebra", "solution": "It is $\\boxed{7}$."}, "box"),
        ({"problem": "Find x.", "level": "Level 2", "type": "Algebra", "answer": "7"}, "column"),
        (
            {"problem": "Find x.", "level": "Level 2", "type": "Algebra", "answer": "None", "solution": "#### 3"},
            "hashes",
        ),
        ({"question": "Which?", "options": ["54", "55"], "answer": "A"}, "column"),
    ],
)
def test_known_shapes_say_it_too(project, tmp_path, row, kind):
    path = tmp_path / "one.jsonl"
    path.write_text(json.dumps(row))
    with Store(project.database) as store:
        assert import_files.add_seeds(store, project, path).answers == {kind: 1}
