"""The form of an engine: what is typed is what is kept, lines of words included."""

from __future__ import annotations

from streamlit.testing.v1 import AppTest


def _engine_form() -> None:
    import streamlit as st

    from engine.core.project import EngineSpec
    from engine.core.settings import explain
    from studio.ui.settings_form import settings_form

    now = EngineSpec(kind="managed", model="/m", extra_args=("--seed", "1"), env=("A=two words",))
    said = settings_form(EngineSpec, now, key="engine")
    if isinstance(said, EngineSpec):
        st.code(said.model_dump_json())
    else:
        st.error(str(explain(said, where="engine")))


def _kept(page: AppTest) -> dict:
    import orjson

    assert not page.exception
    return orjson.loads(page.code[0].value)


def test_words_for_the_command_line_go_through_the_form_unchanged():
    page = AppTest.from_function(_engine_form, default_timeout=20).run()
    kept = _kept(page)
    assert (kept["extra_args"], kept["env"], kept["lora"]) == (["--seed", "1"], ["A=two words"], [])
    page.text_input(key="engine.extra_args").set_value("--max-num-seqs 8 '--note=a b'").run()
    assert _kept(page)["extra_args"] == ["--max-num-seqs", "8", "--note=a b"]
    page.text_input(key="engine.lora").set_value("maths=/adapters/maths").run()
    assert _kept(page)["lora"] == ["maths=/adapters/maths"]


def test_words_that_cannot_be_read_are_named():
    page = AppTest.from_function(_engine_form, default_timeout=20).run()
    page.text_input(key="engine.env").set_value("lonely").run()
    assert "env" in page.error[0].value
    assert "is not NAME=VALUE" in page.error[0].value
    page.text_input(key="engine.env").set_value("A='open").run()
    assert "env" in page.error[0].value
