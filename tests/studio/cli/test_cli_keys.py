"""A key that servers repeat is nowhere in a project, in its logs, or on the terminal."""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys
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
        assert len(set(endpoint.behaviours)) > len(BODIES) * 0.55
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


def test_a_key_file_that_lies_elsewhere_is_asked_about_once(ask, project, tmp_path, monkeypatch) -> None:
    """Its text goes to an address: links are followed, and a yes counts for as long as an engine names the file."""
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "configuration"))
    (tmp_path / "configuration").mkdir()
    own, elsewhere = tmp_path / "configuration" / "key", tmp_path / "elsewhere"
    own.write_text("sk-1")
    elsewhere.write_text("sk-2")
    (project / "link").symlink_to(elsewhere)
    add = ("engines", "add", "far", "--url", "http://127.0.0.1:9/v1", "--set")
    before = (project / "engines.toml").read_bytes()
    for path in (elsewhere, project / "link", "~nobody-of-that-name/key", "/proc/self/environ"):
        said = ask(*add, f"api_key_file={path}")
        assert said.code == 1, path
        assert said.err.count("\n") == 1
        assert "lies outside of your configuration folder and of the project" in said.err
        assert "Add --anyway for yes." in said.err
    assert (project / "engines.toml").read_bytes() == before
    assert ask(*add, f"api_key_file={own}").code == 0
    assert ask(*add, f"api_key_file={elsewhere}", "--anyway").code == 0
    assert ask(*add, f"api_key_file={elsewhere}").code == 0, "it was said yes to"


def test_on_a_terminal_the_key_file_is_asked_about(project, tmp_path) -> None:
    """No is no; a pseudo-terminal stands for the person."""
    (tmp_path / "elsewhere").write_text("sk-2")
    words = ["engines", "add", "far", "--url", "http://127.0.0.1:9/v1", "--set", f"api_key_file={tmp_path}/elsewhere"]
    for answer, code in (("n", 1), ("y", 0)):
        ours, theirs = os.openpty()
        os.write(ours, f"{answer}\n".encode())
        command = [sys.executable, "-c", "from studio.cli.main import main; main()", *words, "--project", str(project)]
        done = subprocess.run(command, stdin=theirs, capture_output=True, text=True, timeout=120)
        os.close(ours)
        os.close(theirs)
        assert done.returncode == code, done.stderr
        assert "Send its text to http://127.0.0.1:9/v1 as a key?" in done.stderr
        assert ("far" in (project / "engines.toml").read_text()) == (not code)
