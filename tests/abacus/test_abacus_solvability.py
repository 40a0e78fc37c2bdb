"""What the embedded engine says on solvability, and how it rates solutions."""

import json
import random

from engine.abacus import workshop
from engine.core.reply_parsing import fields
from engine.generation.judges import reward

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


def _meant(aside):
    """Neither a slip nor a reply that was spoilt on purpose."""
    said = json.loads(aside)
    return said.get("slip") is False and "unreadable" not in said


def test_a_right_solution_is_rewarded_higher(ask):
    worked = workshop.solve(GCD)
    right = "\n".join((*worked.steps, rf"So \boxed{{{worked.answer}}}"))
    wrong = right.replace(rf"\boxed{{{worked.answer}}}", r"\boxed{41}")

    def mean(text):
        """Of the replies that are readable and no slip, as some are on purpose."""
        replies = ask("judges/reward", seeds=range(30), problem=GCD, solution=text)
        good = [reward.read(r.text)[0] for r in replies if _meant(r.aside)]
        return sum(good) / len(good)

    assert mean(right) > mean(wrong) + 0.4
