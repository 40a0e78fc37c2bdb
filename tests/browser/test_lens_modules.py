"""The lens's ES modules by themselves: geometry, steps, orders, addresses, and how they reach a page."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from playwright.sync_api import Page

from studio.lens import modules

LENS = Path(modules.__file__).parent


def test_bars_stand_on_the_side_of_the_limit_that_their_rows_are_on(lens_files: Page) -> None:
    """A score just below a limit is drawn left of it, and one just above an upper limit right of it."""
    source = """async () => {
        const {scalesOf} = await load("rows");
        const score = {low: 0, high: 1, step: 0.02};
        const scales = scalesOf({scores: [{...score, op: "at least"}, {...score, op: "at most"}]});
        return scales.map((scale) => [scale.bars, [0, 1, 2, 3, 99, 100].map((position) => scale.barOf[position])]);
    }"""
    assert lens_files.evaluate(source) == [[51, [0, 0, 1, 1, 49, 50]], [51, [0, 1, 1, 2, 50, 50]]]


def test_limits_snap_to_the_grid_and_positions_are_even(lens_files: Page) -> None:
    source = """async () => {
        const {scalesOf} = await load("rows");
        const [scale] = scalesOf({scores: [{low: 0, high: 1, step: 0.01, op: "at least"}]});
        return [[0.123, -3, 7, 0.855].map(scale.snap), [0, 0.29, 0.57, 1].map(scale.positionOf), scale.text(0.5)];
    }"""
    snapped, positions, text = lens_files.evaluate(source)
    assert snapped == [0.12, 0, 1, pytest.approx(0.86)]
    assert positions == [0, 58, 114, 200]
    assert text == "0.50"


def test_the_place_of_a_limit_on_its_strip_reads_back_as_the_limit(lens_files: Page) -> None:
    """What is pressed is what is drawn: for every limit, in both directions."""
    source = """async () => {
        const {scalesOf} = await load("rows");
        const {xOf, limitPlace, limitAt} = await load("strips");
        const width = 250, wrong = [];
        const [scale] = scalesOf({scores: [{low: 0, high: 1, step: 0.01, op: "at least"}]});
        for (const op of ["at least", "at most"]) for (let k = 0; k <= 100; k++) {
            const limit = scale.snap(k / 100), x = limitPlace(scale, {op, limit}, width);
            if (limitAt(scale, op, (x - 4) / (width - 8)) !== limit) wrong.push([op, limit]);
        }
        return [wrong, xOf(scale, -0.5, width), xOf(scale, 100.5, width), xOf(scale, 500, width)];
    }"""
    assert lens_files.evaluate(source) == [[], 4, 246, 246]


def test_bars_lie_inside_their_strip_and_fade_beyond_the_limit(lens_files: Page) -> None:
    source = """async () => {
        const {scalesOf} = await load("rows");
        const {barPlace, isFailing} = await load("strips");
        const [scale] = scalesOf({scores: [{low: 0, high: 1, step: 0.01, op: "at least"}]});
        const places = [];
        for (const op of ["at least", "at most"]) for (const sparse of [true, false])
            for (let k = 0; k <= 100; k++) places.push(barPlace(scale, op, k, k, 250, sparse));
        const failing = (op, use) => [49, 50, 51].map((k) => isFailing(scale, {op, use, limit: 0.5}, k, k));
        return [places.every(({at, wide}) => at >= 0 && at + wide <= 250 && wide >= 1),
                failing("at least", true), failing("at most", true), failing("at most", false)];
    }"""
    assert lens_files.evaluate(source) == [True, [True, False, False], [False, False, True], [False] * 3]


def test_keys_move_a_limit_by_one_or_five_hundredths(lens_files: Page) -> None:
    source = """async () => {
        const {scalesOf} = await load("rows");
        const {limitByKey} = await load("strips");
        const [scale] = scalesOf({scores: [{low: 0, high: 1, step: 0.01, op: "at least"}]});
        const press = (key, shift = false) => limitByKey(scale, 0.98, key, shift);
        const small = [press("ArrowRight"), press("ArrowLeft", true), press("PageUp")];
        return [...small, press("Home"), press("End"), press("x") ?? null];
    }"""
    assert lens_files.evaluate(source) == [0.99, 0.93, 1, 0, 1, None]


def test_steps_go_back_and_forth_and_sides_are_swapped(lens_files: Page) -> None:
    source = """async () => {
        const {snapshot, stepBack, stepForth, swapSides} = await load("steps");
        const said = [];
        const view = {
            rules: [{limit: 1}], saved: [{limit: 9}], hasSaved: true, done: [], undone: [], judged: 0,
            judgeSaved() { this.judged++; },
            settle() { said.push([this.rules[0].limit, this.saved && this.saved[0].limit]); },
        };
        stepBack(view); stepForth(view);
        view.done.push(snapshot(view)); view.rules = [{limit: 2}];
        swapSides(view); stepBack(view); stepBack(view); stepForth(view); stepForth(view);
        view.hasSaved = false; swapSides(view);
        return [said, view.judged, view.done.length, view.undone.length];
    }"""
    assert lens_files.evaluate(source) == [[[9, 2], [2, 9], [1, 9], [2, 9], [9, 2]], 5, 2, 0]


def test_an_order_replaces_limits_once_and_a_comparison_goes_with_every_step(lens_files: Page) -> None:
    source = """async () => {
        const {takeOrder} = await load("orders");
        const {scalesOf} = await load("rows");
        const score = {low: 0, high: 1, step: 0.01};
        const scales = scalesOf({scores: [{...score, key: "a", op: "at least"}, {...score, key: "b", op: "at most"}]});
        const none = {perConcept: new Uint32Array(1)};
        const view = {
            scales, rules: null, saved: null, done: [], undone: [], mode: "kept", lastCommand: null,
            chosen: null, concept: null, all: none, counts: none, concepts: {remark: document.createElement("i")},
            bits: new Uint8Array(1), savedBits: new Uint8Array(1), seen: 0,
            ruleOf: (scale) => ({op: scale.op, limit: scale.low, use: true, if_missing: "keep"}),
            readColours() { this.seen++; }, useMode(mode) { this.mode = mode; },
            judge() {}, judgeSaved() {}, countNow() {}, later() {},
        };
        view.rules = scales.map(view.ruleOf);
        const rules = [{score: "b", op: "at least", limit: 0.333, use: true, if_missing: "drop"}];
        takeOrder(view, {id: 1, rules, compare: null});
        const first = structuredClone(view.rules);
        view.rules[1].limit = 0.5;
        takeOrder(view, {id: 1, rules, compare: rules});
        const steps = view.done.map((text) => JSON.parse(text)[1]);
        view.mode = "ab";
        takeOrder(view, {id: 1, rules, compare: null});
        return [first, view.rules[1].limit, steps, view.hasSaved, view.mode, view.seen];
    }"""
    off = {"op": "at least", "limit": 0, "use": False, "if_missing": "keep"}
    second = {"op": "at least", "limit": 0.33, "use": True, "if_missing": "drop"}
    assert lens_files.evaluate(source) == [[off, second], 0.5, [[off, second]], False, "kept", 3]


def test_cal08_figures_of_the_server_are_dimmed_while_other_limits_are_in_hand(lens_files: Page) -> None:
    """Whatever is dragged, added or swapped: only the limits that the server spoke of have its numbers."""
    source = """async () => {
        const {takeFigures, namedRules} = await load("orders");
        const {paintFigures} = await load("concepts");
        const {figure} = await load("dom");
        const {scalesOf} = await load("rows");
        const score = {low: 0, high: 1, step: 0.01, op: "at least"};
        const scales = scalesOf({scores: ["a", "b"].map((key) => ({...score, key}))});
        const view = {scales, chosen: null, thin: 30, hasSaved: false, figures: {}, told: null, toldOf: null,
            all: {total: 9, perConcept: [9]}, counts: {kept: 4, both: 0, saved: 0, perConcept: [4]},
            ruleOf: (scale) => ({op: scale.op, limit: scale.low, use: true, if_missing: "keep"})};
        for (const name of ["kept", "precision", "recall", "thin", "against"])
            [view.figures[name], view.figures[name === "kept" ? "of" : `${name}Of`]] = figure(document.body, name);
        const rule = (score, limit) => ({score, op: "at least", limit, use: true, if_missing: "drop"});
        const rules = [rule("a", 0.5), rule("a", 0.9)];
        rules[1].op = "at most";
        view.rules = namedRules(view, rules);
        const cell = view.figures.precision.parentElement.parentElement;
        const seen = () => {
            paintFigures(view);
            return [view.figures.precision.textContent, view.figures.precisionOf.textContent,
                cell.classList.contains("is-old"), cell.classList.contains("is-rough")];
        };
        const said = [seen()];
        const precision = {value: ".75", remark: ".71 – .79", about: "Wilson", rough: true};
        takeFigures(view, {rules, precision, recall: {value: "<b>", remark: "", about: "", rough: false}});
        said.push(seen());
        view.rules[0].limit = 0.51; said.push(seen());
        view.rules[0].limit = 0.5; view.rules[0].and.limit = 0.8; said.push(seen());
        view.rules[0].and.limit = 0.9; view.chosen = new Uint8Array(9); said.push(seen());
        return [said, cell.title, view.figures.recall.innerHTML];
    }"""
    said, title, recall = lens_files.evaluate(source)
    old = [".75", "at the limits last released", True, True]
    fresh = [".75", ".71 – .79", False, True]
    assert said == [["–", "", False, False], fresh, old, old, [".75", "all rows: .71 – .79", False, True]]
    assert (title, recall) == ("Wilson", "&lt;b&gt;")


def test_a_place_on_the_map_is_found_again_on_the_screen(lens_files: Page) -> None:
    source = """async () => {
        const {freshCamera, toScreen, toMap, zoomAt} = await load("map");
        const view = {camera: freshCamera(), size: {width: 700, height: 500}, moved() {}};
        const middle = toScreen(view, 32768, 32768);
        const under = toMap(view, 120, 80);
        zoomAt(view, 120, 80, 3);
        const after = toMap(view, 120, 80), back = toScreen(view, ...after);
        zoomAt(view, 120, 80, 1e9);
        return [middle, under, after, back, view.camera.zoom];
    }"""
    middle, under, after, back, zoom = lens_files.evaluate(source)
    assert middle == [350, 250]
    assert after == pytest.approx(under)
    assert back == pytest.approx([120, 80])
    assert zoom == 60


def test_colours_are_read_in_both_spellings(lens_files: Page) -> None:
    source = """async () => {
        const {rgb, grouped} = await load("dom");
        return [rgb("#0a10ff"), rgb("rgba(1, 2, 3, .5)"), grouped(1910000)];
    }"""
    assert lens_files.evaluate(source) == [[10, 16, 255], [1, 2, 3], "1,910,000"]


def test_the_lens_is_found_by_the_key_that_streamlit_gives(lens_files: Page) -> None:
    source = """async () => {
        const {lensName} = await load("mount");
        const outer = document.createElement("div");
        outer.className = "stVerticalBlock st-key-tune_lens_2 other";
        const inner = outer.appendChild(document.createElement("div"));
        return [lensName(inner), lensName(document.createElement("div"))];
    }"""
    assert lens_files.evaluate(source) == ["tune_lens_2", "lens"]


def test_modules_come_after_what_they_import_and_reach_the_page_as_one_text(lens_files: Page) -> None:
    """Streamlit imports one text; in it every module finds its neighbours, and none is left behind."""
    order = modules.in_order("mount.js")
    apart = {"load.js", "lens_cmd.js"}
    assert set(order) | apart == {path.name for path in LENS.glob("*.js")}
    for place, name in enumerate(order):
        source = (LENS / name).read_text(encoding="utf-8")
        imported = re.findall(r'from "\./([\w.]+)"', source)
        assert set(imported) <= set(order[:place])
        assert source.count("import") >= len(imported)
    source = """async (text) => {
        const address = URL.createObjectURL(new Blob([text], {type: "text/javascript"}));
        return typeof (await import(address)).default;
    }"""
    assert lens_files.evaluate(source, modules.script()) == "function"
