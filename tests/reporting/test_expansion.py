"""How many kept problems a seed gave, by a run whose numbers are known."""

from __future__ import annotations

from engine.core import project
from engine.core.records import ItemDone
from engine.core.settings import Recipe
from engine.reporting.spending import expansion
from engine.runs.plan import GeneratePlan, save_plan
from engine.store import Store
from tests.support.store_factories import a_problem, a_reply, a_seed, append


def test_gsdp32_what_was_kept_counts_over_the_seeds_that_were_used(tmp_path):
    """GSDP-32: six written from two of four seeds, three kept: 1.5 a seed, at a third of the dollars each."""
    home = project.create(tmp_path / "p")
    seeds = [a_seed(n) for n in range(4)]
    plan = GeneratePlan(id="run-1", recipe=Recipe(name="flames", title="FLAMES", roles={}), total=6, created=1.0)
    directory = home.runs / "run-1"
    save_plan(directory, plan)
    of_seeds = {"combination_id": None, "points": ()}
    made = [a_problem(n, seed_id=seeds[n % 2].id, **of_seeds) for n in range(6)]
    ended = [ItemDone("run-1", f"item-{n}", "kept" if n < 3 else "written", 1.0) for n in range(6)]
    append(directory, [*(a_reply(n, cost=0.5) for n in range(6)), *made, *ended])
    with Store(home.database) as store:
        store.seeds.add(seeds)
        store.ingest(directory)
        section = expansion(store, home)
    (row,) = [dict(zip(section.table.columns, values, strict=True)) for values in section.table.rows]
    assert (row["recipe"], row["seeds used"], row["written"], row["kept"]) == ("flames", 2, 6, 3)
    assert (row["per seed"], row["calls each"], row["dollars each"]) == (1.5, 2.0, 1.0)
    assert "flames 1.5 (3 kept from 2 seeds)" in section.finding
