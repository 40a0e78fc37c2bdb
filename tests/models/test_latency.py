"""How an engine has answered lately, from the journal's end."""

from __future__ import annotations

import orjson
import pytest

from engine.models.latency import recent


def _replies(tmp_path, rows, torn=b""):
    path = tmp_path / "journal" / "replies.jsonl"
    path.parent.mkdir()
    lines = [orjson.dumps({"at": at, "seconds": took, "tokens_out": out}) for at, took, out in rows]
    path.write_bytes(b"\n".join(lines) + b"\n" + torn)


def test_percentiles_are_of_the_last_two_minutes(tmp_path):
    old = [(100.0 + n, 90.0, 5) for n in range(50)]
    fresh = [(1000.0 + n / 10, 1.0 + n / 100, 10) for n in range(100)]
    _replies(tmp_path, old + fresh, torn=b'{"at": 1.0')
    said = recent(tmp_path)
    assert said.replies == 100
    assert (said.p50, said.p90) == (pytest.approx(1.495, abs=0.01), pytest.approx(1.891, abs=0.01))
    assert said.p50 < said.p90 < said.p99 < 2
    assert said.tokens_per_second == pytest.approx(1000 / 10.9, rel=0.01)


def test_nothing_is_said_before_the_first_reply(tmp_path):
    assert recent(tmp_path) is None
    _replies(tmp_path, [], torn=b"\nnot json\n")
    assert recent(tmp_path) is None


def test_only_the_end_of_a_long_journal_is_read(tmp_path):
    _replies(tmp_path, [(1000.0 + n / 1000, 0.5, 7) for n in range(40_000)])
    assert 10_000 < recent(tmp_path).replies < 40_000


def test_roles_are_told_apart_and_replies_asked_again_are_counted(tmp_path):
    path = tmp_path / "journal" / "replies.jsonl"
    path.parent.mkdir()
    rows = [
        {"at": 10.0 + n, "seconds": 1.0, "tokens_out": 10, "role": "writer", "attempt": n % 4 == 3} for n in range(20)
    ]
    rows.append({"at": 20.0, "seconds": 9.0, "tokens_out": 10, "role": "judge", "attempt": 0})
    path.write_bytes(b"\n".join(orjson.dumps(row) for row in rows) + b"\n")
    assert recent(tmp_path, {"writer"}).reread == pytest.approx(0.25)
    assert recent(tmp_path, {"writer"}).p99 == 1.0
    assert recent(tmp_path, {"judge"}).p50 == 9.0
    assert recent(tmp_path, {"solver"}) is None
    assert recent(tmp_path).replies == 21
