"""Ask which knowledge points a solved problem rests on (GSDP 2.2, A.1)."""

from __future__ import annotations

from engine.core import forms, prompts
from engine.core.protocol import Sampling, Talk, ask
from engine.core.records import Seed
from engine.core.settings.naming import NameLimits
from engine.knowledge import concept_names

PROMPT = "knowledge/extract"
_PROMPT = prompts.load(PROMPT)
FORM = forms.ListForm.of(
    "points",
    "Answer with a clear numbered list and nothing else, as here for a problem about sharing out presents:",
    ("Stirling numbers of the second kind", "surjective functions"),
    ("第二类斯特林数", "满射"),
)


def points(
    seed: Seed,
    limit: int = 10,
    sampling: Sampling | None = None,
    *,
    role: str = "extractor",
    retries: int = 2,
    limits: NameLimits | None = None,
) -> Talk[tuple[str, ...]]:
    """Return at most `limit` names of points that the seed needs, as the model named them (GSDP-02, GSDP-03)."""
    messages = _PROMPT.fill(limit=limit, problem=seed.statement, solution=_solution(seed))
    form = FORM.for_at_most(limit)
    chat = form.chat(role, messages, _PROMPT.ref, sampling or Sampling())
    said = f"{seed.statement}\n{seed.solution or ''}"
    names, _ = yield from ask(chat, lambda text: read(text, form, limits or NameLimits(), said), retries)
    return names


def read(text: str, form: forms.ListForm, limits: NameLimits, problem: str) -> tuple[str, ...]:
    """Return the names of a list; one of sentences about the problem is unfit."""
    return concept_names.checked(form.read(text), limits, problem, text)


def _solution(seed: Seed) -> str:
    """Give the worked solution, or say what there is instead: the MATH file has answers only."""
    if seed.solution and seed.solution.strip():
        return seed.solution
    if seed.answer and seed.answer.strip():
        return (
            f"No worked solution is given. The final answer is {seed.answer.strip()}. Solve the problem yourself first."
        )
    return "No solution is given. Solve the problem yourself first."
