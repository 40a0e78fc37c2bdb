"""The proof's own logic: pairing, intervals, equal tokens, what is left after a stop, rows on the studio's road."""

from __future__ import annotations

import orjson
import pytest

from engine.core import project
from engine.learning.rounds import training_rows
from engine.reporting import learning
from tests.bench import proof, proof_arms
from tests.bench.proof_figures import STUDENT, T95, TOKENS_APART, balanced, lines, paired, told
from tests.bench.proof_plan import SKILLS, ProofFolder, ProofPlan, planned


def test_a_gain_is_paired_by_seed_and_question():
    """Both arms solve half; one answers the same questions in every seed, so seeds alone would look sure."""
    one, other = [[1, 1, 0, 0]] * 3, [[1, 0, 1, 0]] * 3
    found = paired(one, other)
    assert (found.gain, found.seeds) == (0.0, (0.0, 0.0))
    assert found.questions[0] < 0 < found.questions[1], "questions are a source of chance, too"
    assert found.both[1] - found.both[0] == pytest.approx(found.questions[1] - found.questions[0])
    assert found.verdict == "can't tell"


def test_the_interval_over_seeds_is_that_of_t():
    """Gains of 0.1, 0.2, 0.3: mean 0.2, standard deviation 0.1, t with two degrees of freedom 4.303."""
    first = [[1] * n + [0] * (10 - n) for n in (1, 2, 3)]
    found = paired(first, [[0] * 10] * 3)
    assert found.by_seed == pytest.approx((0.1, 0.2, 0.3))
    assert found.seeds == pytest.approx((0.2 - T95[1] * 0.1 / 3**0.5, 0.2 + T95[1] * 0.1 / 3**0.5))
    half = found.both[1] - found.gain
    assert half > max(found.seeds[1] - found.gain, found.questions[1] - found.gain)


@pytest.mark.parametrize(
    ("first", "second", "verdict"),
    [([[1] * 30] * 3, [[0] * 30] * 3, "more"), ([[0] * 30] * 3, [[1] * 30] * 3, "less"),
     ([[1] * 30], [[0] * 30], "can't tell")],
)  # fmt: skip
def test_a_verdict_needs_an_interval_beside_zero(first, second, verdict):
    """One seed has no interval over seeds, however large the gain."""
    assert paired(first, second).verdict == verdict


def test_answers_that_do_not_pair_are_refused():
    with pytest.raises(ValueError, match="need"):
        paired([[1, 0]], [[1, 0, 1]])


def test_arms_have_equal_rows_and_tokens():
    """Rows of one arm are a third longer; swaps with spare rows bring the sums together."""
    long, short = [60 + n % 40 for n in range(90)], [45 + n % 40 for n in range(90)]
    one, other = balanced(long, short, 40, 0)
    sums = sum(long[n] for n in one), sum(short[n] for n in other)
    assert (len(set(one)), len(set(other))) == (40, 40)
    assert abs(sums[0] - sums[1]) <= TOKENS_APART * max(sums)
    assert balanced(long, short, 40, 0) == (one, other)
    assert balanced(long, short, 40, 1) != (one, other)
    with pytest.raises(ValueError, match="41 rows"):
        balanced([1] * 40, [1] * 60, 41, 0)


def a_folder(root, seeds=2, finished=()):
    folder = ProofFolder(root)
    folder.put("plan.json", planned(ProofPlan(seeds=seeds)))
    for seed, arm in finished:
        right = {"first": [1, 0, 1, int(arm == "curated")], "second": [seed, 1]}
        said = {"seed": seed, "arm": arm, "rows": 5, "tokens": 400, "right": right}
        folder.put(str(folder.result(seed, arm).relative_to(root)), said)
    return folder


def test_a_second_start_goes_on_with_what_is_not_finished(tmp_path):
    names = [arm.name for arm in proof_arms.ARMS]
    done = [(0, STUDENT), *((0, name) for name in names), (1, names[0])]
    folder = a_folder(tmp_path, finished=done)
    assert [(seed, arm.name) for seed, arm in proof_arms.unfinished(folder)] == [(1, name) for name in names[1:]]
    assert [arm.name for _, arm in proof_arms.unfinished(a_folder(tmp_path / "new", 1))] == [STUDENT, *names]


def test_an_arm_is_trained_after_the_one_that_it_starts_from():
    order = [STUDENT, *(arm.name for arm in proof_arms.ARMS)]
    assert all(order.index(arm.start) < order.index(arm.name) for arm in proof_arms.ARMS)


def test_the_table_takes_the_seeds_that_have_both_arms(tmp_path, capsys):
    """The untrained student stands beside every seed; a comparison without a whole seed is left out."""
    folder = a_folder(tmp_path, finished=[(0, STUDENT), (0, "curated"), (1, "curated"), (1, "raw")])
    assert proof.main(["table", str(tmp_path)]) == 0
    said = {one["name"]: one for one in told(folder.finished())}
    assert set(said) == {"curated against none", "curated against raw"}
    assert len(said["curated against none"]["first"]) == 2
    assert said["curated against raw"]["first"] == [0.75]
    assert said["curated against raw"]["gain"] == 0.25
    printed = capsys.readouterr().out
    assert "| curated against raw | 4 x 1 | 75.0 | 50.0 | +25.0 | no interval | no interval |" in printed
    assert printed.splitlines() == lines(orjson.loads((tmp_path / "results.json").read_bytes())["experiments"])


def test_the_report_reads_what_the_proof_writes(tmp_path):
    a_folder(tmp_path, finished=[(0, STUDENT), (0, "curated"), (1, "curated"), (1, "raw")])
    proof.main(["table", str(tmp_path)])
    section = learning.experiments(project.create(tmp_path / "p"), [tmp_path / "results.json"])
    rows = {row[0]: row for row in section.table.rows}
    assert rows["curated against raw"][1:8] == (1, 75.0, 50.0, 25.0, None, None, "5")
    assert rows["curated against raw"][-1] == "can't tell"
    assert section.finding.startswith("0 of 2 differences")


@pytest.mark.slow
def test_rows_come_from_the_studios_own_road(tmp_path):
    """What is kept holds fewer wrong solutions than what was written; no held-out problem is among the rows."""
    from tests.bench import proof_material

    folder = ProofFolder(tmp_path / "proof")
    plan = ProofPlan(seeds=1, rows=24, further=6, second=8, held=18, held_second=8)
    proof_material.prepare(folder, plan, lambda rows: [len(row.prompt + row.answer) for row in rows], lambda _: None)
    assert folder.plan == plan
    (facts,) = orjson.loads((folder.root / "facts.json").read_bytes())
    assert {name: one["rows"] for name, one in facts.items()} == {
        "curated": 24, "raw": 24, "strict": 24, "first": 24, "pairs": 6, "chosen": 6, "second": 8,
    }  # fmt: skip
    assert facts["curated"]["wrong"] + 0.1 < facts["raw"]["wrong"]
    rows = [row.prompt for name in ("curated", "raw", "strict", "first", "chosen", "second")
            for row in training_rows.load(folder.rows(0, name))]  # fmt: skip
    asked = [*folder.held("first"), *folder.held("second")]
    assert not {one.statement for one in asked} & set(rows)
    assert {one.family for one in folder.held("first")} == set(SKILLS["first"])
