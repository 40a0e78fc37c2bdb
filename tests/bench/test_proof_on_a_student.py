"""One small proof on the tiny model: every arm is trained by the studio's trainer and asked, a stop is survived."""

from __future__ import annotations

import shutil

import pytest

from tests.bench import proof
from tests.bench.proof_figures import COMPARISONS, STUDENT
from tests.bench.proof_material import held_out
from tests.bench.proof_plan import SKILLS, ProofFolder, ProofPlan, planned
from tests.support.tiny_model import make

pytest.importorskip("torch", reason="needs the extra train")
pytest.importorskip("trl", reason="needs the extra train")
pytestmark = [pytest.mark.models, pytest.mark.filterwarnings("default")]


def prepared(root):
    """A folder with rows of the families themselves: how rows come about is another test's business."""
    from engine.abacus import workshop
    from engine.learning.rounds import training_rows
    from engine.learning.training.replay import Preference, TrainingExample

    folder = ProofFolder(root)
    plan = ProofPlan(seeds=1, rows=12, further=4, second=6, held=6, held_second=4, max_tokens=24)
    shutil.copytree(make.ASSET, folder.student)
    drawn = {skill: held_out(SKILLS[skill], 40, set(), seed=5) for skill in SKILLS}
    solved = {skill: [TrainingExample(one.statement, workshop.solve(one.statement).text) for one in some]
              for skill, some in drawn.items()}  # fmt: skip
    first = solved["first"]
    pairs = [Preference(one.prompt, one.answer, r"So it is $\boxed{0}$.") for one in first[12:16]]
    rows = {name: first[:12] for name in ("curated", "raw", "strict", "first")}
    rows |= {"pairs": pairs, "chosen": first[12:16], "second": solved["second"][:6]}
    for name, some in rows.items():
        training_rows.save(folder.rows(0, name), some)
    for skill, count in (("first", 6), ("second", 4)):
        problems = [{"statement": p.statement, "answer": p.answer, "family": p.family} for p in drawn[skill][-count:]]
        folder.put(f"held-{skill}.json", problems)
    folder.put("plan.json", planned(plan))
    return folder


def test_every_arm_is_trained_asked_and_tabulated(tmp_path, capsys):
    folder = prepared(tmp_path / "proof")
    proof.main(["run", str(folder.root), "--threads", "1"])
    first = folder.finished()
    arms = {name: one for (_, name), one in first.items()}
    assert {one.first for one in COMPARISONS} | {one.second for one in COMPARISONS} <= set(arms)
    assert (arms["curated"]["rows"], arms[STUDENT]["rows"]) == (12, 0)
    assert (arms["replay"]["rows"], arms["none"]["rows"]) == (6, 6)
    assert arms["dpo"]["tokens"] > arms["round 2"]["tokens"]
    assert not any(folder.models.iterdir()), "weights that nobody starts from any more are deleted"
    assert capsys.readouterr().out.count("can't tell") == len(COMPARISONS), "one seed tells nothing"

    # As after a stop: a result is gone, and so is the model that its arm starts from.
    folder.result(0, "dpo").unlink()
    proof.main(["run", str(folder.root), "--threads", "1"])
    again = folder.finished()
    assert again.keys() == first.keys()
    assert [name for key, one in again.items() if one["ended_at"] != first[key]["ended_at"] for name in key[1:]] == [
        "dpo"
    ]
    assert again[0, "dpo"]["right"] == first[0, "dpo"]["right"], "the same rows, seed and start give the same model"
