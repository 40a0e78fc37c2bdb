import re
from dataclasses import fields

import pytest

from engine.abacus import personas
from engine.abacus.personas import PERSONAS, cast
from engine.core.errors import Refused


def test_the_documented_table_is_the_real_one():
    rows = re.findall(r"^ {4}(abacus-\S+)((?: +\d\.\d+){7})$", personas.__doc__, re.MULTILINE)
    written = {name: tuple(map(float, numbers.split())) for name, numbers in rows}
    held = {
        p.name: (
            p.flawed_problem,
            p.wrong_solution,
            p.wrong_keep,
            p.wrong_same,
            p.wrong_score,
            p.wrong_check,
            p.unreadable,
        )
        for p in PERSONAS
    }
    assert written == held


def test_every_rate_is_a_small_share():
    assert [p.name for p in PERSONAS] == [
        "abacus-small", "abacus-large", "abacus-judge-a", "abacus-judge-b", "abacus-judge-c",
    ]  # fmt: skip
    for persona in PERSONAS:
        rates = [getattr(persona, field.name) for field in fields(persona)[2:]]
        assert all(0 < rate <= 0.3 for rate in rates)
        assert 0.005 <= persona.unreadable <= 0.02
        assert persona.about.endswith(".")


@pytest.mark.parametrize(
    ("model", "seconds"), [("abacus-small", 0), ("abacus-small@40ms", 0.04), ("abacus-judge-c@1.5s", 1.5)]
)
def test_a_pace_is_read_from_the_name(model, seconds):
    found = cast(model)
    assert found.persona.name == model.split("@")[0]
    assert found.pace_s == pytest.approx(seconds)


def test_refusals_say_what_there_is():
    with pytest.raises(Refused, match=r"no model 'abacus-huge'.*abacus-small.*@40ms"):
        cast("abacus-huge")
    with pytest.raises(Refused, match=r"at most 60 s"):
        cast("abacus-small@61s")
