"""The registry: who reports on what, with how many items and examples."""

import pytest

from engine.core.errors import BadInput
from engine.learning.evaluation import BENCHMARKS, average, of_paper
from engine.learning.evaluation.questions import Unfit, kept


def test_am24_six_benchmarks_and_their_average():
    """AM-24: GSM8K, MATH, CollegeMath, DeepMind-Mathematics, OlympiadBench-Math, TheoremQA, and the plain mean."""
    names = [one.name for one in of_paper("agenticmath")]
    assert names == ["gsm8k", "math", "college_math", "deepmind_mathematics", "olympiadbench", "theoremqa"]
    scores = dict(zip(names, (84.0, 60.0, 40.0, 70.0, 26.0, 42.2), strict=True))
    assert average(scores, "agenticmath") == pytest.approx(53.7)
    with pytest.raises(BadInput, match="no score for theoremqa"):
        average({name: 1.0 for name in names[:-1]}, "agenticmath")


def test_sizes_are_the_published_ones():
    sizes = {name: BENCHMARKS[name].items for name in ("gsm8k", "math", "college_math", "olympiadbench", "cmath")}
    assert sizes == {"gsm8k": 1319, "math": 5000, "college_math": 2818, "olympiadbench": 675, "cmath": 1700}
    assert BENCHMARKS["cn_middle_school"].shots == BENCHMARKS["gaokao"].shots == 5


def test_cl29_nine_benchmarks_with_their_shots():
    """CL-29: nine benchmarks; no example but five where the Gaokao and the middle school are multiple choice."""
    nine = of_paper("continual")
    assert len(nine) == 9
    assert {one.name for one in nine if one.shots == 5} == {"gaokao", "cn_middle_school"}
    assert all(one.shots in (0, 5) for one in BENCHMARKS.values())
    assert {one.name for one in nine if one.language == "zh"} == {"gaokao", "cmath", "cn_middle_school"}
    assert (BENCHMARKS["gaokao2023en"].items, BENCHMARKS["cn_middle_school"].items) == (385, 101)


def test_gsdp40_mathematics_science_and_pretraining():
    """GSDP-40: MATH, GSM8K, Gaokao, SVAMP; six of science; three of pre-training, and what cannot be graded says so."""
    assert {one.name for one in of_paper("gsdp")} == {"math", "gsm8k", "gaokao", "svamp"}
    science = {one.name: one.items for one in of_paper("gsdp-science")}
    assert science == {
        "arc_c": 1172, "mmlu_stem": None, "gpqa_diamond": 198, "bbh": 6511, "theoremqa": 800, "mbpp": None,
    }  # fmt: skip
    assert {one.name for one in of_paper("gsdp-pretraining")} == {"mmlu", "ceval", "mbpp"}
    assert [one.name for one in BENCHMARKS.values() if not one.graded] == ["mbpp"]


def test_fl33_gsm_plus_is_chosen_by_its_type_field():
    """FL-33: without critical thinking; the distraction subset apart."""
    rows = [{"perturbation_type": kind} for kind in ("critical thinking", "distraction insertion", "digit expansion")]
    assert [kept(row, BENCHMARKS["gsm_plus"]) for row in rows] == [False, True, True]
    assert [kept(row, BENCHMARKS["gsm_plus_distraction"]) for row in rows] == [False, True, False]
    assert kept({}, BENCHMARKS["gsm8k"])
    with pytest.raises(Unfit, match="no perturbation_type"):
        kept({"question": "?"}, BENCHMARKS["gsm_plus"])
    assert {one.name for one in of_paper("flames")} == {
        "gsm8k", "math", "college_math", "olympiadbench", "gsm_plus", "gsm_plus_distraction",
    }  # fmt: skip
