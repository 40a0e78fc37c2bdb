"""`lemma studio` for other machines, and `lemma users`: what is missing is said, and nothing is opened before."""

from __future__ import annotations

import io
import stat
import subprocess
from pathlib import Path

import pytest

from engine.core import project as projects
from studio.access import hosts, members, oidc
from studio.cli import serving
from tests.support.certificate import certificate
from tests.support.command import within

WORD = "a long enough word"


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A project of its own, and no secrets of whoever runs the tests."""
    monkeypatch.setattr(oidc, "SECRETS", tmp_path / "secrets.toml")
    return projects.create(tmp_path / "p").root


@pytest.fixture
def started(monkeypatch: pytest.MonkeyPatch) -> list[list[str]]:
    """The commands of servers that would have been started."""
    seen: list[list[str]] = []
    monkeypatch.setattr(serving, "_serve", lambda command, environment: seen.append(command) or 0)
    return seen


def _add(home: Path, monkeypatch: pytest.MonkeyPatch, name: str, *words: str, word: str = WORD):
    monkeypatch.setattr("sys.stdin", io.StringIO(f"{word}\n"))
    return within("users", "add", name, *words, project=home)


OPEN = [
    ("--host", "0.0.0.0"),
    ("--host", "0"),
    ("--host", "::"),
    ("--host", "[::]"),
    ("--behind-proxy", "https://lab.example"),
]


@pytest.mark.parametrize("words", OPEN, ids=" ".join)
def test_other_machines_are_let_in_only_when_people_can_sign_in(home: Path, started: list, words: tuple) -> None:
    said = within("studio", *words, project=home)
    assert said.code == 1
    assert "nobody can sign in" in said.err
    assert "lemma users add" in said.err
    assert not started


def test_and_only_over_tls(home: Path, started: list, monkeypatch: pytest.MonkeyPatch) -> None:
    assert _add(home, monkeypatch, "ada", "--role", "owner").code == 0
    said = within("studio", "--host", "0.0.0.0", project=home)
    assert (said.code, started) == (1, [])
    assert "without TLS" in said.err
    assert "--cert" in said.err


def test_for_one_person_nothing_changes(home: Path, started: list) -> None:
    for host in ("127.0.0.1", "localhost", "127.1"):
        said = within("studio", "--host", host, "--port", "8502", project=home)
        assert said.code == 0
        assert said.out == f"Lemma Studio: http://127.0.0.1:8502   (project {home}; stop with Ctrl+C)\n"
    assert all("--login" not in command for command in started)
    assert started[0][-6:] == ["--name", "localhost", "--name", "127.0.0.1", "--name", "::1"]


def test_a_shared_studio_says_so(home: Path, started: list, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    _add(home, monkeypatch, "ada", "--role", "owner")
    cert, key = certificate(tmp_path)
    said = within("studio", "--host", "0.0.0.0", "--cert", cert, "--key", key, "--name", "lab.example", project=home)
    assert said.code == 0, said.err
    assert "https://lab.example:8501" in said.out
    assert "people sign in with a password (0 viewer, 0 curator, 1 owner)" in said.out
    assert "--login" in started[0]
    assert {"lab.example", *hosts.LOOPBACK_NAMES} <= set(started[0])
    said = within("studio", "--behind-proxy", "https://lab.example", project=home)
    assert said.code == 0, said.err
    assert started[1][started[1].index("--origin") + 1] == "https://lab.example"
    assert "--login" in started[1]


def test_half_a_certificate_is_none(home: Path, started: list, tmp_path: Path) -> None:
    cert, key = certificate(tmp_path)
    other = certificate(tmp_path / "other")[1]
    locked = tmp_path / "locked.pem"
    subprocess.run(
        ["openssl", "rsa", "-aes128", "-passout", "pass:four", "-in", key, "-out", locked],
        check=True,
        capture_output=True,
    )
    pairs = [
        ("--cert", cert),
        ("--key", key),
        ("--cert", cert, "--key", other),
        ("--cert", key, "--key", cert),
        ("--cert", cert, "--key", locked),
        ("--cert", cert, "--key", tmp_path / "none"),
    ]
    for words in pairs:
        said = within("studio", *words, project=home)
        assert (said.code, len(said.err.splitlines())) == (1, 1), words
    assert not started


def test_a_proxy_without_tls_is_refused(home: Path, started: list, monkeypatch: pytest.MonkeyPatch) -> None:
    _add(home, monkeypatch, "ada")
    said = within("studio", "--behind-proxy", "http://lab.example", project=home)
    assert (said.code, started) == (1, [])
    assert "in the clear" in said.err


def test_users_are_added_listed_and_removed(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert within("users", "list", "--json", project=home).values == {"users": []}
    assert _add(home, monkeypatch, "Ada", "--role", "owner", "--json").values["replaced"] is False
    assert _add(home, monkeypatch, "ada", "--role", "viewer", "--json").values["replaced"] is True
    assert within("users", "add", "bob@lab.example", "--provider", project=home).code == 0
    listed = within("users", "list", "--json", project=home).values["users"]
    assert listed == [
        {"name": "ada", "role": "viewer", "password": True},
        {"name": "bob@lab.example", "role": "curator", "password": False},
    ]
    assert within("users", "remove", "ADA", project=home).code == 0
    assert within("users", "remove", "ada", project=home).code == 1
    assert stat.S_IMODE((home / members.FILE).stat().st_mode) == 0o600


def test_no_password_is_said_in_a_command_or_shown(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    said = _add(home, monkeypatch, "ada")
    assert WORD not in said.out + said.err + (home / members.FILE).read_text()
    assert _add(home, monkeypatch, "bob", word="short").code == 1
    monkeypatch.setattr("sys.stdin", io.StringIO(""))
    assert within("users", "add", "bob", project=home).code == 1
    assert _add(home, monkeypatch, "bob", "--role", "root").code == 2
    assert _add(home, monkeypatch, "a\nb").code == 1
    assert [one["name"] for one in within("users", "list", "--json", project=home).values["users"]] == ["ada"]


def test_a_provider_lets_in_only_who_is_listed(home: Path, started: list) -> None:
    oidc.SECRETS.write_text('[auth]\nredirect_uri = "https://lab.example/oauth2callback"\nclient_id = "x"\n')
    said = within("studio", "--behind-proxy", "https://lab.example", project=home)
    assert (said.code, started) == (1, [])
    assert "lacks cookie_secret, client_secret, server_metadata_url" in said.err


@pytest.mark.parametrize(
    "words",
    [
        ("extra_args=--host 0.0.0.0",),
        ("extra_args=--host=0.0.0.0",),
        ("extra_args=--hos=0.0.0.0",),
        ("extra_args=--uds /tmp/s",),
        ("extra_args=--seed 1 --host 192.0.2.1",),
        ("extra_args=--host",),
        ("extra_args=--host ''",),
        ("extra_args=--Host=::",),
        ("extra_args=--config /tmp/c.yaml",),
        ("extra_args=--data_parallel_address=192.0.2.1",),
        ("extra_args=--listen 0",),
        ("extra_args=--kv-events-config.endpoint tcp://*:5557",),
        ("extra_args=--kv_transfer_config={}",),
        ("extra_args=--distributed-init-method tcp://0.0.0.0:29500",),
        ("extra_args=--master-addr 192.0.2.1",),
        ("env=VLLM_DP_MASTER_IP=0.0.0.0",),
        ("env=VLLM_HOST_IP=0.0.0.0",),
        ("env=LLAMA_ARG_HOST=0.0.0.0",),
        ("lora=--host=0.0.0.0",),
        ("dtype=--host",),
    ],
    ids=" ".join,
)
def test_a_server_of_the_studio_listens_here_only(home: Path, words: tuple) -> None:
    changes = [word for change in words for word in ("--set", change)]
    said = within("engines", "add", "own", "--model", "/m", *changes, project=home)
    assert said.code == 1
    assert "listen elsewhere" in said.err
    assert "own" not in projects.engines(projects.Project(home))


@pytest.mark.parametrize(
    "said", ["--host 127.0.0.1", "--host=localhost", "--max-num-seqs 8", "--hf-token x", "--context 9", "-c 1"]
)
def test_other_words_are_the_servers_own(home: Path, said: str) -> None:
    assert within("engines", "add", "own", "--model", "/m", "--set", f"extra_args={said}", project=home).code == 0
