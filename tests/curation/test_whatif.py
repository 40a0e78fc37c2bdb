import dataclasses
import json
import struct

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.core.errors import BadSetting
from engine.core.records import Rule
from engine.curation.arrays import Arrays, SliceCounts
from engine.curation.intervals import agreement
from engine.curation.policy import apply, gsdp, make
from engine.curation.quantize import MISSING, bins, limit_position, on_grid, positions
from engine.curation.scores import BINS, SCORES, grid
from engine.curation.table import ScoreTable
from engine.curation.whatif import WhatIf, payload

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


def plain(policy, board: pa.Table, override: bool) -> dict[str, object]:
    """The same figures by the exact selection and loops over masks."""
    table = ScoreTable.of(board)
    chosen = apply(policy, table, override=override)
    others = []
    for key in KEYS:
        rest = make("rest", tuple(rule for rule in policy.rules if rule.score != key))
        left = apply(rest, table, override=override)
        found = bins(key, table.scores[key])[left.kept]
        others.append(np.bincount(found, minlength=BINS + 1)[:BINS])
    names, kinds = table.concepts, table.kinds
    rules_alone = apply(policy, table, override=False)
    return {
        "kept": chosen.count,
        "review": int(chosen.review.sum()),
        "concepts": [int((chosen.kept & (names.codes == c)).sum()) for c in range(len(names.names))],
        "kinds": [int((chosen.kept & (kinds.codes == c)).sum()) for c in range(len(kinds.names))],
        "others": np.array(others).tolist(),
        "agreement": agreement(rules_alone.kept, table.human),
        "ids": {row for row, kept in zip(table.ids.to_pylist(), chosen.kept, strict=True) if kept},
    }


def same(counts, expected) -> None:
    assert counts.kept == expected["kept"]
    assert counts.review == expected["review"]
    assert counts.concepts.tolist() == expected["concepts"]
    assert counts.kinds.tolist() == expected["kinds"]
    assert counts.pass_others.tolist() == expected["others"]
    assert counts.agreement == expected["agreement"]
    assert int(counts.grid.sum()) == counts.kept
    assert set(counts.page) == expected["ids"]
    assert counts.exact


rules = st.lists(
    st.builds(
        lambda key, op, index, missing, use: Rule(key, op, SCORES[key].value(index), missing, use),
        st.sampled_from(KEYS),
        st.sampled_from(["at least", "at most"]),
        st.integers(0, 100),
        st.sampled_from(["drop", "keep", "review"]),
        st.booleans(),
    ),
    max_size=6,
).map(lambda found: tuple({(rule.score, rule.op): rule for rule in found}.values()))


@settings(max_examples=60, deadline=None)
@given(rules, st.integers(0, 1000), st.booleans())
def test_a_move_counts_what_the_exact_selection_keeps(found, seed, override):
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
def test_any_move_after_any_other_counts_what_the_exact_selection_keeps(moves):
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
    assert (counts.total, counts.kept, counts.page, counts.agreement.labels) == (0, 0, (), 0)


def test_a_limit_between_grid_points_is_called_a_preview():
    view = WhatIf.load(random_board(1))
    assert view.move(gsdp()).exact
    assert not view.move(make("p", (Rule("judge_score", "at least", 0.855),))).exact
    with pytest.raises(BadSetting):
        view.move(make("p", ()).__class__("P", "p", (Rule("charm", "at least", 0.5),)))


@pytest.mark.parametrize("key", KEYS)
def test_positions_are_exact_on_the_grid_in_both_directions(key):
    """GSDP-27: `score >= limit` in bytes is `score >= limit` in float32, for each limit of the grid."""
    points = grid(key)
    near = np.concatenate([points, np.nextafter(points, np.float32(2)), np.nextafter(points, np.float32(-1))])
    scores = np.clip(near, points[0], points[-1])
    found = positions(key, scores).astype(int)
    for index, point in enumerate(points):
        limit = limit_position(key, "at least", SCORES[key].value(index))
        assert limit == 2 * index
        assert on_grid(key, SCORES[key].value(index))
        assert ((found >= limit) == (scores >= point)).all()
        assert ((found <= limit) == (scores <= point)).all()
    assert positions(key, np.array([np.nan, -5, 5], np.float32)).tolist() == [MISSING, 0, 2 * SCORES[key].steps]


def test_two_million_rows_take_about_24_bytes_each():
    arrays = Arrays.of(random_board(5, 2_000))
    parts = [*arrays.positions.values(), *arrays.pairs, arrays.groups, arrays.cells, arrays.order]
    assert sum(part.nbytes for part in parts) == 24 * 2_000


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


@pytest.mark.parametrize("op", ["at least", "at most"])
def test_the_browser_counts_what_the_server_counts_for_each_limit_of_the_grid(op):
    """GSDP-27: the live figure of the browser is the exact one, wherever the limit stands on its grid."""
    board = random_board(13)
    head, arrays = unpack(payload(board, gsdp()))
    for spec in head["scores"]:
        for index in range(101):
            limit = SCORES[spec["key"]].value(index)
            byte = np.floor((limit - spec["low"]) / (spec["high"] - spec["low"]) * 254 + 0.5)
            seen = arrays[spec["key"]].astype(int)
            live = ((seen >= byte) if op == "at least" else (seen <= byte)) & (seen != 255)
            exact = apply(make("p", (Rule(spec["key"], op, limit, "drop"),)), board, override=False)
            assert live.tolist() == exact.kept.tolist()


def test_the_payload_does_not_change_when_a_limit_of_another_policy_order_is_the_same():
    board = random_board(2)
    assert payload(board, gsdp()) == payload(board, gsdp())
    head, _ = unpack(payload(board, make("p", (Rule("rarity", "at most", 0.4, "review"),))))
    assert (head["scores"][0]["key"], head["scores"][0]["op"], head["scores"][0]["limit"]) == ("rarity", "at most", 0.4)
    assert [spec["use"] for spec in head["scores"]] == [True] + [False] * 7
