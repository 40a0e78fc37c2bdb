"""Each kind of wrong answer by itself: what it is counted as, and that a reply is read where there is one."""

from __future__ import annotations

import json
import ssl
from pathlib import Path

import pytest

from engine.core.errors import RunStopped
from engine.core.records import Failure, ItemDone, ReplyRow
from tests.support.certificate import certificate
from tests.support.chat_replies import reply_to
from tests.support.driving import Drive
from tests.support.fault_kinds import KINDS
from tests.support.faulty_server import FaultyServer
from tests.support.run_programs import chains

CHAIN = 2
"""Calls of an item."""
WRONG = sorted(name for name, kind in KINDS.items() if kind.counted)
RIGHT = sorted(set(KINDS) - set(WRONG))


def _drive(folder: Path, server: FaultyServer, items: int, **running: float) -> Drive:
    """Hold conversations one after the other, each call tried once."""
    settings = {"concurrency": 1, "retries": 0, "slow_retries": 0, "timeout_s": 0.5, **running}
    drive = Drive(folder, server.url, **settings)
    drive.run(chains("run", items), total=items)
    return drive


@pytest.mark.parametrize("name", WRONG)
def test_a_wrong_answer_is_counted_by_its_name_and_ends_in_a_named_failure(tmp_path: Path, name: str) -> None:
    """The first item goes well, so that the engine is known to live."""
    with FaultyServer(1.0, kinds=(name,), spared=CHAIN) as server:
        drive = _drive(tmp_path, server, 2)
        assert server.sent[name] >= 1
    assert set(drive.usage.errors) == {KINDS[name].counted}
    assert [row.outcome for row in drive.rows(ItemDone)] == ["revised", "failed"]
    (failure,) = drive.rows(Failure)
    assert failure.boundary in ("provider", "reply")
    assert failure.message.startswith("local")


@pytest.mark.parametrize("name", RIGHT)
def test_a_reply_is_read_however_oddly_it_comes_and_belongs_to_its_question(tmp_path: Path, name: str) -> None:
    with FaultyServer(1.0, kinds=(name,)) as server:
        drive = _drive(tmp_path, server, 3, timeout_s=20.0)
        assert server.sent[name] == 3 * CHAIN
    assert {row.outcome for row in drive.rows(ItemDone)} == {"revised"}
    assert not drive.usage.errors
    replies = drive.rows(ReplyRow)
    assert len(replies) == 3 * CHAIN
    assert all(reply.text.startswith(expected(reply)) for reply in replies)


def expected(reply: ReplyRow) -> str:
    """What the server says to the question of this row."""
    turns = [{"role": role, "content": said} for role, said in json.loads(reply.request)]
    return reply_to({"model": reply.model, "messages": turns, "seed": json.loads(reply.sampling)["seed"]})


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("403 now and then", "local failed 50 calls in a row, the last with: local: HTTP 403: the key may not do this"),
        (
            "404 now and then",
            "local failed 50 calls in a row, the last with: local: HTTP 404: no such model or address",
        ),
        ("402", "local failed 50 calls in a row, the last with: local: HTTP 402: the account has no credit left"),
        ("401", "local failed 50 calls in a row, the last with: local: HTTP 401: the key is missing or wrong"),
        ("redirected", "local failed 50 calls in a row, the last with: local: HTTP 307: the address has moved"),
        ("429 until tomorrow", "local asks to come back in 1440 minutes: local: HTTP 429"),
    ],
)
def test_what_no_item_can_help_pauses_the_run_with_a_sentence(tmp_path: Path, name: str, said: str) -> None:
    with FaultyServer(1.0, kinds=(name,), spared=CHAIN) as server, pytest.raises(RunStopped) as stopped:
        _drive(tmp_path, server, 500, retries=1)
    assert stopped.value.reason == "paused"
    assert str(stopped.value).startswith(said)


def test_a_certificate_that_nobody_signed_pauses_the_run_and_no_item_pays(tmp_path: Path) -> None:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(*certificate(tmp_path / "tls"))
    with FaultyServer(tls=context) as server:
        drive = Drive(tmp_path, server.url, concurrency=4, retries=1)
        with pytest.raises(RunStopped, match="certificate verify failed") as stopped:
            drive.run(chains("run", 20), total=20)
    assert stopped.value.reason == "paused"
    assert str(stopped.value).startswith("local cannot be used now: local: no whole answer from https://127.0.0.1:")
    assert set(drive.usage.errors) == {"TLS failed"}
    assert not drive.rows(Failure)
