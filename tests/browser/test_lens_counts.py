"""The lens counts in the browser what the server counts, row by row, by the same bytes."""

from __future__ import annotations

from base64 import b64encode

import numpy as np
import pyarrow as pa
import pytest
from playwright.sync_api import Page

from engine.core.records import Policy, Rule
from engine.curation.lens_payload import payload
from engine.curation.policy import apply, gsdp, make
from engine.curation.quantize import positions
from engine.curation.scores import SCORES, grid
from engine.curation.table import ScoreTable
from engine.curation.table_page import inside
from engine.curation.whatif import WhatIf

KEYS = list(SCORES)
LENS_RULES = """
async ({block, rules}) => {
    const lens = await load("rows"), {namedRules} = await load("orders");
    const rows = lens.readPayload(bytes(block));
    const scales = lens.scalesOf(rows.head);
    const view = {scales, ruleOf: (scale) => ({op: scale.op, limit: scale.low, use: true, if_missing: "keep"})};
    const labelled = lens.labelledRows(rows), all = lens.countAll(rows, scales, null);
    return rules.map((some) => {
        const fails = new Uint8Array(rows.n), bits = new Uint8Array(rows.n);
        lens.writeBits(rows, scales, namedRules(view, some), fails);
        lens.overrule(rows, labelled, fails, bits);
        const counts = lens.countKept(rows, scales, bits, bits, null);
        return {
            kept: [...bits.keys()].filter((row) => bits[row] === 0),
            concepts: [...counts.perConcept],
            strips: counts.histograms.map((one) => [...one]),
            all: all.histograms.map((one) => [...one]),
        };
    });
}
"""
"""What a lens does with an order and a payload, without drawing it."""


def board(seed: int, n: int = 400) -> pa.Table:
    """Scores on grid points, next to them by one bit, and anywhere; missing ones, people, concepts, places."""
    rng = np.random.default_rng(seed)
    columns: dict[str, object] = {"id": [f"Q-{row:06}" for row in range(n)]}
    for key in KEYS:
        points = rng.choice(grid(key), n)
        toward = rng.choice(np.array([-1, 2], np.float32), n)
        kinds = [points, np.nextafter(points, toward), rng.random(n).astype(np.float32)]
        columns[key] = pa.array(np.choose(rng.integers(0, 3, n), kinds), pa.float32(), mask=rng.random(n) < 0.15)
    columns["human"] = pa.array(rng.choice([0.0, 1.0], n), mask=rng.random(n) < 0.7)
    columns["concept"] = pa.array(rng.choice(["sum", "area", "angle"], n))
    columns["x"], columns["y"] = rng.normal(size=n), rng.normal(size=n)
    return pa.table(columns)


def policies(seed: int, count: int = 25) -> list[Policy]:
    """Limits on the grid and at its ends, in both directions, bands, off and on, all three words for missing."""
    rng = np.random.default_rng(seed)
    made = [gsdp(), make("none", ())]
    for _ in range(count):
        rules = []
        for key in rng.choice(KEYS, rng.integers(1, 9), replace=False):
            ops = [["at least"], ["at most"], ["at least", "at most"]][rng.integers(0, 3)]
            for op in ops:
                index = int(rng.choice([0, 100, rng.integers(0, 101)]))
                missing = str(rng.choice(["drop", "keep", "review"]))
                rules.append(Rule(str(key), op, SCORES[str(key)].value(index), missing, bool(rng.random() < 0.8)))
        made.append(make("random", tuple(rules)))
    return made


def told(policy: Policy) -> list[dict[str, object]]:
    names = ("score", "op", "limit", "use", "if_missing")
    return [{name: getattr(rule, name) for name in names} for rule in policy.rules]


def encoded(block: bytes) -> str:
    return b64encode(block).decode()


@pytest.mark.parametrize("seed", range(3))
def test_the_browser_keeps_the_rows_that_the_server_keeps(lens_files: Page, seed: int) -> None:
    """X-07, X-08: row by row, for limits of every kind, missing scores and people's decisions."""
    rows = ScoreTable.of(board(seed))
    some = policies(seed)
    found = lens_files.evaluate(
        LENS_RULES, {"block": encoded(payload(rows, gsdp())), "rules": [told(one) for one in some]}
    )
    view = WhatIf.load(rows)
    for policy, live in zip(some, found, strict=True):
        exact = view.move(policy)
        assert live["kept"] == np.flatnonzero(exact.chosen.kept).tolist(), policy.rules
        assert live["concepts"] == exact.concepts.tolist()
        # The strips of both have bars of their own width: what they sum up is the same.
        assert [sum(strip) for strip in live["strips"]] == exact.pass_others.sum(axis=1).tolist()
        assert [sum(strip) for strip in live["all"]] == exact.all_rows.sum(axis=1).tolist()


@pytest.mark.parametrize("op", ["at least", "at most"])
def test_each_limit_of_the_grid_cuts_where_the_server_cuts(lens_files: Page, op: str) -> None:
    """GSDP-27: on every grid point, with scores on it and one bit beside it."""
    near = [np.nextafter(grid("rarity"), np.float32(toward)) for toward in (-1, 2)]
    scores = np.concatenate([grid("rarity"), *near]).clip(0, 1)
    rows = ScoreTable.of({"id": [str(row) for row in range(len(scores))], "rarity": scores})
    some = [make("p", (Rule("rarity", op, SCORES["rarity"].value(index)),)) for index in range(101)]
    found = lens_files.evaluate(
        LENS_RULES, {"block": encoded(payload(rows, gsdp())), "rules": [told(one) for one in some]}
    )
    for policy, live in zip(some, found, strict=True):
        assert live["kept"] == np.flatnonzero(apply(policy, rows).kept).tolist()


def test_a_lasso_takes_what_lies_inside_and_loses_only_small_corners(lens_files: Page) -> None:
    rows = ScoreTable.of(board(4))
    polygon = [[9000, 9000], [50000, 12000], [30000, 30000], [60000, 60000], [8000, 52000]]
    source = """async ({block, polygon}) => {
        const {readPayload, insidePolygon, simplify} = await load("rows");
        const rows = readPayload(bytes(block));
        const chosen = new Uint8Array(rows.n);
        insidePolygon(rows, polygon, chosen);
        const angles = [...Array(200).keys()].map((k) => k * Math.PI / 100);
        const few = simplify(angles.map((angle) => [1000 * Math.cos(angle), 1000 * Math.sin(angle)]), 60);
        const nearest = Math.min(...few.map(([x, y]) => Math.hypot(x, y)));
        return [[...chosen], few.length, nearest, simplify(polygon, 60).length];
    }"""
    chosen, few, radius, untouched = lens_files.evaluate(
        source, {"block": encoded(payload(rows, gsdp())), "polygon": polygon}
    )
    assert [bool(one) for one in chosen] == inside(rows, [tuple(corner) for corner in polygon]).tolist()
    assert 0 < sum(chosen) < len(chosen)
    assert (few, untouched, radius) == (60, 5, pytest.approx(1000))


def test_the_payload_is_read_wherever_its_bytes_begin(lens_files: Page) -> None:
    source = """async (block) => {
        const {readPayload, signatureOf} = await load("rows");
        const first = bytes(block), second = new Uint8Array(first.length + 3).subarray(3), third = first.slice();
        second.set(first);
        third[0] ^= 1;
        const rows = readPayload(second), [one, same, other] = [first, second, third].map(signatureOf);
        return [rows.n, [...rows.values[0]], one === same, one === other];
    }"""
    rows = ScoreTable.of(board(6, 101))
    n, values, same, other = lens_files.evaluate(source, encoded(payload(rows, gsdp())))
    assert n == 101
    assert values == positions("judge_score", rows.scores["judge_score"]).tolist()
    assert (same, other) == (True, False)
