"""`lemma bench order`: pairs of a file asked both ways, with what was left out."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path

import pytest

from engine.core.errors import ProviderError
from engine.core.protocol import Chat, Completion
from engine.learning.evaluation.order_bench import GivenPairs, SolutionPair, measure, pairs_of
from studio.cli.bench_order import lines
from tests.support.abacus_endpoint import AbacusEndpoint
from tests.support.command import within

GOOD, BAD = "We add: $3 + 4 = 7$.\nSo \\boxed{7}.", "We add: $3 + 4 = 8$.\nSo 8."


def _file(folder: Path, count: int) -> Path:
    rows = [{"question": f"Ada has 3 of {n} things and gets 4. How many?", "chosen": f"{GOOD} ({n})",
             "rejected": f"{BAD} ({n})"} for n in range(count)]  # fmt: skip
    rows += [{"question": "Same?", "chosen": GOOD, "rejected": GOOD}, {"question": "None?", "chosen": GOOD}]
    path = folder / "pairs.jsonl"
    path.write_text("\n".join(map(json.dumps, rows)), encoding="utf-8")
    return path


@pytest.mark.parametrize("enforces", [False, True])
def test_a_judge_that_sees_the_difference_keeps_to_its_word(tmp_path: Path, monkeypatch, enforces: bool) -> None:
    monkeypatch.chdir(tmp_path)
    path = str(_file(tmp_path, 40))
    with AbacusEndpoint(enforces=enforces) as endpoint:
        asked = ("bench", "order", path, "--engine", endpoint.url, "--model", "abacus-large")
        done = within(*asked, "--items", "30", "--json").values
        said = within(*asked, "--items", "12").out
    assert (done["asked"], done["alike"], done["without"], done["lost"]) == (30, 1, 1, 0)
    assert done["pairs"] + done["unread"] == 30
    assert done["preferred"]["A"] >= 20, "the column with the right sum"
    assert done["preferred"].get("B", 0) == 0
    assert done["consistent_low"] < done["consistent_share"] <= done["consistent_high"]
    assert done["to_first"] >= done["to_second"], "a slip takes whichever comes first"
    assert "keep their word when the order is turned" in said
    assert "1 rows with two like solutions" in said


def test_wrong_use_is_said_in_one_line(tmp_path: Path, monkeypatch) -> None:
    monkeypatch.chdir(tmp_path)
    path = str(_file(tmp_path, 3))
    assert "no row has a problem" in within("bench", "order").err
    assert "no model to try" in within("bench", "order", path).err
    assert "1 columns are named" in within("bench", "order", path, "--text", "chosen").err
    assert "in a and b" in within("bench", "order", path, "--text", "a", "--text", "b").err
    gone = within("bench", "order", path, "--engine", "http://127.0.0.1:1/v1", "--model", "m")
    assert gone.code == 1
    assert "127.0.0.1:1" in gone.err


class _Places:
    """Takes whichever comes first, in some words; an endpoint that breaks on one pair."""

    async def complete(self, chat: Chat, model: str) -> Completion:
        text = chat.messages[-1].content
        if "Broken" in text:
            raise ProviderError("gone")
        return Completion("mumble" if "Hard" in text else "Better: First\nReason: it is so", tokens_in=1, tokens_out=1)


def test_a_judge_that_takes_the_first_place_is_convicted_and_lost_calls_count_nowhere() -> None:
    pairs = [SolutionPair(text, GOOD, BAD) for text in ("Broken", "Hard", *(f"P{n}" for n in range(20)))]
    found = asyncio.run(measure(_Places(), "m", pairs))
    assert (found.lost, found.bias.unread, found.bias.pairs, found.bias.consistent) == (1, 1, 20, 0)
    assert (found.bias.to_first, found.bias.preference, found.bias.biased) == (20, 1.0, True)
    assert found.preferred == {"can't tell": 21}
    with pytest.raises(ProviderError, match="gone"):
        asyncio.run(measure(_Places(), "m", pairs[:1]))
    few = asyncio.run(measure(_Places(), "m", pairs[2:6]))
    said = "\n".join(lines(GivenPairs(tuple(pairs), ("chosen", "rejected"), 0, 0), few))
    assert "too few pairs for an interval" in said
    assert "the place counts" not in said


def test_columns_inside_others_and_conversations_are_found() -> None:
    rows = [
        {"prompt": [{"role": "user", "content": "1 + 1?"}], "chosen": [{"role": "assistant", "content": "2"}],
         "rejected": [{"role": "assistant", "content": "3"}]},
        {"problem": "1 + 1?", "a": {"solution": "2"}, "b": {"solution": "3"}},
    ]  # fmt: skip
    assert [(one.statement, one.one, one.other) for one in pairs_of(rows).pairs] == [("1 + 1?", "2", "3")]
    nested = pairs_of(rows, ("a.solution", "b.solution"))
    assert [(one.one, one.other) for one in nested.pairs] == [("2", "3")]
    assert nested.without == 1
