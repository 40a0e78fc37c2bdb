"""The benchmarks of the four methods: how many items, how many examples are shown, and who reports on them.

Sizes and shots are those that the papers give (AM-24, FL-33, CL-29, GSDP-40).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from engine.errors import BadInput

Paper = Literal["gsdp", "agenticmath", "flames", "continual"]


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


BENCHMARKS: Mapping[str, Benchmark] = {
    one.name: one
    for one in (
        Benchmark("gsm8k", "GSM8K", 1319, ("gsdp", "agenticmath", "flames", "continual")),
        Benchmark("math", "MATH", 5000, ("gsdp", "agenticmath", "flames", "continual")),
        Benchmark("college_math", "CollegeMath", 2818, ("agenticmath", "flames", "continual"), domain="out"),
        Benchmark("deepmind_mathematics", "DeepMind-Mathematics", 1000, ("agenticmath",), domain="out"),
        Benchmark("olympiadbench", "OlympiadBench-Math", 675, ("agenticmath", "flames", "continual"), domain="out"),
        Benchmark("theoremqa", "TheoremQA", 800, ("agenticmath", "gsdp"), domain="out"),
        Benchmark("gsm_plus", "GSM-Plus without critical thinking", None, ("flames",), domain="robust"),
        Benchmark("gsm_plus_distraction", "GSM-Plus, distraction insertion", None, ("flames",), domain="robust"),
        Benchmark("minerva", "Minerva", 272, ("continual",), domain="out"),
        Benchmark("gaokao2023en", "GaoKao 2023 En", 385, ("continual",), domain="out"),
        Benchmark("gaokao", "GaoKao series", None, ("continual", "gsdp"), shots=5, domain="out"),
        Benchmark("cmath", "CMATH", 1700, ("continual",), domain="out"),
        Benchmark("cn_middle_school", "CN Middle School 24", 101, ("continual",), shots=5, domain="out"),
        Benchmark("svamp", "SVAMP", None, ("gsdp",), domain="out"),
    )
}
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
