"""`lemma bench prompts`: shares of readable and usable replies by prompt, with and without schemas."""

import asyncio
from pathlib import Path

import pytest

from engine.core import prompts
from engine.core.protocol import Chat, Completion
from engine.learning.evaluation import prompt_bench
from engine.learning.evaluation.prompt_bench import BUILT_IN, built_in
from engine.learning.evaluation.prompt_tasks import TASKS
from tests.support.abacus_endpoint import AbacusEndpoint
from tests.support.command import within

FEW = ("judges/solution", "knowledge/extract", "solving/solve")
TASK_OPTIONS = [word for name in FEW for word in ("--task", name)]


def _bench(url: str, *words: str):
    return within("bench", "prompts", "--engine", url, "--model", "abacus-large", *words)


def test_a_form_is_tried_as_lines_and_by_schema_and_free_text_once(tmp_path: Path, monkeypatch) -> None:
    monkeypatch.chdir(tmp_path)
    with AbacusEndpoint(enforces=True) as endpoint:
        done = _bench(endpoint.url, "--items", "4", *TASK_OPTIONS, "--json").values
    assert done["schemas"] is True
    assert done["source"] == "shipped"
    found = {(one["prompt"], one["asked"]): one for one in done["results"]}
    assert set(found) == {
        *((name, form) for name in FEW[:2] for form in ("lines", "schema")),
        ("solving/solve", "lines"),
    }
    assert {one["calls"] for one in found.values()} == {4}
    assert {found[name, "schema"]["readable_share"] for name in FEW[:2]} == {1.0}
    assert done["together"]["free text"]["calls"] == 4


def test_the_table_says_when_no_schema_is_enforced(tmp_path: Path, monkeypatch) -> None:
    monkeypatch.chdir(tmp_path)
    with AbacusEndpoint() as endpoint:
        said = _bench(endpoint.url, "--items", "2", *TASK_OPTIONS).out
    assert "The endpoint holds replies to no schema." in said
    assert "schema: readable" in said


def test_wrong_use_is_said_in_one_line(tmp_path: Path, monkeypatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert "no model to try" in within("bench", "prompts").err
    assert "no task 'nothing'" in _bench("http://127.0.0.1:1/v1", "--task", "nothing").err
    assert "not a Lemma project" in within("bench", "prompts", "--engine", "gone", "--model", "m").err


def test_every_prompt_of_a_talk_is_a_task() -> None:
    """What is asked first by each task covers every prompt but those of later calls, which follow."""
    later = {"_write", "_edit", "_unsure", "_inspired"}
    names = {name for name in prompts.hashes() if not name.startswith("evaluation/")}
    asked = set()
    for name in TASKS:
        asked |= {one for one in names if one == name or one.startswith(f"{name}_")}
    assert {name for name in names - asked if not name.endswith(tuple(later))} == set()


def test_shipped_seeds_are_of_several_fields_and_both_languages() -> None:
    seeds = built_in(len(BUILT_IN))
    assert {seed.language for seed in seeds} == {"en", "zh"}
    assert len({seed.subject for seed in seeds}) >= 6
    assert all(seed.solution and seed.points for seed in seeds)


@pytest.mark.parametrize("form", ["lines", "schema"])
def test_readable_is_the_form_and_usable_the_task(form: str) -> None:
    """An echo is readable and not usable; words without the form are neither."""
    said = {
        "lines": ["Same: Yes or No\nReason: they are", "I cannot.", "Same: No\nReason: One is wider."],
        "schema": ['{"Same": "Yes", "Reason": "one short sentence"}', "{", '{"Same": "No", "Reason": "One is wider."}'],
    }[form]

    class Scripted:
        async def complete(self, chat, model):
            return Completion(said.pop(0), tokens_out=3)

        async def holds_schemas(self, model):
            return True

    measured = prompt_bench.measure(
        Scripted(), "m", built_in(3), asked=(form,), tasks=("knowledge/same",), concurrency=1
    )
    (score,) = asyncio.run(measured)
    assert (score.calls, score.readable, score.usable, score.tokens) == (3, 2, 1, 9)
    assert score.faults["no Same and no Reason in the reply"] == 1


class _Listens:
    """An endpoint with no word of schemas; it notes what it is sent and how many calls wait at a time."""

    def __init__(self) -> None:
        self.chats: list[Chat] = []
        self.waiting = self.most = 0

    async def complete(self, chat: Chat, model: str) -> Completion:
        self.chats.append(chat)
        self.waiting += 1
        self.most = max(self.most, self.waiting)
        await asyncio.sleep(0)
        self.waiting -= 1
        return Completion("Same: No\nReason: One is wider.", tokens_out=3)


class _Told(_Listens):
    def __init__(self, holds: bool) -> None:
        super().__init__()
        self.holds = holds

    async def holds_schemas(self, model: str) -> bool:
        return self.holds


@pytest.mark.parametrize(
    ("endpoint", "forms"),
    [(_Listens(), ["lines"]), (_Told(False), ["lines"]), (_Told(True), ["lines", "schema"])],
    ids=["says nothing of schemas", "holds none", "holds them"],
)
def test_schemas_are_tried_where_they_are_held_and_lines_everywhere(endpoint: _Listens, forms: list[str]) -> None:
    """A form that an endpoint does not hold is left out, whatever the order, and the other is still tried."""
    asked: tuple[prompt_bench.Asked, ...] = ("schema", "lines")
    scores = asyncio.run(prompt_bench.measure(endpoint, "m", built_in(4), asked=asked, tasks=("knowledge/same",)))
    assert [score.asked for score in scores] == forms
    assert endpoint.most == 2, "as many calls at a time as are allowed where nothing is said"
    assert {chat.sampling.max_tokens for chat in endpoint.chats} == {1024}
