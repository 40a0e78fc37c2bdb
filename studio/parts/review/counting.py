"""What a verdict at the desk counts for, and what is hidden so that it may: cards of a random draw are read blind."""

from __future__ import annotations

from dataclasses import replace

from engine.curation.review import blind_review
from engine.store.labelling import DRAW, DRAW_SHOWN
from studio import session, workspace
from studio.parts.review.history import TextVersion
from studio.parts.review.state import ReviewState

BLIND = ("draw", "audit")
"""Queues whose rows are read without judges' scores."""
COUNTS = ":material/casino: Counts towards precision"
AUDITS = ":material/verified: Counts for the audit of the frozen set"
HELPS = ":material/person: Helps this row only"


def line(problem_id: str) -> str:
    """Return in one line what a verdict on this card counts for."""
    store = workspace.store()
    if store.audits.counting([problem_id]):
        return AUDITS
    return COUNTS if store.draws.counting([problem_id]) else HELPS


def hidden(at: ReviewState) -> bool:
    """Whether what judges and checks said is hidden until the verdict."""
    return at.queue.kind in BLIND and blind_review.load(session.project()).blind


def queue_name(at: ReviewState) -> str:
    """Return the queue that a decision is kept under: of random rows it tells whether scores were shown."""
    if at.queue.kind not in BLIND:
        return at.queue.kind
    return DRAW if hidden(at) else DRAW_SHOWN


def shown(at: ReviewState, steps: list[TextVersion]) -> list[TextVersion]:
    """Return the versions of a text as they may be shown: without scores and critiques where those are hidden."""
    if not hidden(at):
        return steps
    return [replace(step, version=replace(step.version, score=None, critique="")) for step in steps]
