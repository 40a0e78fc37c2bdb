"""What points are now, after everything that was said about them."""

from __future__ import annotations

from itertools import count
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.core.errors import BadInput
from engine.core.records import KnowledgePoint, PointEvent, SameVerdict
from engine.store import Store
from tests.support.store_factories import a_seed, points_of

_number = count()


def event(act: str, point: str, **more: str) -> PointEvent:
    return PointEvent(f"ev-{next(_number)}", act, point, "filter", 1.0, **more)  # type: ignore[arg-type]


def names(store: Store) -> list[str]:
    return sorted(store.points.live()["name"])


def incidence(store: Store) -> set[tuple[str, str]]:
    numbers = {a_seed(n).id: n for n in range(20)}
    return {(f"{numbers[row['seed_id']]}", row["point"]) for row in store.points.incidence().to_pylist()}


def test_incidence_is_kept_and_rewritten_to_representatives(store: Store) -> None:
    """GSDP-04 incidence; GSDP-10 synonyms collapse inside one seed; GSDP-05 dropped points leave it."""
    ids = points_of(store, {"Ratio": [1, 2], "Ratios": [2, 3], "Proportion": [3], "Thinking": [1, 2, 3]})
    store.points.events(
        [
            event("drop", ids["Thinking"], label="vague", reason="no concept"),
            event("merge", ids["Ratio"], target_id=ids["Ratios"]),
        ]
    )
    assert names(store) == ["Proportion", "Ratios"]
    assert incidence(store) == {("1", "Ratios"), ("2", "Ratios"), ("3", "Ratios"), ("3", "Proportion")}
    live = store.points.live().set_index("name")
    assert live.loc["Ratios", "seeds"] == 3
    gone = store.points.all().set_index("first_name")
    assert (gone.loc["Thinking", "gone_by"], gone.loc["Thinking", "label"]) == ("drop", "vague")
    assert gone.loc["Ratio", "into_id"] == ids["Ratios"]
    assert store.points.members("Ratios") == ["Ratios", "Ratio"]
    assert store.points.count() == 2
    assert [seed.id for seed in store.points.seeds_of("Ratios")] == [a_seed(n).id for n in (1, 2, 3)]


def test_classes_that_hold_a_no_are_shown(store: Store) -> None:
    """GSDP-07, GSDP-08: A~B and B~C make one class, and the pair that was judged different is shown."""
    ids = points_of(store, {"A": [1], "B": [2], "C": [3], "D": [4]})
    store.points.events([event("merge", ids["A"], target_id=ids["B"]), event("merge", ids["B"], target_id=ids["C"])])
    store.points.add_same(
        [
            SameVerdict(ids["A"], ids["C"], 0.805, False, "another idea"),
            SameVerdict(ids["C"], ids["D"], 0.72, False, "apart"),
        ]
    )
    contested = store.points.contested()
    assert contested[["point", "left", "right"]].to_numpy().tolist() == [["C", "A", "C"]]
    assert store.points.grey_pairs()[["left", "right", "cosine"]].to_numpy().tolist() == [["C", "D", 0.72]]


def test_merges_in_a_circle_keep_one_point(store: Store) -> None:
    ids = points_of(store, {"A": [1], "B": [2], "C": [3], "D": [4]})
    store.points.events(
        [
            event("merge", ids["A"], target_id=ids["B"]),
            event("merge", ids["B"], target_id=ids["C"]),
            event("merge", ids["C"], target_id=ids["A"]),
            event("merge", ids["D"], target_id=ids["B"]),
            event("merge", ids["C"], target_id="K-nowhere"),
        ]
    )
    assert names(store) == ["A"], "the oldest merge gives way"
    assert incidence(store) == {(str(n), "A") for n in (1, 2, 3, 4)}


@settings(max_examples=30, deadline=None)
@given(merges=st.lists(st.tuples(st.integers(0, 6), st.integers(0, 6)), max_size=14))
def test_every_point_ends_in_exactly_one_live_point(merges: list[tuple[int, int]]) -> None:
    """GSDP-08: whatever merges are said, each class has one representative, which stands for itself."""
    with Store(":memory:") as store:
        ids = list(points_of(store, {f"p{n}": [n] for n in range(7)}).values())
        store.points.events(event("merge", ids[a], target_id=ids[b]) for a, b in merges)
        points = store.points.all().set_index("id")
        assert points["live"].all()
        for ident in ids:
            into = points.loc[ident, "into_id"]
            assert points.loc[into, "into_id"] == into
        group = {n: n for n in range(7)}
        last = {a: b for a, b in merges if a != b}
        for a, b in last.items():
            old, new = group[a], group[b]
            group = {n: new if g == old else g for n, g in group.items()}
        into = [points.loc[ident, "into_id"] for ident in ids]
        for a in range(7):
            for b in range(7):
                assert (into[a] == into[b]) == (group[a] == group[b])


def test_a_curator_renames_merges_splits_deletes_and_undoes(store: Store, tmp_path: Path) -> None:
    points_of(store, {"A": [1, 2], "B": [3], "C": [4, 5]})
    store.points.rename("A", "Alpha", "ann", "standard term")
    store.points.merge("B", "Alpha", "ann")
    assert names(store) == ["Alpha", "C"]
    store.points.split("C", {"C left": [a_seed(4).id], "C right": [a_seed(5).id, a_seed(1).id]}, "ann")
    assert names(store) == ["Alpha", "C left", "C right"]
    assert {pair for pair in incidence(store) if pair[1].startswith("C")} == {
        ("4", "C left"),
        ("5", "C right"),
        ("1", "C right"),
    }
    store.points.delete("Alpha", "ann", "too broad")
    assert names(store) == ["C left", "C right"]
    assert {act.act for act in store.points.undo("ann")} == {"delete"}
    assert len(store.points.undo("ann")) == 2, "the two events of a split are one act"
    assert names(store) == ["Alpha", "C"]
    assert {pair for pair in incidence(store) if pair[1].startswith("C")} == {("4", "C"), ("5", "C")}
    store.points.redo("ann")
    assert names(store) == ["Alpha", "C left", "C right"]
    store.points.redo("ann")
    assert names(store) == ["C left", "C right"]
    assert store.points.redo("ann") == []
    for left in (4, 3, 2, 1):
        assert store.points.undo("ann") != [], left
    assert store.points.undo("ann") == []
    assert names(store) == ["A", "B", "C"]
    assert incidence(store) == {("1", "A"), ("2", "A"), ("3", "B"), ("4", "C"), ("5", "C")}
    store.points.redo("ann")
    assert names(store) == ["Alpha", "B", "C"]
    store.points.delete("B", "ann")
    assert store.points.redo("ann") == [], "a new act ends what could be redone"
    assert store.points.history("ann", 1)[0].act == "delete"
    assert store.points.undo("bob") == []


def test_undo_survives_a_restart(tmp_path: Path) -> None:
    with Store(tmp_path / "p.duckdb") as store:
        points_of(store, {"A": [1], "B": [2]})
        store.points.merge("A", "B", "ann")
    with Store(tmp_path / "p.duckdb") as store:
        assert names(store) == ["B"]
        store.points.undo("ann")
        assert names(store) == ["A", "B"]


def test_points_made_by_hand(store: Store) -> None:
    points_of(store, {"A": [1]})
    made = store.points.create("  Ceva's   theorem ", "ann", area="Geometry")
    assert (made.name, made.origin) == ("Ceva's theorem", "curator")
    assert names(store) == ["A", "Ceva's theorem"]
    store.points.undo("ann")
    assert names(store) == ["A"]
    store.points.create("Ceva's theorem", "ann")
    store.points.delete("Ceva's theorem", "ann")
    assert names(store) == ["A"]
    store.points.create("Ceva's theorem", "bob")
    assert names(store) == ["A", "Ceva's theorem"]


def test_acts_that_make_no_sense_are_refused_and_leave_nothing(store: Store) -> None:
    ids = points_of(store, {"A": [1], "B": [2], "C": [3]})
    store.points.merge("A", "B", "ann")
    before = store.points.history()
    with pytest.raises(BadInput, match="another concept has this name"):
        store.points.rename("C", "B", "ann")
    with pytest.raises(BadInput, match="name of 1 to 200 characters"):
        store.points.rename("C", " \n ", "ann")
    with pytest.raises(BadInput, match="one point already"):
        store.points.merge(ids["A"], "B", "ann")
    with pytest.raises(BadInput, match="no such concept"):
        store.points.delete("Nothing", "ann")
    with pytest.raises(BadInput, match="two different names"):
        store.points.split("C", {"C1": []}, "ann")
    with pytest.raises(BadInput, match="another concept has this name"):
        store.points.split("C", {"C1": [], "B": []}, "ann")
    with pytest.raises(BadInput, match="another concept has this name"):
        store.points.create("B", "ann")
    assert store.points.history() == before
    assert names(store) == ["B", "C"]
    assert store.verify() == []


def test_ten_thousand_points_are_resolved_quickly(store: Store) -> None:
    import time

    points = [KnowledgePoint.make(f"point {n}") for n in range(10_000)]
    store.points.add(points)
    store.points.events(
        PointEvent(f"m{n}", "merge", points[n].id, "filter", 1.0, target_id=points[n - n % 5].id)
        for n in range(10_000)
        if n % 5
    )
    begun = time.process_time()
    assert store.points.count() == 2_000
    assert len(store.points.live()) == 2_000
    assert time.process_time() - begun < 5


def test_classes_of_many_names_are_listed(store: Store) -> None:
    """GSDP-08: names that were merged and dropped since do not count."""
    ids = points_of(store, {name: [1] for name in ("A", "B", "C", "D", "E")})
    store.points.events(event("merge", ids[name], target_id=ids["A"]) for name in ("B", "C", "D"))
    found = store.points.oversized(4)
    assert [(row.point, row.names, list(row.members)) for row in found.itertuples()] == [("A", 4, ["A", "B", "C", "D"])]
    assert store.points.oversized(5).empty
