import ast
import json
import random
from pathlib import Path

import pytest

from engine.abacus import responders, workshop
from engine.abacus.responders import RESPONDERS
from engine.abacus.tasks import blocks_of
from engine.core import prompts
from engine.core.reply_parsing import fields, numbered, unit_interval

FOLDER = Path(responders.__file__).parent
GCD = "Find the greatest common divisor of $84$ and $126$."


def test_every_prompt_that_ships_has_a_responder():
    tasks = {responder.task for responder in RESPONDERS}
    for name in prompts.hashes():
        prompt = prompts.load(name)
        first = next(turn for turn in prompt.turns if turn.role == "user").content.partition("\n")[0]
        assert first.removeprefix("Task: ").rstrip(".").lower() in tasks, name


def test_every_responder_is_listed():
    listed = {responder.respond.__module__.rsplit(".", 1)[-1] for responder in RESPONDERS}
    assert listed == {path.stem for path in FOLDER.glob("*.py")} - {"__init__"}


def test_responders_know_nothing_of_roles_and_prompts():
    """They see a brief: no responder reads a chat, a role or a prompt id."""
    for path in FOLDER.glob("*.py"):
        imported = {
            node.module for node in ast.walk(ast.parse(path.read_text("utf-8"))) if isinstance(node, ast.ImportFrom)
        }
        assert not imported & {"engine.core.protocol", "engine.core.prompts"}, path


def test_blocks_end_at_their_first_closing_tag():
    text = "<problem>\nA </problem> B\n</problem>\n<solution>\nC\n</solution>\n<problem>\nD\n</problem>"
    assert blocks_of(text) == {"problem": "A </problem> B", "solution": "C"}
    assert blocks_of("<problem>\nno end\n") == {"problem": "no end"}
    assert blocks_of("<problem>\n</problem>") == {"problem": ""}
    assert blocks_of("nothing <b>here</b>") == {}


def test_known_problems_give_the_points_of_their_family(ask):
    """GSDP-02: points from a problem and its solution; a solution may be missing."""
    for solution in ("", "42", "Use the Euclidean algorithm."):
        replies = ask("knowledge/extract", seeds=range(20), problem=GCD, solution=solution, limit=10)
        for reply in replies:
            assert "Greatest common divisor" in json.loads(reply.aside)["points"]


def test_no_more_points_than_asked(ask):
    """GSDP-02: the limit of the prompt is kept, but for what a careless reader adds."""
    text = (
        "A train travels 60 miles per hour. The ratio of its speed to that of a car is 3:2. What percent faster is it?"
    )
    for limit in (1, 2, 4):
        for reply in ask("knowledge/extract", seeds=range(30), problem=text, solution="", limit=limit):
            truth = json.loads(reply.aside)
            if reply.text.startswith("1. "):
                assert len(numbered(reply.text, 50)) <= limit + len(truth["added"])


def test_one_point_goes_by_several_names(ask):
    """GSDP-09: the same concept is named in varying ways, so that merging has work."""
    replies = ask(
        "knowledge/extract",
        "abacus-small",
        seeds=range(80),
        problem="Use the Pythagorean theorem.",
        solution="",
        limit=5,
    )
    spellings = {numbered(reply.text, 1)[0] for reply in replies if reply.text.startswith("1. ")}
    assert {"Pythagorean theorem", "The Pythagorean Theorem", "Pythagoras' theorem"} <= spellings


def test_nothing_to_see_is_said(ask):
    (reply,) = ask("knowledge/extract", problem="Hmm.", solution="", limit=5)
    assert "nothing in this problem" in reply.text


@pytest.mark.parametrize(
    ("first", "second", "same"),
    [
        ("Law of sines", "Law of cosines", "No"),
        ("Law of sines", "Sine rule", "Yes"),
        ("Area of a circle", "Circle area", "Yes"),
        ("Area of a circle", "Circumference of a circle", "No"),
        ("Hensel lifting", "The Hensel lifting", "Yes"),
        ("Hensel lifting", "Hensel's lemma", "No"),
        ("Arithmetic sequences", "Geometric sequences", "No"),
        ("GCD", "Least common multiple", "No"),
        ("", "", "No"),
    ],
)
def test_names_are_compared_by_what_they_mean(ask, first, second, same):
    """GSDP-07: neighbours are different, other names of one thing are the same, and the reason names both."""
    replies = ask("knowledge/same", "abacus-judge-a", seeds=range(40), first=first, second=second)
    said = [reply.text.splitlines()[0] for reply in replies]
    assert said.count(f"Same: {same}") >= 32
    assert first[:10] in next(reply.text for reply in replies if reply.text.startswith(f"Same: {same}"))


@pytest.mark.parametrize(
    ("group", "name"),
    [
        ("- GCD\n- Greatest common factor", "Greatest common divisor"),
        ("1. Cosine rule\n2. Law of cosines", "Law of cosines"),
        ("- Hensel lifting\n- HENSEL LIFTING\n- Solving 3x + 5 = 20", "Hensel lifting"),
    ],
)
def test_a_group_gets_its_standard_term(ask, group, name):
    """GSDP-09: the name is the standard term, of the group or better than the group's."""
    (reply,) = ask("knowledge/name", "abacus-judge-a", points=group)
    assert fields(reply.text, "Name", "Reason")["Name"] == name


def test_any_points_give_a_problem(ask):
    """GSDP-20: two or three points of whatever name give one problem after the marker."""
    rng = random.Random(7)
    odd = (
        "Hensel lifting",
        "勾股定理",
        "<b>Bold</b>",
        "Solving 3x + 5 = 20",
        "Problem solving",
        "{{points}}",
        "x" * 300,
    )
    for seed in range(60):
        points = rng.sample((*workshop.all_points(), *odd), rng.choice((2, 3)))
        listed = "\n".join(f"- {point}" for point in points)
        (reply,) = ask("agents/graph_problem", seeds=(seed,), points=listed, count=len(points))
        assert reply.text.startswith("Problem:")
        assert json.loads(reply.aside)["points"]


def test_what_cannot_be_solved_is_said_plainly(ask):
    """GSDP-23: no box where there is no solution."""
    for problem, words in (
        ("What is the airspeed of a swallow?", "of no kind that I know"),
        ("", "no problem"),
        (GCD.replace("$84$", "$p$"), "cannot solve"),
    ):
        (reply,) = ask("solving/solve", problem=problem)
        assert words in reply.text
        assert "boxed" not in reply.text
        assert json.loads(reply.aside)["correct"] is None


@pytest.mark.parametrize("flaw", workshop.FLAWS)
def test_judges_name_the_flaw(ask, flaw):
    """GSDP-25: each kind of flaw costs most of the score, and the reason says which it is."""
    rng = random.Random(3)
    points = ("Greatest common divisor", "Divisibility rules")
    holes = {"points": "\n".join(f"- {point}" for point in points), "count": 2}
    written = next(w for w in (workshop.write(points, rng, flaw=flaw) for _ in range(50)) if w.flaw == flaw)
    replies = ask("judges/problem", "abacus-judge-a", seeds=range(30), problem=written.statement, **holes)
    fair = [reply for reply in replies if not json.loads(reply.aside)["slip"]]
    texts = [fields(reply.text, "Score", "Reason") for reply in fair if reply.text.startswith("Score: 0")]
    assert len(texts) >= 20
    assert all(unit_interval(text["Score"]) < 0.8 for text in texts)
    assert json.loads(fair[0].aside)["truth"] is False


@pytest.mark.parametrize("flaw", [None, "missing condition", "contradiction"])
def test_gsdp25_a_problem_by_itself_is_scored_by_what_is_wrong_with_it(ask, flaw):
    """GSDP-25: a sound problem passes without any point, a flawed one does not; no reason speaks of points."""
    rng = random.Random(3)
    written = next(w for w in (workshop.write(("Ratios",), rng, flaw=flaw) for _ in range(80)) if w.flaw == flaw)
    replies = ask("judges/problem_alone", "abacus-judge-a", seeds=range(30), problem=written.statement)
    fair = [reply for reply in replies if not json.loads(reply.aside)["slip"]]
    said = [fields(reply.text, "Score", "Reason") for reply in fair if reply.text.startswith(("Score: 0", "Score: 1"))]
    assert len(said) >= 20
    assert all((unit_interval(one["Score"]) >= 0.85) is (flaw is None) for one in said)
    assert not any("point" in one["Reason"] for one in said)
    (unknown,) = ask("judges/problem_alone", "abacus-judge-a", problem="How many moons of Saturn are visible?")
    assert "asks a clear question" in unknown.text


def test_an_unknown_problem_is_scored_modestly(ask):
    """GSDP-25: no made-up verdict on what Abacus cannot work out; the reason says so."""
    text = "How many moons of Saturn are visible if the telescope uses the Pythagorean theorem?"
    holes = {"points": "- Pythagorean theorem\n- Orbits", "count": 2}
    replies = ask("judges/problem", "abacus-judge-a", seeds=range(30), problem=text, **holes)
    fair = [reply for reply in replies if not json.loads(reply.aside)["slip"] and reply.text.startswith("Score: 0")]
    assert all("cannot work this problem out" in reply.text for reply in fair)
    assert all(0.4 < unit_interval(fields(r.text, "Score", "Reason")["Score"]) < 0.85 for r in fair)


@pytest.mark.parametrize(
    ("solution", "verdict", "words"),
    [
        ("First 3 + 4 = 7.\nThen 7 * 2 = 14.\nSo $\\boxed{14}$.", (True, True, True), "form only"),
        ("First 3 + 4 = 8.\nThen 8 * 2 = 16.\nSo $\\boxed{16}$.", (False, True, True), "3 + 4 = 8"),
        ("First 10 / 3 = 3.33.\nSo $\\boxed{3}$.", (True, True, True), "form only"),
        ("First 10 / 4 = 2.6.\nSo $\\boxed{3}$.", (False, True, True), "10 / 4 = 2.6"),
        ("First 3 + 4 = 7.", (True, True, False), "no final answer"),
        ("$\\boxed{7}$", (True, True, False), "without steps"),
        ("We get 2 * 3 + 4 = 10.\nSo $\\boxed{10}$.", (True, True, True), "form only"),
    ],
)
def test_solutions_of_unknown_problems_are_judged_on_form_and_sums(ask, solution, verdict, words):
    """GSDP-28: what cannot be known is said; a wrong sum is still found."""
    replies = ask("judges/solution", "abacus-judge-a", seeds=range(12), problem="Who knows?", solution=solution)
    reply = next(r for r in replies if not json.loads(r.aside)["slip"] and r.text.startswith("Calculation:"))
    said = fields(reply.text, "Calculation", "Logic", "Completeness", "Reason")
    assert tuple(said[name] == "True" for name in ("Calculation", "Logic", "Completeness")) == verdict
    assert words in said["Reason"]


def test_reasons_name_the_wrong_step(ask):
    """GSDP-28: the reason quotes the first wrong step of this very solution."""
    rng = random.Random(11)
    named = 0
    for seed in range(40):
        written = workshop.write(("Greatest common divisor",), rng)
        wrong, _ = workshop.spoil(written.worked, rng)
        text = "\n".join(wrong.steps)
        (reply,) = ask("judges/solution", "abacus-judge-a", seeds=(seed,), problem=written.statement, solution=text)
        truth = json.loads(reply.aside)
        assert truth["truth"] is False
        reason = reply.text.rsplit("Reason: ", 1)[-1]
        named += any(step.strip()[:60] in reason for step in wrong.steps) or "missing" in reason or "finished" in reason
    assert named >= 34


@pytest.mark.parametrize(
    ("flaw", "solution", "low"),
    [
        ("missing condition", "It is $\\boxed{1}$.", {"CC"}),
        ("contradiction", "It is $\\boxed{1}$.", {"LC"}),
        (None, "", {"AC"}),
        (None, "It is $\\boxed{123456}$.", {"AA"}),
    ],
)
def test_cl28_each_dimension_marks_what_its_name_says(ask, flaw, solution, low):
    """CL-28: a gap costs content, a clash logic, a solution cut short analysis, a wrong end accuracy."""
    rng, points = random.Random(5), ("Greatest common divisor",)
    written = next(w for w in (workshop.write(points, rng, flaw=flaw) for _ in range(80)) if w.flaw == flaw)
    request = f"Write a problem solving question on these knowledge points: {points[0]}. Its difficulty is 0.5."
    replies = ask("judges/dimensions", seeds=range(9), request=request, question=written.statement, solution=solution)
    truth = json.loads(replies[0].aside)
    assert {key for key in ("LC", "CC", "AC", "AA") if truth[key] <= 3} >= low
    whole = ask("judges/dimensions", request=request, question=GCD, solution="\n".join(workshop.solve(GCD).steps))
    assert {key: json.loads(whole[0].aside)[key] for key in ("LC", "CC")} == {"LC": 9.0, "CC": 9.2}
