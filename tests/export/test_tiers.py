"""Test problems tier by tier on their way out: left out, counted or not looked for, with the pairs to be read."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from engine.core.errors import BadSetting
from engine.core.records import BenchmarkItem, OverlapVerdict
from engine.core.settings import OverlapTiers
from engine.export import deliver, draft, gather, overlaps, recreate
from engine.export.finding import ExportFinding
from engine.export.preflight import findings
from engine.export.rows import OVERLAPS
from engine.export.rows_to_export import RowsToExport
from engine.export.shape import FileShape
from engine.store import Store
from tests.support.store_factories import a_plan, a_problem, a_solution

TESTS = (
    "A grocer packs 12 crates of apples with 20 pieces each and sells half of them on the market before noon. How many "
    "apples are left in the end?",
    "A tailor cuts 7 shirts from a roll of cloth that is 30 metres long, and each shirt takes 3 metres. How much cloth "
    "is left on the roll in the evening?",
    "Two ferries leave the harbour at dawn, one every 40 and the other every 60 minutes. After how many minutes do "
    "they leave together again?",
)
COPY = TESTS[0]
NUMBERS = TESTS[1].replace("7 shirts", "9 shirts").replace("30", "41")
NEAR = (
    "Two ferries leave the harbour at dawn. One leaves every 40 minutes, and the other every 60 minutes to the isles. "
    "How often on a day do they leave together?"
)
CLEAN = ("How many odd numbers are below $31$?", "Solve $x^2 - 5x + 6 = 0$ and add the two roots.")
COPIES, NUMBERED, JUDGED, NEARS = OVERLAPS.values()
LEFT = {COPIES: 1, NUMBERED: 1}


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    """Five approved problems: a copy of a test problem, one with other numbers, one near one, and two of their own."""
    with Store(tmp_path / "project.duckdb") as opened:
        opened.runs.register(a_plan(), "")
        made = [a_problem(n, statement=text) for n, text in enumerate((COPY, NUMBERS, NEAR, *CLEAN))]
        opened.problems.add(made)
        opened.problems.add_solutions(a_solution(problem) for problem in made)
        for problem in made:
            opened.decisions.decide(problem.id, "ada", "approve")
        opened.benchmarks.add(BenchmarkItem.make("held", text) for text in TESTS)
        yield opened


def shape(**rules: object) -> FileShape:
    return FileShape(tiers=OverlapTiers(**({"unmeasured_limit": 0.6} | rules)))


def lines(rows: RowsToExport) -> dict[str, ExportFinding]:
    return {one.name: one for one in findings(rows, "sft", 3)}


def test_rr19_copies_and_other_numbers_are_left_out_and_near_ones_counted(store: Store, tmp_path: Path) -> None:
    """RR-19, FL-18: each tier is counted apart, on the report, the manifest and the card."""
    done = deliver(store, "set", tmp_path / "out", shape=shape()).exported
    assert (done.rows, done.left_out, done.warned) == (3, LEFT, {"is near a test problem": 1})
    told = json.loads(done.manifest)
    assert told["warned"] == {"is near a test problem": 1}
    tiers = told["contamination"]["tiers"]
    assert [tiers[name] for name in ("ngrams", "numbers", "near")] == ["drop", "drop", "warn"]
    assert tiers["limits"]["held"] == {
        "limit": 0.6, "measured": False, "items": 3, "ninetieth": 0.0, "ninety_ninth": 0.0,
    }  # fmt: skip
    card = (tmp_path / "out" / "README.md").read_text(encoding="utf-8")
    assert "counts as a copy; 1 were found and left out." in card
    assert "85% of the remaining words in the same order: 1 were left out." in card
    assert "vectors from held 0.600 (not measured): 1 are among the rows." in card
    assert "told in other words, in another language" in card


@pytest.mark.parametrize(
    ("rules", "rows", "left_out", "warned"),
    [
        ({"near": "drop"}, 2, LEFT | {NEARS: 1}, {}),
        ({"numbers": "warn"}, 4, {COPIES: 1}, {NUMBERED: 1, NEARS: 1}),
        ({"numbers": "off"}, 4, {COPIES: 1}, {NEARS: 2}),
        ({"near": "off"}, 3, LEFT, {}),
        ({"ngrams": "warn"}, 3, {NUMBERED: 2}, {NEARS: 1}),
        ({"ngrams": "off", "numbers": "off", "near": "off"}, 5, {}, {}),
        ({"limit": 0.95}, 3, LEFT, {}),
        ({"numbers": "warn", "near": "drop"}, 2, {COPIES: 1, NEARS: 2}, {}),
    ],
)  # fmt: skip
def test_rr19_what_leaves_a_row_out_and_what_warns_is_a_setting(
    store: Store, tmp_path: Path, rules: dict[str, object], rows: int, left_out: dict[str, int], warned: dict[str, int]
) -> None:
    """RR-19: for each tier; a row that two tiers find goes by the one that does more."""
    done = deliver(store, "set", tmp_path / "out", shape=shape(**rules)).exported
    assert (done.rows, done.left_out, done.warned) == (rows, left_out, warned)


def test_rr19_the_list_before_an_export_has_a_line_and_the_pairs_for_each_tier(store: Store) -> None:
    """RR-19: the row, the test problem, and why; and what no tier finds."""
    with gather(store, "approved", shape()) as rows:
        found = lines(rows)
    for name, text, test, word in (
        ("1 test item", COPY, TESTS[0], "8-grams"),
        ("1 test item with other numbers", NUMBERS, TESTS[1], "the same wording"),
        ("1 near a test item", NEAR, TESTS[2], "cosine 0."),
    ):
        (pair,) = found[name].evidence
        assert (pair.statement, pair.test_problem) == (text, test)
        assert word in pair.reason
        assert found[name].state == "look"
    assert found["1 test item"].detail == "left out of the files"
    assert found["1 near a test item"].detail.startswith("they go out, as was asked")
    assert "told in other words" in found["1 near a test item"].detail


def test_rr19_what_a_model_called_a_test_problem_warns_or_leaves_out(store: Store, tmp_path: Path) -> None:
    """RR-19: the word of a judge counts in a tier of its own, is named with who said it, and goes no further."""
    with gather(store, "approved", shape()) as rows:
        assert not any("model" in name for name in lines(rows)), "nobody was asked"
    card = Path(deliver(store, "none", tmp_path / "none", shape=shape()).exported.files[0].parents[1], "README.md")
    assert "No model was asked whether a row is a test problem in other words." in card.read_text(encoding="utf-8")
    item = BenchmarkItem.make("held", TESTS[2])
    said = OverlapVerdict(OverlapVerdict.text_of(CLEAN[0]), item.id, 0.3, True, "the same count", "judge-x")
    store.benchmarks.add_verdicts([said])
    with gather(store, "approved", shape()) as rows:
        found = lines(rows)["1 called a test item in other words"]
    (pair,) = found.evidence
    assert (pair.statement, pair.test_problem, found.state) == (CLEAN[0], TESTS[2], "look")
    assert pair.reason == "is an item of held in other words, says judge-x: the same count"
    assert "judge-x asked about 1 texts of the project" in found.detail
    warned = deliver(store, "warned", tmp_path / "warned", shape=shape()).exported
    assert (warned.rows, warned.warned) == (3, {JUDGED: 1, NEARS: 1})
    dropped = deliver(store, "dropped", tmp_path / "dropped", shape=shape(judged="drop")).exported
    assert (dropped.rows, dropped.left_out) == (2, LEFT | {JUDGED: 1})
    card = (tmp_path / "dropped" / "README.md").read_text(encoding="utf-8")
    assert "as judge\\-x said of 1 texts of the project" in card
    assert "1 were left out. How often that judge is wrong was not measured here." in card


def test_the_list_says_what_was_not_looked_for(store: Store) -> None:
    off = OverlapTiers(ngrams="off", numbers="off", near="off")
    with gather(store, "approved", FileShape(tiers=off)) as rows:
        found = lines(rows)
    for name in ("Copies not looked for", "Other numbers not looked for", "Nearness not looked at"):
        assert found[name].state == "look"


def test_am26_an_export_with_warnings_is_made_again_byte_for_byte(store: Store, tmp_path: Path) -> None:
    """AM-26: also when more test problems have come since."""
    deliver(store, "set", tmp_path / "one", shape=shape())
    store.benchmarks.add([BenchmarkItem.make("late", CLEAN[0])])
    recreate(store, tmp_path / "one" / "manifest.json", tmp_path / "two")
    for name in ("README.md", "manifest.json"):
        assert (tmp_path / "two" / name).read_bytes() == (tmp_path / "one" / name).read_bytes()


def test_gsdp44_a_draft_and_the_raw_form_know_no_more_of_it(store: Store, tmp_path: Path) -> None:
    """GSDP-44: a draft is the export to come; no test problem is written into a training file."""
    asked = FileShape("raw", tiers=shape().tiers)
    with gather(store, "approved", asked) as rows:
        seen = draft(store, rows, "set", shape=asked)
    done = deliver(store, "set", tmp_path / "out", shape=asked).exported
    assert seen.exported.manifest == done.manifest
    written = b"".join(path.read_bytes() for path in done.files)
    assert TESTS[2].encode() not in written
    assert b'"tier"' not in (tmp_path / "out" / "data" / "train.jsonl").read_bytes()


def test_one_row_counts_once_under_its_surest_tier_and_each_tier_says_all_it_finds(store: Store) -> None:
    screen = overlaps.screen(store, shape().tiers)
    counts = overlaps.OverlapCounts()
    texts = [(str(n), text) for n, text in enumerate((COPY, NUMBERS, NEAR, *CLEAN))]
    found = list(overlaps.pairs(iter(texts), screen, counts))
    assert [(pair.id, pair.hit.tier) for pair in found] == [("0", "ngrams"), ("1", "numbers"), ("2", "near")]
    assert counts.rows == 5
    assert counts.by_set() == {tier: {"held": 1} for tier in ("ngrams", "numbers", "near")}
    assert counts.every == {"ngrams": 1, "numbers": 2, "near": 3}


def test_settings_that_do_not_hold_are_named() -> None:
    with pytest.raises(BadSetting, match="near"):
        overlaps.rules_of({"near": "maybe"})
    with pytest.raises(BadSetting, match="is not a known setting"):
        overlaps.rules_of({"cosine": "0.5"})
    assert overlaps.rules_of({"near": "drop", "limit": "0.7"}).changed() == (("near", "drop"), ("limit", "0.7"))
