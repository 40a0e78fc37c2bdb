"""What went wrong with the calls of a run, in plain words."""

from __future__ import annotations

import re

import pytest

from engine.runs import troubles
from engine.runs.troubles import counted, told
from tests.support.fault_kinds import KINDS


def test_the_most_frequent_kinds_come_first_and_the_rest_is_counted() -> None:
    errors = {"HTTP 429": 12, "reply cut off": 31, "HTTP 502": 1, "reply empty": 2, "HTTP 403": 1}
    first = "31 replies cut off, 12 refused with 429 (too many requests), 2 empty replies"
    assert told(errors) == f"{first}, 2 of 2 other kinds"
    assert told({"reply cut off": 1, "HTTP 500": 1_204}) == "1,204 errors of the server (500), 1 reply cut off"
    assert told({}) == ""
    assert told({"reply empty": 0}) == ""


def test_statuses_of_earlier_versions_are_read_as_well() -> None:
    assert told({"Throttled": 3, "Unreachable": 2}) == "3 throttled, 2 without an answer"
    assert counted({"something of a plug-in": 2}) == [("something of a plug-in", 2)]


@pytest.mark.parametrize("kind", sorted({kind.counted for kind in KINDS.values() if kind.counted}))
def test_every_kind_has_words_of_its_own(kind: str) -> None:
    """What is counted is a key; what is read is a sentence, or the status that the server gave."""
    (words, _) = counted({kind: 2})[0]
    status = re.fullmatch(r"HTTP (\d+)", kind)
    assert status[1] in words if status else kind in troubles.WORDS
