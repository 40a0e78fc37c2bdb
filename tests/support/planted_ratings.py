"""Seeds in tight families, and an endpoint whose ratings of them are known beforehand, with a few that are wrong.

Every family has one true rating; its item number `WRONG` is rated otherwise. So it is known of each seed and each pair
what curation must make of it, and a run of the recipe can be held against that.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

import orjson
from aiohttp import web

from engine.core.records import Seed
from tests.support.chat_replies import completion
from tests.support.endpoint import Endpoint

FAMILIES = (
    "What is {a} plus {b}? Give the sum.",
    "A rectangular garden is {a} metres long and {b} metres wide. What is the length of the fence that goes around it?",
    "A tap fills a bath in {a} minutes and another tap in {b} minutes. How long do both taps need together?",
    "A market stall sells {a} crates of oranges and {b} crates of lemons every morning. How many crates in one week?",
    "Two cyclists leave a village on one straight road at {a} and {b} km per hour. "
    "How far apart are they after one day?",
    "A sphere of radius {a} is melted into equal cones of height {b}. Which radius does the base of each cone have?",
)
"""The true rating of a problem is the number of its family."""
FEW = "What is {a} plus {b}, written as a sum of three primes that are all larger than {a}?"
"""A family of four, all rated 5: so few that many neighbours outvote them."""
EACH, WRONG = 16, 5
SECRET = "987654321"
"""The answer that people gave to every seed."""


def written(family: int, number: int, first: int = 11) -> str:
    """Return one problem of a family; `first` moves the numbers in it."""
    pattern = FEW if family == len(FAMILIES) else FAMILIES[family]
    return pattern.format(a=first + number, b=40 + 2 * number)


def family_of(statement: str) -> int:
    """Return the number of the family that a problem is of."""
    bare = re.sub(r"\d+", "0", statement)
    return [one.format(a=0, b=0) for one in (*FAMILIES, FEW)].index(bare)


def number_of(statement: str) -> int:
    """Return the number of a problem within its family."""
    return (int(re.findall(r"\d+", statement)[0]) - 11) % 100


def is_wrong(statement: str) -> bool:
    """Say whether the rating of a problem is planted wrong."""
    return family_of(statement) < len(FAMILIES) and number_of(statement) == WRONG


def rating(statement: str) -> int:
    """Return what the endpoint says of a problem."""
    family = min(family_of(statement), 5)
    return (family + 3) % 6 if is_wrong(statement) else family


def seeds() -> list[Seed]:
    """Return the seeds: sixteen of each family, four of the last."""
    texts = [written(family, n) for family in range(len(FAMILIES)) for n in range(EACH)]
    human = {"solution": f"It is {SECRET}.", "answer": SECRET}
    return [Seed.make("planted", text, **human) for text in (*texts, *(written(len(FAMILIES), n) for n in range(4)))]


def variants(statement: str, count: int) -> list[str]:
    """Return variants of a seed, as many as asked for; the first two of all kept seeds make six families."""
    family, number = family_of(statement), number_of(statement)
    few = family == len(FAMILIES)
    pair, place = (4, 50 + number) if few else (2 * (family - 3), number)
    return [written(pair + n % 2, place, 211 + 100 * (n // 2)) for n in range(count)]


@dataclass
class PlantedRatings(Endpoint):
    """Answers the requests of the AgenticMath way."""

    async def handle(self, request: web.Request) -> web.StreamResponse:
        body: dict[str, Any] = orjson.loads(await request.read())
        self.bodies.append(body)
        return web.json_response(completion(body, reply(body["messages"][-1]["content"])))


def reply(asked: str) -> str:
    """Return the reply to a request."""
    problem = re.findall(r"<problem>\s*(.*?)\s*</problem>", asked, re.DOTALL)[-1]
    task = asked.partition("\n")[0]
    if "rate a seed" in task:
        value = rating(problem)
        return f"Complexity: {value}\nInformation: {value}\nClarity: {value}\nReason: planted"
    if "write variants" in task:
        count = int(re.findall(r"Write (\d+) variants", asked)[0])
        return "\n".join(f"Variant {n}: {text}" for n, text in enumerate(variants(problem, count), 1))
    if "evaluate a problem" in task:
        value = rating(problem)
        return f"Clarity: {value}\nCorrectness: {value}\nCompleteness: {value}\nReason: planted"
    assert "solve a problem" in task, task
    return "So it is \\boxed{7}."
