"""The settings at the foot of the navigation: who decides, and how often a card is read twice."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace

import pytest
from streamlit.testing.v1 import AppTest

from engine.core import project
from engine.core.project import Project
from engine.curation.review import blind_review
from studio import session


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Project:
    made = project.create(tmp_path / "project")
    monkeypatch.setenv("LEMMA_PROJECT", str(made.root))
    return made


def _opened() -> AppTest:
    def script() -> None:
        import streamlit as st

        from studio import navigation
        from studio.ui.settings_dialog import settings_dialog

        st.navigation(navigation.pages(), position="hidden")
        settings_dialog()

    page = AppTest.from_function(script, default_timeout=60).run()
    assert not page.exception
    return page


def test_how_often_cards_are_read_twice_is_saved(home: Project) -> None:
    page = _opened()
    fields = {field.label: field for field in page.number_input}
    assert (fields["Second readers"].value, fields["Repeats"].value, fields["Repeat after"].value) == (0.1, 0.05, 50)
    fields["Second readers"].set_value(0.25)
    page.run()
    assert not page.exception
    assert blind_review.load(home).second_readers == 0.25
    assert blind_review.load(home).repeats == 0.05
    assert _opened().number_input[0].value == 0.25


def test_a_name_is_taken_at_once(home: Project) -> None:
    page = _opened()
    page.text_input[0].set_value("  Ada ").run()
    assert not page.exception
    assert page.session_state[session.CURATOR] == "Ada"
    page.text_input[0].set_value("   ").run()
    assert page.session_state[session.CURATOR] == "Ada"


@pytest.mark.parametrize(
    ("brought", "name"),
    [("Zo%C3%AB%3B%20x", "Zoë; x"), ("", ""), ("%0A%1B[31m", ""), ("a" * 61, ""), ("%E4%B8%AD", "中")],
)
def test_what_the_browser_brings_is_looked_at(monkeypatch: pytest.MonkeyPatch, brought: str, name: str) -> None:
    monkeypatch.setattr(session.st, "context", SimpleNamespace(cookies={session.COOKIE: brought}))
    assert session.curator() == (name or session._login())
