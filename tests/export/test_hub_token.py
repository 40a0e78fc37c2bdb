"""Whose token goes to the hub: that of the environment, by the names that the hub's own tools know."""

from __future__ import annotations

import pytest

from engine.export import hub


@pytest.mark.parametrize(
    ("said", "token"),
    [
        ({}, ""),
        ({"HF_TOKEN": "one"}, "one"),
        ({"HUGGING_FACE_HUB_TOKEN": "two"}, "two"),
        ({"HF_TOKEN": "one", "HUGGING_FACE_HUB_TOKEN": "two"}, "one"),
        ({"HF_TOKEN": "", "HUGGING_FACE_HUB_TOKEN": "two"}, "two"),
        ({"HF_TOKEN": "", "HUGGING_FACE_HUB_TOKEN": ""}, ""),
    ],
)
def test_the_newer_name_comes_first_and_an_empty_one_is_none(
    monkeypatch: pytest.MonkeyPatch, said: dict[str, str], token: str
) -> None:
    for name in hub.TOKENS:
        monkeypatch.delenv(name, raising=False)
    for name, value in said.items():
        monkeypatch.setenv(name, value)
    assert hub._token() == token
