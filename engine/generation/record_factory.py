"""The desk of one item: stamps what is made with run, item, model, prompt and time (GSDP-44, X-02)."""

from __future__ import annotations

import hashlib
import time
from dataclasses import dataclass, replace
from typing import Any

from engine.core.errors import ItemFailure
from engine.core.prompts import load
from engine.core.protocol import PromptRef, Reply, Sampling
from engine.core.records import (
    Combination,
    Failure,
    Intermediate,
    Problem,
    Request,
    Seed,
    Solution,
    Subject,
    Verdict,
    content_id,
)
from engine.generation.agents.writing import Draft, Note
from engine.runs.plan import Plan
from engine.verification.answers import FoundAnswer


@dataclass(frozen=True, slots=True)
class Voice:
    """Who says something of a problem or a solution: a role, the prompt that it filled, the reply that came back."""

    role: str
    prompt: str
    reply: Reply | None


@dataclass(frozen=True, slots=True)
class RecordFactory:
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

    def answer(self, found: FoundAnswer) -> str | None:
        """Return the answer of a solution where what speaks for it is enough for the plan."""
        return found.at_least(self.plan.recipe.settings.sampling.answer_from)

    @property
    def reread(self) -> int:
        """How often a reply that cannot be read is asked for again."""
        return self.plan.recipe.settings.running.reread

    def problem(
        self, statement: str, agent: str, prompt: str, reply: Reply | None, combination: Combination
    ) -> Problem:
        """Return the first version of a problem written from a combination."""
        c = combination
        made = self._problem(statement, agent, prompt, reply)
        return replace(
            made, points=c.points, kind=c.kind, distance=c.distance, weight=c.weight, combination_id=c.id
        )  # fmt: skip

    def drafted(self, draft: Draft, agent: str, *, seed_id: str | None = None, points: tuple[str, ...] = ()) -> Problem:
        """Return the first version of a problem that an agent drafted."""
        made = self._problem(draft.statement, agent, draft.prompt, draft.reply)
        return replace(made, seed_id=seed_id, points=draft.points or points, answer=draft.answer)

    def asked(self, draft: Draft, request: Request) -> Problem:
        """Return the problem that answers a request."""
        made = self._problem(draft.statement, "request_problem", draft.prompt, draft.reply)
        return replace(made, points=request.points, kind=request.type, answer=draft.answer)

    def claimed(self, problem: Problem, draft: Draft) -> Solution:
        """Return the solution that the writing agent gave with its problem."""
        ref = load(draft.prompt).ref
        text = draft.solution or ""
        return Solution(
            id=content_id("W", problem.id, 0, text),
            problem_id=problem.id,
            run_id=self.plan.id,
            index=0,
            text=text,
            answer=draft.answer,
            agent=problem.agent,
            model=problem.model,
            prompt_id=ref.id,
            prompt_hash=ref.hash,
            reply_id=problem.reply_id,
            at=time.time(),
        )

    def taken(self, seed: Seed) -> Problem:
        """Return the problem that a seed is, so that it can be solved anew; its own answer stays behind (AM-01)."""
        made = self._problem(seed.statement, "seed", "", None)
        return replace(made, seed_id=seed.id, points=seed.points)

    def revised(self, before: Problem, draft: Draft, agent: str, number: int) -> Problem:
        """Return the `number`-th revision of a problem; it keeps everything that the problem was made from."""
        made = self._problem(draft.statement, agent, draft.prompt, draft.reply)
        ident = content_id("P", self.plan.id, self.item_id, before.id, number, draft.statement)
        kept = {
            name: getattr(before, name)
            for name in ("points", "kind", "distance", "weight", "combination_id", "seed_id")
        }
        answer = draft.answer if draft.answer is not None else before.answer
        return replace(made, id=ident, parent_id=before.id, answer=answer, **kept)

    def _problem(self, statement: str, agent: str, prompt: str, reply: Reply | None) -> Problem:
        ref = load(prompt).ref if prompt else PromptRef("", "")
        return Problem(
            id=content_id("P", self.plan.id, self.item_id, statement),
            run_id=self.plan.id,
            item_id=self.item_id,
            statement=statement,
            agent=agent,
            model=reply.model if reply else "",
            prompt_id=ref.id,
            prompt_hash=ref.hash,
            reply_id=reply.id if reply else None,
            at=time.time(),
        )

    def note(self, note: Note, agent: str, problem: Problem | None, number: int = 0) -> Intermediate:
        """Return the row for an intermediate object; `number` tells objects of one name apart (FL-14)."""
        ref = load(note.prompt).ref if note.prompt else PromptRef("", "")
        about = problem.id if problem else None
        return Intermediate(
            id=content_id("N", self.plan.id, self.item_id, about, note.name, number),
            run_id=self.plan.id,
            item_id=self.item_id,
            problem_id=about,
            agent=agent,
            name=note.name,
            text=note.text,
            model=note.reply.model if note.reply else "",
            prompt_id=ref.id,
            prompt_hash=ref.hash,
            reply_id=note.reply.id if note.reply else None,
            at=time.time(),
        )

    def solution(
        self,
        problem: Problem,
        index: int,
        text: str,
        answer: str | None,
        prompt: str,
        reply: Reply,
        agent: str = "solver",
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
            agent=agent,
            model=reply.model,
            prompt_id=ref.id,
            prompt_hash=ref.hash,
            reply_id=reply.id,
            at=time.time(),
        )

    def said(
        self,
        about: Problem | Solution,
        name: str,
        value: float | None,
        reason: str,
        voice: Voice,
        *,
        kind: str = "score",
        evidence: str = "",
    ) -> Verdict:
        """Return what a model said; without a reply the value is None, "can't tell"."""
        reply = voice.reply
        return self._verdict(
            about, name, voice.role, value, reason, kind=kind, version=load(voice.prompt).ref.hash,
            model=reply.model if reply else "", reply_id=reply.id if reply else None, evidence=evidence,
        )  # fmt: skip

    def ruled(
        self,
        about: Problem | Solution,
        name: str,
        value: float | None,
        reason: str,
        *,
        kind: str = "bool",
        version: str = "1",
        evidence: str = "",
    ) -> Verdict:
        """Return what a check without a model found."""
        return self._verdict(about, name, "rule", value, reason, kind=kind, version=version, evidence=evidence)

    def of_seed(
        self, seed: Seed, name: str, value: float, reason: str, prompt: str = "", reply: Reply | None = None
    ) -> Verdict:
        """Return what a model, or a rule where there is no reply, found about a seed."""
        return Verdict.make(
            self.plan.id, "seed", seed.id, name, "evaluator" if reply else "rule", value, reason, kind="rating",
            version=load(prompt).ref.hash if prompt else "1", model=reply.model if reply else "",
            reply_id=reply.id if reply else None, at=time.time(),
        )  # fmt: skip

    def _verdict(
        self, about: Problem | Solution, name: str, by: str, value: float | None, reason: str, **more: Any
    ) -> Verdict:
        subject: Subject = "problem" if isinstance(about, Problem) else "solution"
        problem = about.id if isinstance(about, Problem) else about.problem_id
        return Verdict.make(
            self.plan.id, subject, about.id, name, by, value, reason, problem_id=problem, at=time.time(), **more
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
