"""Copies, repeats and families among any number of texts: the same as when all are looked at at once."""

from __future__ import annotations

from collections.abc import Iterator

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.core.records import BenchmarkItem, content_id
from engine.core.settings import OverlapTiers
from engine.export.dedup import DedupResult, sieve
from engine.similarity import duplicates
from engine.similarity.hashing import Hashing
from engine.similarity.overlap import OverlapScreen

NO_TESTS = OverlapScreen([], OverlapTiers())


def pieces(texts: list[str], families: list[str] | None = None, step: int = 7) -> Iterator[pa.Table]:
    whole = pa.table(
        {
            "id": [f"P-{n}" for n in range(len(texts))],
            "family": families or [f"P-{n}" for n in range(len(texts))],
            "statement": texts,
            "contamination": pa.nulls(len(texts), pa.float32()),
            "seed_id": [f"S-{n}" for n in range(len(texts))],
        }
    )
    for start in range(0, len(texts), step):
        yield whole.slice(start, step)


def repeats(found: DedupResult) -> dict[int, int]:
    return {row: int(of) for row, of in enumerate(found.repeats) if of >= 0}


words = st.sampled_from(
    [
        "ann",
        "bob",
        "buys",
        "sells",
        "pens",
        "boxes",
        "for",
        "each",
        "day",
        "of",
        "the",
        "week",
        "how",
        "many",
        "are",
        "left",
        "3",
        "4",
        "12",
        "1,000",
    ]
)


@settings(deadline=None, max_examples=60)
@given(
    st.lists(st.lists(words, min_size=6, max_size=14).map(" ".join), min_size=1, max_size=40),
    st.integers(1, 12),
    st.data(),
)
def test_fl17_parts_find_the_repeats_that_the_whole_has(texts, part, data) -> None:
    """FL-17, X-05: looking at one part after another loses nothing and adds nothing."""
    again = data.draw(st.lists(st.sampled_from(texts), max_size=8))
    every = [*texts, *(f"  {text.upper()} " for text in again), *(f"{text} now" for text in again)]
    found = sieve(pieces(every), len(every), NO_TESTS, part=part)
    whole = duplicates.find(every)
    assert repeats(found) == {one.row: one.of for one in (*whole.exact, *whole.near)}


def test_fl18_copies_are_named_and_are_no_repeats() -> None:
    """FL-18: what copies a test problem is left out as a copy, however often it comes."""
    tale = "A shop sells pens in boxes of twelve and Ann counts what is left after each day of the week"
    tests = OverlapScreen([BenchmarkItem("B", "held", tale, "1")], OverlapTiers(), Hashing())
    found = sieve(pieces([tale, f"{tale}.", "What is 1 + 1?"]), 3, tests)
    assert ["held" in found.copied(row) for row in range(3)] == [True, True, False]
    assert found.copied(2) == ""
    assert repeats(found) == {}


def test_rr19_a_row_that_only_warns_may_be_repeated_and_one_that_is_left_out_is_nobodys_first() -> None:
    """RR-19, FL-17: what goes out is compared with what goes out."""
    tale = "A shop sells 12 pens in boxes of twelve and Ann counts what is left after each day of the week"
    twice = [tale.replace("12", "7"), f"{tale.replace('12', '7')} "]
    items = [BenchmarkItem("B", "held", tale, "1")]
    warned = sieve(pieces(twice), 2, OverlapScreen(items, OverlapTiers(numbers="warn"), Hashing()))
    assert [(warned.copied(row), warned.hit(row).tier) for row in range(2)] == [("", "numbers")] * 2  # type: ignore[union-attr]
    assert repeats(warned) == {1: 0}
    dropped = sieve(pieces(twice), 2, OverlapScreen(items, OverlapTiers(), Hashing()))
    assert repeats(dropped) == {}
    assert "the same wording" in dropped.copied(1)


def test_gsdp24_what_was_written_from_a_test_problem_is_told_and_is_nobodys_first() -> None:
    """GSDP-24: such a row names the test set; another row that says the same without such a seed stays."""
    tale = "A shop sells pens in boxes of twelve and Ann counts what is left after each day of the week"
    found = sieve(pieces([tale, f"{tale}.", "What is 1 + 1?"]), 3, NO_TESTS, seeds={"S-0": "held"})
    assert [found.origin(row) for row in range(3)] == ["held", "", ""]
    assert repeats(found) == {}


def test_the_word_of_the_run_that_wrote_a_problem_counts() -> None:
    two = {"id": ["a", "b"], "family": ["a", "b"], "statement": ["x y", "z"], "contamination": [0.97, 0.5]}
    piece = pa.table(two | {"seed_id": pa.nulls(2, pa.string())})
    found = sieve(iter([piece]), 2, NO_TESTS)
    assert [found.copied(0), found.copied(1)] == ["holds 97% of a test problem", ""]


def test_families_that_share_a_problem_but_for_numbers_and_names_are_one() -> None:
    texts = [
        "Ann has 3 apples and buys 4 more. How many has she?",
        "Bob has 7 apples and buys 9 more. How many has he?",
        "A train is 200 metres long. How long is half of it?",
        "Solve $x + 1 = 3$.",
        "Bob has 8 apples and buys 1 more. How many has he?",
    ]
    own = ["S-1", "S-2", "S-2", "S-3", "S-4"]
    found = sieve(pieces(texts, own), 5, NO_TESTS, families=True)
    said = [found.family(row, own[row]) for row in range(5)]
    assert said[3] == "S-3"
    assert len({said[row] for row in (0, 1, 2, 4)}) == 1
    assert said[0].startswith("F-")
    backwards = sieve(pieces(texts[::-1], own[::-1]), 5, NO_TESTS, families=True)
    assert [backwards.family(4 - row, own[row]) for row in range(5)] == said
    assert sieve(pieces([]), 0, NO_TESTS, families=True).joined is not None


def test_am20_further_solutions_of_one_problem_are_no_repeats() -> None:
    """AM-20, X-05: rows of one problem stand together; what one of them repeats, all of them do."""
    tale = "Ann has 3 apples and buys 4 more. How many has she?"
    piece = pa.table(
        {
            "id": ["a", "a", "b", "c", "c", "c"],
            "family": ["a", "a", "b", "c", "c", "c"],
            "statement": [tale, tale, "What is 1 + 1?", f"{tale} ", f"{tale} ", f"{tale} "],
            "contamination": pa.nulls(6, pa.float32()),
            "seed_id": pa.nulls(6, pa.string()),
        }
    )
    assert repeats(sieve(iter([piece]), 6, NO_TESTS)) == {3: 0, 4: 0, 5: 0}


def test_nobody_asked_for_families_leaves_each_its_own() -> None:
    found = sieve(pieces(["What is 1?", "What is 2?"], ["S-1", "S-2"]), 2, NO_TESTS)
    assert [found.family(row, f"S-{row + 1}") for row in range(2)] == ["S-1", "S-2"]


def test_names_of_joined_families_are_those_of_the_group_alone() -> None:
    """A hash of the sorted names: two groups, whose families come mixed, keep apart."""
    tales = ("A shop sells {} red pens.", "A train of {} metres stops.", "A field has {} old trees in it.")
    own = [f"S-{n}" for n in (5, 1, 9, 3, 5, 7, 2)]
    texts = [tales[at].format(n + 2) for n, at in enumerate((0, 1, 0, 1, 0, 2, 1))]
    found = sieve(pieces(texts, own, step=2), 7, NO_TESTS, families=True)
    left, right = content_id("F", "S-5", "S-9"), content_id("F", "S-1", "S-2", "S-3")
    assert [found.family(n, name) for n, name in enumerate(own)] == [left, right, left, right, left, "S-7", right]


def test_what_is_done_is_told() -> None:
    said: list[tuple[int, str]] = []
    sieve(pieces([f"What is {n}?" for n in range(20)]), 20, NO_TESTS, progress=lambda *one: said.append(one), part=8)
    assert said[2] == (20, "looking for test problems")
    assert said[-1] == (20, "looking for repeats")


@pytest.mark.parametrize("part", [1, 3, 1000])
def test_an_error_in_the_middle_leaves_no_file_behind(tmp_path, monkeypatch, part) -> None:
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    monkeypatch.setattr("tempfile.tempdir", None)

    def breaks() -> Iterator[pa.Table]:
        yield from pieces(["a", "b"])
        raise OSError("lost")

    with pytest.raises(OSError, match="lost"):
        sieve(breaks(), 10, NO_TESTS, part=part)
    assert list(tmp_path.iterdir()) == []
