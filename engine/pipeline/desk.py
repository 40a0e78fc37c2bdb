"""The desk of one item: stamps what is made with run, item, model, prompt and time (GSDP-44, X-02)."""

from __future__ import annotations

import hashlib
import time
from dataclasses import dataclass
from typing import Any

from engine.contracts import PromptRef, Reply, Sampling
from engine.errors import ItemFailure
from engine.plans import Plan
from engine.prompts import load
from engine.records import Combination, Failure, Problem, Solution, Subject, Verdict, content_id


@dataclass(frozen=True, slots=True)
class Desk:
    """Makes the records of one item of one run."""

    plan: Plan
    item_id: str

    def sampling(self, salt: object = "") -> Sampling:
        """Return the plan's sampling with a seed that depends on recipe seed, item and `salt` alone."""
        sampled = self.plan.recipe.settings.sampling
        packed = f"{self.plan.recipe.seed}|{self.item_id}|{salt}".encode()
        seed = int.from_bytes(hashlib.blake2b(packed, digest_size=4).digest(), "big") >> 1
        return Sampling(
            sampled.temperature, sampled.top_p, sampled.top_k, sampled.repetition_penalty, sampled.max_tokens, seed
        )

    @property
    def reread(self) -> int:
        """How often a reply that cannot be read is asked for again."""
        return self.plan.recipe.settings.running.reread

    def problem(self, statement: str, agent: str, prompt: str, reply: Reply, combination: Combination) -> Problem:
        """Return the first version of a problem written from a combination."""
        ref = load(prompt).ref
        return Problem(
            id=content_id("P", self.plan.id, self.item_id, statement),
            run_id=self.plan.id,
            item_id=self.item_id,
            statement=statement,
            agent=agent,
            points=combination.points,
            kind=combination.kind,
            distance=combination.distance,
            weight=combination.weight,
            combination_id=combination.id,
            model=reply.model,
            prompt_id=ref.id,
            prompt_hash=ref.hash,
            reply_id=reply.id,
            at=time.time(),
        )

    def solution(
        self, problem: Problem, index: int, text: str, answer: str | None, prompt: str, reply: Reply
    ) -> Solution:
        """Return the `index`-th solution of a problem."""
        ref = load(prompt).ref
        return Solution(
            id=content_id("W", problem.id, index, text),
            problem_id=problem.id,
            run_id=self.plan.id,
            index=index,
            text=text,
            answer=answer,
            model=reply.model,
            prompt_id=ref.id,
            prompt_hash=ref.hash,
            reply_id=reply.id,
            at=time.time(),
        )

    def said(
        self,
        subject: Subject,
        subject_id: str,
        problem: Problem,
        name: str,
        by: str,
        value: float | None,
        reason: str,
        prompt: str,
        reply: Reply | None,
        kind: str = "score",
    ) -> Verdict:
        """Return what a model in role `by` said; without a reply the value is None, "can't tell"."""
        ref: PromptRef = load(prompt).ref
        return self._verdict(
            subject, subject_id, problem, name, by, value, reason, kind=kind, version=ref.hash,
            model=reply.model if reply else "", reply_id=reply.id if reply else None,
        )  # fmt: skip

    def ruled(
        self,
        subject: Subject,
        subject_id: str,
        problem: Problem,
        name: str,
        value: float | None,
        reason: str,
        *,
        kind: str = "bool",
        version: str = "1",
        evidence: str = "",
    ) -> Verdict:
        """Return what a check without a model found."""
        return self._verdict(
            subject, subject_id, problem, name, "rule", value, reason, kind=kind, version=version, evidence=evidence
        )

    def _verdict(
        self,
        subject: Subject,
        subject_id: str,
        problem: Problem,
        name: str,
        by: str,
        value: float | None,
        reason: str,
        **more: Any,
    ) -> Verdict:
        return Verdict.make(
            self.plan.id, subject, subject_id, name, by, value, reason, problem_id=problem.id, at=time.time(), **more
        )

    def lived_with(self, failure: ItemFailure, stage: str, subject_id: str | None = None) -> Failure:
        """Return the row for a failure that the item survives: something is missing, nothing is made up."""
        return Failure(
            id=content_id("F", self.plan.id, self.item_id, stage, subject_id),
            run_id=self.plan.id,
            item_id=self.item_id,
            stage=stage,
            boundary=failure.boundary,
            message=str(failure),
            raw=failure.raw[:20_000],
            subject_id=subject_id,
            at=time.time(),
        )
