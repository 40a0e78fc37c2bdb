"""A key that servers repeat is nowhere in a project, in its logs, or on the terminal."""

from __future__ import annotations

import hashlib
from pathlib import Path

import pytest

from engine.core import project
from engine.core.project import EngineSpec
from tests.support.command import few_seeds, lemma, within
from tests.support.endpoint import Endpoint
from tests.support.key_echoes import BODIES, KEY, spellings


def _some_echo(body: dict[str, object], before: int) -> str:
    """Every kind in turn, by what is asked; nothing that is asked twice is answered alike."""
    turn = hashlib.blake2b(f"{body.get('messages')}{before}".encode(), digest_size=4).hexdigest()
    return sorted(BODIES)[int(turn, 16) % len(BODIES)]


def test_a_run_a_check_and_a_talk_leave_no_key_behind(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The whole folder is read after a run whose endpoint answers nothing but echoes: database, journal, log, plan."""
    monkeypatch.setenv("TEST_LEMMA_KEY", KEY)
    home = tmp_path / "project"
    assert within("init", home).code == 0
    assert within("seeds", "add", few_seeds(tmp_path / "seeds.jsonl", 80), project=home).code == 0
    with Endpoint(_some_echo) as endpoint:
        spec = EngineSpec(base_url=endpoint.url, api_key_env="TEST_LEMMA_KEY")
        project.save_engines(project.find(home), {"local": spec})
        said = [
            lemma("run", "flames", "--items", 60, "--engine", "*=local:tiny", "--json", project=home),
            lemma("engines", "check", "local", "--json", project=home),
        ]
        assert len(set(endpoint.behaviours)) > len(BODIES) * 0.7
        assert any(KEY in str(header) for header in endpoint.headers)
    written = [path for path in home.rglob("*") if path.is_file()]
    assert any(path.suffix == ".duckdb" for path in written)
    texts = {str(path): path.read_bytes() for path in written}
    texts |= {f"terminal {place}": f"{each.out}{each.err}".encode() for place, each in enumerate(said)}
    assert not [(place, each) for place, text in texts.items() for each in spellings(KEY) if each in text]


@pytest.mark.parametrize(
    "url",
    ["http://user:pass-word-9@127.0.0.1:9/v1", "https://pass-word-9@relay.example/v1", "http://h/v1?key=pass-word-9"],
)
def test_an_address_with_a_password_is_refused_before_anything_is_stored(tmp_path: Path, url: str) -> None:
    home = tmp_path / "project"
    assert within("init", home).code == 0
    before = (home / "engines.toml").read_bytes()
    said = within("engines", "add", "mine", "--url", url, project=home)
    assert said.code == 1
    assert "base_url must not hold a key or password" in said.err
    assert "pass-word-9" not in said.out + said.err
    assert (home / "engines.toml").read_bytes() == before
