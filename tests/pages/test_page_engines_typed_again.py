"""What starts a program or opens a key is typed a second time on the Engines page, by an owner."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from engine.core import project
from engine.core.project import EngineSpec
from studio import session
from studio.access import hosting
from studio.access.hosting import Hosting
from studio.parts.engines import typed_again

SCRIPT = """
import streamlit as st
from engine.core.project import EngineSpec, engines, find, save_engines
from studio.parts.engines.forms import _form

home = find()
_form("own", engines(home)["own"], lambda name, spec: save_engines(home, {name: spec}), taken={})
"""
FORM = "engines.own.managed"


@pytest.fixture
def form(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AppTest:
    home = project.create(tmp_path / "p")
    monkeypatch.setenv("LEMMA_PROJECT", str(home.root))
    project.save_engines(home, {"own": EngineSpec(kind="managed", model="/m")})
    return AppTest.from_string(SCRIPT, default_timeout=60).run()


def _kept() -> EngineSpec:
    return project.engines(project.find())["own"]


def _save(page: AppTest) -> AppTest:
    return page.button[0].click().run()


def test_an_interpreter_counts_when_it_was_typed_twice(form: AppTest) -> None:
    form.text_input(key=f"{FORM}.python").set_value("/usr/bin/other-python")
    page = _save(form)
    assert _kept().python == ""
    again = page.text_input(key="engines.said.own.managed.again.python")
    page = again.set_value("/usr/bin/other").run()
    assert _kept().python == ""
    assert "not what was typed first" in " ".join(each.value for each in page.error)
    page.text_input(key="engines.said.own.managed.again.python").set_value("/usr/bin/other-python").run()
    assert _kept().python == "/usr/bin/other-python"


def test_what_starts_nothing_is_typed_once(form: AppTest) -> None:
    form.number_input(key=f"{FORM}.max_model_len").set_value(8)
    _save(form)
    assert _kept().max_model_len == 8


def test_words_that_listen_elsewhere_are_refused_on_the_page(form: AppTest) -> None:
    form.text_input(key=f"{FORM}.extra_args").set_value("--host 0.0.0.0")
    page = _save(form)
    assert "listen elsewhere" in " ".join(each.value for each in page.error)
    assert _kept().extra_args == ()


@pytest.mark.parametrize(
    ("shared", "change", "fields"),
    [
        (False, {"python": "/p"}, {"python"}),
        (False, {"extra_args": ("--a b",)}, {"extra_args"}),
        (False, {"api_key_file": "/k"}, {"api_key_file"}),
        (False, {"trust_remote_code": True}, {"trust_remote_code"}),
        (False, {"model": "/etc", "max_num_seqs": 3}, set()),
        (True, {"model": "/etc"}, {"model"}),
        (True, {"model": "Qwen/Qwen2.5-7B", "chat_template": "chatml"}, set()),
        (True, {"chat_template": "/etc/passwd"}, {"chat_template"}),
    ],
)
def test_what_is_typed_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, shared: bool, change: dict[str, object], fields: set[str]
) -> None:
    monkeypatch.setenv("LEMMA_PROJECT", str(project.create(tmp_path / "p").root))
    monkeypatch.setattr(hosting, "_now", [Hosting(login=shared)])
    monkeypatch.setattr(session, "project", project.find)
    before = EngineSpec(kind="managed", model="/m")
    assert set(typed_again.powerful(before, before.model_copy(update=change))) == fields
    # What stands already, and what is taken away, is no news.
    said = before.model_copy(update=change)
    assert typed_again.powerful(said, said) == {}


def test_only_owners_type_it(form: AppTest, monkeypatch: pytest.MonkeyPatch) -> None:
    said: Callable[[str], bool] = lambda deed: deed != "engines"  # noqa: E731
    monkeypatch.setattr(session, "may", said)
    form.text_input(key=f"{FORM}.python").set_value("/usr/bin/other-python")
    page = _save(form)
    assert "edited by owners" in " ".join(each.value for each in page.error)
    assert _kept().python == ""
