"""The shape of TAL-SCQ5K: single choice with options and human knowledge-point routes `A->B->C`.

A route's last name is its point. Besides topics the routes hold tags for abilities, ways of thinking, methods and
question types: they are told by the second name of the route (`ABILITY_BRANCHES`). All leaves are imported, because
dropping points is a curator's act that can be undone; `human_points` gives each point its branch as `area`, and
`is_ability(area)` says which of them a filter should take out of the graph. Of the Chinese training file the leaves
are 1,117 names and 1,833 pairs that meet in a problem, both with no branch taken out (1,892 pairs where repeated rows
are merged into one seed, as an import does). Without the routes of those branches they are 1,028 and 874, and together
with the test file 1,385 and 1,557; without the points that stand in no topic branch, 1,028 and 964.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from engine.core.records import KnowledgePoint, Seed
from engine.seeds.files import kind_of, rows
from engine.seeds.rows import BrokenRow, FileRow, RowProblem, statement_of, text_of

ABILITY_BRANCHES = frozenset(
    {"能力", "学习能力", "七大能力", "素养", "思想", "数学思想", "方法", "题型", "课内题型", "特色题型"}
)

SOURCE = "tal"
USES = frozenset(
    [
        "problem",
        "answer_option_list",
        "answer_analysis",
        "answer_value",
        "difficulty",
        "dataset_name",
        "knowledge_point_routes",
    ]
)


def matches(fields: Mapping[str, Any]) -> bool:
    """Whether a row looks like it."""
    return "knowledge_point_routes" in fields and "answer_option_list" in fields


def seed(fields: Mapping[str, Any], source: str, origin: str) -> Seed:
    """Return the seed: options below the stem, the answer's letter, the analysis as solution, leaves as points."""
    return Seed.make(
        source,
        "\n".join([statement_of(fields, "problem"), *_options(fields.get("answer_option_list"))]),
        solution=_analysis(fields.get("answer_analysis")),
        answer=text_of(fields.get("answer_value"), "answer_value"),
        level=text_of(fields.get("difficulty"), "difficulty"),
        language="zh" if "_ch_" in str(fields.get("dataset_name", "")) else "en",
        points=tuple(dict.fromkeys(route[-1] for route in _routes(fields))),
        origin=origin,
    )


def human_points(path: str | Path, encoding: str = "") -> Iterator[KnowledgePoint]:
    """Yield each point of the file once, origin human, with its branch as area; a topic branch wins over an ability.

    Rows that an import refuses give no points.
    """
    areas: dict[str, str | None] = {}
    for row in rows(Path(path), kind_of(Path(path), encoding), encoding):
        for route in _readable(row):
            known = areas.get(route[-1])
            if known is None or is_ability(known):
                areas[route[-1]] = route[1] if len(route) > 1 else known
    for name, area in areas.items():
        yield KnowledgePoint.make(name, origin="human", area=area)


def _readable(row: FileRow | BrokenRow) -> list[list[str]]:
    if isinstance(row, BrokenRow):
        return []
    try:
        seed(row.fields, SOURCE, "")
    except RowProblem:
        return []
    return _routes(row.fields)


def is_ability(area: str | None) -> bool:
    """Whether a point of this branch is an ability, a way of thinking, a method or a question type, and no topic."""
    return area in ABILITY_BRANCHES


def _analysis(given: Any) -> str | None:
    if not isinstance(given, list):
        return text_of(given, "answer_analysis")
    parts = (text_of(part, "answer_analysis") for part in given)
    return text_of("\n\n".join(part for part in parts if part), "answer_analysis")


def _routes(fields: Mapping[str, Any]) -> list[list[str]]:
    given = fields.get("knowledge_point_routes") or []
    if not isinstance(given, list) or not all(isinstance(route, str) for route in given):
        raise RowProblem("not text", "knowledge_point_routes is no list of texts", "knowledge_point_routes")
    routes = ([name.strip() for name in route.split("->")] for route in given)
    return [route for route in routes if route[-1]]


def _options(given: Any) -> Iterator[str]:
    """Yield `A. text` for each option; the file wraps every option in a list of its own."""
    try:
        flat = [option[0] if isinstance(option, list) else option for option in given or []]
        yield from (f"{option['aoVal']}. {option['content'].strip()}" for option in flat)
    except (KeyError, IndexError, TypeError, AttributeError) as error:
        raise RowProblem("broken options", f"answer_option_list: {error!r}", "answer_option_list") from error
