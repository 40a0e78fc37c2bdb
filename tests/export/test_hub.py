"""An export on its way to a hub: private, whole, and without a trace of the token."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from engine.core.errors import BadInput, BadSetting, MissingExtra, UserError
from engine.export import hub, push
from engine.export.formats import CardFacts, ExportRow, export
from tests.support.hub_server import Hub, running

TOKEN = "hf_abcdefghijklmnopqrstuvwxyz"
pytest.importorskip("huggingface_hub", reason="the hub's own client is what is tested")


@pytest.fixture
def made(tmp_path: Path) -> Path:
    rows = [ExportRow(f"Q-{n}", f"What is {n}?", solution=f"\\boxed{{{n}}}", seed_id=f"S-{n}") for n in range(30)]
    export(rows, tmp_path / "set", format="sft", name="set", card=CardFacts(funnel={"a": 1}), test_share=0.3)
    return tmp_path / "set"


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[Hub]:
    with running() as up:
        monkeypatch.setenv("HF_ENDPOINT", up.url)
        monkeypatch.setenv("HF_TOKEN", TOKEN)
        monkeypatch.setenv("HF_HOME", str(tmp_path / "home"))
        # Tests run offline; this hub is on the same machine.
        monkeypatch.setattr("huggingface_hub.constants.HF_HUB_OFFLINE", False)
        yield up


def test_every_file_arrives_and_the_set_is_private(made: Path, server: Hub, capfd) -> None:
    address = push(made, "me/set")
    assert address.endswith("/datasets/me/set")
    assert server.repos == {"me/set": True}
    assert server.files == {
        path.relative_to(made).as_posix(): path.read_bytes() for path in made.rglob("*") if path.is_file()
    }
    assert server.tokens == {TOKEN}
    assert TOKEN not in "".join(capfd.readouterr())
    assert not any(TOKEN in path.read_text(errors="ignore") for path in made.parent.rglob("*") if path.is_file())


def test_public_is_said_in_so_many_words(made: Path, server: Hub) -> None:
    push(made, "me/set", public=True)
    assert server.repos == {"me/set": False}


@pytest.mark.parametrize("status", [401, 403])
def test_a_hub_that_refuses_is_quoted_without_the_token(made: Path, server: Hub, status) -> None:
    server.refuse = status
    with pytest.raises(UserError, match=r"me/set: the hub did not take it.*the export itself is written") as said:
        push(made, "me/set")
    assert TOKEN not in str(said.value)
    assert "\n" not in str(said.value)


def test_a_hub_that_is_not_there_is_said_so(made: Path, server: Hub, monkeypatch) -> None:
    monkeypatch.setenv("HF_ENDPOINT", "http://127.0.0.1:9")
    with pytest.raises(UserError, match="the hub did not take it"):
        push(made, "me/set")


def test_without_a_token_or_a_name_nothing_is_sent(made: Path, server: Hub, monkeypatch) -> None:
    for name in ("set", "a/b/c", "/set", "me/", "me/../x", "-a/b"):
        with pytest.raises(BadSetting, match="owner/name"):
            push(made, name)
    with pytest.raises(BadInput, match="is no export"):
        push(made.parent, "me/set")
    for name in hub.TOKENS:
        monkeypatch.delenv(name, raising=False)
    with pytest.raises(UserError, match="Set HF_TOKEN"):
        push(made, "me/set")
    assert server.calls == []


def test_without_the_package_the_extra_is_named(made: Path, monkeypatch) -> None:
    monkeypatch.setitem(sys.modules, "huggingface_hub", None)
    with pytest.raises(MissingExtra, match=r"lemma-studio\[hub\]"):
        push(made, "me/set")
