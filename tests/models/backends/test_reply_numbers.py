"""Numbers of a reply: read where they can be, estimated where they cannot, never a fault past the boundary."""

from __future__ import annotations

import json
import math
from pathlib import Path

import orjson
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.core.errors import ItemFailure
from engine.core.protocol import Completion
from engine.core.records import ItemDone, ReplyRow
from engine.models import slots
from engine.models.backends.bounded import MOST, count
from engine.models.backends.http_errors import HttpAnswer, read_completion
from engine.models.backends.openai import longest_answer
from engine.models.serving import metrics
from tests.support.driving import Drive
from tests.support.endpoint import Endpoint, always
from tests.support.odd_replies import WRONG_NUMBERS
from tests.support.run_programs import chains


def _read(value: object) -> Completion:
    body = json.dumps(value, ensure_ascii=False).encode("utf-8", "surrogatepass")
    return read_completion(HttpAnswer("local", 200, "application/json", None, body))


@pytest.mark.parametrize(
    ("said", "meant"),
    [
        (0, 0), (12, 12), (12.0, 12), ("12", 12), (MOST, MOST), (MOST + 1, None), (2**64 - 1, None), (-1, None),
        (12.5, None), (math.nan, None), (math.inf, None), ("12 tokens", None), ("-3", None), ("٣", None),
        ("9" * 5000, None), (True, None), (None, None), ([12], None), ({"n": 12}, None), ("", None), (10**400, None),
    ],
)  # fmt: skip
def test_a_count_is_what_can_be_one(said: object, meant: int | None) -> None:
    assert count(said) == meant


@pytest.mark.parametrize("name", WRONG_NUMBERS)
def test_a_wrong_number_ends_no_item(tmp_path: Path, name: str) -> None:
    """The kind of 18446744073709551615: a journal that cannot hold it stopped the whole run."""
    with Endpoint(always(f"usage {name}")) as endpoint:
        drive = Drive(tmp_path, endpoint.url, concurrency=2, retries=0)
        drive.run(chains("run", 3), total=3)
    outcomes = [row.outcome for row in drive.rows(ItemDone)]
    assert len(outcomes) == 3
    assert "failed" not in outcomes
    assert all(0 <= row.tokens_in <= MOST and 0 < row.tokens_out <= MOST for row in drive.rows(ReplyRow))


JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**70), 2**70) | st.floats() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=6), inner, max_size=3),
    max_leaves=6,
)
COUNTS = st.sampled_from([f"{side}_tokens" for side in ("prompt", "completion", "input", "output")])
USAGE = st.dictionaries(COUNTS | st.text(max_size=3), JSON)
MESSAGE = st.fixed_dictionaries(
    {}, optional={name: JSON for name in ("content", "refusal", "reasoning_content", "tool_calls", "role")}
)
CHOICE = st.fixed_dictionaries(
    {}, optional={"message": MESSAGE | JSON, "finish_reason": JSON, "text": JSON, "index": JSON}
)
CHOICES = st.lists(CHOICE | JSON, max_size=2)
REPLY = st.fixed_dictionaries(
    {}, optional={"choices": CHOICES | JSON, "usage": USAGE | JSON, "error": JSON, "done": JSON}
)  # fmt: skip


@settings(max_examples=400, deadline=None)
@given(REPLY)
def test_any_json_in_the_shape_of_a_reply_is_a_reply_or_a_named_failure(value: object) -> None:
    try:
        found: Completion | ItemFailure = _read(value)
    except ItemFailure as failure:
        found = failure
    if isinstance(found, Completion):
        assert isinstance(found.text, str)
        assert 0 <= found.tokens_in <= MOST
        assert 0 <= found.tokens_out <= MOST
        orjson.dumps([found.finish, found.tokens_in, found.tokens_out])
    else:
        assert 0 < len(str(found)) < 2_000


@pytest.mark.parametrize(
    "said", ['{"total_slots": 1e400}', '{"total_slots": "NaN"}', "[]", '{"total_slots": 18446744073709551616}']
)
def test_a_page_of_slots_with_wrong_numbers_tells_nothing(said: str) -> None:
    assert slots.parse(said) is None


def test_what_a_page_of_metrics_cannot_mean_is_left_out() -> None:
    lines = (
        "num_requests_running 3.0",
        "num_requests_waiting NaN",
        "prompt_tokens_total +Inf",
        "generation_tokens_total e",
    )
    found = metrics.parse("".join(f"vllm:{line}\n" for line in lines))
    assert found is not None
    assert (found.running, found.waiting) == (3.0, 0.0)


def test_an_answer_may_be_as_long_as_its_tokens_need() -> None:
    """An event of a stream is below 512 bytes, and the least answer has room for a page about an error."""
    assert longest_answer({"max_tokens": 2048}) > 2048 * 512 + 65_536
    assert longest_answer({"max_completion_tokens": 16}) < 1 << 20
    assert longest_answer({"max_tokens": 131_072}) == longest_answer({})
