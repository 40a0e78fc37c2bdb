"""Apply to all like it: which rows a repair changes, in which text, and what a curator is warned of."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from engine.core.records import Solution
from engine.curation.review import bulk_repair
from engine.curation.review.bulk_repair import AlikeRow
from engine.curation.review.repair_rules import Repair
from engine.store import Store
from tests.support.store_factories import a_problem

SPELLING = Repair(("metres",), ("meters",))


@pytest.fixture
def store() -> Iterator[Store]:
    with Store(":memory:") as opened:
        yield opened


def _found(store: Store, rule: Repair, *texts: tuple[str, str | None]) -> list[AlikeRow]:
    problems = [a_problem(n, statement=statement, at=float(n)) for n, (statement, _) in enumerate(texts)]
    store.problems.add(problems)
    store.problems.add_solutions(
        Solution(f"W-{n}", problem.id, problem.run_id, 0, text, None, at=1.0)
        for n, (problem, (_, text)) in enumerate(zip(problems, texts, strict=True))
        if text is not None
    )
    return bulk_repair.find(store, rule)


def test_a_repair_touches_the_texts_that_have_the_flaw_and_no_others(store: Store) -> None:
    """A text that stays is None, so that an edit of a question leaves its solution as the machine wrote it."""
    found = _found(
        store, SPELLING,
        ("A pole of 3 metres is cut.", r"It is \boxed{3}."),
        ("A pole is cut.", r"It is 3 metres: \boxed{3}."),
        ("A rope of 3 metres is cut.", r"All 3 metres: \boxed{3}."),
        ("A mast of 9 metres is cut.", None),
        ("A line of 3 meters is cut.", r"It is \boxed{3}."),
        ("A wire of 3 kilometres is cut.", r"It is \boxed{3}."),
        ("A cable of 3 kilometres is cut.", None),
    )  # fmt: skip
    assert [(one.statement, one.solution, one.doubt) for one in found] == [
        ("A pole of 3 meters is cut.", None, ""),
        (None, r"It is 3 meters: \boxed{3}.", ""),
        ("A rope of 3 meters is cut.", r"All 3 meters: \boxed{3}.", ""),
        ("A mast of 9 meters is cut.", None, ""),
    ]
    assert [one.row.statement for one in found][:2] == ["A pole of 3 metres is cut.", "A pole is cut."]


def test_a_repair_that_would_leave_nothing_of_a_text_is_not_offered(store: Store) -> None:
    """Neither a question nor a solution is emptied, and spaces are nothing."""
    stub = Repair(("stub",), ())
    found = _found(
        store, stub,
        ("stub ", r"It is \boxed{3}."),
        ("How many are 2 and 1?", " stub"),
        ("How many are 2 and 2?", "stub: four"),
        ("How many stub are 2 and 3?", None),
    )  # fmt: skip
    assert [(one.statement, one.solution) for one in found] == [(None, ": four"), ("How many  are 2 and 3?", None)]


@pytest.mark.parametrize(
    ("old", "new", "solution", "doubt"),
    [
        ("metres", "meters", r"It is 3 metres long: \boxed{3}.", ""),
        ("metres", "meters", "It is some metres long.", ""),
        (r"\boxed", r"\underline", r"Three ells: \boxed{3}", "The final answer would be lost."),
        (r"\alpha", r"\beta", r"\boxed{\alpha}", r"The final answer would change from \alpha to \beta."),
        (
            "red", "blue", "The answer is red.",
            "It can't be told whether the final answer stays the same: it was red and would be blue.",
        ),
    ],
)  # fmt: skip
def test_a_curator_is_warned_where_a_repair_reaches_the_final_answer(
    store: Store, old: str, new: str, solution: str, doubt: str
) -> None:
    """Hundreds of rows are mended at once; those whose answer moves are to be looked at first."""
    (found,) = _found(store, Repair((old,), (new,)), ("How long is it?", solution))
    assert (found.solution, found.doubt) == (solution.replace(old, new), doubt)
