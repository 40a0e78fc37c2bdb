import pytest

from engine.errors import BadInput
from engine.evaluation import BENCHMARKS, average, of_paper


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
