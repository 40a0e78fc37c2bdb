"""The shape of GSM8K: the worked solution ends with `#### answer` and holds `<<a=b>>` notes for a calculator."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from engine.core.records import Seed
from engine.seeds.rows import RowProblem, statement_of, text_of
from engine.verification.answers import extract_answer, split_at_hashes

_NOTE = re.compile(r"<<[^<>]*>>")

SOURCE = "gsm8k"
USES = frozenset(["question", "answer"])


def matches(fields: Mapping[str, Any]) -> bool:
    """Whether a row looks like it."""
    answer = fields.get("answer")
    return isinstance(fields.get("question"), str) and isinstance(answer, str) and "####" in answer


def seed(fields: Mapping[str, Any], source: str, origin: str) -> Seed:
    """Return the seed: notes leave the solution, thousands commas leave the answer."""
    statement = statement_of(fields, "question")
    told = text_of(fields.get("answer"), "answer", reply=True)
    if told is None:
        return Seed.make(source, statement, origin=origin, language="en")
    if "####" not in told:
        # A file of this form may hold rows that mark their answer in another way.
        if (answer := extract_answer(told)) is None:
            raise RowProblem("no answer mark", "answer has no #### line, and nothing else marks one", "answer")
        return Seed.make(source, statement, solution=without_notes(told), answer=answer, origin=origin, language="en")
    work, final = split_at_hashes(told)
    worked = without_notes(work) or None
    answer = final or extract_answer(worked or "")
    return Seed.make(source, statement, solution=worked, answer=answer, origin=origin, language="en")


def without_notes(solution: str) -> str:
    """Return a worked solution without the notes of a calculator."""
    return _NOTE.sub("", solution).strip()
