"""Ways to have a sample examined: two experts and an arbiter, one model in three roles, or the vote of three (CL-12).

All ask with the same prompts and give the same result, so that a recipe may choose one and a report compare them.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from engine.core.errors import ItemFailure
from engine.core.protocol import Reply, Sampling, Talk, Together
from engine.generation.judges import arbiter, expert

Sample = Callable[[object], Sampling]
ROLES = ("expert_a", "expert_b", "arbiter")


@dataclass(frozen=True, slots=True)
class ExpertOpinion:
    """What one of them said: 1.0 for acceptable or sound, 0.0 for not."""

    name: str
    role: str
    value: float
    reason: str
    prompt: str
    reply: Reply


@dataclass(frozen=True, slots=True)
class Consulted:
    """Whether the sample is sound (L), what to mend (E), and what each said."""

    sound: bool
    feedback: str
    parts: tuple[ExpertOpinion, ...]


Consult = Callable[[str, str, str, Sample, int], Talk[Consulted]]


def collaboration(request: str, question: str, solution: str, sample: Sample, reread: int = 2) -> Talk[Consulted]:
    """Two experts who never see each other, then an arbiter (CL-10, CL-11)."""
    return (yield from _in_roles(request, question, solution, sample, reread, ROLES))


def roles(request: str, question: str, solution: str, sample: Sample, reread: int = 2) -> Talk[Consulted]:
    """One model, that of the arbiter, plays all three."""
    return (yield from _in_roles(request, question, solution, sample, reread, ("arbiter",) * 3))


def vote(request: str, question: str, solution: str, sample: Sample, reread: int = 2) -> Talk[Consulted]:
    """Three models examine it on their own; two of three decide, the dissatisfied ones give the feedback."""
    found = yield from _examined(request, question, solution, sample, reread, ROLES)
    yes = sum(each.acceptable for each in found)
    sound = 2 * yes > len(found)
    feedback = "" if sound else "\n".join(each.findings for each in found if not each.acceptable)
    return Consulted(sound, feedback, _parts(ROLES, found))


def _in_roles(
    request: str, question: str, solution: str, sample: Sample, reread: int, speakers: tuple[str, str, str]
) -> Talk[Consulted]:
    found = yield from _examined(request, question, solution, sample, reread, speakers[:2])
    words = [f"{'Acceptable' if each.acceptable else 'Not acceptable'}. {each.findings}" for each in found]
    settled = yield from arbiter.settle(
        request, question, solution, words[0], words[1], speakers[2], sample("arbiter"), reread
    )
    last = ExpertOpinion(
        "arbiter", speakers[2], float(settled.sound), settled.feedback or "sound", arbiter.PROMPT, settled.reply
    )
    return Consulted(settled.sound, settled.feedback, (*_parts(speakers[:2], found), last))


def _examined(
    request: str, question: str, solution: str, sample: Sample, reread: int, speakers: tuple[str, ...]
) -> Talk[tuple[expert.Examined, ...]]:
    """Ask all at the same time; none is shown what another said. The first that cannot be had ends the examination."""
    results = yield Together(
        tuple(
            expert.examine(request, question, solution, speaker, sample(("expert", place)), reread)
            for place, speaker in enumerate(speakers)
        )
    )
    for result in results:
        if isinstance(result, ItemFailure):
            raise result
    return tuple(results)


def _parts(speakers: tuple[str, ...], found: tuple[expert.Examined, ...]) -> tuple[ExpertOpinion, ...]:
    return tuple(
        ExpertOpinion(f"expert_{place + 1}", speaker, float(each.acceptable), each.findings, expert.PROMPT, each.reply)
        for place, (speaker, each) in enumerate(zip(speakers, found, strict=True))
    )


CONSULT: Mapping[str, Consult] = {"collaboration": collaboration, "roles": roles, "vote": vote}
"""Every way by the name that settings give it."""
