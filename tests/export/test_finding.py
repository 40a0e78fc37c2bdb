"""The ids that a line of the check names: all are counted, the first are named."""

from __future__ import annotations

from engine.export.finding import MOST, FoundIds, finding


def test_every_problem_is_counted_and_the_first_are_named_in_order() -> None:
    found = FoundIds()
    names = [f"P-{n}" for n in range(MOST + 3)]
    for count, name in enumerate(names, start=1):
        found.add(name)
        assert (found.count, found.ids) == (count, names[: min(count, MOST)])
    line = finding(found, "none", "", "some", "They are left out.")
    assert (line.state, line.count, line.ids) == ("look", MOST + 3, tuple(names[:MOST]))


def test_nothing_found_is_the_good_line() -> None:
    line = finding(FoundIds(), "none", "All are sound.", "some", "They are left out.")
    assert (line.name, line.state, line.detail, line.count, line.ids) == ("none", "good", "All are sound.", 0, ())
