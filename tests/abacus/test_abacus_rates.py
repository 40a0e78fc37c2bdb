"""Personas are as wrong as their table says: measured over many seeds, within four standard deviations."""

import json
from math import sqrt

import pytest

from engine.abacus import workshop
from engine.abacus.personas import PERSONAS, Persona
from engine.core.errors import UnreadableReply
from engine.core.reply_parsing import after, choice, fields, numbered, unit_interval, yes_no

SEEDS = range(300)
POINTS = ("Greatest common divisor", "Divisibility rules")
LIST = "\n".join(f"- {point}" for point in POINTS)


def near(share: float, rate: float, count: int) -> bool:
    return abs(share - rate) <= 4 * sqrt(max(rate * (1 - rate), 0.002) / count)


def read_all(replies, read):
    """Return what could be read with the truth beside it; the number of unreadable replies comes second."""
    good, lost = [], 0
    for reply in replies:
        try:
            good.append((read(reply.text), json.loads(reply.aside)))
        except UnreadableReply:
            lost += 1
    return good, lost


@pytest.fixture(scope="module")
def sound():
    import random

    written = workshop.write(POINTS, random.Random(4))
    return written.statement, "\n".join(written.worked.steps)


@pytest.fixture(params=PERSONAS, ids=lambda persona: persona.name)
def persona(request) -> Persona:
    return request.param


def test_written_problems_are_flawed_as_often_as_stated(ask, persona):
    """GSDP-20: a share of the written problems carries a flaw, and the truth about it is kept aside."""
    good, lost = read_all(
        ask("agents/graph_problem", persona.name, seeds=SEEDS, points=LIST, count=2),
        lambda text: after(text, "Problem"),
    )
    assert lost <= 15
    flawed = [truth["flaw"] for _, truth in good if truth["flaw"]]
    assert near(len(flawed) / len(good), persona.flawed_problem, len(good))
    assert len(set(flawed)) >= 4
    for statement, truth in good:
        assert truth["flaw"] in (None, *workshop.FLAWS)
        if truth["flaw"] is None:
            assert workshop.solve(statement).answer == truth["answer"]


def test_solutions_are_wrong_as_often_as_stated(ask, persona, sound):
    """GSDP-23: solutions go step by step to a boxed answer, a share of them to a wrong one."""
    statement, _ = sound
    truth = workshop.solve(statement).answer
    replies = ask("solving/solve", persona.name, seeds=SEEDS, problem=statement)
    asides = [json.loads(reply.aside) for reply in replies]
    assert near(sum(not aside["correct"] for aside in asides) / 300, persona.wrong_solution, 300)
    for reply, aside in zip(replies, asides, strict=True):
        assert aside["answer"] == truth
        assert bool(aside["mistake"]) is not aside["correct"]
        if aside["correct"] and "\\boxed" in reply.text:
            assert workshop.verify(statement, reply.text).answer_right


def test_points_are_kept_wrongly_as_often_as_stated(ask, persona):
    """GSDP-05: verdicts of filter 1 with a reason, wrong at the persona's rate."""
    options = ("keep", "vague", "wrong", "over-detailed")
    wrong = readable = lost_all = 0
    for point, label in (("Law of sines", "keep"), ("Problem solving strategies", "vague")):
        replies = ask("knowledge/keep", persona.name, seeds=SEEDS, point=point)
        good, lost = read_all(replies, lambda text: choice(fields(text, "Verdict", "Reason")["Verdict"], options))
        assert {truth["truth"] for _, truth in good} == {label}
        wrong, readable = wrong + sum(verdict != label for verdict, _ in good), readable + len(good)
        lost_all += lost
    assert near(wrong / readable, persona.wrong_keep, readable)
    assert near(lost_all / 600, persona.unreadable, 600)


def test_pairs_are_judged_wrongly_as_often_as_stated(ask, persona):
    """GSDP-07: same or different with a reason, wrong at the persona's rate."""
    wrong = readable = 0
    for second, same in (("Law of cosines", False), ("Sine rule", True)):
        replies = ask("knowledge/same", persona.name, seeds=SEEDS, first="Law of sines", second=second)
        good, _ = read_all(replies, lambda text: yes_no(fields(text, "Same", "Reason")["Same"]))
        assert {truth["truth"] for _, truth in good} == {same}
        wrong, readable = wrong + sum(verdict != same for verdict, _ in good), readable + len(good)
    assert near(wrong / readable, persona.wrong_same, readable)


def test_scores_are_wrong_as_often_as_stated(ask, persona, sound):
    """GSDP-25: good problems score high and bad ones low, but for the persona's share of slips."""
    statement, _ = sound
    cases = ((statement, True), (f"{statement} (Hint: the answer is ${workshop.solve(statement).answer}$.)", False))
    wrong = readable = lost_all = 0
    for problem, good_problem in cases:
        replies = ask("judges/problem", persona.name, seeds=SEEDS, problem=problem, points=LIST, count=2)
        good, lost = read_all(replies, lambda text: unit_interval(fields(text, "Score", "Reason")["Score"]))
        assert {truth["truth"] for _, truth in good} == {good_problem}
        wrong += sum((score >= 0.8) is not good_problem for score, _ in good)
        readable, lost_all = readable + len(good), lost_all + lost
    assert near(wrong / readable, persona.wrong_score, readable)
    assert near(lost_all / 600, persona.unreadable, 600)


def test_solutions_are_checked_wrongly_as_often_as_stated(ask, persona, sound):
    """GSDP-28: three marks with a reason, one False vetoes, wrong at the persona's rate."""
    statement, solution = sound
    names = ("Calculation", "Logic", "Completeness", "Reason")
    wrong = readable = 0
    for text, passes in ((solution, True), (solution.replace("\\boxed{", "\\boxed{1"), False)):
        replies = ask("judges/solution", persona.name, seeds=SEEDS, problem=statement, solution=text)
        good, _ = read_all(
            replies, lambda text: all(yes_no(v) for k, v in fields(text, *names).items() if k != "Reason")
        )
        assert {truth["truth"] for _, truth in good} == {passes}
        wrong, readable = wrong + sum(verdict != passes for verdict, _ in good), readable + len(good)
    assert near(wrong / readable, persona.wrong_check, readable)


def test_ratings_and_names_are_nearly_always_readable(ask, persona, sound):
    """GSDP-09, GSDP-22: ratings lie near what the family says, and a group gets its standard name."""
    ratings, lost = read_all(
        ask("solving/difficulty", persona.name, seeds=SEEDS, problem=sound[0]),
        lambda text: unit_interval(fields(text, "Difficulty", "Reason")["Difficulty"]),
    )
    known = workshop.difficulty_of(sound[0])
    assert lost <= 15
    assert abs(sum(rating for rating, _ in ratings) / len(ratings) - known) < 0.05
    assert len({rating for rating, _ in ratings}) > 5
    names, lost = read_all(
        ask("knowledge/name", persona.name, seeds=SEEDS, points="- GCD\n- Highest common factor"),
        lambda text: fields(text, "Name", "Reason")["Name"],
    )
    assert lost <= 15
    assert {name for name, _ in names} == {"Greatest common divisor"}


def test_extractions_hold_bad_points_as_often_as_stated(ask, persona):
    """GSDP-02, GSDP-03: a numbered list of one to ten points, with bad ones among them at the persona's rates."""
    good, lost = read_all(
        ask(
            "knowledge/extract", persona.name, seeds=SEEDS, limit=10, solution="12",
            problem="A ladder is 13 feet long, its foot 5 feet from the wall. Solve $x^2 + 25 = 169$ for its height.",
        ),
        lambda text: numbered(text, 10),
    )  # fmt: skip
    assert lost <= 15
    assert all(1 <= len(points) <= 10 for points, _ in good)
    for label, rate in (
        ("vague", persona.vague_point),
        ("wrong", persona.false_point),
        ("over-detailed", persona.detailed_point),
    ):
        share = sum(any(item["label"] == label for item in truth["added"]) for _, truth in good) / len(good)
        assert near(share, rate, len(good))
    assert len({point for points, _ in good for point in points}) > 5


def test_three_judges_disagree(ask, sound):
    """GSDP-26: the judges are independent of each other, so a weighted sum has something to weigh."""
    slips = [
        {
            seed
            for seed, reply in zip(
                SEEDS, ask("judges/problem", name, seeds=SEEDS, problem=sound[0], points=LIST, count=2), strict=True
            )
            if json.loads(reply.aside)["slip"]
        }
        for name in ("abacus-judge-a", "abacus-judge-b", "abacus-judge-c")
    ]
    assert all(slips)
    assert len(slips[0] & slips[1] & slips[2]) <= 2
