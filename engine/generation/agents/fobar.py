"""Hides a number of a seed and asks for it, given the answer; a rule writes it, no model is asked (FOBAR, MetaMath)."""

from __future__ import annotations

from engine.core.errors import ItemFailure
from engine.core.protocol import Talk
from engine.core.records import Seed
from engine.core.settings import Flames
from engine.generation.agents import masking
from engine.generation.agents.masking import Masked
from engine.generation.agents.sentences import chinese
from engine.generation.agents.writing import AgentInfo, Draft, Note, Sample, WritingSource

CARD = AgentInfo("FOBAR", "robustness", "seed and answer", "none", "FOBAR (via MetaMath)")
PROMPTS: tuple[str, ...] = ()

_ENGLISH = "{question} If the answer to the question above is {answer}, what is the value of {letter}?"
_CHINESE = "{question}如果上面问题的答案是{answer}，那么{letter}的值是多少？"


def write(source: WritingSource, sample: Sample, chosen: Flames, reread: int = 2) -> Talk[tuple[Draft, ...]]:
    """Write one problem for every number of the seed; ItemFailure where it has none, or no answer (FL-10)."""
    seed = source.seeds[0]
    if not seed.answer:
        raise ItemFailure("the seed has no answer to turn around")
    if not fits(seed):
        raise ItemFailure("the seed has no number that could be hidden", raw=seed.statement)
    yield from ()
    return tuple(_draft(seed, hidden) for hidden in _hidden(seed))


def fits(seed: Seed) -> bool:
    """Tell whether a problem can be written from the seed: it has an answer and a number to hide."""
    return bool(seed.answer and _hidden(seed))


def _hidden(seed: Seed) -> tuple[Masked, ...]:
    return masking.masked(seed.statement.strip(), words=masking.spelt(seed))


def _draft(seed: Seed, hidden: Masked) -> Draft:
    form = _CHINESE if chinese(seed.statement) else _ENGLISH
    statement = form.format(question=hidden.text, answer=masking.told(seed.answer or ""), letter=hidden.letter)
    return Draft(
        statement, None, answer=hidden.value, points=seed.points, notes=(Note("masked question", hidden.text),)
    )
