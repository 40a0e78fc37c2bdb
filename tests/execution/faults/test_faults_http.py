"""A local endpoint that misbehaves in every way: each answer gets its name, and runs end whole."""

from __future__ import annotations

import asyncio
import logging
import random
import re
from collections import Counter
from pathlib import Path

import pytest

from engine.core.errors import BadSetting, ProviderError, Refused, RunStopped, Throttled, Unreachable
from engine.core.project import EngineSpec
from engine.core.protocol import Chat, Message, PromptRef, Sampling
from engine.core.records import Failure, ItemDone, Problem, ReplyRow
from engine.models.registry import make
from tests.support.driving import Drive
from tests.support.endpoint import Endpoint, always
from tests.support.key_echoes import BODIES as ECHOES
from tests.support.key_echoes import KEY, spellings
from tests.support.run_programs import chains

CHAT = Chat("writer", (Message("user", "How many?"),), PromptRef("tests/one", "h"), Sampling(seed=1))


def _ask(behaviour, *, key_env=""):
    async def once():
        with Endpoint(always(behaviour)) as endpoint:
            backend = make("local", EngineSpec(base_url=endpoint.url, api_key_env=key_env))
            try:
                return await backend.complete(CHAT, "tiny")
            finally:
                await backend.aclose()

    return asyncio.run(once())


@pytest.mark.parametrize(
    ("behaviour", "error", "message"),
    [
        ("401", Refused, "the key is missing or wrong"),
        ("403", Refused, "the key may not do this"),
        ("404", Refused, "no such model or address"),
        ("400", Refused, "messages must alternate"),
        ("400-long", Refused, "the prompt does not fit"),
        ("302", Refused, "the address has moved"),
        ("429", Throttled, "slow down"),
        ("429-half", Throttled, "slow down"),
        ("503-after", Throttled, "loading"),
        ("500", Unreachable, "broken inside"),
        ("502-html", Unreachable, "HTTP 502"),
        ("reset", Unreachable, "local"),
        ("half", Unreachable, "local"),
        ("half-json", ProviderError, "not JSON"),
        ("garbage", ProviderError, "not JSON"),
        ("html", ProviderError, "not JSON"),
        ("nothing", ProviderError, "not JSON"),
        ("empty-choices", ProviderError, "holds no reply"),
        ("no-choices", ProviderError, "holds no reply"),
        ("null-content", ProviderError, "has no text"),
        ("number-content", ProviderError, "has no text"),
        ("list", ProviderError, "holds no reply"),
        ("error-text", ProviderError, "something"),
    ],
)
def test_every_wrong_answer_has_its_name(behaviour, error, message):
    with pytest.raises(error, match=message):
        _ask(behaviour)


@pytest.mark.parametrize(("behaviour", "seconds"), [("429-half", 0.5), ("503-after", 0.2), ("429", None)])
def test_retry_after_is_read_and_its_absence_too(behaviour, seconds):
    with pytest.raises(Throttled) as caught:
        _ask(behaviour)
    assert caught.value.retry_after == seconds


@pytest.mark.parametrize("behaviour", ["think", "reasoning"])
def test_reasoning_is_kept_out_of_the_text(behaviour):
    completion = _ask(behaviour)
    assert completion.text.startswith("Problem: ")
    assert "secret" not in completion.text


def test_a_strict_server_is_given_only_what_it_takes():
    assert _ask("picky").text.startswith("Problem: ")


FAULTS = ("429-now", "500", "reset", "half", "half-json", "html", "garbage", "empty-choices", "503-after", "nothing")


def test_a_third_of_all_answers_wrong_and_every_item_ends_once(tmp_path: Path) -> None:
    """500 items of two calls, 30 % mixed faults: each a result or a named failure, none twice, none paid twice."""

    def plan(body: dict, before: int) -> str:
        dice = random.Random(f"{body['messages']}{body['seed']}{before}")
        return dice.choice(FAULTS) if dice.random() < 0.3 else "ok"

    with Endpoint(plan) as endpoint:
        drive = Drive(tmp_path, endpoint.url, concurrency=32, retries=4)
        drive.run(chains("run", 500), total=500)
        wrong = sum(count for name, count in endpoint.behaviours.items() if name != "ok")
        assert max(endpoint.answered.values()) == 1
    done = Counter(row.item_id for row in drive.rows(ItemDone))
    assert len(done) == 500
    assert set(done.values()) == {1}
    failed = {row.item_id for row in drive.rows(ItemDone) if row.outcome == "failed"}
    assert failed == {row.item_id for row in drive.rows(Failure)}
    assert all(row.boundary == "provider" and row.message for row in drive.rows(Failure))
    assert len({row.id for row in drive.rows(Problem)}) == len(drive.rows(Problem))
    assert len({row.id for row in drive.rows(ReplyRow)}) == len(drive.rows(ReplyRow))
    assert wrong > 200
    assert len(failed) < 25


@pytest.mark.parametrize("behaviour", ["400-long", "404"])
def test_what_will_never_be_answered_is_asked_once(tmp_path: Path, behaviour: str) -> None:
    """A refusal is no reason to try again."""
    with Endpoint(always(behaviour)) as endpoint:
        drive = Drive(tmp_path, endpoint.url, concurrency=2)
        drive.run(chains("run", 4), total=4)
        assert sum(endpoint.asked.values()) == 4
    assert {row.outcome for row in drive.rows(ItemDone)} == {"failed"}


@pytest.mark.parametrize("behaviour", ECHOES)
def test_the_key_is_nowhere_on_disk(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture, behaviour: str
) -> None:
    """A server that echoes the key in errors and replies cannot bring it into journal, log or status."""
    monkeypatch.setenv("TEST_LEMMA_KEY", KEY)
    with Endpoint(always(behaviour)) as endpoint, caplog.at_level(logging.DEBUG):
        drive = Drive(tmp_path, endpoint.url, key_env="TEST_LEMMA_KEY", concurrency=1, retries=0)
        drive.run(chains("run", 1), total=1)
        assert any(KEY in str(header) for header in endpoint.headers)
    found = [path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()] + [caplog.text.encode()]
    pieces = b"".join(re.findall(rb'content\\*"\s*:\s*\\*"([^"\\]*)', b"".join(found)))
    assert found[:-1]
    assert not [each for each in spellings(KEY) for data in (*found, pieces) if each in data]


def test_an_engine_that_only_throttles_pauses_the_run(tmp_path: Path) -> None:
    """A quota that is used up would fail every item that is left; the run waits for somebody to look instead."""
    with Endpoint(always("429-now")) as endpoint:
        drive = Drive(tmp_path, endpoint.url, concurrency=8, retries=1)
        with pytest.raises(RunStopped, match="50 calls in a row, the last with: local: HTTP 429") as stopped:
            drive.run(chains("run", 1000))
    assert stopped.value.reason == "paused"
    assert len(drive.rows(ItemDone)) < 70


@pytest.mark.parametrize("address", ["http://host:99999/v1", "http://[::1/v1", f"http://{'a' * 70}.org/v1"])
def test_an_address_that_is_none_is_refused_before_the_first_call(address: str) -> None:
    with pytest.raises(BadSetting, match="engine local: base_url is not a web address"):
        make("local", EngineSpec(base_url=address))
