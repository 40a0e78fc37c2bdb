"""Where what rests on a point goes when it is split: seeds and generated problems, undone in one step."""

from __future__ import annotations

from engine.store import Store
from tests.support.store_factories import a_problem, a_seed, fill, points_of

ODD, SUMS = "Odd numbers", "Arithmetic sequences"


def _written(store: Store) -> dict[str, int]:
    rows = store.home.coverage()
    return {point: int(problems) for point, problems in zip(rows["point"], rows["problems"], strict=True)}


def _concepts(store: Store) -> list[str]:
    return [concept for (concept,) in store.problems._db.rows("select concept from scoreboard order by made_at")]


def _filled(store: Store) -> None:
    points_of(store, {SUMS: [1, 2], ODD: [2, 3, 4]})
    fill(store, 4)


def test_seeds_and_problems_of_a_point_are_listed_with_their_other_points(store: Store) -> None:
    _filled(store)
    found = store.points.resting(ODD)
    assert [(one.sort, one.id) for one in found] == [
        *(("seed", a_seed(n).id) for n in (2, 3, 4)),
        *(("problem", a_problem(n).id) for n in range(4)),
    ]
    assert [one.others for one in found] == [(SUMS,), (), (), *[(SUMS,)] * 4]
    store.points.rename(SUMS, "Sums", "ann")
    store.points.merge("Sums", ODD, "ann")
    merged = store.points.resting(ODD)
    assert len(merged) == 8, "a problem that carries both names is listed once"
    assert {one.others for one in merged} == {()}


def test_a_split_takes_generated_problems_along_and_undo_brings_them_back(store: Store) -> None:
    """GSDP-44: what a problem was written from is kept; what the name means today follows the split."""
    _filled(store)
    first, second = [a_problem(n).id for n in (0, 1, 2)], [a_problem(3).id]
    parts = {"Odd one": [a_seed(2).id], "Odd two": [a_seed(3).id, a_seed(4).id]}
    store.points.split(ODD, parts, "ann", problems={"Odd one": first, "Odd two": second})
    assert _written(store) == {SUMS: 4, "Odd one": 3, "Odd two": 1}
    assert [one.id for one in store.points.resting("Odd two")] == [a_seed(3).id, a_seed(4).id, *second]
    assert store.problems.get(a_problem(3).id).problem.points == (SUMS, ODD)  # type: ignore[union-attr]
    assert store.verify() == []
    store.points.undo("ann")
    assert _written(store) == {SUMS: 4, ODD: 4}
    store.points.redo("ann")
    assert _written(store) == {SUMS: 4, "Odd one": 3, "Odd two": 1}


def test_a_part_can_be_renamed_merged_and_split_again(store: Store) -> None:
    _filled(store)
    everything = [a_problem(n).id for n in range(4)]
    store.points.split(SUMS, {"Left": [a_seed(1).id], "Right": []}, "ann", problems={"Left": everything, "Right": []})
    assert _concepts(store) == ["Left"] * 4
    halves = {"Low": everything[:2], "High": everything[2:]}
    store.points.split("Left", {"Low": [a_seed(1).id], "High": []}, "ann", problems=halves)
    assert _written(store) == {"Low": 2, "High": 2, ODD: 4}
    store.points.rename("Low", "Lower", "ann")
    store.points.merge("High", ODD, "ann")
    assert _written(store) == {"Lower": 2, ODD: 4}
    assert _concepts(store) == ["Lower"] * 2 + [ODD] * 2
    for _ in range(3):
        store.points.undo("ann")
    assert _written(store) == {"Left": 4, ODD: 4}


def test_one_act_is_one_line_among_the_last_changes(store: Store) -> None:
    _filled(store)
    store.points.split(ODD, {"Odd one": [a_seed(2).id], "Odd two": [a_seed(3).id]}, "ann")
    store.points.rename(SUMS, "Sums", "ann")
    store.points.merge("Sums", "Odd one", "ann")
    found = store.home.changes()
    told = [
        tuple(row) for row in found[["what", "subject", "detail"]].itertuples(index=False) if row[0][:7] == "concept"
    ]
    assert told == [
        ("concept merge", SUMS, "into Odd one"),
        ("concept rename", SUMS, "Sums"),
        ("concept split", ODD, "into Odd one and Odd two"),
    ]
