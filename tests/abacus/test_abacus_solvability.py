"""What the embedded engine says on solvability, and how it rates solutions."""

import json
import random

from engine.backends.abacus import workshop
from engine.parsers import fields

GCD = "Find the greatest common divisor of $84$ and $126$."


def test_flawed_problems_are_called_unsolvable_more_often(ask):
    rng = random.Random(5)
    said = {True: [], False: []}
    for _ in range(30):
        for flawed in (True, False):
            flaw = "missing condition" if flawed else None
            written = workshop.write(("Greatest common divisor",), rng, flaw=flaw)
            if bool(written.flaw) is flawed:
                (reply,) = ask("judges/solvability", problem=written.statement, seeds=[1])
                said[flawed].append(fields(reply.text, "Solvable")["Solvable"] == "Yes")
    assert sum(said[True]) / len(said[True]) < 0.3 < 0.7 < sum(said[False]) / len(said[False])


def test_a_right_solution_is_rewarded_higher(ask):
    worked = workshop.solve(GCD)
    right = "\n".join((*worked.steps, rf"So \boxed{{{worked.answer}}}"))
    wrong = right.replace(rf"\boxed{{{worked.answer}}}", r"\boxed{41}")

    def mean(text):
        replies = ask("judges/reward", seeds=range(30), problem=GCD, solution=text)
        good = [
            float(fields(r.text, "Reward", "Reason")["Reward"]) for r in replies if not json.loads(r.aside).get("slip")
        ]
        return sum(good) / len(good)

    assert mean(right) > mean(wrong) + 0.4
