"""The report on projects that the pipeline really wrote: every section says what the store holds."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from itertools import combinations

import numpy as np
import pytest

from engine import planning
from engine.core import project
from engine.core.records import Problem, Verdict, content_id
from engine.core.resources import shipped
from engine.generation import recipes
from engine.knowledge.coverage import paths
from engine.knowledge.graph import KnowledgeGraph
from engine.knowledge.taxonomy import Taxonomy
from engine.reporting import CHAPTERS, Report, ReportOptions, build, filtering, pairing
from engine.reporting.report import BESIDE
from engine.reporting.shapes import Bars, Curve, Flow, Heat, Panels, Spread, table
from engine.runs import launcher
from engine.seeds import import_files
from engine.store import Store

ITEMS = 24


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Store, project.Project]]:
    """A project with seeds, a graph, a run of each method, and some decisions."""
    home = project.create(tmp_path_factory.mktemp("report") / "project")
    with Store(home.database) as store:
        for path in sorted(shipped("seeds").glob("*.jsonl"))[:2]:
            import_files.add_seeds(store, home, path)
        _run(store, planning.knowledge(store, home, recipes.load("gsdp")).directory)
        for name in ("gsdp", "agenticmath", "flames", "continual"):
            chosen = {"items": str(ITEMS)} | ({"continual.dimensions": "true"} if name == "continual" else {})
            _run(store, planning.generation(store, home, recipes.load(name, chosen)).directory)
        ids = store.problems.scoreboard()["id"].to_pylist()
        for place, ident in enumerate(ids[::2]):
            if place % 3:
                store.decisions.decide(ident, "ada", "approve")
            else:
                store.decisions.decide(ident, "ada", "reject", reason="trivial")
        yield store, home


@pytest.fixture(scope="module")
def full(made: tuple[Store, project.Project]) -> Report:
    return build(*made)


def _run(store, directory):
    launcher.run_foreground(directory, lambda status: None)
    store.ingest(directory)


def rows(report, name):
    section = report.section(name)
    assert not section.todo, section.todo
    return [dict(zip(section.table.columns, row, strict=True)) for row in section.table.rows]


def test_every_section_of_an_empty_project_says_what_to_run(tmp_path):
    home = project.create(tmp_path / "empty")
    told = []
    with Store(home.database) as store:
        report = build(store, home, lambda done, total, title: told.append((done, total)))
    assert all(section.todo.startswith("No data yet: ") for section in report.sections)
    assert all(section.table is None and section.chart is None for section in report.sections)
    assert told == [(n, len(report.sections)) for n in range(1, len(report.sections) + 1)]


def test_chapters_hold_every_section_once(full):
    named = [name for names in CHAPTERS.values() for name in names]
    assert sorted(named) == sorted(section.name for section in full.sections)


def test_every_section_has_a_finding_and_rows(full):
    for section in (
        one
        for one in full.sections
        if one.name not in (*CHAPTERS["Learnt"], "gpu_hours", "quality", "preferences", "model_study")
    ):
        assert section.todo == "", section.name
        assert section.finding.endswith("."), section.name
        assert section.chart is not None or section.name in ("raters", "filters", "kept")
        assert section.table is not None or section.name == "raters"


def test_own_figures_and_published_ones_are_never_in_one_table(full):
    """GSDP-45: reference rows stand beside own runs, labelled, not among them."""
    own = {section.name for section in full.sections}
    assert own.isdisjoint(each.name for each in full.published)
    assert all(each.source for each in full.published)
    assert not any("GSDP-7B" in map(str, row) for s in full.sections if s.table for row in s.table.rows)


def test_am06_funnel_is_monotone_and_ends_at_kept(full):
    """AM-06, GSDP-48: a row per stage of each run; no stage has more items than the one before."""
    assert isinstance(full.section("funnel").chart, Bars)
    by_run: dict[str, list[int]] = {}
    for row in rows(full, "funnel"):
        by_run.setdefault(row["run"], []).append(row["items"])
    assert len(by_run) == 4
    for counts in by_run.values():
        assert counts == sorted(counts, reverse=True)
        assert counts[0] <= ITEMS


def test_gsdp48_components_count_every_problem(full, made):
    """GSDP-48: problems by kind and agent add up to all that were written."""
    assert sum(row["problems"] for row in rows(full, "components")) == len(made[0].figures.problems())
    assert {row["component"] for row in rows(full, "components")} >= {"one-hop", "two-hop", "rephrase"}


def test_gsdp37_unions_are_as_large_as_their_parts(full):
    """GSDP-37: kinds are disjoint, so a union of them has the sum of their sizes."""
    sizes = {row["data set"]: row["problems"] for row in rows(full, "data_sets")}
    assert sizes["Two + Three"] == sizes["Two"] + sizes["Three"]
    assert sizes["all"] == sizes["One"] + sizes["Two"] + sizes["Three"] + sizes["Community"]
    assert sizes["One-Base"] <= sizes["One"]


def test_cl39_cl44_classes_and_what_filters_keep(full):
    """CL-16, CL-39, CL-44: shares sum to 1; what flows into a class flows out of it."""
    found = rows(full, "classes")
    assert sum(row["share"] for row in found) == pytest.approx(1.0)
    assert sum(row["samples"] for row in found) == ITEMS
    assert all(0 <= row["kept by filters"] <= row["samples"] for row in found)
    flow = full.section("classes").chart
    assert isinstance(flow, Flow)
    for place in (1, 2, 3):
        into = sum(count for _, there, count in flow.links if there == place)
        assert into == sum(count for here, _, count in flow.links if here == place)


def test_fl27_fl28_coverage_and_alarm(full):
    """FL-27, FL-28: strict keeps no more than majority, first what was answered; the alarm rings above 30 % lost."""
    share = {row["strategy"]: row["share"] for row in rows(full, "strategies") if row["recipe"] == "flames"}
    assert share["strict"] <= share["majority"] <= share["first"] == share["majority_first"] <= 1.0
    for row in rows(full, "strategies"):
        assert (row["alarm"] == "alarm") == (row["problems"] - row["kept"] > 0.3 * row["problems"])


def test_am14_rounds_count_every_review(full, made):
    """AM-14: means and pass rate per round; later rounds have no more reviews."""
    found = rows(full, "rounds")
    assert sum(row["reviews"] for row in found) == len(made[0].verdicts.arrow("review"))
    counts = [row["reviews"] for row in found]
    assert counts == sorted(counts, reverse=True)
    assert all(row["pass rate"] == row["passed"] / row["reviews"] for row in found)
    assert isinstance(full.section("rounds").chart, Curve)


def test_gsdp30_judges_against_decisions(full):
    """GSDP-30: seven sets of three judges on problems and as many on solutions."""
    found = rows(full, "judges")
    assert [row["about"] for row in found].count("problem") == 7
    vetoes = [row for row in found if row["about"] == "solution"]
    everyone = next(row for row in vetoes if row["judges"] == "judge_a + judge_b + judge_c")
    alone = next(row for row in vetoes if row["judges"] == "judge_a")
    assert everyone["retention"] <= alone["retention"]


def test_fl29_wrong_rejections_by_level(full, made):
    """FL-29, CAL-08: every approved problem is in one level, the last row has them all; hand-picked ones are counts."""
    policy = [row for row in rows(full, "rejections") if row["by"] == "policy"]
    assert policy[-1]["level"] == "all"
    approved = sum(one["verdict"] == "good" for one in made[0].labels.now().to_pylist())
    assert sum(row["approved"] for row in policy[:-1]) == policy[-1]["approved"] == approved
    assert all(0 <= row["rejected"] <= row["approved"] for row in policy)
    assert set(policy[-1]) == {"by", "level", "approved", "rejected"}
    assert "not a random sample" in full.section("rejections").finding


def test_cal08_the_kept_set_of_hand_picked_labels_has_counts_and_no_precision(full):
    """CAL-08: retention is exact, everything else has its reason."""
    found = {row["what"]: row for row in rows(full, "kept")}
    assert found["retention"]["value"] is not None
    for name in ("precision", "recall", "F1", "good rows kept"):
        assert (found[name]["value"], found[name]["from"], found[name]["to"]) == (None, None, None)
        assert "not a random sample" in found[name]["why not"]
    assert full.section("kept").chart is None


def test_cl28_dimensions_have_a_mean(full):
    """CL-28: eight means and their mean."""
    (row,) = rows(full, "dimensions")
    values = [row[key] for key in ("LF", "LC", "CC", "KR", "DA", "TA", "AC", "AA")]
    assert row["mean"] == pytest.approx(sum(values) / 8)
    assert all(1 <= value <= 10 for value in values)


def test_sc17_ratings_before_and_after(full):
    """SC-17: both histograms count every rated seed; too few ratings give a warning, no matrix."""
    chart = full.section("ratings").chart
    before, after = (sum(series.values) for series in chart.series)
    assert before == after > 0
    raters = full.section("raters")
    assert raters.chart is None
    assert "few" in raters.notes[0]


def test_am22_limits_keep_ever_fewer_seeds(full):
    """AM-22: the threshold study stands in the report, with the recipe's own limit in words."""
    found = rows(full, "limits")
    for column in ("kept", "kept as rated"):
        counts = [row[column] for row in found]
        assert counts == sorted(counts, reverse=True)
        assert counts[0] > counts[-1]
    at = next(row["kept"] for row in found if row["limit"] == 3)
    section = full.section("limits")
    assert f"The limit 3 keeps {at:,} of {found[0]['kept']:,} rated seeds" in section.finding
    assert section.chart.mark == at


def test_gsdp34_similarity_per_recipe(full):
    """GSDP-34: every problem is counted once; curves end at 1."""
    chart = full.section("similarity").chart
    assert isinstance(chart, Spread)
    assert {series.name for series in chart.counts} == {"gsdp", "agenticmath", "flames", "continual"}
    assert all(series.values[-1] == pytest.approx(1.0) for series in chart.cumulative)


def test_gsdp35_gsdp36_ideas_are_counted_in_equal_samples(full, made):
    """GSDP-35, GSDP-36: one size for all recipes; a chosen radius takes the place of the knee."""
    assert len({row["sampled"] for row in rows(full, "diversity")}) == 1
    assert len({row["radius"] for row in rows(build(*made, asked=ReportOptions(radius=0.4)), "diversity")}) == 1


def test_cl44_overlay_holds_seeds_and_problems(full, made):
    """CL-32, CL-44: labels are kept, seeds come first; by PCA and by t-SNE, which are two planes of one set."""
    chart = full.section("overlay").chart
    assert isinstance(chart, Panels)
    assert [name for name, _ in chart.views] == ["PCA", "t-SNE"]
    (_, pca), (_, tsne) = chart.views
    for plane in (pca, tsne):
        assert plane.clouds[0].name == "seeds"
        assert len(plane.clouds[0].x) == made[0].seeds.count()
        assert sum(len(cloud.x) for cloud in plane.clouds[1:]) == len(made[0].figures.problems())
    assert pca.clouds[0].x != tsne.clouds[0].x
    texts = made[0].seeds.count() + len(made[0].figures.problems())
    assert f"of {texts:,} of them" in full.section("overlay").notes[0]


def test_gsdp32_expansion_and_cl35_cost(full, made):
    """GSDP-32, GSDP-33, CL-35: kept problems per used seed; the calls of all stages are all calls."""
    store = made[0]
    found = {row["recipe"]: row for row in rows(full, "expansion")}
    assert found["continual"]["seeds used"] is found["continual"]["per seed"] is None
    for way in ("agenticmath", "flames"):
        cards = store.figures.problems()
        used = cards[(cards["recipe"] == way) & cards["seed_id"].notna()]["seed_id"].nunique()
        assert 0 < found[way]["seeds used"] == used < store.seeds.count()
        kept = sum(row["items"] for row in rows(full, "funnel") if row["recipe"] == way and row["stage"] == "kept")
        assert found[way]["kept"] == kept
        assert found[way]["per seed"] == pytest.approx(kept / used)
    assert 0 < found["gsdp"]["seeds used"] <= store.seeds.count()
    calls = sum(spent.calls for spent in made[0].replies.spent())
    assert sum(row["calls"] for row in rows(full, "cost")) == calls
    spent = sum(row["dollars"] for row in rows(full, "cost"))
    assert sum(row["of all"] for row in rows(full, "cost")) == pytest.approx(1.0 if spent else 0.0)


def test_sc17_enough_ratings_give_a_matrix(tmp_path):
    """SC-17: from a thousand ratings of two kinds of seeds the matrix is drawn, rows summing to 1."""
    home = project.create(tmp_path / "rated")
    lines = [f'{{"problem": "Add {n} and {n + 1} to the {_WORDS[n % 6]} number."}}' for n in range(1_300)]
    (tmp_path / "seeds.jsonl").write_text("\n".join(lines), encoding="utf-8")
    with Store(home.database) as store:
        import_files.add_seeds(store, home, tmp_path / "seeds.jsonl")
        said = []
        for number, seed in enumerate(store.seeds.records()):
            true = next(place for place, word in enumerate(_WORDS) if word in seed.statement)
            given = (true + 1) % 6 if number % 10 == 0 else true
            for name, value in (("seed_rating", given), ("seed_curated", true)):
                said.append(Verdict.make("r", "seed", seed.id, name, "evaluator", float(value), "because"))
        store.verdicts.add(said)
        report = build(store, home)
    changed = rows(report, "ratings")
    assert len(changed) == 130
    assert all(row["was"] != row["is"] and row["why"] == "because" for row in changed)
    assert "130 of 1,300" in report.section("ratings").finding
    raters = report.section("raters")
    assert raters.notes == ("Neighbours are those of hashing.",)
    assert isinstance(raters.chart, Heat)
    assert all(sum(line) == pytest.approx(1.0) for line in raters.chart.values)
    assert all(line[place] > 0.5 for place, line in enumerate(raters.chart.values))


_WORDS = ("crimson", "harbour", "violin", "glacier", "lantern", "meadow")


def test_hostile_evidence_is_left_out_of_rounds(tmp_path):
    """AM-14: a verdict whose evidence names no round is no review of a round."""
    home = project.create(tmp_path / "odd")
    with Store(home.database) as store:
        problems = [Problem(content_id("P", n), "r", f"i{n}", f"What is {n}?", "rephrase") for n in range(4)]
        store.problems.add(problems)
        for problem, evidence in zip(problems, ("", "[1]", '{"round": "x"}', '{"round": 0}'), strict=True):
            store.verdicts.add(
                [Verdict.make("r", "problem", problem.id, "review", "reviewer", 5.0, "", problem_id=problem.id,
                              evidence=evidence)]
            )  # fmt: skip
        assert [row["reviews"] for row in rows(build(store, home), "rounds")] == [1]


def test_fl12_topics_count_what_was_written_for_them_and_what_rests_on_them(full, made):
    """FL-12: a row per topic of the tree, counted again from the problems and their intermediate objects."""
    tree = Taxonomy.load()
    store = made[0]
    found = rows(full, "topics")
    assert [(row["area"], row["topic"]) for row in found] == [tuple(path.split(" > ")) for path in paths(tree)]
    ids = store.figures.problems()["id"].tolist()
    cards = [store.problems.get(ident) for ident in ids]
    touched: Counter[tuple[str, ...]] = Counter()
    written: Counter[tuple[str, ...]] = Counter()
    for card in cards:
        topic = [tuple(note.text.split(" > ")) for note in card.notes if note.name == "topic"]
        written.update(topic)
        touched.update({*topic, *(tree.path_of(point)[:2] for point in card.problem.points if point in tree)})
    assert written.total() == sum(row["written for it"] for row in found) > 0
    assert {(row["area"], row["topic"]): row["problems"] for row in found if row["problems"]} == touched
    assert all(row["share"] == row["problems"] / len(ids) for row in found)
    chart = full.section("topics").chart
    assert sum(sum(series.values) for series in chart.series) == len(tree.topics)


def test_gsdp43_pairs_of_the_graph_beside_random_ones(full):
    """GSDP-43: as many random pairs; the rules of each kind show in its distances."""
    found = {row["pairs of"]: row for row in rows(full, "random_pairs")}
    ours, lot = found["all of the graph"], found["random pairs"]
    assert ours["pairs"] == lot["pairs"] == sum(found[kind]["pairs"] for kind in ("one-hop", "two-hop", "three-hop"))
    for place, kind in enumerate(("one-hop", "two-hop", "three-hop"), 1):
        assert found[kind][f"distance {place}"] == found[kind]["within the rules"] == 1
    for row in found.values():
        assert sum(row[reach] for reach in pairing.REACHES) == pytest.approx(1)
    assert lot["distance 1"] < ours["distance 1"]
    assert lot["within the rules"] < 1
    assert lot["nearness of problems to seeds"] is None
    assert 0 < ours["nearness of problems to seeds"] <= 1


def test_gsdp43_distances_are_those_of_the_graph():
    graph = KnowledgeGraph.from_incidence([("q", "a"), ("q", "b"), ("r", "b"), ("r", "c"), ("s", "c"), ("s", "d"),
                                           ("t", "x"), ("t", "y")])  # fmt: skip
    every = list(combinations(range(len(graph)), 2))
    left, right = (np.array([pair[side] for pair in every]) for side in (0, 1))
    for pair, far in zip(every, pairing.distances(graph, left, right).tolist(), strict=True):
        known = graph.distance(graph.names[pair[0]], graph.names[pair[1]])
        assert far == (float("inf") if known is None else known)


def test_gsdp11_the_dual_filter_has_no_share_until_a_person_has_looked(full, made):
    """GSDP-11: the model cannot be measured by itself; a point that a person deletes counts against its filter."""
    store, home = made
    alone, dual = rows(full, "filters")
    assert dual["seeds with clean points"] is None
    assert 0 < alone["seeds with clean points"] < 1
    assert dual["points left"] < alone["points left"]
    assert dual["problems written"] == ITEMS
    assert alone["problems written"] == 0
    assert dual["kept by judges"] == next(
        row["share"] for row in rows(full, "funnel") if row["run"].startswith("gsdp") and row["stage"] == "kept"
    )
    point = store.points.live().iloc[0]
    store.points.delete(str(point["id"]), "ada")
    try:
        looked = filtering.filters(store, home)
    finally:
        store.points.undo("ada")
    _, dual = (dict(zip(looked.table.columns, row, strict=True)) for row in looked.table.rows)
    assert dual["seeds with clean points"] == pytest.approx(1 - point["seeds"] / dual["seeds"])
    assert "People acted 1 times" in looked.notes[0]
    assert isinstance(looked.chart, Bars)


def test_fl27_strategies_at_equal_size(full):
    """FL-27: equal sets have one size, that of the smallest; own sizes are what the strategies keep."""
    kept = {(row["recipe"], row["strategy"]): row["kept"] for row in rows(full, "strategies")}
    found = rows(full, "equal_sizes")
    for recipe in {row["recipe"] for row in found}:
        mine = [row for row in found if row["recipe"] == recipe]
        own = {row["strategy"]: row["problems"] for row in mine if row["size"] == "own"}
        assert {row["problems"] for row in mine if row["size"] == "equal"} == {min(own.values())}
        assert all(kept[recipe, strategy] == count for strategy, count in own.items())
    assert all(0 <= row["approved"] <= row["decided"] <= row["problems"] for row in found)
    assert any(row["decided"] for row in found)


def test_gsdp45_published_tables_stand_beside_their_sections(full):
    """GSDP-45: what is shown beside a section is published, labelled, and there."""
    for name, beside in BESIDE.items():
        assert [each.name for each in full.beside(name)] == list(beside)
        assert full.section(name)
    assert full.beside("overlay") == ()


def test_reports_embed_with_what_the_runs_chose(tmp_path):
    """GSDP-35: the embedder of the last run; where it is not at hand, every figure says what took its place."""
    home = project.create(tmp_path / "other")
    with Store(home.database) as store:
        for path in sorted(shipped("seeds").glob("*.jsonl"))[:1]:
            import_files.add_seeds(store, home, path)
        _run(store, planning.generation(store, home, recipes.load("agenticmath", {"items": "12"})).directory)
        assert "embedded with hashing" in build(store, home).section("diversity").notes[0]
        there = {"items": "2", "filter.embedder": str(tmp_path / "no-model")}
        planned = planning.generation(store, home, recipes.load("flames", there))
        report = build(store, home)
    assert planned.plan.recipe.settings.filter.embedder.endswith("no-model")
    for name in ("diversity", "overlay"):
        assert any("no-model, which is not at hand" in note for note in report.section(name).notes), name
    assert not any("not at hand" in note for note in report.section("funnel").notes)


def test_a_table_with_an_uneven_row_is_refused():
    with pytest.raises(ValueError, match="needs 2 values"):
        table(("a", "b"), [(1,)])
