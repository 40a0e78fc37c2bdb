"""The catalogue of faults fits the code: a fault that can no longer be planted shows nothing."""

from __future__ import annotations

import ast
from collections import Counter
from pathlib import Path

import pytest

from tests.mutants import noticing, plant, score

ROOT = Path(__file__).resolve().parents[2]
FAULTS = plant.catalogue()


@pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: fault.id)
def test_every_fault_can_still_be_planted(fault):
    """The text stands once in its file, what takes its place is other Python, and the tests are there."""
    text = (ROOT / fault.file).read_text(encoding="utf-8")
    assert text.count(fault.before) == 1, f"{fault.file} holds it {text.count(fault.before)} times"
    assert fault.before != fault.after
    ast.parse(text.replace(fault.before, fault.after))
    for test in fault.tests:
        path, _, name = test.partition("::")
        source = (ROOT / path).read_text(encoding="utf-8")
        assert not name or f"def {name}(" in source, test


def test_faults_have_names_of_their_own():
    assert max(Counter(fault.id for fault in FAULTS).values()) == 1
    assert len(FAULTS) >= 34


def test_a_planted_fault_is_taken_out_again(tmp_path):
    """Red where a test notices, green where none does, broken where it cannot be planted; the tree is as it was."""
    (tmp_path / "pyproject.toml").write_text("[tool.pytest.ini_options]\n", encoding="utf-8")
    code, test = tmp_path / "sums.py", tmp_path / "test_sums.py"
    code.write_text("def two():\n    return 1 + 1\n", encoding="utf-8")
    test.write_text("import sums\n\n\ndef test_two():\n    assert sums.two() == 2\n", encoding="utf-8")
    colours = {}
    for after in ("1 * 1", "1 * 2"):
        fault = plant.Fault("f", "X-01", "a fault", "sums.py", "1 + 1", after, ("test_sums.py",))
        colours[after] = plant.planted(tmp_path, fault, fault.tests)[0]
    assert colours == {"1 * 1": "red", "1 * 2": "green"}
    lost = plant.Fault("f", "X-01", "a fault", "sums.py", "2 + 2", "5", ("test_sums.py",))
    assert plant.planted(tmp_path, lost, lost.tests)[0] == "broken"
    assert code.read_text(encoding="utf-8") == "def two():\n    return 1 + 1\n"


def test_a_module_is_held_by_its_room_and_by_the_tests_that_import_it():
    """Which of these reach a function is found out by running them once."""
    found = score.tests_of("engine/curation/sorting.py")
    assert found[0] == "tests/curation"
    assert any(path.startswith("tests/learning/") for path in found), "rounds sort, too"
    assert not any(path.startswith("tests/curation/") for path in found), "a file is not named twice"
    assert all((ROOT / path).exists() for path in found)
    assert score.tests_of("engine/curation/nowhere.py") == ["tests/curation"]
    assert "engine/curation/sorting.py" in score.modules(["engine/curation", "engine/curation/gone.py", "README.md"])
    assert all((ROOT / room).is_dir() for room in score.ROOMS)


def test_functions_are_drawn_the_same_for_the_same_seed():
    """A drawn sample names functions and methods as mutmut does, can be repeated, and never holds one twice."""
    wanted = score.modules(["engine/curation/sorting.py", "engine/execution/concurrency_limiter.py"])
    every = {name for module in wanted for name in score.functions(module)}
    assert "engine.execution.concurrency_limiter.xǁConcurrencyLimiterǁtrouble" in every
    first = score.drawn(wanted, 5, seed=3)
    assert first == score.drawn(wanted, 5, seed=3) != score.drawn(wanted, 5, seed=4)
    assert set(first.values()) <= set(wanted)
    assert len(first) == 5
    assert set(first) < every == set(score.drawn(wanted, 10_000, seed=3))


def test_what_mutmut_leaves_alone_is_not_drawn(tmp_path, monkeypatch):
    """It changes no function under a decorator, but for those of classes."""
    method = "class C:\n    @staticmethod\n    def d(): ...\n    @property\n    def e(self): ...\n"
    (tmp_path / "some.py").write_text(f"@cached\ndef a(): ...\ndef b(): ...\n{method}", encoding="utf-8")
    monkeypatch.setattr(score, "ROOT", tmp_path)
    assert score.functions("some.py") == ["some.x_b", "some.xǁCǁd"]


def test_the_quickest_tests_are_asked_first_and_a_shared_fixture_is_waited_for_once(tmp_path):
    """A file's tests stay together, because its fixtures are made for all of them."""
    slow = {"b.py::two": noticing.Cost(3.0, ["made"]), "b.py::one": noticing.Cost(1.0, ["made"])}
    book = noticing.Book(slow | {"a.py::late": noticing.Cost(2.0), "a.py::new": noticing.Cost(0.1)}, {"made": 9.0})
    book.save(tmp_path / "book.json")
    assert noticing.Book.load(tmp_path / "book.json") == book
    assert noticing.Book.load(tmp_path / "none.json") == noticing.Book()
    assert book.seconds(["b.py::one", "b.py::two"]) == 13.0 + noticing.FILE_S
    assert book.quickest_first(book.tests) == ["a.py::new", "a.py::late", "b.py::one", "b.py::two"]
    assert book.quickest_first(["c.py::unknown", "b.py::one"]) == ["c.py::unknown", "b.py::one"]
    order = book.quickest_first(book.tests)
    assert [len(book.affordable(order, most)) for most in (0.01, 3.5, 14.0, 14.2, 99.0)] == [1, 2, 2, 3, 4]


def test_a_score_says_how_many_functions_and_what_became_of_their_mutants():
    states = {"m.x_a__mutmut_1": "killed", "m.x_a__mutmut_2": "survived", "m.x_b__mutmut_1": "timeout"}
    said = score.summary(states, ["tests/x.py::y"]).splitlines()
    assert said[0].endswith("tests/x.py::y")
    assert said[1:] == [
        "2 functions, 3 mutants: 1 killed, 1 survived, 1 timeout",
        "2 of 3 mutants were noticed: 0.67",
    ]


def test_what_is_left_is_told_while_faults_are_planted():
    assert plant.left([10.0, 20.0], 2) == "30 s left"
    assert plant.left([60.0], 3) == "3 min left"
