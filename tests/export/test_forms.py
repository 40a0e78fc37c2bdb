"""Forms of training rows: pairs, prompts, cells that no spreadsheet runs."""

import csv
import io

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from engine.core import prompts
from engine.core.errors import BadSetting
from engine.export.files import Csv, cell, text_of
from engine.export.formats import FORMATS, PAIR_WAYS, CardFacts, ExportRow, export
from engine.export.formats.preference import by, pairs
from engine.export.formats.rl import VERIFY, way
from engine.export.rows import LeftOut

MENDED = ExportRow(
    "Q-2",
    "What is 3 + 4?",
    solution=r"3 + 4 = \boxed{7}.",
    request="Write a sum.",
    parent_id="Q-1",
    parent_statement="What is 3 + ?",
    parent_solution="It is 7.",
)


def test_cl15_a_mended_sample_is_preferred_to_the_first_one_under_the_request_of_both() -> None:
    """CL-15: chosen a', rejected a, the prompt is the one that asked for a."""
    (pair,) = pairs(MENDED)
    asked = prompts.load("agents/request_problem").fill(request="Write a sum.")
    assert pair["prompt"] == [{"role": turn.role, "content": turn.content} for turn in asked]
    assert [turn["role"] for turn in pair["prompt"]] == ["system", "user"]
    assert pair["chosen"] == [
        {"role": "assistant", "content": "Question: What is 3 + 4?\nSolution: 3 + 4 = \\boxed{7}."}
    ]
    assert pair["rejected"] == [{"role": "assistant", "content": "Question: What is 3 + ?\nSolution: It is 7."}]


@pytest.mark.parametrize(
    "changed",
    [
        {"solution": "It is 7."},
        {"solution": None},
        {"request": None},
        {"parent_solution": None},
        {"parent_statement": MENDED.statement, "parent_solution": MENDED.solution},
    ],
)
def test_cl15_without_a_box_or_a_difference_there_is_no_pair(changed) -> None:
    """CL-15: the format filter on a' drops what has no box."""
    fields = {name: getattr(MENDED, name) for name in MENDED.__slots__}
    with pytest.raises(LeftOut, match="not edited"):
        list(pairs(ExportRow(**(fields | changed))))


def test_right_and_wrong_solutions_make_pairs_when_they_are_asked_for() -> None:
    row = ExportRow("Q-1", "What is 1 + 1?", solution=r"\boxed{2}", wrong_solution=r"\boxed{3}")
    with pytest.raises(LeftOut):
        list(pairs(row))
    (pair,) = pairs(row, ("solutions",))
    assert (pair["chosen"][0]["content"], pair["rejected"][0]["content"]) == (r"\boxed{2}", r"\boxed{3}")
    assert pair["prompt"] == [{"role": "user", "content": "What is 1 + 1?"}]
    edited = ExportRow("Q-1", "New?", solution="s", machine_statement="Old?", wrong_solution="w", points=("a",))
    assert [one["about"] for one in pairs(edited, tuple(PAIR_WAYS))] == ["problem"]


@pytest.mark.parametrize("ways", [(), ("luck",), ("edits", "luck")])
def test_unknown_ways_to_pairs_are_named_before_anything_is_written(ways, tmp_path) -> None:
    with pytest.raises(BadSetting, match="Known: edits, refined, solutions"):
        by(ways)
    with pytest.raises(BadSetting):
        export([MENDED], tmp_path / "out", name="n", card=CardFacts(), format="preference", pairs=ways)
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize(
    ("answer", "verify"),
    [
        ("7", "number"), ("-7.5", "number"), ("1,234", "number"), ("1,23", "expression"), ("B", "choice"),
        ("(C)", "choice"), ("G", "expression"), (r"\frac{1}{2}", "expression"), ("x + 1", "expression"),
    ],
)  # fmt: skip
def test_rewards_are_told_how_to_compare(answer, verify) -> None:
    (entry,) = FORMATS["rl"].rows(ExportRow("Q", "?", answer=f" {answer}\n"))
    assert (entry["verify"], entry["answer"]) == (verify, answer)
    assert entry["solution"] == f"\\boxed{{{answer}}}"
    assert way(answer) in VERIFY


def test_the_card_of_rewards_says_how_answers_are_compared(tmp_path) -> None:
    for format, there in (("rl", True), ("sft", False)):
        export([ExportRow("Q", "What is $1+1$?", "It is \\boxed{2}.", answer="2")], tmp_path / format, name="set",
               card=CardFacts(), format=format)  # fmt: skip
        card = (tmp_path / format / "README.md").read_text(encoding="utf-8")
        assert ("## How to verify" in card) is there
        assert all((words in card.replace("\\", "")) is there for words in VERIFY.values())


def test_our_own_grader_agrees_with_the_boxed_column() -> None:
    from engine.verification.answers import extract_answer

    for answer in ("7", r"\frac{1}{2}", "(2, 3)"):
        (entry,) = FORMATS["rl"].rows(ExportRow("Q", "?", answer=answer))
        assert extract_answer(entry["solution"]) == answer


def test_gsdp39_pretraining_text_keeps_inner_lines_and_no_outer_ones() -> None:
    """GSDP-39: two labelled sections, one blank line between them, nothing around."""
    (entry,) = FORMATS["pretrain"].rows(ExportRow("Q", "\nA\n\nB ", solution=" C\nD\n\n"))
    assert entry["text"] == "Problem:\nA\n\nB\n\nSolution:\nC\nD"


def test_a_completion_brings_the_space_that_trl_does_not_add() -> None:
    (entry,) = FORMATS["sft-pairs"].rows(ExportRow("Q", "What? \n", solution="\nThis."))
    assert entry["prompt"] + entry["completion"] == "What? This."


anything = st.text(st.characters(exclude_categories=("Cs",)), max_size=60)


@given(anything)
@example("=1+1")
@example("@SUM(A1)")
@example("=cmd|' /C calc'!A0")
@example("\t=1")
@example("\r=1")
@example("\n=1")
@example("'=1")
@example("''")
@example("＝1+1")
@example("-5")
@example("-5e3")
def test_every_text_survives_a_cell_and_none_is_a_formula(text) -> None:
    """The documented way back: a leading apostrophe is always ours."""
    written = cell(text)
    assert text_of(written) == text
    if written[:1] in ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠"):
        assert float(written) is not None


@given(st.lists(anything, min_size=1, max_size=5))
def test_every_cell_is_quoted_so_that_no_separator_tears_it(tmp_path_factory, texts) -> None:
    import pyarrow as pa

    path = tmp_path_factory.mktemp("csv") / "a.csv"
    writer = Csv(path, pa.schema([("id", pa.string()), ("text", pa.string())]))
    for text in texts:
        writer.write({"id": "1;=2", "text": text})
    writer.close()
    body = path.read_bytes().decode()
    rows = list(csv.DictReader(io.StringIO(body, newline="")))
    assert [text_of(row["text"]) for row in rows] == texts
    assert all(line.startswith('"') for line in body.split("\n")[:1])
    assert '"1;=2"' in body
