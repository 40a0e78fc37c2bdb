"""The benchmarks of the four methods: how many items, how many examples are shown, and who reports on them.

Sizes and shots are those that the papers give (AM-24, FL-33, CL-29, GSDP-40).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from engine.core.errors import BadInput

Paper = Literal["gsdp", "gsdp-science", "gsdp-pretraining", "agenticmath", "flames", "continual"]


@dataclass(frozen=True, slots=True)
class Benchmark:
    """One benchmark; `items` is None where no paper gives a number."""

    name: str
    title: str
    items: int | None
    papers: tuple[Paper, ...]
    shots: int = 0
    """Worked examples before the question; 5 where the questions are multiple choice."""
    domain: str = "in"
    """`in` where the seeds come from its training set, `out` where they do not, `robust` for perturbed problems."""
    language: Literal["en", "zh"] = "en"
    answers: Literal["value", "choice", "mixed", "code"] = "value"
    """What a right answer is; `code` has to be run and is not graded here."""
    keep: tuple[str, str] | None = None
    """Field and value: only rows with this value are asked, or with `not VALUE` all others."""
    rounded: bool = False
    """Expected answers are rounded decimals: an exact answer that rounds to one is right."""
    unanswered: int = 0
    """Rows of the public file that have no answer; so many are left out, one more stops the reading."""
    part_of: str = ""
    """The series that this file belongs to."""
    hub: str = ""
    """Where the public copy is: REPOSITORY[@CONFIGURATION][#SPLIT]."""

    @property
    def graded(self) -> bool:
        """Whether answers can be graded without running a program."""
        return self.answers != "code"


BENCHMARKS: Mapping[str, Benchmark] = {
    one.name: one
    for one in (
        Benchmark(
            "gsm8k", "GSM8K", 1319, ("gsdp", "agenticmath", "flames", "continual"), hub="openai/gsm8k@main#test"
        ),
        Benchmark("math", "MATH", 5000, ("gsdp", "agenticmath", "flames", "continual")),
        Benchmark("math_500", "MATH-500", 500, (), part_of="math", hub="HuggingFaceH4/MATH-500#test"),
        Benchmark("college_math", "CollegeMath", 2818, ("agenticmath", "flames", "continual"), domain="out"),
        Benchmark("deepmind_mathematics", "DeepMind-Mathematics", 1000, ("agenticmath",), domain="out"),
        Benchmark("olympiadbench", "OlympiadBench-Math", 675, ("agenticmath", "flames", "continual"), domain="out"),
        Benchmark(
            "theoremqa", "TheoremQA", 800, ("agenticmath", "gsdp-science"), domain="out", answers="mixed",
            rounded=True, hub="TIGER-Lab/TheoremQA#test",
        ),
        Benchmark(
            "gsm_plus", "GSM-Plus without critical thinking", None, ("flames",), domain="robust", rounded=True,
            keep=("perturbation_type", "not critical thinking"), hub="qintongli/GSM-Plus#test",
        ),
        Benchmark(
            "gsm_plus_distraction", "GSM-Plus, distraction insertion", None, ("flames",), domain="robust",
            rounded=True, keep=("perturbation_type", "distraction insertion"), hub="qintongli/GSM-Plus#test",
        ),
        Benchmark("minerva", "Minerva", 272, ("continual",), domain="out", rounded=True),
        Benchmark("gaokao2023en", "GaoKao 2023 En", 385, ("continual",), domain="out", unanswered=2),
        Benchmark(
            "gaokao", "GaoKao series", None, ("continual", "gsdp"), shots=5, domain="out", language="zh",
            answers="mixed",
        ),
        Benchmark(
            "gaokao_mcq", "GaoKao I and II, multiple choice, 2010 to 2022", 351, (), shots=5, domain="out",
            language="zh", answers="choice", part_of="gaokao",
        ),
        Benchmark("gaokao_cloze", "GaoKao, fill in", 118, (), domain="out", language="zh", part_of="gaokao"),
        Benchmark(
            "gaokao2024_I", "GaoKao 2024 I", 14, (), shots=5, domain="out", language="zh", answers="mixed",
            part_of="gaokao",
        ),
        Benchmark(
            "gaokao2024_II", "GaoKao 2024 II", 14, (), shots=5, domain="out", language="zh", answers="mixed",
            part_of="gaokao",
        ),
        Benchmark(
            "gaokao2024_mix", "GaoKao 2024, other papers", 91, (), shots=5, domain="out", language="zh",
            answers="mixed", part_of="gaokao",
        ),
        Benchmark("cmath", "CMATH", 1700, ("continual",), domain="out", language="zh"),
        Benchmark(
            "cn_middle_school", "CN Middle School 24", 101, ("continual",), shots=5, domain="out", language="zh",
            answers="mixed",
        ),
        Benchmark("svamp", "SVAMP", None, ("gsdp",), domain="out", hub="ChilleD/SVAMP#test"),
        Benchmark(
            "arc_c", "ARC-Challenge", 1172, ("gsdp-science",), domain="out", answers="choice",
            hub="allenai/ai2_arc@ARC-Challenge#test",
        ),
        Benchmark("mmlu_stem", "MMLU-STEM", None, ("gsdp-science",), domain="out", answers="choice"),
        Benchmark(
            "gpqa_diamond", "GPQA diamond", 198, ("gsdp-science",), domain="out", answers="choice",
            hub="Idavidrein/gpqa@gpqa_diamond#train",
        ),
        Benchmark("bbh", "BBH", 6511, ("gsdp-science",), domain="out", answers="mixed"),
        Benchmark(
            "mbpp", "MBPP", None, ("gsdp-science", "gsdp-pretraining"), domain="out", answers="code",
            hub="google-research-datasets/mbpp@full#test",
        ),
        Benchmark(
            "mmlu", "MMLU", None, ("gsdp-pretraining",), domain="out", answers="choice", hub="cais/mmlu@all#test"
        ),
        Benchmark("ceval", "C-Eval", None, ("gsdp-pretraining",), domain="out", language="zh", answers="choice"),
    )
}  # fmt: skip
"""Every benchmark by its name."""


def of_paper(paper: Paper) -> tuple[Benchmark, ...]:
    """Return the benchmarks that a paper reports on."""
    return tuple(one for one in BENCHMARKS.values() if paper in one.papers)


def average(scores: Mapping[str, float], paper: Paper) -> float:
    """Return the plain mean of a paper's benchmarks; BadInput where one of them has no score (AM-24)."""
    wanted = [one.name for one in of_paper(paper)]
    missing = [name for name in wanted if name not in scores]
    if missing:
        raise BadInput(f"has no score for {missing[0]}.", where=paper, do=f"The mean needs: {', '.join(wanted)}.")
    return sum(scores[name] for name in wanted) / len(wanted)
