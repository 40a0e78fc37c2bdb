"""A row of a table becomes a seed: its parts a statement, options below it, the answer from where it stands.

What is not taken as it stands is said in a note: an answer column that says there is none, an answer that is none of
the options, an instruction to the model at the end of a prompt.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from engine.core import lenient_json
from engine.core.records import Seed
from engine.seeds import answers_read, gsm8k, topic_paths
from engine.seeds.columns import BEFORE, CHOICE, by_name, language_of, split
from engine.seeds.distractors import wrong_columns
from engine.seeds.follow_ups import asked_later, follow_up_columns
from engine.seeds.names import tail
from engine.seeds.option_texts import begins_with_options
from engine.seeds.options import OptionList, chosen, first_number, options_of, options_within
from engine.seeds.rows import RowProblem, TakenRow, statement_of, text_of, thought, unreal
from engine.seeds.statement_parts import is_part, left_half, part_text
from engine.seeds.talks import TABLES
from engine.verification.answers import extract_answer
from engine.verification.answers.sentinels import says_no_answer

_SEPARATOR = re.compile(r"\s*[;；|\n]\s*")
_CLOSING = re.compile(
    r"\s*(?:let'?s think step by step(?:,? and (?:output|put) (?:the|your) final answer [^\n]{0,40})?[.!]?"
    r"|(?:please )?reason step by step,? and put your final answer within \\boxed\{\}\.?"
    r"|(?:please )?put (?:the|your) final answer (?:with)?in \\boxed\{\}\.?)\s*\Z",
    re.IGNORECASE,
)
_PROMPTS = frozenset(("user", "prompt"))
_REPLIES = frozenset(("output", "response", "completion", "assistant", "chosen"))
_SHORT = 3
_WORKED = 12
"""Words beyond which sentences in an answer's column are a worked solution."""
"""Words of a reply that is an answer and no solution."""
_ABOUT_PROBLEMS = "problem"
_NO_ANSWER = "the answer column says {}: no answer"


@dataclass
class TableReader:
    """How the rows of one file become seeds: the columns of each field, and what was seen in the file."""

    chosen: Mapping[str, tuple[str, ...]]
    """Field to the columns that it is made of."""
    source: str
    columns: tuple[str, ...]
    mapped: frozenset[str] = frozenset()
    """Fields whose columns a person chose."""
    first_option: int | None = None
    """From what number the file counts options, where its first rows show it."""
    slashes: bool = False
    """Whether slashes part the levels of its topics."""
    _statements: dict[str, str] = field(default_factory=dict)
    """Statements by id, in files whose rows name a parent."""

    def seeds(self, fields: Mapping[str, Any], origin: str) -> Iterator[TakenRow]:
        """Yield the seed of a row, and one for each question that follows it up; RowProblem where it has none."""
        if fields.get("about") == _ABOUT_PROBLEMS and any(tail(name) == "user" for name in fields):
            raise RowProblem("no problem", "the pair asks for a problem to be written", "about")
        statement, notes = self._statement(fields)
        statement = self._after_parent(fields, statement)
        later = list(asked_later(fields))
        if statement and (not later or self._asks(fields)):
            yield self._taken(fields, statement, origin, notes)
        for question, held in later:
            whole = "\n".join(part for part in (statement, question) if part)
            names = {"solution": ("solution",), "answer": ("answer",)}
            yield TableReader({**self.chosen, **names}, self.source, tuple(held))._taken(
                {**_plain(fields), **held}, whole, origin, ()
            )

    def used(self, fields: Mapping[str, Any]) -> frozenset[str]:
        """Return the columns of a row from which its seed is made."""
        taken = {column for columns in self.chosen.values() for column in columns}
        found = self._options(fields)
        if found:
            taken.update(found.columns)
            taken.update(() if "answer" in self.mapped else by_name(tuple(fields), CHOICE))
        taken.update(column for column in fields if tail(column) == "choiceanswer")
        return frozenset(taken | set(follow_up_columns(fields)))

    def _asks(self, fields: Mapping[str, Any]) -> bool:
        return any(fields.get(column) for column in self.chosen["statement"] if tail(column) not in BEFORE)

    def _taken(self, fields: Mapping[str, Any], statement: str, origin: str, notes: tuple[str, ...]) -> TakenRow:
        found = options_of(fields) or self._in_a_text(fields)
        texts = {
            name: _text(fields, self.chosen.get(name, ()), reply=name in ("solution", "answer"))
            for name in ("solution", "answer", "level", "language")
        }
        replies = [fields.get(column) for name in ("solution", "answer") for column in self.chosen.get(name, ())]
        solution, answer, why = self._answered(fields, found, texts["solution"], _listing(texts["answer"]), statement)
        if found and len(options_within(statement)) != len(found.options):
            statement = "\n".join((statement, *found.shown()))
        subject = self._subject(fields)
        points, area = self._points(fields)
        made = Seed.make(
            self.source, statement, solution=solution, answer=answer, subject=subject or area, level=texts["level"],
            language=texts["language"] or language_of(statement), points=points, origin=origin,
        )  # fmt: skip
        read = answers_read.how(answer, texts["answer"], texts["solution"])
        return TakenRow(made, (*notes, *thought(replies), *([why] if why else [])), read)

    def _options(self, fields: Mapping[str, Any]) -> OptionList | None:
        return _options(fields) or self._in_a_text(fields)

    def _in_a_text(self, fields: Mapping[str, Any]) -> OptionList | None:
        """Return the options that a text in a column of any other name lists, such as `(A) 3 (B) 4`."""
        taken = {column for columns in self.chosen.values() for column in columns}
        for column, value in fields.items():
            if column not in taken and isinstance(value, str) and begins_with_options(value):
                return OptionList(tuple(options_within(value).items()), (column,))
        return None

    def _statement(self, fields: Mapping[str, Any]) -> tuple[str, tuple[str, ...]]:
        columns = self.chosen["statement"]
        held = {column: fields.get(column) for column in columns}
        texts = {
            column: text
            for column, value in held.items()
            if (is_part(column, value) or "statement" in self.mapped) and (text := part_text(column, value))
        }
        left, why = ("", "") if "statement" in self.mapped else left_half(texts)
        notes = (why,) if why else ()
        parts: list[str] = []
        for column, text in texts.items():
            if tail(column) in _PROMPTS and (hit := _CLOSING.search(text)):
                text, notes = text[: hit.start()], (*notes, "an instruction at the end of a prompt is left out")
            if text and column != left and not any(text in part for part in parts):
                parts = [part for part in parts if part not in text] + [text]
        if not parts:
            statement_of(fields, columns[-1])
        return "\n".join(parts), notes

    def _after_parent(self, fields: Mapping[str, Any], statement: str) -> str:
        named = next(by_name(tuple(fields), ("parentid", "parentquestionid", "followupto", "followsid")), None)
        ident = next(by_name(tuple(fields), ("id", "qid", "questionid", "problemid", "uid")), None)
        if named is None or ident is None or _OWN.issubset(fields):
            return statement
        parent = text_of(fields.get(named), named)
        if parent and parent not in self._statements:
            raise RowProblem("no parent", f"its parent {parent[:40]} stands nowhere above it", named)
        whole = f"{self._statements[parent]}\n{statement}" if parent else statement
        self._statements[str(text_of(fields.get(ident), ident))] = whole
        return whole

    def _answered(
        self,
        fields: Mapping[str, Any],
        found: OptionList | None,
        solution: str | None,
        answer: str | None,
        statement: str,
    ) -> tuple[str | None, str | None, str]:
        """Return solution and answer, and why there is no answer where a column seems to hold one."""
        if solution and "\\boxed" not in solution and says_no_answer(solution):
            solution = None
        if found and found.apart and not ("answer" in self.mapped and not {*self.chosen["answer"]} & {*found.columns}):
            return solution, "".join(found.right) or None, ""
        letters = found or _listed(fields, statement)
        if letters and (named := self._letter(fields, letters, solution)) and (named[0] or found):
            return solution, *named
        solution, answer, why = _told(solution, answer, self.chosen.get("solution", ()))
        no_number = next(filter(None, (unreal(fields.get(column)) for column in self.chosen.get("answer", ()))), "")
        return solution, answer, why or (_NO_ANSWER.format(no_number) if no_number and not answer else "")

    def _letter(self, fields: Mapping[str, Any], found: OptionList, solution: str | None) -> tuple[str | None, str]:
        why = ""
        columns = self.chosen.get("answer", ()) if "answer" in self.mapped else tuple(by_name(tuple(fields), CHOICE))
        for column in columns:
            value = fields.get(column)
            if no_number := unreal(value):
                why = why or _NO_ANSWER.format(no_number)
                continue
            if value is None or (isinstance(value, str) and says_no_answer(value) and not chosen(found, value)[0]):
                why = why or (_NO_ANSWER.format(repr(value)) if value else "")
                continue
            if isinstance(value, str) and len(value) > 60 and (final := extract_answer(value)):
                value = final
            letter, trouble = chosen(found, value, self.first_option)
            if letter:
                return letter, ""
            why = why or trouble
        if found.right:
            return "".join(found.right), ""
        said = extract_answer(solution or "")
        return (chosen(found, said)[0] or None if said else None), why

    def _subject(self, fields: Mapping[str, Any]) -> str | None:
        columns = self.chosen.get("subject", ())
        levels = [_text(fields, (column,)) for column in columns]
        return topic_paths.SHOWN.join(topic_paths.shown(level, self.slashes) for level in levels if level) or None

    def _points(self, fields: Mapping[str, Any]) -> tuple[tuple[str, ...], str | None]:
        """Return point names, the last levels of paths, and the path of the first where it has one."""
        names: list[str] = []
        for column in self.chosen.get("points", ()):
            value = fields.get(column)
            if isinstance(value, list):
                names += [name for entry in value if (name := text_of(entry, column))]
            elif text := text_of(value, column):
                names += _SEPARATOR.split(text)
        paths = [topic_paths.parts(name, self.slashes) for name in names if name.strip()]
        above = next((path[:-1] for path in paths if len(path) > 1), ())
        return tuple(dict.fromkeys(path[-1] for path in paths)), topic_paths.SHOWN.join(above) or None


_OWN = frozenset(("parent_id", "combination_id", "seed_id"))
"""Columns of our own export of everything: a parent there is an earlier version, whose text the row holds already."""


def reader(
    sample: list[Mapping[str, Any]],
    chosen_columns: Mapping[str, str],
    source: str,
    columns: tuple[str, ...],
    mapped: frozenset[str] = frozenset(),
) -> TableReader:
    """Return the reader of a table whose first rows are given."""
    made = TableReader(
        {name: split(column, columns) for name, column in chosen_columns.items()}, source, columns, mapped
    )
    numbered = [
        (value, len(found.options))
        for fields in sample
        if (found := made._options(fields)) and not found.apart
        for value in [_first(fields, made)]
    ]
    made.first_option = first_number([value for value, _ in numbered], [size for _, size in numbered])
    topics = (
        text
        for fields in sample
        for name in ("subject", "points")
        for text in _entries(fields, made.chosen.get(name, ()))
    )
    made.slashes = topic_paths.slashes_part(topics)
    return made


def holds_more(fields: Mapping[str, Any], but: frozenset[str]) -> bool:
    """Whether a row holds options, a context, a table or questions that follow up, beside the columns `but`."""
    rest = {name: value for name, value in fields.items() if name not in but}
    more = (*by_name(tuple(rest), BEFORE), *by_name(tuple(rest), TABLES), *follow_up_columns(rest))
    parts = any(rest[column] and is_part(column, rest[column]) for column in more)
    return parts or bool(wrong_columns(rest)) or _options(rest) is not None


def _told(solution: str | None, answer: str | None, columns: tuple[str, ...]) -> tuple[str | None, str | None, str]:
    """Return solution and answer of a question without options, and why there is no answer where a column is full."""
    why = ""
    if answer and says_no_answer(answer):
        answer, why = None, _NO_ANSWER.format(repr(answer))
    if answer and solution == f"\\boxed{{{answer}}}":
        # Prompts for reinforcement learning repeat the answer in a box: that is no worked solution.
        return None, answer, ""
    if answer and not solution and (final := extract_answer(answer)):
        solution, answer = answer, final
    elif answer and not solution and _is_worked(answer):
        solution, answer, why = answer, None, "the answer column holds worked text that announces no answer"
    if solution and not answer:
        answer = extract_answer(solution)
        if not answer and _is_value(solution) and any(tail(column) in _REPLIES for column in columns):
            solution, answer = None, solution
    if solution and "####" in solution:
        solution = gsm8k.without_notes(solution)
    return solution, answer, "" if answer else why


def _is_worked(text: str) -> bool:
    """Whether a text is sentences rather than a value: many words that end with a full stop."""
    return len(text.split()) > _WORKED and text.rstrip()[-1:] in (".", "。", "．")


def _is_value(reply: str) -> bool:
    """Whether a reply is nothing but its answer: few words, a digit, no sentence."""
    return len(reply.split()) <= _SHORT and "boxed" not in reply and reply[-1] != "." and any(map(str.isdigit, reply))


def _options(fields: Mapping[str, Any]) -> OptionList | None:
    try:
        return options_of(fields)
    except RowProblem:
        return None


def _listed(fields: Mapping[str, Any], statement: str) -> OptionList | None:
    """Return the options within a statement, where a column names the letter of one."""
    if not any(tail(column) == "choiceanswer" for column in fields):
        return None
    within = options_within(statement)
    return OptionList(tuple(within.items()), ()) if within else None


def _first(fields: Mapping[str, Any], made: TableReader) -> Any:
    columns = made.chosen.get("answer", ()) if "answer" in made.mapped else tuple(by_name(tuple(fields), CHOICE))
    return next((fields[column] for column in columns if fields.get(column) is not None), None)


def _entries(fields: Mapping[str, Any], columns: tuple[str, ...]) -> Iterator[str]:
    for column in columns:
        value = fields.get(column)
        yield from (one for one in (value if isinstance(value, list) else [value]) if isinstance(one, str))


def _listing(answer: str | None) -> str | None:
    """Return the texts of a list that was written as text, such as `["5"]`; else the answer itself."""
    if not answer or not answer.startswith(('["', "['")):
        return answer
    try:
        value = lenient_json.loads(answer)
    except ValueError:
        return answer
    return text_of(value, "answer") if isinstance(value, list) else answer


def _text(fields: Mapping[str, Any], columns: tuple[str, ...], *, reply: bool = False) -> str | None:
    return next((text for column in columns if (text := text_of(fields.get(column), column, reply=reply))), None)


def _plain(fields: Mapping[str, Any]) -> dict[str, Any]:
    return {
        name: value for name, value in fields.items() if tail(name) not in CHOICE and options_of({name: value}) is None
    }
