"""The options of a question, wherever a row keeps them, and which of them its answer names.

A list, a mapping of letters, ARC's text and label, records, TAL's nested list, `a ) 54 , b ) 55`, columns A, B, C or
option_a, option_b: all become letters with texts. An answer is a letter, a text, a number counted from 0, or from 1
where the file shows it; what could be two of them is left open, with the reason.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from engine.core import lenient_json
from engine.seeds.names import key, tail
from engine.seeds.rows import RowProblem, text_of

LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
NAMES = frozenset(
    [
        "options",
        "choices",
        "option",
        "choice",
        "optionlist",
        "choicelist",
        "answeroptionlist",
        "answeroptions",
        "answerchoices",
        "multiplechoices",
        "alternatives",
        "endings",
        "mc1targets",
        "mctargets",
        "选项",
        "候选项",
    ]
)
"""Columns that hold all options of a row."""
_ONE_EACH = ("{}", "option{}", "choice{}", "op{}", "ans{}", "选项{}")
"""How columns with one option each are called, by letter."""
_NUMBERED = ("option{}", "choice{}", "选项{}")
_LABELS = ("label", "aoVal", "key", "letter", "id", "option_label")
_TEXTS = ("text", "content", "value", "option_text", "option", "answer")
_MARK = re.compile(r"(?:^|(?<=[\s,，;；|]))[(（\[]?([A-Za-z])\s?[)）\].．、:：]\s*", re.MULTILINE)
_DRESS = re.compile(r"\\(?:text|mathrm|mathbf|textbf|boxed)\s*\{([^{}]*)\}|[\s${}*()（）\[\].．。,，:：\"']|\\[()]")
_CALLED = re.compile(
    r"^\W*(?:the\s+)?(?:correct\s+)?(?:options?|choices?|answers?|选项?|答案)\s*(?:is|are|为|是)?\s*[:：]?\s*", re.I
)
_FEWEST, _MOST = 2, len(LETTERS)


@dataclass(frozen=True, slots=True)
class OptionList:
    """The options of one question in their order, as label and text, and the columns that held them."""

    options: tuple[tuple[str, str], ...]
    columns: tuple[str, ...]
    right: tuple[str, ...] = ()
    """Labels that the options themselves mark as right."""

    def shown(self) -> list[str]:
        """Return a line for each option."""
        return [f"({label}) {text}" for label, text in self.options]


def options_of(fields: Mapping[str, Any]) -> OptionList | None:
    """Return the options that a row keeps in columns of their own; None where it has none.

    Raises RowProblem where a column of options holds what cannot be read.
    """
    for column, value in fields.items():
        if tail(column) in NAMES and value not in (None, "", [], {}) and value == value:
            found = _read(value, column)
            if found:
                return found
    return _of_columns(fields)


def options_within(text: str) -> dict[str, str]:
    """Return the options that stand in a text as `A. ... B. ...`, from the last A on that others follow."""
    marks = list(_MARK.finditer(text))
    best: list[re.Match[str]] = []
    for start, mark in enumerate(marks):
        if mark[1] in "Aa":
            run = _run(marks[start:], mark[1] == "a")
            best = run if len(run) >= _FEWEST else best
    ends = [*(mark.start() for mark in best[1:]), len(text)]
    return (
        {mark[1].upper(): text[mark.end() : end].strip(" \t\r\n,，;；|") for mark, end in zip(best, ends, strict=True)}
        if best
        else {}
    )


def chosen(found: OptionList, value: Any, first: int | None = None) -> tuple[str, str]:
    """Return the label that an answer names, or '' and why it names none.

    `first` is the number of the first option where the file shows it; None where it does not.
    """
    labels = [label for label, _ in found.options]
    if isinstance(value, bool) or value is None or value != value:
        return "", ""
    if isinstance(value, int | float) and not any(label.isdigit() for label in labels):
        return _by_number(found, float(value), first or 0, str(value))
    if isinstance(value, list | tuple):
        each = [chosen(found, one, first) for one in value]
        return (
            _several(found, [label for label, _ in each])
            if all(label for label, _ in each)
            else ("", _not_of(found, value))
        )
    return _by_text(found, str(value).strip(), first)


def first_number(answers: Iterable[Any], sizes: Iterable[int]) -> int | None:
    """Return 0 or 1 where the numbers of a file's answers show from where options are counted, else None."""
    pairs = [(_whole(answer), size) for answer, size in zip(answers, sizes, strict=True)]
    known = [(number, size) for number, size in pairs if number is not None]
    if any(number == 0 for number, _ in known):
        return 0
    return (
        1 if known and all(number <= size for number, size in known) and any(n == size for n, size in known) else None
    )


def _whole(answer: Any) -> int | None:
    if isinstance(answer, str) and answer.strip().isdigit():
        return int(answer)
    return answer if isinstance(answer, int) and not isinstance(answer, bool) else None


def _by_number(found: OptionList, number: float, first: int, said: str) -> tuple[str, str]:
    place = number - first
    if place.is_integer() and 0 <= place < len(found.options):
        return found.options[int(place)][0], ""
    return _with_text(found, said) or ("", _not_of(found, said))


def _by_text(found: OptionList, said: str, first: int | None) -> tuple[str, str]:
    labels = {label.casefold(): label for label, _ in found.options}
    same = _with_text(found, said)
    bare = _bare(_CALLED.sub("", said)).casefold()
    if bare in labels and not (same and bare.isdigit() and same[0] != labels[bare]):
        return labels[bare], ""
    if bare.isdigit():
        place = _by_number(found, float(bare), first, said)[0] if first is not None else ""
        if same and (first is None or place in ("", same[0])) and not int(bare) < len(found.options):
            return same
        if same and place != same[0]:
            return "", f"the answer {said} may be the number or the text of an option"
        return (place, "") if place else same or ("", f"the answer {said} may count the options from 0 or from 1")
    if same:
        return same
    told = _MARK.match(said)
    if (
        told
        and told[1].casefold() in labels
        and (not said[told.end() :].strip() or _fits(found, labels[told[1].casefold()], said[told.end() :]))
    ):
        return labels[told[1].casefold()], ""
    parts = [labels.get(one) for one in re.sub(r"(?:and|和|与|&|;)", "", bare)]
    if parts and all(parts) and len(set(parts)) == len(parts):
        return _several(found, [part for part in parts if part])
    return "", _not_of(found, said)


def _several(found: OptionList, labels: list[str]) -> tuple[str, str]:
    order = [label for label, _ in found.options if label in labels]
    return "".join(order), ""


def _with_text(found: OptionList, said: str) -> tuple[str, str] | None:
    hits = [label for label, text in found.options if _bare(text) == _bare(said)]
    return (hits[0], "") if len(hits) == 1 else None


def _fits(found: OptionList, label: str, text: str) -> bool:
    return _bare(dict(found.options)[label]) == _bare(text)


def _not_of(found: OptionList, said: Any) -> str:
    return f"the answer {str(said)[:40]} is none of the {len(found.options)} options"


def _bare(text: str) -> str:
    return _DRESS.sub(lambda hit: hit[1] or "", text)


def _run(marks: list[re.Match[str]], small: bool) -> list[re.Match[str]]:
    letters = LETTERS.lower() if small else LETTERS
    found: list[re.Match[str]] = []
    for mark in marks:
        if len(found) < _MOST and mark[1] == letters[len(found)]:
            found.append(mark)
    return found


def _of_columns(fields: Mapping[str, Any]) -> OptionList | None:
    named = {key(column): column for column in reversed(list(fields))}
    for pattern in _ONE_EACH:
        if found := _in_turn(fields, named, [pattern.format(letter.lower()) for letter in LETTERS]):
            return found
    for pattern in _NUMBERED:
        for start in (1, 0):
            if found := _in_turn(fields, named, [pattern.format(n) for n in range(start, start + _MOST)]):
                return found
    return None


def _in_turn(fields: Mapping[str, Any], named: Mapping[str, str], names: list[str]) -> OptionList | None:
    columns = []
    for name in names:
        if name not in named:
            break
        columns.append(named[name])
    texts = [text_of(fields[column], column) for column in columns]
    held = [(letter, text) for letter, text in zip(LETTERS, texts, strict=False) if text]
    return OptionList(tuple(held), tuple(columns)) if len(held) >= _FEWEST else None


def _read(value: Any, column: str) -> OptionList | None:
    if isinstance(value, str):
        value = _of_text(value)
    if isinstance(value, Mapping):
        return _of_mapping(value, column)
    if isinstance(value, list | tuple):
        return _made(_of_list(list(value), column), column)
    return None


def _of_text(text: str) -> Any:
    if text.lstrip()[:1] in ("[", "{"):
        try:
            value = lenient_json.loads(text)
        except ValueError:
            value = None
        if isinstance(value, Mapping | list):
            return value
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    return options_within(text) or (lines if len(lines) >= _FEWEST else None)


def _of_mapping(given: Mapping[str, Any], column: str) -> OptionList | None:
    small = {key(str(name)): value for name, value in given.items()}
    texts = next(
        (small[name] for name in ("text", "texts", "choices", "options") if isinstance(small.get(name), list | tuple)),
        None,
    )
    if texts is None:
        return _made([(str(label).strip(), text) for label, text in given.items() if text is not None], column)
    marks = next((small[name] for name in ("label", "labels") if isinstance(small.get(name), list | tuple)), ())
    if len(marks) == len(texts) and all(isinstance(mark, str) for mark in marks):
        return _made(list(zip(marks, texts, strict=True)), column)
    pairs = _of_list(list(texts), column)
    right = tuple(label for (label, _), mark in zip(pairs, marks, strict=False) if mark == 1)
    return _made(pairs, column, right)


def _of_list(given: list[Any], column: str) -> list[tuple[str, Any]]:
    flat = [one[0] if isinstance(one, list | tuple) and one else one for one in given][:_MOST]
    if flat and all(isinstance(one, Mapping) for one in flat):
        return [_of_record(one, LETTERS[n], column) for n, one in enumerate(flat)]
    texts = [text_of(one, column) or "" for one in flat]
    marks = [_MARK.match(text) for text in texts]
    if all(mark and mark[1].upper() == LETTERS[n] for n, mark in enumerate(marks)):
        texts = [text[mark.end() :] if mark else text for text, mark in zip(texts, marks, strict=True)]
    return list(zip(LETTERS, texts, strict=False))


def _of_record(one: Mapping[str, Any], letter: str, column: str) -> tuple[str, Any]:
    label = next((one[name] for name in _LABELS if isinstance(one.get(name), str)), letter)
    text = next((one[name] for name in _TEXTS if one.get(name) not in (None, label)), None)
    if text is None:
        raise RowProblem("broken options", f"{column} has an option without a text", column)
    return label, text


def _made(pairs: Iterable[tuple[str, Any]], column: str, right: tuple[str, ...] = ()) -> OptionList | None:
    read: Callable[[Any], str | None] = lambda value: text_of(value, column)  # noqa: E731
    held = tuple((label.upper() if len(label) == 1 else label, text) for label, given in pairs if (text := read(given)))
    return OptionList(held, (column,), right) if len(held) >= _FEWEST else None
