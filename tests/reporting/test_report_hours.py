"""GPU-hours of the report: what runs, engines and trainings say, priced as the papers price it."""

from __future__ import annotations

import orjson
import pytest

from engine.core import project
from engine.core.project import EngineSpec
from engine.core.settings import Recipe
from engine.core.settings.training import Looping, Training
from engine.learning.training.folder import RECEIPT
from engine.reporting import hours
from engine.runs.plan import GeneratePlan, RoundPlan, TrainPlan, save_plan
from engine.runs.status import PhaseCount, Status, save_status
from engine.store import Store

PLANS = {"generate": GeneratePlan, "round": RoundPlan, "train": TrainPlan}


@pytest.fixture
def home(tmp_path):
    return project.create(tmp_path / "p")


def add(store, home, ident, kind, spent_h, *, engines=None, kept=0, **more):
    directory = home.runs / ident
    recipe = Recipe(name=kind, title=kind, roles={})
    plan = PLANS[kind](id=ident, recipe=recipe, engines=engines or {}, **more)
    save_plan(directory, plan)
    phases = (PhaseCount(name="write", seconds=spent_h * 3600),)
    save_status(directory, Status(state="finished", phases=phases, funnel={"kept": kept, "written": 5}))
    store.runs.register(plan, directory)


def rows(section):
    return [dict(zip(section.table.columns, row, strict=True)) for row in section.table.rows]


def test_gsdp33_eight_cards_for_84_hours(home):
    """GSDP-33: the published run costs 1.23 hundredths of a cent per item, by its own price and by the published."""
    served = {"rack": EngineSpec(kind="managed", model="m", tensor_parallel=8, usd_per_hour=2.8)}
    with Store(home.database) as store:
        add(store, home, "gsdp-0001", "generate", 84, engines=served, kept=1_910_000)
        add(store, home, "gsdp-0002", "generate", 3, engines={"abacus": EngineSpec(kind="abacus")}, kept=7)
        section = hours.gpu_hours(store, home)
    (row,) = rows(section)
    assert (row["GPUs"], row["hours"], row["GPU-hours"], row["items"]) == (8, 84, 672, 1_910_000)
    assert row["dollars an hour"] == pytest.approx(0.35)
    assert row["dollars"] == pytest.approx(235.2)
    assert row["0.01 cent each"] == pytest.approx(1.23, abs=0.005)
    assert section.finding == "One run took 672.0 GPU-hours: $235.20 by the prices of engines."


def test_cl35_a_round_has_its_parts_and_is_not_counted_twice(home, tmp_path):
    """CL-35: training, synthesis and preference by hours; the loop that started them adds nothing of its own."""
    rented = {"card": EngineSpec(kind="openai_compatible", base_url="http://x", usd_per_hour=0.8623)}
    out = tmp_path / "model"
    out.mkdir()
    receipt = {"run": "r-sft", "settings": {}, "base": "b", "data": "d", "data_sha256": "", "rows": 40_000,
               "metrics": {}, "seconds": 1.0, "versions": {}, "lineage": []}  # fmt: skip
    (out / RECEIPT).write_bytes(orjson.dumps(receipt))
    with Store(home.database) as store:
        add(store, home, "r-loop", "round", 17.2, engines=rented, looping=Looping(model="b", data="d"))
        add(store, home, "r-sft", "train", 1.5, training=Training(model="b", data="d", out=str(out)))
        add(store, home, "r-made", "generate", 14, engines=rented, kept=50_000)
        add(store, home, "r-dpo", "train", 1.7, training=Training(method="dpo", model="b", data="d", out="/nowhere"))
        section = hours.gpu_hours(store, home, rate=0.8623)
    found = {row["run"]: row for row in rows(section)}
    assert {row["part"]: row["hours"] for row in found.values()} == {
        "fine-tuning": 1.5, "synthesis": 14, "preference": 1.7
    }  # fmt: skip
    assert [round(row["dollars"], 2) for row in found.values()] == pytest.approx([1.29, 12.07, 1.47], abs=0.011)
    assert round(found["r-made"]["of all"], 2) == 0.81
    assert (found["r-sft"]["items"], found["r-dpo"]["items"]) == (40_000, None)
    assert [row["price"] for row in found.values()] == ["assumed", "of the engine", "assumed"]
    assert sum(section.chart.series[0].values) == pytest.approx(17.2)
    assert any("hours of the processor" in note for note in section.notes)
    assert any("$0.8623;" in note for note in section.notes)


def test_a_server_without_a_price_takes_the_published_one(home):
    """GSDP-33: the assumed price is said to be assumed."""
    served = {"rack": EngineSpec(kind="managed", model="m", tensor_parallel=2)}
    with Store(home.database) as store:
        add(store, home, "gsdp-0001", "generate", 10, engines=served, kept=1_000)
        section = hours.gpu_hours(store, home)
    (row,) = rows(section)
    assert (row["price"], row["dollars"]) == ("assumed", pytest.approx(7.0))
    assert "$7.00 by an assumed price" in section.finding
    assert any("GSDP, appendix B" in note for note in section.notes)


def test_runs_without_gpus_give_no_figure(home):
    with Store(home.database) as store:
        add(store, home, "gsdp-0001", "generate", 84, engines={"abacus": EngineSpec(kind="abacus")}, kept=7)
        assert "no run has used a GPU" in hours.gpu_hours(store, home).todo
