"""`lemma engines probe`: what was learnt is told, and a slow engine is seen to be asked."""

from __future__ import annotations

from pathlib import Path

import pytest

from engine.core import project
from engine.core.project import EngineSpec
from studio.cli import engines
from tests.support.command import within
from tests.support.endpoint import Endpoint, always


@pytest.fixture
def home(tmp_path: Path) -> Path:
    return project.create(tmp_path / "project").root


def named(home: Path, url: str) -> Path:
    project.save_engines(project.Project(home), {"local": EngineSpec(base_url=url)})
    return home


def test_what_was_learnt_is_told(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(engines, "_PATIENCE_S", 3600.0)
    with Endpoint(always("temperature-only-1")) as endpoint:
        said = within("engines", "probe", "local", project=named(home, endpoint.url))
        values = within("engines", "probe", "local", "--json", project=home).values
    assert "learnt: temperature only 1" in said.out
    assert values["learnt"] == "temperature only 1"
    assert "step" not in said.err, "a quick engine is not talked about"


def test_a_slow_engine_is_seen_to_be_asked(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(engines, "_PATIENCE_S", 0.02)
    with Endpoint(always("ok"), delay=0.2) as endpoint:
        said = within("engines", "probe", "local", project=named(home, endpoint.url))
    assert said.code == 0
    for number in range(1, 5):
        assert f"local: step {number} of 4: " in said.err
