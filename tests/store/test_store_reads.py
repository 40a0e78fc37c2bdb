"""What the pages ask."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from engine.core.errors import BadInput
from engine.core.records import (
    BenchmarkItem,
    Combination,
    Failure,
    KnowledgePoint,
    Policy,
    Position,
    Rule,
    Seed,
    Vector,
    Verdict,
)
from engine.store import SCORES, BatchDecision, Funnel, ProblemFilter, ProjectFunnel, Store
from tests.support.store_factories import a_plan, a_problem, a_reply, a_run, a_score, a_seed, a_solution, append, fill


def test_seeds_keep_every_field_and_their_order(store: Store) -> None:
    """GSDP-01: subject, level and the count of an import are kept."""
    seed = a_seed(1, subject="Algebra", level="Level 5", points=("Ratios", "Averages"), origin="math.jsonl:7")
    hostile = Seed.make("web", '<script>alert("$x$")</script>\n\\frac{1}{2} 中文', language="zh")
    result = store.seeds.add([seed, hostile, seed])
    assert (result.added, result.duplicates) == (2, 1)
    assert store.seeds.page().rows == [seed, hostile]
    assert store.seeds.get(seed.id) == seed
    assert store.seeds.get("S-none") is None
    assert store.seeds.add([seed]).duplicates == 1
    assert store.seeds.arrow().to_pylist()[0]["points"] == ["Ratios", "Averages"]
    assert [(s.name, s.seeds) for s in store.seeds.subjects()] == [("", 1), ("Algebra", 1)]


def test_seeds_are_found_and_paged(store: Store) -> None:
    store.seeds.add(a_seed(n) for n in range(25))
    store.seeds.add([Seed.make("theirs", "100% OF_it? it's 'quoted'")])
    assert store.seeds.page(search="of_IT?").total == 1
    assert store.seeds.page(search="100%").total == 1
    assert store.seeds.page(search="' or 1=1 --").total == 0
    page = store.seeds.page(source="ours", offset=20, limit=10)
    assert (len(page.rows), page.total) == (5, 25)
    assert store.seeds.page(subject="Algebra").total == 0


def test_repeated_statements_are_found(store: Store) -> None:
    one, two = Seed.make("a", "What is  2 + 2?"), Seed.make("b", "what is 2 + 2? ")
    store.seeds.add([one, two, a_seed(1)])
    (repeat,) = store.seeds.duplicates()
    assert repeat.seed_ids == (one.id, two.id)


def test_a_card_holds_everything_about_a_problem(store: Store) -> None:
    """GSDP-44: points, kind, distance, weight, prompt, model, difficulty and judge scores stay with a problem."""
    fill(store)
    first = a_problem(1)
    better = a_problem(50, parent_id=first.id, statement="Better.", item_id=first.item_id, prompt_id="p", model="m")
    store.problems.add([better])
    store.problems.add_solutions([a_solution(better, 1), a_solution(better, 0)])
    store.verdicts.add([a_score(better, 0.7), a_score(better, 0.4, "difficulty"), a_score(better, None, "agreement")])
    store.failures.add([Failure("F", "run-1", better.item_id, "judges/problem", "reply", "unreadable")])
    card = store.problems.get(better.id)
    assert card is not None
    assert card.problem == better
    assert [solution.index for solution in card.solutions] == [0, 1]
    assert (card.solution, card.answer) == (a_solution(better, 0).text, "0")
    assert [version.id for version in card.lineage.versions] == [first.id, better.id]
    assert {(v.name, v.value) for v in card.verdicts} == {
        ("problem_score", 0.7),
        ("difficulty", 0.4),
        ("agreement", None),
    }
    assert {reply.id for reply in card.trace} == {a_reply(1).id}
    assert card.failures[0].message == "unreadable"
    assert (card.decision, card.human, card.last_decision, card.edited) == ("open", None, None, False)
    assert store.problems.get("P-none") is None


def test_a_trace_includes_replies_that_another_run_paid_for(store: Store) -> None:
    dry = a_reply(3, "dry-run")
    store.replies.add([dry])
    store.problems.add([a_problem(3, reply_id=dry.id)])
    assert store.problems.get(a_problem(3).id).trace == (dry,)  # type: ignore[union-attr]


def test_only_the_last_version_is_current(store: Store) -> None:
    fill(store, 3)
    store.problems.add([a_problem(50, parent_id=a_problem(1).id)])
    assert store.problems.count() == 3
    ids = store.problems.scoreboard()["id"].to_pylist()
    assert a_problem(1).id not in ids
    assert a_problem(50).id in ids


def test_the_scoreboard_is_one_row_per_problem(store: Store, tmp_path: Path) -> None:
    """GSDP-44: every score is a column, null where nobody said anything."""
    made = fill(store, 4)
    store.verdicts.add(
        [
            a_score(made[0], 0.25, "solution_veto"),
            a_score(made[0], 0.85, at=9_000.0, version="new"),
            a_score(made[1], None, at=9_000.0, version="new"),
            a_score(made[2], 0.31, "difficulty"),
        ]
    )
    placed = a_run(tmp_path, 0, "map-1")
    append(placed, [Position(made[0].id, "old", 9, 9), Position(made[0].id, "new", 1, 2)])
    store.ingest(placed)
    store.replies.add([a_reply(90, aside=json.dumps({"flaw": "contradiction"}))])
    store.problems.add([a_problem(60, reply_id=a_reply(90).id)])
    store.replies.add([a_reply(91, aside=json.dumps({"flaw": None})), a_reply(92, aside='{"correct": false}')])
    store.problems.add([a_problem(61, reply_id=a_reply(91).id)])
    store.problems.add_solutions([a_solution(a_problem(61), 0, reply_id=a_reply(92).id)])
    store.replies.add([a_reply(93, aside="not json")])
    store.problems.add([a_problem(62, reply_id=a_reply(93).id)])
    store.decisions.decide(made[1].id, "ann", "approve")
    store.decisions.decide(made[2].id, "ann", "reject", reason="trivial")
    store.decisions.decide(made[3].id, "ann", "edit", statement="Mended.")
    board = store.problems.scoreboard()
    rows = {row["id"]: row for row in board.to_pylist()}
    assert len(rows) == board.num_rows == 7
    assert all(str(board.schema.field(score).type) == "float" for score in SCORES)
    zero = rows[made[0].id]
    assert zero["judge_score"] == pytest.approx(0.85, abs=1e-6)
    assert (zero["solution_pass"], zero["rarity"], zero["x"], zero["y"]) == (0.25, None, 1.0, 2.0)
    assert rows[made[1].id]["judge_score"] is None, "can't tell is not the score of another version"
    assert [rows[made[n].id]["human"] for n in range(4)] == [None, 1, 0, None]
    assert [rows[made[n].id]["label"] for n in range(4)] == [None, 1, 0, 0], "an edited row was not good"
    assert [rows[made[n].id]["waits"] for n in range(4)] == [None, False, False, True]
    assert rows[made[3].id]["statement"] == "Mended."
    assert rows[made[0].id]["statement"] == made[0].statement
    assert (zero["truth_flaw"], zero["truth_correct"]) == (None, None)
    assert rows[a_problem(60).id]["truth_flaw"] == "contradiction"
    assert (rows[a_problem(61).id]["truth_flaw"], rows[a_problem(61).id]["truth_correct"]) == ("", False)
    assert rows[a_problem(62).id]["truth_flaw"] is None
    assert store.problems.scoreboard() is board
    store.decisions.undo("ann")
    assert store.problems.scoreboard().to_pylist()[3]["human"] is None
    store.points.add([KnowledgePoint.make("Arithmetic sequences")])
    store.points.rename("Arithmetic sequences", "Sequences", "ann")
    assert store.problems.scoreboard()["concept"].to_pylist()[0] == "Sequences"


def test_problems_are_filtered_ordered_and_counted_alike(store: Store) -> None:
    made = [
        a_problem(n, kind="one-hop" if n % 2 else "community", points=("A",) if n < 5 else ("A", "B"))
        for n in range(10)
    ]
    store.problems.add(made)
    store.verdicts.add(a_score(problem, n / 10) for n, problem in enumerate(made) if n != 4)
    store.decisions.decide_all([BatchDecision(problem.id, "approve") for problem in made[:3]], "ann")
    store.decisions.decide(made[3].id, "ann", "reject", reason="trivial")
    store.decisions.decide(made[5].id, "bob", "second-opinion")
    store.decisions.decide(made[6].id, "bob", "edit", statement="Mended, and searchable.")
    store.selections.save("PO-1", [p.id for p in made], [n > 4 for n in range(10)], [""] * 10)

    def ids(**fields: object) -> list[int]:
        wanted = ProblemFilter(**fields)  # type: ignore[arg-type]
        page = store.problems.page(wanted, "oldest")
        assert page.total == len(page.rows) == store.problems.count(wanted)
        return [made.index(next(p for p in made if p.id == ident)) for ident in page.rows["id"]]

    assert ids() == list(range(10))
    assert ids(kind="community") == [0, 2, 4, 6, 8]
    assert ids(point="B") == [5, 6, 7, 8, 9]
    assert ids(decision="approved") == [0, 1, 2]
    assert ids(decision="waiting") == [6]
    assert ids(decision="rejected") == [3]
    assert ids(decision="second opinion") == [5]
    assert ids(decision="open", selected=True) == [7, 8, 9]
    assert ids(edited=True) == [6]
    assert ids(search="SEARCHABLE") == [6]
    assert ids(run_id="run-2") == []
    assert ids(ids=(made[2].id, made[1].id)) == [1, 2]
    assert ids(ids=()) == []
    assert list(store.problems.page(order="newest").rows["id"]) == [p.id for p in reversed(made)]
    row = store.problems.page(ProblemFilter(ids=(made[3].id,))).rows.iloc[0]
    assert (row["decision"], row["curator"], row["decision_reason"], row["human"]) == ("rejected", "ann", "trivial", 0)


def test_pages_pass_over_earlier_versions(store: Store) -> None:
    """However many earlier versions lie between, a page is full and no problem is on two pages."""
    fill(store, 3)
    for n in range(20):
        store.problems.add(a_problem(100 + 10 * n + v, parent_id=_before(n, v)) for v in range(10))
    current = store.problems.scoreboard()["id"].to_pylist()
    assert len(current) == 23
    seen = [
        ident
        for start in range(0, 30, 5)
        for ident in store.problems.page(None, "oldest", start, 5).rows["id"].tolist()
    ]
    assert seen == current
    assert store.problems.page(None, "newest", 2, 7).rows["id"].tolist() == current[::-1][2:9]


def _before(n: int, version: int) -> str | None:
    return a_problem(100 + 10 * n + version - 1).id if version else None


def test_texts_by_index_and_by_whole_tables_are_the_same(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    made = fill(store, 6)
    store.problems.add([a_problem(50, parent_id=made[0].id)])
    for place, problem in enumerate(made):
        more = [a_solution(problem, 3, text="Second \\boxed{9}"), a_solution(problem, 4, text="Third \\boxed{8}")]
        store.problems.add_solutions(more)
        said = [(more[0], "solution_veto", float(place % 2)), (more[1], "joint", place / 9), (more[1], "chosen", 1.0)]
        store.verdicts.add(
            Verdict.make("run-1", "solution", one.id, name, "rule", value, "", problem_id=problem.id)
            for one, name, value in said[: place + 1]
        )
    store.decisions.decide(made[2].id, "ann", "edit", statement="Mended.", solution="Mine \\boxed{5}")
    store.decisions.decide(made[3].id, "ann", "reject", reason="trivial")
    ids = [problem.id for problem in reversed(made)] + [a_problem(50).id, "P-none"]
    few = store.problems.texts(ids)
    monkeypatch.setattr("engine.store.problems.MOST", 0)
    whole = store.problems.texts(ids)
    assert few.to_pylist() == whole.to_pylist()
    assert len(few) == 6
    assert len({row["solution"] for row in few.to_pylist()}) >= 4
    assert {row["id"]: row["answer"] for row in few.to_pylist()}[made[2].id] == "5"
    assert store.problems.texts([]).num_rows == 0
    cards = {row["id"]: (row["statement"], row["solution"]) for row in whole.to_pylist()}
    for ident, texts in cards.items():
        card = store.problems.get(ident)
        assert card is not None
        assert (card.statement, card.solution) == texts
    assert store.problems.statements([made[3].id, made[2].id]) == [made[3].statement, "Mended."]


def test_a_renamed_concept_still_finds_its_problems(store: Store) -> None:
    fill(store, 2)
    store.points.add([KnowledgePoint.make("Odd numbers")])
    store.points.rename("Odd numbers", "Parity", "ann")
    assert store.problems.page(ProblemFilter(point="Parity")).total == 2
    coverage = store.home.coverage().set_index("point")
    assert coverage.loc["Parity", "problems"] == 2
    assert "Odd numbers" not in coverage.index


def test_funnels_count_what_reached_each_stage(store: Store) -> None:
    made = fill(store, 6)
    store.seeds.add(a_seed(n) for n in range(9))
    store.problems.add([a_problem(70, run_id="run-2")])
    store.selections.save("PO", [p.id for p in made], [True] * 4 + [False] * 2, [""] * 6)
    store.decisions.decide_all([BatchDecision(p.id, "approve") for p in made[:3]], "ann")
    store.decisions.decide(made[4].id, "ann", "reject", reason="trivial")
    store.exports.save("set", "sft", "/tmp/x", "{}", [p.id for p in made[:2]])
    assert store.runs.funnel("run-1") == Funnel(6, 6, 6, 4, 3, 1, 2)
    assert store.runs.funnel() == Funnel(7, 6, 6, 4, 3, 1, 2)
    assert store.runs.funnel("none") == Funnel()
    assert store.home.funnel() == ProjectFunnel(9, 7, 6, 4, 3, 2)
    assert store.problems.get(made[0].id).lineage.exports == ("set",)  # type: ignore[union-attr]


def test_a_project_without_anything_answers_every_question(store: Store) -> None:
    assert store.home.funnel() == ProjectFunnel(0, 0, 0, 0, 0, 0)
    assert store.runs.list() == []
    assert store.problems.page().total == 0
    assert list(store.problems.page().rows.columns)[-len(SCORES) :] == list(SCORES)
    assert store.problems.scoreboard().num_rows == 0
    assert "human" in store.problems.scoreboard().column_names
    assert store.exports.rows().num_rows == 0
    assert store.selections.latest() is None
    assert store.policies.list() == ()
    assert store.maps.latest() is None
    assert store.maps.vectors("hashing")[1].shape == (0, 0)
    for frame in (
        store.points.live(),
        store.points.all(),
        store.points.grey_pairs(),
        store.points.contested(),
        store.home.per_day(),
        store.home.changes(),
        store.home.thin(),
        store.home.coverage(),
        store.decisions.reasons(),
        store.decisions.edits(),
        store.runs.rate("none"),
        store.runs.outcomes("none"),
        store.verdicts.votes("judge_problem"),
        store.combinations.with_point("x"),
    ):
        assert len(frame) == 0
    assert store.verify() == []


def test_runs_are_listed_with_their_plan_and_pace(store: Store, tmp_path: Path) -> None:
    store.ingest(a_run(tmp_path, items=30))
    store.runs.register(a_plan("run-2").model_copy(update={"dry": True, "created": 2_000.0}), tmp_path)
    assert store.runs.register(a_plan("run-2"), tmp_path) is False
    assert [run.id for run in store.runs.list()] == ["run-2", "run-1"]
    assert [run.id for run in store.runs.list(dry=False)] == ["run-1"]
    assert store.runs.plan("run-1") == a_plan("run-1", 30)
    assert store.runs.plan("none") is None
    rate = store.runs.rate("run-1", bins=3)
    assert rate["items"].tolist() == [10, 10, 10]
    assert store.runs.outcomes("run-1").to_dict("records") == [{"outcome": "judged", "items": 30}]
    store.runs.note("run-2", "lost", "no heartbeat")
    store.runs.note("run-2", "lost", "no heartbeat")
    assert len(store.runs.events("run-2")) == 1
    assert store.runs.get("run-2").state == "lost"  # type: ignore[union-attr]
    (spent,) = store.replies.spent("run-1")
    assert (spent.calls, spent.tokens_out, round(spent.cost, 3)) == (30, 150, 0.03)


def test_policies_keep_their_versions(store: Store) -> None:
    """X-07: limits are saved with the policy, and an old policy can be read again."""
    old = store.policies.save(Policy("", "house", (Rule("judge_score", "at least", 0.85),), by="ann"))
    new = store.policies.save(Policy("", "house", (Rule("judge_score", "at least", 0.9, "drop", False),), 100))
    other = store.policies.save(Policy("", "other", ()))
    assert store.policies.list() == (other, new)
    assert store.policies.get("house") == new
    assert store.policies.get(old.id) == old
    assert store.policies.versions("house") == (new, old)
    assert store.policies.get("none") is None


def test_selections_say_why(store: Store) -> None:
    made = fill(store)
    policy = store.policies.save(Policy("", "house", ()))
    first = store.selections.save(policy.id, [p.id for p in made], [True] * 3, [""] * 3, by="ann")
    last = store.selections.save(policy.id, [p.id for p in made], [True, False, False], ["", "judge_score", "rarity"])
    assert store.selections.latest() == last
    assert (last.total, last.kept) == (3, 1)
    assert store.selections.history() == [last, first]
    assert store.selections.items(kept=False)["reason"].to_pylist() == ["judge_score", "rarity"]
    assert store.selections.items(first.id).num_rows == 3
    with pytest.raises(BadInput, match="3 problems, 2 marks"):
        store.selections.save(policy.id, [p.id for p in made], [True] * 2, [""] * 3)


def test_export_rows_hold_the_text_of_today_and_the_lineage(store: Store) -> None:
    """X-02, X-08: an exported row leads back to prompt, model and parents, and a person overrules every score."""
    made = fill(store, 4)
    store.selections.save("PO", [p.id for p in made], [True, True, True, False], [""] * 4)
    store.decisions.decide(made[0].id, "ann", "edit", statement="New.", solution="So \\boxed{12}.")
    store.decisions.decide(made[1].id, "ann", "reject", reason="trivial")
    store.decisions.decide(made[3].id, "ann", "approve")
    approved = store.exports.rows("approved").to_pylist()
    assert [row["id"] for row in approved] == [made[0].id, made[3].id]
    edited = approved[0]
    assert (edited["statement"], edited["solution"], edited["answer"]) == ("New.", "So \\boxed{12}.", "12")
    assert (edited["machine_statement"], edited["machine_solution"]) == (made[0].statement, a_solution(made[0]).text)
    assert (edited["edited"], edited["curator"], edited["reply_id"]) == (True, "ann", made[0].reply_id)
    assert approved[1]["answer"] == "0"
    assert {row["id"] for row in store.exports.rows("selected").to_pylist()} == {made[0].id, made[2].id}
    assert store.exports.rows("all", run_id="none").num_rows == 0
    texts = store.problems.texts([made[0].id]).to_pylist()
    assert (texts[0]["statement"], texts[0]["answer"]) == ("New.", "12")


def test_exports_remember_their_rows(store: Store) -> None:
    made = fill(store)
    export = store.exports.save(
        "set", "sft", "/out", '{"rows":3}', [p.id for p in made], ["train", "train", "test"], "ann"
    )
    assert store.exports.list() == (export,)
    assert store.exports.get(export.id) == export
    assert store.exports.items(export.id)["split"].to_pylist() == ["train", "train", "test"]


def test_judges_failures_and_combinations_are_summed_up(store: Store) -> None:
    made = fill(store, 3)
    store.verdicts.add([a_score(made[0], None, "judge_problem"), a_score(made[1], 0.5, "judge_problem")])
    store.decisions.decide(made[0].id, "ann", "approve")
    counts = {count.name: count for count in store.verdicts.by_judge()}
    assert (counts["judge_problem"].verdicts, counts["judge_problem"].unreadable) == (2, 1)
    votes = store.verdicts.votes("problem_score").set_index("problem_id")
    assert votes.loc[made[0].id, "human"] == 1
    assert store.verdicts.arrow("judge_problem").num_rows == 2
    store.failures.add([Failure(f"F{n}", "run-1", "i", "solve", "provider", f"refused {n}") for n in range(3)])
    assert [(f.boundary, f.failures) for f in store.failures.counts("run-1")] == [("provider", 3)]
    store.combinations.add([Combination.make("two-hop", ("a", "b"), 2, 0)])
    kinds = {kind.kind: (kind.known, kind.used, kind.problems) for kind in store.combinations.counts()}
    assert kinds == {"one-hop": (1, 1, 3), "two-hop": (1, 0, 0)}
    assert store.combinations.with_point("Odd numbers")["problems"].tolist() == [3]
    assert store.combinations.get(made[0].combination_id or "").kind == "one-hop"  # type: ignore[union-attr]


def test_vectors_and_benchmarks(store: Store, tmp_path: Path) -> None:
    """GSDP-06: an embedding is kept per text and embedder."""
    made = fill(store, 3)
    mapped = a_run(tmp_path, 0, "map-1")
    append(mapped, [Vector(p.id, "hashing", (float(n), 1.0)) for n, p in enumerate(made[:2])])
    store.ingest(mapped)
    ids, vectors = store.maps.vectors("hashing", [made[1].id])
    assert (ids, vectors.tolist()) == ([made[1].id], [[1.0, 1.0]])
    items = [BenchmarkItem.make("gsm8k", "One?", "1"), BenchmarkItem.make("math", "Two?")]
    assert store.benchmarks.add(items).added == 2
    assert store.benchmarks.all("math") == items[1:]
    assert [(b.name, b.with_solution) for b in store.benchmarks.names()] == [("gsm8k", 1), ("math", 0)]


def test_home_shows_days_and_last_changes(store: Store) -> None:
    made = fill(store, 2)
    store.decisions.decide_all([BatchDecision(made[0].id, "reject", "trivial")], "ann", at=86_400.0 * 3)
    days = store.home.per_day()
    assert days["written"].tolist() == [2, 0]
    assert days["decided"].tolist() == [0, 1]
    store.runs.note("run-1", "finished", at=86_400.0 * 4)
    changes = store.home.changes(2)
    assert changes["what"].tolist() == ["run finished", "reject"]
    assert changes["who"].tolist() == ["", "ann"]


def test_verdicts_on_solutions_reach_the_card(store: Store) -> None:
    from engine.core.records import Verdict

    (problem,) = fill(store, 1)
    solution = a_solution(problem)
    said = Verdict.make("run-1", "solution", solution.id, "judge_solution", "judge_a", 0.0, "slip in step 2")
    store.verdicts.add([said])
    assert said in store.verdicts.of(problem.id)


def test_filters_join_with_runs_of_the_same_journal(store: Store, tmp_path: Path) -> None:
    first, second = a_run(tmp_path, 2), a_run(tmp_path, 3, "run-2")
    append(second, [a_score(a_problem(0, "run-2"), 0.1, "rarity")])
    store.ingest(first)
    store.ingest(second)
    assert store.problems.page(ProblemFilter(run_id="run-2")).total == 3
    assert store.runs.funnel("run-2").written == 3


def test_latest_verdicts_come_by_subject_so_that_what_is_drawn_from_them_is_the_same_each_time() -> None:
    with Store(":memory:") as store:
        problems = [a_problem(n) for n in range(300)]
        store.verdicts.add(a_score(one, 4.0, "joint") for one in reversed(problems))
        subjects = store.verdicts.arrow("joint")["subject_id"].to_pylist()
    assert subjects == sorted(one.id for one in problems)
