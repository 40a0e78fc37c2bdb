"""What happened to each item of a run that the pipeline really wrote."""

from __future__ import annotations

from pathlib import Path

import pytest

from engine.core.errors import UserError
from engine.core.records import Problem
from engine.generation import trace
from engine.runs.plan import load_plan, save_plan
from engine.runs.status import load_status
from tests.support.page_project import ITEMS, filled


def test_every_reply_of_an_item_is_in_its_trace(tmp_path: Path) -> None:
    """X-02: each step names model, prompt, tokens and what was made of the reply, unreadable ones included."""
    directory = filled(tmp_path / "project") / "runs" / "gsdp-0001"
    items, status = trace.items(directory), load_status(directory)
    assert len(items) == ITEMS
    assert sum(len(item.replies) for item in items) == status.calls
    unread = sum(not heard.made for item in items for step in item.steps for heard in step.heard)
    assert 0 < unread <= status.unreadable + status.failed
    written = [item for item in items if item.problem]
    assert all(isinstance(item.steps[0].heard[-1].made[0], Problem) for item in written)
    assert sum(item.outcome == "kept" for item in items) == status.funnel["kept"]
    assert {step.prompt_id for item in items for step in item.steps} >= {"agents/graph_problem", "judges/solution"}


def test_a_large_run_is_not_traced(tmp_path: Path) -> None:
    directory = filled(tmp_path / "project") / "runs" / "gsdp-0001"
    save_plan(directory, load_plan(directory).model_copy(update={"total": trace.MOST_ITEMS + 1}))
    with pytest.raises(UserError, match="too many to trace"):
        trace.items(directory)
