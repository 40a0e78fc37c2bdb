import dataclasses
import json
import struct

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.core.errors import BadSetting
from engine.core.records import Policy, Rule
from engine.curation.arrays import Arrays, SliceCounts
from engine.curation.lens_payload import payload
from engine.curation.policy import apply, gsdp, make
from engine.curation.quantize import MISSING, bins, positions
from engine.curation.scores import BINS, SCORES, grid
from engine.curation.table import ScoreTable
from engine.curation.whatif import WhatIf

KEYS = list(SCORES)


def random_board(seed: int, n: int = 300) -> pa.Table:
    """Scores on and off the grid, missing ones, rows without position, concept or kind, and people's decisions."""
    rng = np.random.default_rng(seed)
    columns: dict[str, object] = {"id": [f"Q-{i:06}" for i in range(n)]}
    for key in KEYS:
        loose = rng.random(n).astype(np.float32)
        values = np.where(rng.random(n) < 0.5, rng.choice(grid(key), n), loose)
        columns[key] = pa.array(values, pa.float32(), mask=rng.random(n) < 0.1)
    columns["human"] = pa.array(rng.choice([0.0, 1.0], n), mask=rng.random(n) < 0.7)
    columns["concept"] = pa.array(rng.choice(["sum", "area", "angle"], n), mask=rng.random(n) < 0.1)
    columns["kind"] = pa.array(rng.choice(["one-hop", "two-hop"], n), mask=rng.random(n) < 0.1)
    for axis in "xy":
        columns[axis] = pa.array(rng.normal(size=n), mask=rng.random(n) < 0.05)
    return pa.table(columns)


def passes(rule: Rule, value: float) -> bool | None:
    """One rule on one score, None where the row waits for a review."""
    if np.isnan(value):
        return {"keep": True, "drop": False, "review": None}[rule.if_missing]
    limit = np.float32(rule.limit)
    return bool(value >= limit if rule.op == "at least" else value <= limit)


def by_hand(policy, table: ScoreTable, override: bool) -> list[tuple[bool, bool, int]]:
    """Of each row whether it is kept, whether it waits, and its first failing rule, one row and one rule at a time."""
    found = []
    for row in range(len(table)):
        told = [passes(rule, table.scores[rule.score][row]) if rule.use else True for rule in policy.rules]
        first = told.index(False) if False in told else -1
        waits = first == -1 and None in told
        human = table.human[row] if override else -1
        if human >= 0:
            waits, first = False, -1 if human else -2
        found.append((first == -1 and not waits, waits, first))
    return found


def plain(policy, board: pa.Table, override: bool) -> dict[str, object]:
    """The same figures by loops over rows, and over masks for the strips."""
    table = ScoreTable.of(board)
    kept, waits, first = (np.array(column) for column in zip(*by_hand(policy, table, override), strict=True))
    others = []
    for key in KEYS:
        rest = make("rest", tuple(rule for rule in policy.rules if rule.score != key))
        left = np.array([one[0] for one in by_hand(rest, table, override)])
        found = bins(key, table.scores[key])[left]
        others.append(np.bincount(found, minlength=BINS + 1)[:BINS])
    names, kinds = table.concepts, table.kinds
    return {
        "kept": int(kept.sum()),
        "review": waits.tolist(),
        "failed": first.tolist(),
        "concepts": [int((kept & (names.codes == c)).sum()) for c in range(len(names.names))],
        "kinds": [int((kept & (kinds.codes == c)).sum()) for c in range(len(kinds.names))],
        "others": np.array(others).tolist(),
        "ids": {row for row, there in zip(table.ids.to_pylist(), kept, strict=True) if there},
    }


def same(counts, expected) -> None:
    assert counts.kept == expected["kept"]
    assert counts.chosen.review.tolist() == expected["review"]
    assert counts.chosen.failed.tolist() == expected["failed"]
    assert counts.concepts.tolist() == expected["concepts"]
    assert counts.kinds.tolist() == expected["kinds"]
    assert counts.pass_others.tolist() == expected["others"]
    assert int(counts.grid.sum()) == counts.kept
    assert set(counts.page) == expected["ids"]


rules = st.lists(
    st.builds(
        lambda key, op, limit, missing, use: Rule(key, op, limit, missing, use),
        st.sampled_from(KEYS),
        st.sampled_from(["at least", "at most"]),
        st.one_of(st.integers(0, 100).map(lambda index: SCORES["rarity"].value(index)), st.floats(0, 1)),
        st.sampled_from(["drop", "keep", "review"]),
        st.booleans(),
    ),
    max_size=6,
).map(lambda found: tuple({(rule.score, rule.op): rule for rule in found}.values()))


@settings(max_examples=60, deadline=None)
@given(rules, st.integers(0, 1000), st.booleans())
def test_a_move_counts_what_each_row_says_by_itself(found, seed, override):
    policy, board = make("p", found), random_board(seed)
    same(WhatIf.load(board).move(policy, override=override, page=1000), plain(policy, board, override))


@settings(max_examples=40, deadline=None)
@given(
    st.sampled_from(KEYS),
    st.sampled_from(["at least", "at most"]),
    st.sampled_from(["keep", "drop"]),
    st.lists(st.integers(0, 100), min_size=3, max_size=8),
    st.booleans(),
)
def test_a_slider_in_hand_counts_the_same_at_every_step(key, op, missing, steps, override):
    board = random_board(7)
    others = tuple(rule for rule in gsdp().rules if rule.score != key)
    view = WhatIf.load(board)
    for index in steps:
        policy = make("p", (*others, Rule(key, op, SCORES[key].value(index), missing)))
        same(view.move(policy, override=override, page=1000), plain(policy, board, override))


@settings(max_examples=40, deadline=None)
@given(st.lists(st.tuples(rules, st.booleans(), st.booleans()), min_size=2, max_size=5))
def test_any_move_after_any_other_counts_what_each_row_says(moves):
    """What is carried over from the last move is right wherever the next one goes, with and without people and map."""
    board = random_board(17)
    view = WhatIf.load(board)
    for found, override, with_map in moves:
        policy = make("p", found)
        counts = view.move(policy, override=override, page=1000, grid=with_map)
        fresh = WhatIf.load(board).move(policy, override=override, page=1000)
        assert (counts.grid is not None) == with_map
        same(counts if with_map else dataclasses.replace(counts, grid=fresh.grid), plain(policy, board, override))
        assert with_map is False or (counts.grid == fresh.grid).all()
        assert counts.page == fresh.page


def test_a_small_move_counts_only_rows_that_changed_sides(monkeypatch):
    view = WhatIf.load(random_board(3, 2_000))
    counted = []
    plainly = SliceCounts.count

    def count(self, chosen, sign=1):
        counted.append(len(chosen))
        return plainly(self, chosen, sign)

    view.move(make("p", (Rule("judge_score", "at least", 0.50),)))
    monkeypatch.setattr(SliceCounts, "count", count)
    before = view.move(make("p", (Rule("judge_score", "at least", 0.50),))).kept
    after = view.move(make("p", (Rule("judge_score", "at least", 0.52),))).kept
    assert counted == [0, 0, 0, before - after]
    assert 0 < before - after < 100


def test_the_page_is_the_best_first_and_can_be_turned():
    board = pa.table({"id": list("abcd"), "judge_score": [0.86, 0.99, None, 0.9], "solution_pass": [1.0] * 4})
    view = WhatIf.load(board)
    policy = make("p", (Rule("solution_pass", "at least", 1.0),))
    assert view.move(policy).page == ("b", "d", "a", "c")
    assert view.move(policy, page=2, offset=1).page == ("d", "a")
    assert view.move(policy, grid=False).grid is None


def test_rows_without_a_position_are_in_the_last_cell():
    board = pa.table({"id": list("abc"), "x": [0.0, 1.0, None], "y": [0.0, 1.0, 0.5]})
    counts = WhatIf.load(board).move(make("p", ()))
    assert (counts.grid[0, 0], counts.grid[254, 254], counts.grid[255, 255]) == (1, 1, 1)


def test_an_empty_project_counts_nothing():
    counts = WhatIf.load(pa.table({"id": pa.array([], pa.string())})).move(gsdp())
    assert (counts.kept, counts.page, counts.chosen.reasons()) == (0, (), {})


def test_a_policy_that_cannot_be_applied_is_refused():
    with pytest.raises(BadSetting):
        WhatIf.load(random_board(1)).move(Policy("P", "p", (Rule("charm", "at least", 0.5),)))


@settings(max_examples=20, deadline=None)
@given(rules, st.integers(1, 200), st.booleans())
def test_a_size_is_kept_to_in_every_count_and_the_same_as_by_apply(found, size, override):
    board, policy = random_board(5), make("p", found, size=size)
    view = WhatIf.load(board)
    view.move(make("p", found))
    counts, exact = view.move(policy, override=override, page=1000), apply(policy, board, override=override)
    table = ScoreTable.of(board)
    assert counts.kept == exact.count <= size
    assert counts.chosen.kept.tolist() == exact.kept.tolist()
    assert counts.chosen.failed.tolist() == exact.failed.tolist()
    assert counts.chosen.reasons() == exact.reasons()
    assert counts.chosen.margin.tolist() == exact.margin.tolist()
    assert counts.concepts.tolist() == np.bincount(table.concepts.codes[exact.kept], minlength=65_536)[:3].tolist()
    assert int(counts.grid.sum()) == len(counts.page) == counts.kept


def test_a_score_outside_its_range_is_at_its_end():
    """A cosine of 1.0000001 is a rounded 1: no limit at the end of the range may drop it, here or in the browser."""
    board = pa.table({"id": ["a", "b"], "seed_similarity": pa.array([1.0000001, -0.0000001], pa.float32())})
    for op in ("at least", "at most"):
        kept = [apply(make("p", (Rule("seed_similarity", op, limit),)), board).count for limit in (0.0, 1.0)]
        assert kept == ([2, 1] if op == "at least" else [1, 2])


@pytest.mark.parametrize("key", KEYS)
def test_positions_are_exact_on_the_grid_in_both_directions(key):
    """GSDP-27: `score >= limit` in bytes is `score >= limit` in float32, for each limit of the grid."""
    points = grid(key)
    near = np.concatenate([points, np.nextafter(points, np.float32(2)), np.nextafter(points, np.float32(-1))])
    scores = np.clip(near, points[0], points[-1])
    found = positions(key, scores).astype(int)
    for index, point in enumerate(points):
        limit = 2 * index
        assert ((found >= limit) == (scores >= point)).all()
        assert ((found <= limit) == (scores <= point)).all()
    assert positions(key, np.array([np.nan, -5, 5], np.float32)).tolist() == [MISSING, 0, 2 * SCORES[key].steps]


def test_two_million_rows_take_about_16_bytes_each():
    arrays = Arrays.of(random_board(5, 2_000))
    parts = [*arrays.pairs, arrays.groups, arrays.cells, arrays.order]
    assert sum(part.nbytes for part in parts) == 16 * 2_000


def unpack(block: bytes) -> tuple[dict, dict[str, np.ndarray]]:
    """Read the block as the browser does: by the head's offsets alone."""
    (length,) = struct.unpack_from("<I", block)
    head = json.loads(block[4 : 4 + length])
    assert (4 + length) % 8 == 0
    return head, {
        entry["name"]: np.frombuffer(block, entry["type"], head["n"], entry["offset"]) for entry in head["arrays"]
    }


def test_the_payload_holds_every_row_in_sixteen_bytes():
    board = random_board(11)
    block = payload(board, gsdp(), areas={"sum": "Arithmetic", "area": "Geometry", "angle": "Geometry"})
    head, arrays = unpack(block)
    table = ScoreTable.of(board)
    assert len(block) == head["arrays"][0]["offset"] + 16 * head["n"]
    assert [entry["name"] for entry in head["arrays"]] == ["x", "y", "concept", "area", "label", *KEYS]
    assert head["areas"] == ["Arithmetic", "Geometry"]
    assert [head["concepts"][code] for code in arrays["concept"][arrays["concept"] < 65535]] == [
        name for name in board["concept"].to_pylist() if name
    ]
    for code, concept in zip(arrays["area"], board["concept"].to_pylist(), strict=True):
        assert (code == 255) if concept is None else head["areas"][code] in ("Arithmetic", "Geometry")
    assert arrays["label"].tolist() == [-1 if h is None else int(h) for h in board["human"].to_pylist()]
    x = table.x
    shown = head["x_low"] + arrays["x"] / 65534 * (head["x_high"] - head["x_low"])
    assert ((arrays["x"] == 65535) == np.isnan(x)).all()
    assert np.abs(shown - x)[~np.isnan(x)].max() < 1e-3


def test_the_browser_gets_the_positions_of_each_score():
    board = random_board(13)
    head, arrays = unpack(payload(board, gsdp()))
    table = ScoreTable.of(board)
    for spec in head["scores"]:
        assert arrays[spec["key"]].tolist() == positions(spec["key"], table.scores[spec["key"]]).tolist()


def test_the_payload_does_not_change_when_a_limit_of_another_policy_order_is_the_same():
    board = random_board(2)
    assert payload(board, gsdp()) == payload(board, gsdp())
    head, _ = unpack(payload(board, make("p", (Rule("rarity", "at most", 0.4, "review"),))))
    assert (head["scores"][0]["key"], head["scores"][0]["op"], head["scores"][0]["limit"]) == ("rarity", "at most", 0.4)
    assert [spec["use"] for spec in head["scores"]] == [True] + [False] * 7
