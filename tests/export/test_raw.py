"""The export of everything: each field by its name, lists as lists, and nothing that only says where a row goes."""

from __future__ import annotations

import pyarrow as pa

from engine.export.formats import raw
from engine.export.rows import ExportRow

ROW = ExportRow(
    "Q-1", "What is 1 + 1?", solution=r"\boxed{2}", points=("Sums", "Counting"), distance=1, difficulty=0.25,
    scores=(("judge_score", 0.9), ("agreement", 1.0)), run_id="gsdp-0001", request="Write a sum.", split="test",
    contaminated="copies a test problem", parent_statement="What is 1 + ?",
)  # fmt: skip


def test_gsdp44_cl04_a_raw_row_holds_all_that_is_known_of_a_problem() -> None:
    """GSDP-44, CL-04: lineage and request by name; what decides the place of a row is no fact of its problem."""
    (row,) = raw.everything(ROW)
    assert list(row) == raw.SCHEMA.names
    assert (row["id"], row["statement"], row["solution"]) == ("Q-1", "What is 1 + 1?", r"\boxed{2}")
    assert (row["run_id"], row["request"], row["distance"], row["difficulty"]) == ("gsdp-0001", "Write a sum.", 1, 0.25)
    assert row["points"] == ["Sums", "Counting"]
    assert row["scores"] == [{"name": "judge_score", "value": 0.9}, {"name": "agreement", "value": 1.0}]
    assert not {"split", "contaminated", "parent_statement"} & set(row)
    table = pa.Table.from_pylist([row], schema=raw.SCHEMA)
    assert table.to_pylist() == [row], "its columns take the row as it is"
