"""Every talk as a task that a seed is enough for, so that any model may be tried on every prompt.

What a talk needs beside the seed is made from the seed itself: the points that it carries, its solution, and for
judges of two texts the same solution said twice. Nothing here depends on what a model said before.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

from engine.core.protocol import Sampling, Talk
from engine.core.records import Combination, Request, Seed
from engine.core.settings import Flames
from engine.generation import agents, judges, solvers
from engine.generation.agents.writing import Draft, WritingSource
from engine.knowledge import extract, filter_quality, filter_synonyms, naming, requests

_FALLBACK = ("Ratio and proportion", "Linear equations")
_CHOSEN = Flames()
_ROLE = "any"


@dataclass(frozen=True, slots=True)
class TaskInput:
    """A seed with those beside it, and how to sample."""

    seed: Seed
    others: tuple[Seed, ...]
    sampling: Sampling

    @property
    def points(self) -> tuple[str, ...]:
        """Two points: those of the seed, filled up where it has fewer."""
        return (*self.seed.points, *_FALLBACK)[:2]

    @property
    def solution(self) -> str:
        """The solution of the seed, its answer where it has none."""
        return self.seed.solution or f"The answer is \\boxed{{{self.seed.answer}}}."

    @property
    def request(self) -> str:
        """A request for a question on the points of the seed, in its language."""
        asked = Request.make("problem solving", self.points, 0.5)
        return requests.text(asked, "zh" if self.seed.language == "zh" else "en")

    @property
    def draft(self) -> Draft:
        """The seed as if an agent had written it."""
        return Draft(self.seed.statement, None, answer=self.seed.answer, solution=self.solution)

    def sample(self, salt: object) -> Sampling:
        """Return sampling for one call of several."""
        return replace(self.sampling, seed=self.sampling.seed + sum(map(ord, str(salt))))


PromptTask = Callable[[TaskInput], Talk[Any]]

_IN_CHINESE = "一个数的 3 倍加上 5 等于 20，这个数是多少？"
"""A problem for prompts that are for Chinese problems alone, whatever the seeds are."""


def inputs(seeds: Sequence[Seed], sampling: Sampling) -> Iterator[TaskInput]:
    """Yield an input for each seed."""
    for place, seed in enumerate(seeds):
        others = tuple(seeds[(place + step) % len(seeds)] for step in range(1, min(3, len(seeds))))
        yield TaskInput(seed, others, replace(sampling, seed=sampling.seed + 1000 * place))


def _flames(name: str) -> PromptTask:
    agent = agents.BY_NAME[name]

    def talk(given: TaskInput) -> Talk[Any]:
        path = " > ".join(filter(None, ("Mathematics", given.seed.subject or "Algebra", given.points[0])))
        source = WritingSource((given.seed, *given.others), given.points, path, "bench")
        chosen = _CHOSEN.model_copy(update={"edit_rounds": 1, "compositions": 2})
        return agent.talk(source, given.sample, chosen, 0)

    return talk


def _judges() -> dict[str, PromptTask]:
    j = judges
    return {
        "judges/problem": lambda g: j.problem.score(g.seed.statement, g.points, _ROLE, g.sampling, 0),
        "judges/problem_alone": lambda g: j.problem_alone.score(g.seed.statement, _ROLE, g.sampling, 0),
        "judges/solution": lambda g: j.solution.check(g.seed.statement, g.solution, _ROLE, g.sampling, 0),
        "judges/seed_rating": lambda g: j.seed_rating.rate(g.seed.statement, sampling=g.sampling, reread=0),
        "judges/seed_rating_ten": lambda g: j.seed_rating.rate(
            g.seed.statement, sampling=g.sampling, reread=0, scale="1 to 10"
        ),
        "judges/review": lambda g: j.review.review(g.seed.statement, sampling=g.sampling, reread=0),
        "judges/joint": lambda g: j.joint.evaluate(g.seed.statement, g.solution, sampling=g.sampling, reread=0),
        "judges/joint_ten": lambda g: j.joint.evaluate(
            g.seed.statement, g.solution, sampling=g.sampling, reread=0, scale="1 to 10"
        ),
        "judges/distraction": lambda g: j.distraction.judge(
            g.seed.statement, f"The sky was grey that day. {g.seed.statement}", _ROLE, g.sampling, 0
        ),
        "judges/solvability": lambda g: j.solvability.judge(g.seed.statement, _ROLE, g.sampling, 0),
        "judges/reward": lambda g: j.reward.score(g.seed.statement, g.solution, _ROLE, g.sampling, 0),
        "judges/consistency": lambda g: j.consistency.judge(
            g.seed.statement, g.solution, f"Let us see.\n{g.solution}", _ROLE, g.sampling, 0
        ),
        "judges/same_problem": lambda g: j.same_problem.judge(
            g.seed.statement, f"Please say: {g.seed.statement}", _ROLE, g.sampling, 0
        ),
        "judges/pairwise": lambda g: j.pairwise.prefer(
            g.seed.statement, g.solution, f"Let us see.\n{g.solution}", _ROLE, g.sampling, 0
        ),
        "judges/pairwise_chinese": lambda g: j.pairwise.prefer(
            _IN_CHINESE, "设这个数是 x，3x + 5 = 20，所以 x = 5。", "试一试：3 × 5 + 5 = 20。", _ROLE, g.sampling, 0
        ),
        "judges/expert": lambda g: j.expert.examine(
            g.request, g.seed.statement, g.solution, _ROLE, g.sampling, 0
        ),
        "judges/arbiter": lambda g: j.arbiter.settle(
            g.request, g.seed.statement, g.solution, "Acceptable. Every step is right.",
            "Not acceptable. The last step has no reason.", _ROLE, g.sampling, 0,
        ),
        "judges/dimensions": lambda g: j.dimensions.judge(
            g.request, g.seed.statement, g.solution, _ROLE, g.sampling, 0
        ),
    }  # fmt: skip


def _knowledge() -> dict[str, PromptTask]:
    return {
        "knowledge/extract": lambda g: extract.points(g.seed, 10, g.sampling, retries=0),
        "knowledge/keep": lambda g: filter_quality.judge(g.points[0], g.sampling, retries=0),
        "knowledge/same": lambda g: filter_synonyms.judge(g.points[0], g.points[1], g.sampling, retries=0),
        "knowledge/name": lambda g: naming.choose(
            (g.points[0], f"the {g.points[0].lower()}"), g.sampling, retries=0
        ),
    }  # fmt: skip


def _agents() -> dict[str, PromptTask]:
    combination = Combination.make
    return {
        "agents/graph_problem": lambda g: agents.graph_problem.write(
            combination("one-hop", g.points, 1, 1), g.sampling, 0
        ),
        "agents/rephrase": lambda g: agents.rephrase.rephrase(g.seed.statement, 2, g.sample, 0),
        "agents/revise": lambda g: agents.revise.revise(
            g.seed.statement, "Say in which unit the answer is wanted.", sampling=g.sampling, reread=0
        ),
        "agents/request_problem": lambda g: agents.request_problem.write(g.request, g.points, g.sampling, 0),
        "agents/self_refine": lambda g: agents.self_refine.refine(
            g.request, g.draft, g.solution, "The question could be shorter.", g.sampling, 0
        ),
        **{f"agents/{name}": _flames(name) for name in agents.BY_NAME if name != "fobar"},
    }  # fmt: skip


def _solving() -> dict[str, PromptTask]:
    s = solvers
    return {
        "solving/difficulty": lambda g: s.difficulty.rate(g.seed.statement, g.sampling, 0),
        "solving/solve": lambda g: s.solve.solve(g.seed.statement, _ROLE, g.sampling, 0),
        "solving/one_shot": lambda g: s.one_shot.solve(g.seed.statement, _ROLE, g.sampling, 0),
        "solving/self_play": lambda g: s.self_play.solve(g.seed.statement, _ROLE, g.sampling, 0),
    }


TASKS: dict[str, PromptTask] = {**_knowledge(), **_judges(), **_agents(), **_solving()}
"""Every talk that asks a model, by the prompt that it asks first or by the name of its agent."""
