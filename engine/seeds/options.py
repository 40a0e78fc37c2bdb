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
from engine.seeds.distractors import right_and_wrong
from engine.seeds.names import key, tail
from engine.seeds.option_texts import CIRCLES, FEWEST, LETTERS, MARK, MOST, options_listed, options_within
from engine.seeds.rows import RowProblem, text_of

__all__ = ["NAMES", "OptionList", "chosen", "first_number", "options_of", "options_within"]

_NAMES = (
    "opts candidates answercandidates possibleanswers possibleoptions optionstext optiontext optionstring "
    "choicestext choicetext mcq mcqoptions multiplechoiceoptions options choices option choice optionlist "
    "choicelist answeroptionlist answeroptions answerchoices multiplechoices alternatives endings mc1targets "
    "mctargets 选项 候选项"
)
NAMES = frozenset(_NAMES.split())
"""Columns that hold all options of a row."""
_ONE_EACH = ("{}", "option{}", "choice{}", "op{}", "ans{}", "选项{}")
"""How columns with one option each are called, by letter."""
_NUMBERED = ("option{}", "choice{}", "选项{}")
_LABELS = ("label", "aoVal", "key", "letter", "id", "option_label")
_TEXTS = ("text", "content", "value", "option_text", "option", "answer", "answer_text", "body", "choice")
_DRESS = re.compile(r"\\(?:text|mathrm|mathbf|textbf|boxed)\s*\{([^{}]*)\}|[\s${}*()（）\[\].．。,，:：\"']|\\[()]")
_CALLED = re.compile(
    r"^\W*(?:the\s+)?(?:correct\s+)?(?:options?|choices?|answers?|选项?|答案)\s*(?:is|are|为|是)?\s*[:：]?\s*", re.I
)
_MARKS = "iscorrect correct correctness isanswer isright right istrue isgold gold iscorrectanswer answer score fraction"
_RIGHT_MARKS = frozenset(_MARKS.split())
"""How an option among others says that it is right."""
_TRUE, _FALSE = "true t yes y correct right 对 正确 是 真 √ ✓", "false f no n incorrect wrong 错 错误 否 假 × ✗ 不正确"
_YES, _NO = frozenset(_TRUE.split()), frozenset(_FALSE.split())
_INDICES = "correct correctanswer correctindex correctoption correctanswerindex answerindex answeridx label"
_BESIDE = frozenset(_INDICES.split())
"""Columns beside which a list of answers is one of options."""


@dataclass(frozen=True, slots=True)
class OptionList:
    """The options of one question in their order, as label and text, and the columns that held them."""

    options: tuple[tuple[str, str], ...]
    columns: tuple[str, ...]
    right: tuple[str, ...] = ()
    """Labels that the options themselves mark as right."""
    apart: bool = False
    """Whether the right one stands in a column of its own, and the options were put in order here."""

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
    return _of_columns(fields) or _apart(fields) or _of_answers(fields)


def chosen(found: OptionList, value: Any, first: int | None = None) -> tuple[str, str]:
    """Return the label that an answer names, or '' and why it names none.

    `first` is the number of the first option where the file shows it; None where it does not.
    """
    labels = [label for label, _ in found.options]
    if isinstance(value, bool):
        return _by_truth(found, _YES if value else _NO, value)
    if value is None or value != value:
        return "", ""
    if isinstance(value, int | float) and not any(label.isdecimal() for label in labels):
        return _by_number(found, float(value), first or 0, str(value))
    if isinstance(value, list | tuple):
        if (flags := _flags(value)) and len(flags) == len(labels):
            return _several(found, [label for label, flag in zip(labels, flags, strict=True) if flag])
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
    if isinstance(answer, str) and answer.strip().isdecimal():
        return int(answer)
    return answer if isinstance(answer, int) and not isinstance(answer, bool) else None


def _flags(values: list[Any] | tuple[Any, ...]) -> list[bool]:
    """Return what a list says of each option in turn, such as [0, 1, 0]; an empty list where it names options."""
    told = [_yes(value) for value in values]
    if all(isinstance(value, bool) for value in values):
        return told
    ones = all(isinstance(value, int) and value in (0, 1) for value in values)
    # [0, 1] of two options may name them both.
    return told if ones and (len(values) > FEWEST or (sum(told) == 1 and values[0] == 1)) else []


def _yes(value: Any) -> bool:
    if isinstance(value, str):
        return value.strip().casefold() in _YES or value.strip() in ("1", "100")
    return isinstance(value, bool | int | float) and value in (True, 1, 100)


def _by_truth(found: OptionList, words: frozenset[str], said: Any) -> tuple[str, str]:
    hits = [label for label, text in found.options if _bare(text).casefold() in words]
    return (hits[0], "") if len(hits) == 1 else ("", _not_of(found, said))


def _by_number(found: OptionList, number: float, first: int, said: str) -> tuple[str, str]:
    place = number - first
    if place.is_integer() and 0 <= place < len(found.options):
        return found.options[int(place)][0], ""
    return _with_text(found, said) or ("", _not_of(found, said))


def _by_text(found: OptionList, said: str, first: int | None) -> tuple[str, str]:
    said = CIRCLES.sub(lambda hit: str(ord(hit[0]) - ord("①") + 1), said)
    labels = {label.casefold(): label for label, _ in found.options}
    same = _with_text(found, said)
    bare = _bare(_CALLED.sub("", said)).casefold()
    if bare in labels and not (same and bare.isdecimal() and same[0] != labels[bare]):
        return labels[bare], ""
    if bare.isdecimal():
        place = _by_number(found, float(bare), first, said)[0] if first is not None else ""
        if same and (first is None or place in ("", same[0])) and not int(bare) < len(found.options):
            return same
        if same and place != same[0]:
            return "", f"the answer {said} may be the number or the text of an option"
        return (place, "") if place else same or ("", f"the answer {said} may count the options from 0 or from 1")
    if same:
        return same
    told = MARK.match(said)
    if (
        told
        and told[1].casefold() in labels
        and (not said[told.end() :].strip() or _fits(found, labels[told[1].casefold()], said[told.end() :]))
    ):
        return labels[told[1].casefold()], ""
    parts = [labels.get(one) for one in re.sub(r"(?:and|和|与|&|;)", "", bare)]
    if parts and all(parts) and len(set(parts)) == len(parts):
        return _several(found, [part for part in parts if part])
    alike = [label for label, text in found.options if _bare(text).casefold() == _bare(said).casefold()]
    if len(alike) == 1:
        return alike[0], ""
    if bare in ("true", "false"):
        return _by_truth(found, _YES if bare == "true" else _NO, said)
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


def _apart(fields: Mapping[str, Any]) -> OptionList | None:
    """Return options whose right one and wrong ones stand in columns of their own."""
    if (told := right_and_wrong(fields)) is None:
        return None
    texts, right, columns = told
    pairs = tuple(zip(LETTERS, texts, strict=False))
    label = next((label for label, text in pairs if text == right), "")
    return OptionList(pairs, columns, (label,) if label else (), apart=True)


def _of_answers(fields: Mapping[str, Any]) -> OptionList | None:
    """Return the entries of a column `answers` where they mark the right one, or a column beside them names it."""
    for column, value in fields.items():
        if key(column) == "answers" and isinstance(value, list) and len(value) >= FEWEST:
            found = _read(value, column)
            if found and (found.right or any(key(name) in _BESIDE for name in fields)):
                return found
    return None


def _of_columns(fields: Mapping[str, Any]) -> OptionList | None:
    named = {key(column): column for column in reversed(list(fields))}
    for pattern in _ONE_EACH:
        if found := _in_turn(fields, named, [pattern.format(letter.lower()) for letter in LETTERS]):
            return found
    for pattern in _NUMBERED:
        for start in (1, 0):
            if found := _in_turn(fields, named, [pattern.format(n) for n in range(start, start + MOST)]):
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
    return OptionList(tuple(held), tuple(columns)) if len(held) >= FEWEST else None


def _read(value: Any, column: str) -> OptionList | None:
    if isinstance(value, str):
        value = _of_text(value)
    if isinstance(value, Mapping):
        return _of_mapping(value, column)
    if isinstance(value, list | tuple):
        pairs = _of_list(list(value), column)
        return _made(pairs, column, _marked(list(value), pairs))
    return None


def _marked(given: list[Any], pairs: list[tuple[str, Any]]) -> tuple[str, ...]:
    """Return the labels of options that say of themselves that they are right; none where all do."""
    flags = [
        any(key(str(name)) in _RIGHT_MARKS and _says_right(name, held) for name, held in one.items())
        for one in given
        if isinstance(one, Mapping)
    ]
    if len(flags) != len(pairs) or all(flags):
        return ()
    return tuple(label for (label, _), flag in zip(pairs, flags, strict=True) if flag)


def _says_right(name: Any, held: Any) -> bool:
    return _yes(held) if key(str(name)) != "answer" else held is True


def _of_text(text: str) -> Any:
    if text.lstrip()[:1] in ("[", "{"):
        try:
            value = lenient_json.loads(text)
        except ValueError:
            value = None
        if isinstance(value, Mapping | list):
            return value
    return options_listed(text)


def _of_mapping(given: Mapping[str, Any], column: str) -> OptionList | None:
    small = {key(str(name)): value for name, value in given.items()}
    texts = next(
        (small[name] for name in ("text", "texts", "choices", "options") if isinstance(small.get(name), list | tuple)),
        None,
    )
    if texts is None and all(isinstance(one, Mapping) for one in given.values()):
        records = [{"label": str(label).strip(), **one} for label, one in given.items()]
        return _read(records, column)
    if texts is None:
        return _made([(str(label).strip(), text) for label, text in given.items() if text is not None], column)
    marks = next((small[name] for name in ("label", "labels") if isinstance(small.get(name), list | tuple)), ())
    if len(marks) == len(texts) and all(isinstance(mark, str) for mark in marks):
        return _made(list(zip(marks, texts, strict=True)), column)
    pairs = _of_list(list(texts), column)
    right = tuple(label for (label, _), mark in zip(pairs, marks, strict=False) if mark == 1)
    return _made(pairs, column, right)


def _of_list(given: list[Any], column: str) -> list[tuple[str, Any]]:
    flat = [one[0] if isinstance(one, list | tuple) and one else one for one in given][:MOST]
    if flat and all(isinstance(one, Mapping) for one in flat):
        return [_of_record(one, LETTERS[n], column) for n, one in enumerate(flat)]
    texts = [text_of(one, column) or "" for one in flat]
    marks = [MARK.match(text) for text in texts]
    if all(mark and mark[1].upper() == LETTERS[n] for n, mark in enumerate(marks)):
        texts = [text[mark.end() :] if mark else text for text, mark in zip(texts, marks, strict=True)]
    return list(zip(LETTERS, texts, strict=False))


def _of_record(one: Mapping[str, Any], letter: str, column: str) -> tuple[str, Any]:
    label = next((one[name] for name in _LABELS if isinstance(one.get(name), str)), letter)
    told = ((name, one.get(name)) for name in _TEXTS)
    text = next(
        (said for name, said in told if said not in (None, label) and not (name == "answer" and said is True)), None
    )
    if text is None:
        raise RowProblem("broken options", f"{column} has an option without a text", column)
    return label, text


def _made(pairs: Iterable[tuple[str, Any]], column: str, right: tuple[str, ...] = ()) -> OptionList | None:
    read: Callable[[Any], str | None] = lambda value: text_of(value, column)  # noqa: E731
    held = tuple((label.upper() if len(label) == 1 else label, text) for label, given in pairs if (text := read(given)))
    return OptionList(held, (column,), right) if len(held) >= FEWEST else None
