"""A question with its solution examined against the request: type, concepts, soundness, every step, the answer."""

from __future__ import annotations

import json

from engine.abacus import typed, workshop
from engine.abacus.marking import mark
from engine.abacus.reckoner import boxed
from engine.abacus.responders import by_request
from engine.abacus.tasks import Brief, TaskAnswer

TASK = "examine a question and its solution against a request"


def respond(brief: Brief) -> TaskAnswer:
    """Return Acceptable: Yes or No with what was found."""
    sound, findings, known = examined(brief)
    slip = brief.slips(brief.persona.wrong_check)
    if slip:
        findings = "A step of the solution is not justified." if sound else "Question and solution hold together."
    truth = json.dumps({"truth": sound if known else None, "known": known, "slip": slip})
    return TaskAnswer.of(("Acceptable", "Yes" if sound is not slip else "No"), ("Findings", findings), truth=truth)


def examined(brief: Brief) -> tuple[bool, str, bool]:
    """Return whether a sample holds, what is wrong or convincing, and whether that rests on working it out."""
    question, solution = brief.block("question"), brief.block("solution")
    asked = by_request.type_of(brief.block("request"))
    if asked != typed.kind_of(question) and typed.kind_of(question) != "problem solving":
        return False, f"A {asked} question was asked for, this is one of another type.", True
    seen = workshop.inspect(typed.inside(question), ())
    if seen.known and seen.flaw:
        return False, f"The question is not sound: {seen.detail or seen.flaw}.", True
    truth = typed.solve(question)
    if truth is None:
        fine = boxed(solution) is not None and len(question) > 20
        return fine, "I cannot work it out; by its form it is complete." if fine else "It breaks off.", False
    checked = mark(truth, solution)
    if not checked.answer_right:
        return False, f"The final answer is wrong; worked out again it is ${truth.answer}$.", True
    if checked.first_wrong:
        return False, f"This step does not hold: {checked.first_wrong[:160]}", True
    return True, f"Worked out again, the answer is ${truth.answer}$ too, and every step holds.", True
