"""Agents that write problems. Each is a generator: it yields a chat, receives a reply, returns a record."""

from typing import Any

from engine.core.protocol import summary
from engine.core.settings import Flames
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
from engine.generation.agents.writing import Agent, Draft, Sample, WritingSource

MixtureAgent = Agent[[WritingSource, Sample, Flames, int], tuple[Draft, ...]]
"""An agent that shares may name: all of them are asked alike."""

FLAMES: tuple[MixtureAgent, ...] = (
    Agent("few_shot", summary(few_shot), few_shot.PROMPTS, few_shot.write, few_shot.CARD),
    Agent("paraphrasing", summary(paraphrasing), (paraphrasing.PROMPT,), paraphrasing.write, paraphrasing.CARD),
    Agent("key_concepts", summary(key_concepts), key_concepts.PROMPTS, key_concepts.write, key_concepts.CARD),
    Agent(
        "seeded_key_concepts",
        summary(seeded_key_concepts),
        seeded_key_concepts.PROMPTS,
        seeded_key_concepts.write,
        seeded_key_concepts.CARD,
    ),
    Agent(
        "suggester_editor",
        summary(suggester_editor),
        suggester_editor.PROMPTS,
        suggester_editor.write,
        suggester_editor.CARD,
    ),
    Agent("iqc", summary(iqc), iqc.PROMPTS, iqc.write, iqc.CARD),
    Agent(
        "ask_me_anything",
        summary(ask_me_anything),
        (ask_me_anything.PROMPT,),
        ask_me_anything.write,
        ask_me_anything.CARD,
    ),
    Agent(
        "self_verification",
        summary(self_verification),
        (self_verification.PROMPT,),
        self_verification.write,
        self_verification.CARD,
        self_verification.fits,
    ),
    Agent("fobar", summary(fobar), fobar.PROMPTS, fobar.write, fobar.CARD, fobar.fits),
    Agent("qft", summary(qft), (qft.PROMPT,), qft.write, qft.CARD),
    Agent(
        "taxonomy_key_concepts",
        summary(taxonomy_key_concepts),
        taxonomy_key_concepts.PROMPTS,
        taxonomy_key_concepts.write,
        taxonomy_key_concepts.CARD,
    ),
    Agent(
        "distraction_insertion",
        summary(distraction_insertion),
        (distraction_insertion.PROMPT,),
        distraction_insertion.write,
        distraction_insertion.CARD,
    ),
)
"""The agents of FLAMES, in the order of the paper (FL-01)."""

MIXTURE: tuple[MixtureAgent, ...] = (*FLAMES,)
"""Agents that shares may name: those of the paper, and any that are added."""

BY_NAME: dict[str, MixtureAgent] = {agent.name: agent for agent in MIXTURE}

AGENTS: tuple[Agent[..., Any], ...] = (
    Agent("graph_problem", summary(graph_problem), (graph_problem.PROMPT,), graph_problem.write, graph_problem.CARD),
    *MIXTURE,
    Agent("rephrase", summary(rephrase), (rephrase.PROMPT,), rephrase.rephrase, rephrase.CARD),
    Agent("revise", summary(revise), (revise.PROMPT,), revise.revise, revise.CARD),
    Agent(
        "request_problem",
        summary(request_problem),
        (request_problem.PROMPT,),
        request_problem.write,
        request_problem.CARD,
    ),
    Agent("self_refine", summary(self_refine), (self_refine.PROMPT,), self_refine.refine, self_refine.CARD),
)
"""Every agent."""
