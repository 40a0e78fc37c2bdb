"""GPU-hours of the report: what runs, engines and trainings say, priced as the papers price it."""

from __future__ import annotations

import os

import orjson
import pytest

from engine import planning
from engine.core import project
from engine.core.project import EngineSpec
from engine.core.resources import shipped
from engine.core.settings import Recipe, Running
from engine.core.settings.training import Looping, Training
from engine.execution.reply_cache import PaidBefore
from engine.execution.usage import Usage
from engine.generation import recipes
from engine.learning.training.folder import RECEIPT
from engine.models.serving import uptime
from engine.reporting import hours, spending
from engine.runs import held, launcher
from engine.runs.plan import GeneratePlan, RoundPlan, TrainPlan, save_plan
from engine.runs.status import PhaseCount, Status, load_status, save_status
from engine.seeds import import_files
from engine.store import Store

PLANS = {"generate": GeneratePlan, "round": RoundPlan, "train": TrainPlan}


@pytest.fixture
def home(tmp_path):
    return project.create(tmp_path / "p")


def add(store, home, ident, kind, spent_h, *, engines=None, kept=0, **more):
    directory = home.runs / ident
    recipe = Recipe(name=kind, title=kind, roles={name: f"{name}:m" for name in engines or {}})
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
    assert section.finding == "One run took 672.0 GPU-hours: $235.20 by given prices."


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
    assert [row["price"] for row in found.values()] == ["assumed", "given", "assumed"]
    assert sum(section.chart.series[0].values) == pytest.approx(17.2)
    assert any("those of a processor" in note for note in section.notes)
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


def test_what_a_run_does_not_ask_is_not_held(home):
    """CL-35: a plan may name engines that no role of it asks; a loop and a map hold none."""
    rented = {"asked": EngineSpec(base_url="http://x", usd_per_hour=2.0), "idle": EngineSpec(base_url="http://y",
              usd_per_hour=5.0)}  # fmt: skip
    recipe = Recipe(name="gsdp", title="GSDP", roles={"writer": "asked:m", "solver": "asked:m"})
    assert held.held(GeneratePlan(id="a", recipe=recipe, engines=rented)) == held.HeldHardware(1, 2.0)
    loop = RoundPlan(id="b", recipe=recipe, engines=rented, looping=Looping(model="b", data="d"))
    assert held.held(loop) == held.HeldHardware()
    train = TrainPlan(id="c", recipe=recipe, training=Training(model="b", data="d", out="o", processes=2,
                      usd_per_hour=3.0))  # fmt: skip
    assert held.held(train) == held.HeldHardware(2, 3.0)


def test_cl35_the_report_costs_what_the_run_says(home):
    """CL-35: what engines cost by the hour is in the report, with tokens, dry runs and trainings; a real run."""
    text = '[engines.rented]\nkind = "abacus"\nusd_per_hour = 3600.0\nusd_per_million_in = 1000.0\n'
    home.engines_file.write_text(text, encoding="utf-8")
    with Store(home.database) as store:
        for path in sorted(shipped("seeds").glob("*.jsonl"))[:1]:
            import_files.add_seeds(store, home, path)
        chosen = recipes.load("agenticmath", {"items": "6"})
        chosen = chosen.model_copy(update={"roles": dict.fromkeys(chosen.roles, "rented:abacus-large")})
        for dry in (6, 0):
            planned = planning.generation(store, home, chosen, dry=dry)
            launcher.run_foreground(planned.directory, lambda status: None)
            if not dry:
                store.ingest(planned.directory)
        add(store, home, "r-sft", "train", 0, training=Training(model="b", data="d", out="/nowhere", usd_per_hour=9.0))
        save_status(home.runs / "r-sft", Status(state="finished", held_s=600.0, rented=1.5, cost=1.5))
        section, expansion = spending.cost(store, home), spending.expansion(store, home)
        statuses = {run.id: load_status(home.runs / run.id) for run in store.runs.list()}
        priced = hours.gpu_hours(store, home)
    spent = sum(status.cost for status in statuses.values())
    assert all(status.rented > 0 for status in statuses.values())
    assert sum(row["dollars"] for row in rows(section)) == pytest.approx(spent)
    assert f"cost ${spent:,.2f}" in section.finding
    by_stage = {row["stage"]: row["dollars"] for row in rows(section)}
    assert by_stage["engines by the hour"] > 0
    assert by_stage["dry runs"] > 0
    assert all(row["price"] == "given" for row in rows(priced))
    assert sum(row["dollars"] for row in rows(priced)) == pytest.approx(sum(s.rented for s in statuses.values()))
    (grown,) = rows(expansion)
    own = sum(status.cost for name, status in statuses.items() if name != "r-sft")
    assert grown["dollars each"] == pytest.approx(own / grown["kept"])


def test_an_idle_server_costs_too(home):
    """CL-35: what a server was up for beyond the runs that asked it; a server of one run is its run's."""
    rack = EngineSpec(kind="managed", model="m", tensor_parallel=2, usd_per_hour=4.0)
    for name, spec in (("rack", rack), ("own", rack.model_copy(update={"on_demand": True}))):
        place = home.servers / name
        place.mkdir(parents=True)
        uptime.began(place, 7, spec)
        began = uptime.uptimes(home.servers, lambda name: True)[-1].began
        uptime.ended(place, 8, began + 3600)
        uptime.ended(place, 7, began + 10 * 3600)
    with Store(home.database) as store:
        add(store, home, "gsdp-0001", "generate", 4, engines={"rack": rack}, kept=100)
        status = load_status(home.runs / "gsdp-0001").model_copy(update={"started": began + 1})
        save_status(home.runs / "gsdp-0001", status)
        section = hours.gpu_hours(store, home)
    found = {row["part"]: row for row in rows(section)}
    assert found.keys() == {"synthesis", "idle servers"}
    assert found["idle servers"]["GPU-hours"] == pytest.approx(12)
    assert found["idle servers"]["dollars"] == pytest.approx(24)
    assert "12.0 of them with servers that no run asked" in section.finding


def test_a_server_whose_end_nobody_saw_lived_until_its_last_word(home):
    place = home.servers / "rack"
    place.mkdir(parents=True)
    uptime.began(place, 7, EngineSpec(kind="managed", model="m", usd_per_hour=1.0))
    with (place / uptime.FILE).open("ab") as file:
        file.write(b'{"act": "end"}\n{torn')
    (place / "server.log").write_text("ready")
    (began,) = uptime.uptimes(home.servers, lambda name: True)
    os.utime(place / "server.log", (began.began + 60, began.began + 60))
    (found,) = uptime.uptimes(home.servers, lambda name: False)
    assert found.seconds == pytest.approx(60)


def test_a_run_goes_on_counting_where_it_left_off():
    """CL-35: a second start adds to the first, and its earlier cost is not counted twice."""
    meter = held.HourMeter(Status(held_s=100.0, rented=2.0))
    assert (meter.seconds, meter.dollars) == (100.0, 2.0)
    meter.start(3600.0)
    assert meter.seconds >= 100.0
    assert meter.dollars == pytest.approx(2.0 + meter.seconds - 100.0, abs=0.01)
    before = Status(cost=5.0, held_s=100.0, rented=2.0)
    assert Usage(Running(), PaidBefore(cost=3.0), before).cost == 5.0


def test_statuses_of_earlier_versions_say_cost_and_phases_alone():
    old = Status(cost=2.74, phases=(PhaseCount(name="write", seconds=60.0),), started=10.0, ended=100.0)
    assert (held.seconds(old), held.dollars(old, 0.74)) == (60.0, 2.0)
    assert held.seconds(Status(started=10.0, ended=100.0)) == 90.0


def test_runs_without_gpus_give_no_figure(home):
    with Store(home.database) as store:
        add(store, home, "gsdp-0001", "generate", 84, engines={"abacus": EngineSpec(kind="abacus")}, kept=7)
        assert "no run has used a GPU" in hours.gpu_hours(store, home).todo


def test_cl35_minutes_are_not_told_as_no_hours():
    """CL-35: a run of two minutes that costs money took some GPU-hours."""
    assert [hours._hours(one) for one in (0.033, 0.96, 1.0, 672.04)] == ["0.033", "0.96", "1.0", "672.0"]
