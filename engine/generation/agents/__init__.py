"""Agents that write problems. Each is a generator: it yields a chat, receives a reply, returns a record."""

from types import ModuleType

from engine.generation.agents import (
    ask_me_anything,
    distraction_insertion,
    few_shot,
    fobar,
    graph_problem,
    iqc,
    key_concepts,
    paraphrasing,
    qft,
    rephrase,
    request_problem,
    revise,
    seeded_key_concepts,
    self_refine,
    self_verification,
    suggester_editor,
    taxonomy_key_concepts,
)

FLAMES: tuple[ModuleType, ...] = (
    few_shot,
    paraphrasing,
    key_concepts,
    seeded_key_concepts,
    suggester_editor,
    iqc,
    ask_me_anything,
    self_verification,
    fobar,
    qft,
    taxonomy_key_concepts,
    distraction_insertion,
)
"""The agents of FLAMES, in the order of the paper (FL-01)."""

BY_NAME: dict[str, ModuleType] = {module.__name__.rsplit(".", 1)[1]: module for module in FLAMES}
"""Agents that a mixture may name."""

AGENTS: tuple[ModuleType, ...] = (graph_problem, *FLAMES, rephrase, revise, request_problem, self_refine)
"""Every agent module; each has a prompt file of the same stem under prompts/."""
