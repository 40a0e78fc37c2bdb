"""An order: what one item of a run is written from. Every way has the same form of order, so plans and traces agree."""

from __future__ import annotations

from dataclasses import dataclass

from engine.core.records import Combination, Request, Seed, content_id


@dataclass(frozen=True, slots=True)
class WorkItem:
    """One item to do; `copy` tells repeats of one order apart (GSDP-19)."""

    id: str
    kind: str
    """A kind of combination, an agent's name, `seed` or `request`."""
    points: tuple[str, ...]
    distance: int = 0
    weight: int = 0
    copy: int = 0
    agent: str = "graph_problem"
    seeds: tuple[str, ...] = ()
    """Ids of the seeds to write from."""
    topic: str = ""
    """Path of a taxonomy topic."""
    taxonomy: str = ""
    """Version of the taxonomy that the topic is from."""
    type: str = ""
    """Question type of a request."""
    difficulty: float = 0.0
    """Difficulty that a request asks for, 0 to 1."""

    @staticmethod
    def of(combination: Combination, copy: int = 0) -> WorkItem:
        """Return the order for one writing of a combination."""
        c = combination
        return WorkItem(c.id, c.kind, c.points, c.distance, c.weight, copy)

    @staticmethod
    def of_seed(seed: Seed) -> WorkItem:
        """Return the order to take one seed along the way."""
        return WorkItem(seed.id, "seed", seed.points, agent="rephrase", seeds=(seed.id,))

    @staticmethod
    def of_request(request: Request) -> WorkItem:
        """Return the order to answer one request."""
        asked = {"type": request.type, "difficulty": request.difficulty}
        return WorkItem(request.id, "request", request.points, agent="request_problem", **asked)  # type: ignore[arg-type]

    @staticmethod
    def of_agent(
        agent: str, number: int, seeds: tuple[str, ...] = (), topic: str = "", taxonomy: str = "", *, copy: int = 0
    ) -> WorkItem:
        """Return the `number`-th order of a writing agent."""
        ident = content_id("A", agent, number, seeds, topic)
        return WorkItem(ident, agent, (), copy=copy, agent=agent, seeds=seeds, topic=topic, taxonomy=taxonomy)

    @property
    def item_id(self) -> str:
        """Identity of the item within its run."""
        return content_id("O", self.id, self.copy)

    @property
    def combination(self) -> Combination:
        """The combination, where the order is for one."""
        return Combination(self.id, self.kind, self.points, self.distance, self.weight)  # type: ignore[arg-type]

    @property
    def request(self) -> Request:
        """The request, where the order is for one."""
        return Request(self.id, self.type, self.points, self.difficulty)
