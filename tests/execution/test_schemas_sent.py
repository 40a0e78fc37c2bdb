"""Runs send the schema of a reply where the endpoint enforces schemas, and ask for lines everywhere else."""

import asyncio
import json

import pytest

from engine.core.errors import ProviderError
from engine.core.project import EngineSpec
from engine.core.protocol import Chat, Sampling
from engine.core.records import Seed
from engine.core.settings import Running
from engine.execution.client import Client, ItemTrace
from engine.execution.reply_cache import ReplyCache
from engine.execution.run_control import RunControl
from engine.execution.usage import Usage
from engine.generation.judges import solution
from engine.generation.solvers import solve
from engine.knowledge import extract
from engine.models.backends.openai import OpenAICompatible
from engine.models.roles import Engine, RoleMap, RoleModel
from engine.runs.journal import Journal
from engine.runs.status import Status
from tests.support.abacus_endpoint import AbacusEndpoint
from tests.support.endpoint import Endpoint

MODEL = "abacus-large"
SEED = Seed.make("t", "What is 17 + 26?", solution="17 + 26 = 43, so \\boxed{43}.", answer="43")


def judged() -> Chat:
    return next(solution.check(SEED.statement, SEED.solution, "judge", Sampling()))


def solved() -> Chat:
    return next(solve.solve(SEED.statement, "judge", Sampling()))


def asked(folder, url, chats, model=MODEL, **settings):
    """Let a run's client answer chats one after the other; return replies and counts."""

    async def run():
        running = Running(retries=0, timeout_s=20, **settings)
        backend = OpenAICompatible("far", EngineSpec(base_url=url))
        roles = RoleMap({role: RoleModel(Engine("far", backend), model) for role in ("judge", "extractor")})
        cache = ReplyCache(folder / "journal")
        usage = Usage(running, cache.spent, Status())
        control = RunControl()
        journal = Journal(folder / "journal")
        client = Client("run", roles, journal, cache, running, usage, control)
        try:
            return [await client.answer(chat, ItemTrace("item")) for chat in chats], usage
        finally:
            client.close()
            journal.close()
            cache.close()
            await roles.aclose()

    return asyncio.run(run())


def shapes(endpoint):
    """What was sent for real work: whether with a schema, and the last turn. Probes ask no task."""
    bodies = [body for body in endpoint.bodies if body["messages"][-1]["content"].startswith("Task:")]
    return [("response_format" in body, body["messages"][-1]["content"]) for body in bodies]


def test_an_enforcing_endpoint_gets_the_schema_and_no_lines_are_asked_for(tmp_path):
    with AbacusEndpoint(enforces=True) as endpoint:
        (said,), usage = asked(tmp_path, endpoint.url, [judged()])
        ((sent, words),) = shapes(endpoint)
    assert sent
    assert "Answer in four lines" not in words
    assert "Calculation, Logic, Completeness and Reason" in words
    assert set(json.loads(said.text)) == {"Calculation", "Logic", "Completeness", "Reason"}
    assert solution.read(said.text)[:2] == (True, True)
    assert usage.status().schemas == 1


@pytest.mark.parametrize(("enforces", "setting"), [(False, True), (True, False)])
def test_others_and_runs_that_want_none_are_asked_for_lines(tmp_path, enforces, setting):
    """The request is the very one of runs from before: the same words, the same identity."""
    with AbacusEndpoint(enforces=enforces) as endpoint:
        (said,), usage = asked(tmp_path, endpoint.url, [judged()], schemas=setting)
        assert [sent for sent, _ in shapes(endpoint)] == [False]
    chat = judged()
    assert said.id == Chat(chat.role, chat.messages, chat.prompt, chat.sampling).request_id(f"far:{MODEL}")
    assert solution.read(said.text)[:2] == (True, True)
    assert usage.status().schemas == 0


def test_reasoning_is_free_text_everywhere(tmp_path):
    with AbacusEndpoint(enforces=True) as endpoint:
        (said,), usage = asked(tmp_path, endpoint.url, [solved()])
        assert [sent for sent, _ in shapes(endpoint)] == [False]
    assert solve.read(said.text)
    assert not said.text.startswith("{")
    assert usage.status().schemas == 0


def test_what_was_paid_for_is_not_asked_again_in_another_form(tmp_path):
    """A run from before schemas goes on at an endpoint that enforces them: its replies are still its own."""
    with AbacusEndpoint(enforces=True) as endpoint:
        (before,), _ = asked(tmp_path, endpoint.url, [judged()], schemas=False)
        (after,), usage = asked(tmp_path, endpoint.url, [judged()])
        assert len(shapes(endpoint)) == 1
        held, _ = asked(tmp_path, endpoint.url, [next(extract.points(SEED))])
        again, _ = asked(tmp_path, endpoint.url, [next(extract.points(SEED))])
        assert len(shapes(endpoint)) == 2
    assert (before.id, before.text) == (after.id, after.text)
    assert after.cached
    assert again[0].cached
    assert json.loads(held[0].text)["points"]
    assert usage.calls == 1


@pytest.mark.parametrize(
    ("words", "learnt"),
    [
        ("Invalid schema for response_format 'reply': 'maxLength' is not permitted.", "schemas without bounds"),
        ("The provided JSON schema contains features not supported by xgrammar.", "schemas without bounds"),
    ],
)
def test_refused_bounds_go_and_the_schema_stays(tmp_path, words, learnt):
    def refuses(body):
        return words if "maxLength" in json.dumps(body.get("response_format", "")) else ""

    with AbacusEndpoint(refuses=refuses, enforces=True) as endpoint:
        (said,), usage = asked(tmp_path, endpoint.url, [judged()])
        backend = OpenAICompatible("far", EngineSpec(base_url=endpoint.url))
        assert backend.learnt(MODEL) == learnt
        sent = [json.dumps(body.get("response_format", "")) for body in endpoint.bodies if "Task:" in str(body)]
    assert ["maxLength" in text for text in sent] == [True, False]
    assert "Calculation" in json.loads(said.text)
    assert usage.status().schemas == 1


def test_a_refused_schema_is_learnt_and_lines_are_asked_for_after(tmp_path):
    """The probe's small schema passes, that of a judge does not: the next call is in lines again."""

    def refuses(body):
        big = "Calculation" in json.dumps(body.get("response_format", ""))
        return "failed to parse grammar" if big else ""

    other = next(solution.check("What is 2 + 3?", "It is \\boxed{5}.", "judge", Sampling()))
    with AbacusEndpoint(refuses=refuses, enforces=True) as endpoint:
        (first, second), _ = asked(tmp_path, endpoint.url, [judged(), other])
        last = endpoint.bodies[-1]
    assert solution.read(first.text)
    assert solution.read(second.text)
    assert "response_format" not in last
    assert "Answer in four lines" in last["messages"][-1]["content"]


def test_an_endpoint_that_cannot_be_asked_fails_by_its_own_fault(tmp_path):
    with Endpoint(plan=lambda body, before: "500") as endpoint, pytest.raises(ProviderError):
        asked(tmp_path, endpoint.url, [judged()], model="tiny")
