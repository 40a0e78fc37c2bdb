import time
from contextlib import suppress

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from engine.core import reply_parsing
from engine.core.errors import UnreadableReply


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("1. Ratios\n2. Percent", ("Ratios", "Percent")),
        ("Here is the list:\n\n1) **Ratios**\n2) `Percent`\n\nHope that helps!", ("Ratios", "Percent")),
        ("- Ratios\n* Percent", ("Ratios", "Percent")),
        ("1、分数\n2、比例", ("分数", "比例")),
        ('["Ratios", "Percent"]', ("Ratios", "Percent")),
        ("```\n1. Ratios\n```", ("Ratios",)),
        ("<think>1. no\n2. never</think>\n1. Ratios", ("Ratios",)),
        ("1. Ratios\n2. Ratios\n3. Percent", ("Ratios", "Percent")),
    ],
)
def test_x03_numbered_lists(text, expected):
    """X-03: tolerant parser of numbered lists."""
    assert reply_parsing.numbered(text, 10) == expected


def test_gsdp02_twelve_points_become_ten():
    """GSDP-02: a model that lists twelve points keeps ten."""
    text = "\n".join(f"{n}. point {n}" for n in range(1, 13))
    assert len(reply_parsing.numbered(text, 10)) == 10


@pytest.mark.parametrize("text", ["", "I cannot help with that.", "{}", "1.\n2.\n", "<script>alert(1)</script>"])
def test_x03_no_list_is_unreadable(text):
    with pytest.raises(UnreadableReply, match="no numbered list"):
        reply_parsing.numbered(text, 10)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Score: 0.9\nReason: fine", {"Score": "0.9", "Reason": "fine"}),
        ("**Score:** 0.9\n**Reason:** fine", {"Score": "0.9", "Reason": "fine"}),
        ("## Score: 0.9\n\n- Reason: fine\nand more", {"Score": "0.9", "Reason": "fine\nand more"}),
        ('{"score": 0.9, "reason": "fine"}', {"Score": "0.9", "Reason": "fine"}),
        ('Sure!\n```json\n{"Score": 0.9, "Reason": "fine"}\n```', {"Score": "0.9", "Reason": "fine"}),
        ("Score: 0.2\nWait.\nScore: 0.9\nReason: fine", {"Score": "0.9", "Reason": "fine"}),
        ("Score：0.9\nReason：好", {"Score": "0.9", "Reason": "好"}),
    ],
)
def test_x03_named_fields(text, expected):
    """X-03: tolerant parser of marker lines and JSON."""
    assert reply_parsing.fields(text, "Score", "Reason") == expected


@pytest.mark.parametrize(
    "text", ["", "Score: 0.9", '{"score": null, "reason": "x"}', "{broken json", "Score 0.9 Reason x"]
)
def test_x03_missing_fields_are_unreadable(text):
    with pytest.raises(UnreadableReply, match="in the reply"):
        reply_parsing.fields(text, "Score", "Reason")


@pytest.mark.parametrize(
    ("text", "value"),
    [("0.85", 0.85), ("1", 1.0), ("85 %", 0.85), ("17/20", 0.85), (".5", 0.5), ("about 0.7, I think", 0.7)],
)
def test_x03_unit_interval(text, value):
    assert reply_parsing.unit_interval(text) == pytest.approx(value)


@pytest.mark.parametrize("text", ["1.2", "-0.1", "7", "120 %", "high", "", "1/0"])
def test_gsdp25_scores_outside_the_interval_are_rejected(text):
    """GSDP-25: out-of-range scores are rejected, never clipped."""
    with pytest.raises(UnreadableReply):
        reply_parsing.unit_interval(text)


@pytest.mark.parametrize(
    ("text", "value"), [("Yes", True), ("no.", False), ("**True**", True), ("是", True), ("否，不同", False)]
)
def test_x03_yes_no(text, value):
    assert reply_parsing.yes_no(text) is value


@pytest.mark.parametrize("text", ["", "maybe", "Not sure, yes?", "42"])
def test_x03_neither_yes_nor_no(text):
    with pytest.raises(UnreadableReply):
        reply_parsing.yes_no(text)


def test_choice_takes_the_longest_option():
    assert reply_parsing.choice("Over-detailed: one equation", ("vague", "over-detailed")) == "over-detailed"
    with pytest.raises(UnreadableReply):
        reply_parsing.choice("fine", ("vague", "wrong"))


@given(st.text(max_size=400))
@example("0\x1f")
def test_any_reply_is_read_or_unreadable(text):
    """X-03: no text at all makes a parser crash or return a silent default."""
    for read in (
        lambda t: reply_parsing.numbered(t, 10),
        lambda t: reply_parsing.fields(t, "Score", "Reason"),
        lambda t: reply_parsing.after(t, "Problem"),
        reply_parsing.unit_interval,
        reply_parsing.yes_no,
        lambda t: reply_parsing.choice(t, ("keep", "vague")),
    ):
        with suppress(UnreadableReply):
            assert read(text) is not None


@pytest.mark.parametrize("run", ["\n", " ", "#", "*\n", "- ", "1. ", "x:\n", "\t"])
def test_a_reply_that_repeats_itself_to_the_end_is_read_at_once(run):
    """Models that fall into a loop send thousands of empty lines; no reader may take long over them."""
    text = f"x{run * 20_000}y"
    began = time.process_time()
    for read in (
        lambda: reply_parsing.numbered(text, 10),
        lambda: reply_parsing.fields(text, "Score", "Reason"),
        lambda: reply_parsing.after(text, "Problem"),
        lambda: reply_parsing.numbered(f"1. {text}", 10),
    ):
        with suppress(UnreadableReply):
            read()
    assert time.process_time() - began < 2.0
