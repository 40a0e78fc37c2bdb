"""Draws of a project and its ledger as arrays: made, labelled, drawn again, and refused where they cannot be."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import orjson
import pytest

from engine.core.errors import BadInput
from engine.curation import policy as policies
from engine.curation.trust import drawing
from engine.curation.trust.draws import DrawMixture
from engine.curation.trust.ledger import ledger
from engine.curation.trust.replay import faults, replay
from engine.curation.trust.row_scores import MODEL
from engine.store import BatchDecision, Store
from engine.store.labelling import DRAW
from tests.support.store_factories import a_problem, a_score, a_solution, fill

POLICY = policies.make("ours", (policies.gsdp().rules[0],))


@pytest.fixture
def store() -> Store:
    with Store(":memory:") as opened:
        yield opened


def _filled(store: Store, count: int) -> list[str]:
    """Problems with scores from .5 to .99, so that the policy keeps some and not others."""
    problems = fill(store, count)
    store.verdicts.add(
        replace(a_score(one, 0.5 + (n * 7 % 50) / 100, at=9_000.0), id=f"V-own-{n}") for n, one in enumerate(problems)
    )
    return [problem.id for problem in problems]


def _label_open(store: Store, curator: str = "Ann") -> None:
    choices = [
        BatchDecision(row.row_id, "approve") if int(row.row_id[-1], 16) % 3
        else BatchDecision(row.row_id, "reject", "trivial") for row in store.draws.open()
    ]  # fmt: skip
    store.decisions.decide_all(choices, curator, queue=DRAW)


def test_cal01_a_draw_keeps_all_that_draws_it_again(store: Store) -> None:
    _filled(store, 200)
    made = drawing.draw(store, POLICY, 30, by="Ann", salt="one")
    rows = store.draws.rows(made.id)
    assert (made.size, made.salt, made.by, made.drawn) == (30, "one", "Ann", rows.num_rows)
    assert store.policies.get(made.policy_id).rules == POLICY.rules  # type: ignore[union-attr]
    constants = orjson.loads(made.constants)
    assert (constants["eligible"], constants["parts"]) == (200, {"1": [200, pytest.approx(30)]})
    assert np.allclose(rows["pi"].to_numpy(), 30 / 200)
    assert [one.fault for one in replay(store)] == [""]


def test_cal02_another_store_with_the_same_rows_draws_the_same(store: Store) -> None:
    _filled(store, 120)
    made = drawing.draw(store, POLICY, 25, salt="same")
    with Store(":memory:") as twin:
        problems = [a_problem(n) for n in reversed(range(120))]
        twin.problems.add(problems)
        twin.problems.add_solutions(a_solution(problem) for problem in problems)
        again = drawing.draw(twin, POLICY, 25, salt="same")
        assert twin.draws.rows(again.id).equals(store.draws.rows(made.id))


def test_cal01_every_draw_is_drawn_again_from_salt_recipe_and_frame(store: Store) -> None:
    """Uniform and mixture, with labels, undone labels, and rows that came between and after."""
    ids = _filled(store, 300)
    store.decisions.decide_all([BatchDecision(ident, "approve") for ident in ids[:10]], "Ann")
    drawing.draw(store, POLICY, 60, salt="a")
    _label_open(store)
    store.problems.add(a_problem(1000 + n) for n in range(40))
    second = drawing.draw(store, POLICY, 40, DrawMixture(), salt="b")
    assert (drawing.mixture_of(second).uniform, second.model) == (False, MODEL)
    _label_open(store, "Bo")
    store.decisions.undo("Bo")
    store.problems.add([a_problem(2000)])
    assert replay(store) == [replace(one, fault="", doubt="") for one in replay(store)]
    assert ledger(store).faults == ()


def test_cal01_scores_that_changed_since_a_mixture_are_told_and_its_floor_still_holds(store: Store) -> None:
    ids = _filled(store, 200)
    drawing.draw(store, POLICY, 50, salt="a")
    _label_open(store)
    mixed = drawing.draw(store, POLICY, 40, DrawMixture(), salt="b")
    store.verdicts.add([replace(a_score(a_problem(n), 0.1, at=10_000.0), id=f"V-{n}") for n in range(len(ids))])
    found = replay(store)[1]
    assert (found.fault, "have changed" in found.doubt) == ("", True)
    store._db.write(lambda cursor: cursor.execute("update label_draw_rows set pi = 1e-9 where draw_id = ?", [mixed.id]))
    assert "against its number" in replay(store)[1].fault


@pytest.mark.parametrize(
    ("tampering", "word"),
    [
        ("delete from label_draws", "no record"),
        ("delete from label_frames", "frame is gone"),
        ("update label_draws set salt = 'other'", "does not fit its id"),
        ("update label_draw_rows set pi = pi * 2", "other rows or chances"),
        ("delete from label_draw_rows where place = 0", "other rows or chances"),
        ("delete from label_frame_rows where row_id = (select min(row_id) from label_frame_rows)", "frame was changed"),
        (
            "update label_frame_rows set row_hash = 'x' where row_id not in (select row_id from label_draw_rows)",
            "frame was changed",
        ),
    ],
)
def test_cal01_a_ledger_that_cannot_be_drawn_again_says_so(store: Store, tampering: str, word: str) -> None:
    """What an interval would rest on is gone or was changed: the ledger names it, so that intervals refuse."""
    _filled(store, 100)
    made = drawing.draw(store, POLICY, 30, salt="a")
    assert faults(store) == ()
    store._db.write(lambda cursor: cursor.execute(tampering))
    (fault,) = faults(store)
    assert fault.startswith(f"{made.id}: ")
    assert word in fault


def test_cal01_the_ledger_carries_its_faults(store: Store) -> None:
    _filled(store, 40)
    made = drawing.draw(store, POLICY, 20, salt="a")
    _label_open(store)
    store._db.write(lambda cursor: cursor.execute("delete from label_draws"))
    assert ledger(store).faults == (f"{made.id}: there is no record of this draw",)


def test_a_draw_waits_for_the_last_one_and_closing_leaves_its_rows_undecided(store: Store) -> None:
    _filled(store, 100)
    first = drawing.draw(store, POLICY, 20, salt="a")
    with pytest.raises(BadInput, match="have no verdict yet"):
        drawing.draw(store, POLICY, 20, salt="b")
    with pytest.raises(BadInput, match="used before"):
        drawing.draw(store, POLICY, 20, salt="a")
    one = store.draws.open()[0]
    store.decisions.decide(one.row_id, "Ann", "approve")
    assert drawing.close(store, "Ann") == first.drawn - 1
    assert drawing.close(store, "Ann") == 0
    assert store.draws.undecided() == {first.id: first.drawn - 1}
    second = drawing.draw(store, POLICY, 90, salt="b")
    drawn = [set(store.draws.rows(one.id)["row_id"].to_pylist()) for one in (first, second)]
    assert not drawn[0] & drawn[1]
    held = ledger(store)
    undecided = np.isnan(held.good) & (held.draw == 0)
    assert undecided.sum() == first.drawn - 1
    assert (held.weight[undecided] > 0).all(), "undecided rows keep their weight: nobody may drop them silently"


def test_cal10_a_late_verdict_on_a_closed_row_is_still_its_draws(store: Store) -> None:
    _filled(store, 60)
    made = drawing.draw(store, POLICY, 20, salt="a")
    late = store.draws.open()[0].row_id
    drawing.close(store, "Ann")
    store.decisions.decide(late, "Bo", "reject", reason="trivial")
    held = ledger(store)
    at = held.ids.to_pylist().index(late)
    assert (held.good[at], held.draw[at]) == (0, 0)
    assert store.draws.undecided() == {made.id: made.drawn - 1}


def test_nothing_left_to_draw_and_no_size_are_refused(store: Store) -> None:
    with pytest.raises(BadInput, match="no row left"):
        drawing.draw(store, POLICY, 10)
    _filled(store, 5)
    with pytest.raises(BadInput, match="at least 1"):
        drawing.draw(store, POLICY, 0)
    assert drawing.draw(store, POLICY, 10).drawn == 5, "a draw of more rows than there are takes all"


def test_cal26_a_mixture_is_uniform_until_fifty_rows_were(store: Store) -> None:
    _filled(store, 300)
    kinds = []
    for salt in "abc":
        made = drawing.draw(store, POLICY, 30, DrawMixture(second_readers=0.4), salt=salt)
        kinds.append((drawing.mixture_of(made).uniform, drawing.mixture_of(made).second_readers))
        drawing.close(store, "Ann")
    assert kinds == [(True, 0.4), (True, 0.4), (False, 0.4)]


def test_cal26_a_mixture_draws_more_where_judges_are_unsure(store: Store) -> None:
    """Rows of the kept set near the limit have a higher chance than rows far outside; none falls below the floor."""
    _filled(store, 400)
    drawing.draw(store, POLICY, 50, salt="a")
    drawing.close(store, "Ann")
    frame = store.draws.frame()
    made = drawing.designed(store, store.draws.mark(frame), POLICY, 40, DrawMixture())
    board = store.problems.scoreboard()
    scores = dict(zip(board["id"].to_pylist(), board["judge_score"].to_pylist(), strict=True))
    of = np.array([scores[ident] for ident in made.rows["row_id"].to_pylist()])
    chances = made.design.chances
    assert chances[(of >= 0.85) & (of < 0.9)].mean() > 1.5 * chances[of < 0.7].mean()
    assert chances.min() >= 40 * 0.3 / len(of) - 1e-12
    assert chances.sum() == pytest.approx(40)


def test_cal03_rows_that_came_later_are_a_part_with_its_own_draws(store: Store) -> None:
    _filled(store, 100)
    drawing.draw(store, POLICY, 30, salt="a")
    _label_open(store)
    store.problems.add(a_problem(1000 + n) for n in range(60))
    held = ledger(store)
    assert (held.parts, held.unreached, held.rows) == ({1: 100, 2: 60}, 60, 160)
    drawing.draw(store, POLICY, 40, salt="b")
    _label_open(store)
    held = ledger(store)
    assert held.unreached == 0
    late = held.part == 2
    assert set(held.draw[late]) == {1}
    assert (held.share[late] == 1).all()
    assert held.weight[late] == pytest.approx(1 / held.chance[late])
    planned = [orjson.loads(draw.constants)["parts"]["1"][1] for draw in held.draws]
    early = held.share[~late][held.draw[~late] == 0]
    assert early == pytest.approx(planned[0] / sum(planned))


def test_cal03_convenience_rows_weigh_nothing_until_a_later_draw_and_then_its_share(store: Store) -> None:
    ids = _filled(store, 200)
    drawing.draw(store, POLICY, 50, salt="a")
    _label_open(store)
    drawn = set(store.draws.rows(store.draws.all()[0].id)["row_id"].to_pylist())
    mine = next(ident for ident in ids if ident not in drawn)
    store.decisions.decide(mine, "Ann", "approve")

    def weight() -> float:
        held = ledger(store)
        return float(held.weight[held.ids.to_pylist().index(mine)])

    assert weight() == 0
    drawing.draw(store, POLICY, 25, salt="b")
    assert weight() == pytest.approx(25 / 75)
    _label_open(store)
    held = ledger(store)
    assert held.faults == ()
    assert held.random.sum() == sum(draw.drawn for draw in held.draws)
    assert held.weight.sum() == pytest.approx(200, abs=4 * held.variance.sum() ** 0.5)
