"""Any other table: which columns hold the statement, the solution, the answer and so on.

Names are guessed from what people usually call them; a person's mapping overrides each guess. A field may be made of
several columns, as in `Body + Question` or `cate0 + cate1`. Knowledge points are never guessed, because a wrong
column there would spoil the graph unseen; only our own exports say that they hold them.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from engine.core.errors import BadInput, BadSetting
from engine.seeds.names import key, shown, tail
from engine.seeds.talks import TABLES

_NAMES = {
    "statement": "statement problem question prompt instruction query text input content stem task user problemtext "
    "questiontext originaltext squestion 题目 问题 题干",
    "solution": "solution rationale workedsolution explanation analysis response output completion reasoning "
    "generatedsolution answeranalysis assistant chosen 解答 解析",
    "answer": "answer finalanswer expectedanswer groundtruth gold goldanswer target correctanswer answerkey correct "
    "answervalue correctoption correctchoice choiceanswer referenceanswer ans answerindex answeridx "
    "correctindex cop 答案 正确答案 参考答案",
    "subject": "subject type category topic area domain datatopic field subfield 学科",
    "level": "level difficulty grade 难度",
    "language": "language lang 语言",
    "points": "points knowledgepoints knowledgepointroutes concepts skills tags 知识点",
}
USUAL: dict[str, tuple[str, ...]] = {field: tuple(names.split()) for field, names in _NAMES.items()}
"""Field to the names that people give its column, without case and signs.

A `label` names an answer only beside options: elsewhere it labels the row, as the first wrong step of a solution.
"""
FIELDS = tuple(USUAL)
JOINED = " + "
_BEFORE = (
    "background context body passage premise story scenario situation paragraph parentquestion parentstatement "
    "parentproblem mainquestion mainproblem data facts given information introduction preamble conditions setup "
    "背景 材料 已知"
)
BEFORE = tuple(_BEFORE.split())
"""Columns that stand before a question and without which it is half a problem."""
_GIVEN = "problem statement text content stem problemtext"
GIVEN = tuple(_GIVEN.split())
"""Columns that may hold what is given, where another one asks: each alone is half a problem then."""
ASKED = ("question", "query")
_CHOICE = (
    "choiceanswer answerkey correct correctoption correctchoice correctanswer answervalue label answer 答案 正确答案 "
    "finalanswer gold goldanswer groundtruth target ans cop answerindex answeridx correctindex correctoptionindex "
    "iscorrect labels correctness correctanswerindex rightanswer"
)
CHOICE = tuple(_CHOICE.split())
"""Columns that name one of the options of a row, those that can mean nothing else first."""
_AFTER = "input"
_LEVELS = re.compile(r"(cate|category|cat|topic|domain|subject|tier|level|l|知识点)(\d)\Z")
_OURS = frozenset(("combinationid", "machinestatement"))


@dataclass(frozen=True, slots=True)
class Guess:
    """Which column a field is taken from (None: from none), or several joined by ` + `, and those that could serve."""

    field: str
    column: str | None
    candidates: tuple[str, ...]


def guess(columns: tuple[str, ...], mapping: Mapping[str, str], where: str) -> tuple[Guess, ...]:
    """Return a guess per field; BadSetting for an unknown field, BadInput for a column that is not there."""
    for field, column in mapping.items():
        if field not in USUAL:
            raise BadSetting(f"{field} is no field of a seed.", where=where, do=f"Fields: {', '.join(FIELDS)}.")
        missing = [one for one in split(column, columns) if one not in columns]
        if missing:
            raise BadInput(f"has no column {missing[0]!r}.", where=where, do=f"Columns found: {_named(columns)}.")
    guesses = tuple(_guess(field, columns, mapping) for field in FIELDS)
    if guesses[0].column is None:
        do = f"Columns found: {_named(columns)}. Say which one with --map statement=COLUMN."
        raise BadInput("has no column that looks like a problem statement.", where=where, do=do)
    return guesses


def split(column: str | None, columns: tuple[str, ...]) -> tuple[str, ...]:
    """Return the columns that a field is made of."""
    if not column or column in columns:
        return (column,) if column else ()
    return tuple(one.strip() for one in column.split("+") if one.strip())


def by_name(columns: tuple[str, ...], names: tuple[str, ...] | frozenset[str]) -> Iterator[str]:
    """Yield the columns of these names in the order of the names: whole names first, then last parts of nested ones."""
    order = tuple(names)
    for of in (key, tail):
        known = {of(column): column for column in reversed(columns)}
        yield from (known[name] for name in order if name in known and not (of is tail and key(known[name]) == name))


def _guess(field: str, columns: tuple[str, ...], mapping: Mapping[str, str]) -> Guess:
    candidates = tuple(dict.fromkeys(by_name(columns, USUAL[field])))
    if field in mapping:
        return Guess(field, mapping[field] or None, candidates)
    taken = {one for column in mapping.values() for one in split(column, columns)}
    free = tuple(column for column in candidates if column not in taken)
    if field == "points":
        return Guess(field, free[0] if free and set(map(key, columns)) >= _OURS else None, candidates)
    if field == "subject":
        return Guess(field, JOINED.join(_path_columns(columns, free)) or None, candidates)
    if field == "statement":
        return Guess(field, JOINED.join(_statement_columns(columns, free, taken)) or None, candidates)
    return Guess(field, free[0] if free else None, candidates)


def _statement_columns(columns: tuple[str, ...], free: tuple[str, ...], taken: set[str]) -> list[str]:
    """Return what makes a whole statement, in reading order: what is given, the table, the question, its input."""
    main = next(iter(free), None)
    before = [column for column in by_name(columns, BEFORE) if column not in taken]
    if main is None:
        return before
    told = [column for column in free if key(column) == "instruction" and column != main]
    tables = [column for column in by_name(columns, TABLES) if column not in taken][:1]
    halves = halves_of(free)
    inputs = [column for column in free if key(column) == _AFTER and column not in (main, *halves)]
    return [*told, *before, *tables, *(halves or (main,)), *inputs]


def halves_of(columns: tuple[str, ...]) -> tuple[str, ...]:
    """Return the column that holds what is given and the one that asks, where both are there; else nothing."""
    known = {key(column): column for column in reversed(columns)}
    given, asked = (next((known[name] for name in names if name in known), None) for names in (GIVEN, ASKED))
    return (given, asked) if given and asked else ()


def _path_columns(columns: tuple[str, ...], free: tuple[str, ...]) -> list[str]:
    """Return the columns that are the levels of one path, such as cate0, cate1 or field, subfield; else the first."""
    numbered: dict[str, list[tuple[int, str]]] = {}
    for column in columns:
        if hit := _LEVELS.match(key(column)):
            numbered.setdefault(hit[1], []).append((int(hit[2]), column))
    deep = max(numbered.values(), key=len, default=[])
    if len(deep) > 1:
        return [column for _, column in sorted(deep)]
    if not free:
        return []
    below = [column for column in columns if key(column) == f"sub{key(free[0])}"]
    return [free[0], *below]


def _named(columns: tuple[str, ...]) -> str:
    listed = ", ".join(map(shown, columns[:30]))
    return f"{listed} and {len(columns) - 30} more" if len(columns) > 30 else listed or "none"


def language_of(statement: str) -> str:
    """Return zh where a text has more Chinese characters than words in Latin letters, formulas left aside; else en."""
    plain = _FORMULA.sub(" ", statement)
    chinese = len(_CJK.findall(plain))
    return "zh" if chinese > 1 and chinese >= len(_LATIN.findall(plain)) else "en"


_FORMULA = re.compile(r"\$\$.*?\$\$|\$[^$]*\$|\\\(.*?\\\)|\\\[.*?\\\]|\\[a-zA-Z]+", re.DOTALL)
_LATIN = re.compile(r"[A-Za-z]{2,}")
_CJK = re.compile(r"[\u4e00-\u9fff]")
