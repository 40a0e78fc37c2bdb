"""What is wrong with the form of a statement or a solution, in sentences; nothing is said about the mathematics."""

from __future__ import annotations

import re

from engine.core import lenient_json
from engine.verification.checks import figure

SHORTEST, LONGEST = 15, 4_000
"""Characters of a statement; a Chinese character counts twice."""
_CJK = re.compile(r"[\u3400-\u9fff]")
_LATIN_WORD = re.compile(r"[A-Za-z]{3,}")
_TEX = re.compile(r"\$\$.*?\$\$|\$[^$]*\$|\\\(.*?\\\)|\\\[.*?\\\]", re.DOTALL)
_MARKUP = re.compile(r"</?[a-zA-Z][^<>]{0,200}>")
_ENDS = tuple(".?!:;)]}$%。？！：；）】」”\"'°")
_BLANK = re.compile(r"(?:\\?[_＿]){2,}\Z")
"""A blank to be filled in, at the end of a statement: `____`, escaped or in full width."""
_MIXED = 0.25
"""Share of the smaller script from which a text is called mixed."""


def of_statement(statement: str) -> tuple[str, ...]:
    """Return the faults of a statement; an empty tuple where its form is good."""
    text = statement.strip()
    size = len(text) + len(_CJK.findall(text))
    found = [
        (size < SHORTEST, f"only {len(text)} characters"),
        (size > LONGEST, f"{len(text):,} characters, longer than {LONGEST:,}"),
        (_breaks_off(text), "ends in mid-sentence"),
        (text.endswith((",", "，", " and", " or", " the", " of")), "ends in mid-sentence"),
        (_open_formula(text), "an odd number of dollar signs: a formula is not closed"),
        (_unbalanced(text), "braces do not balance"),
        (bool(_MARKUP.search(text)), "holds HTML"),
        ("\\boxed" in text, "holds a boxed answer"),
        (_mixed(text), "mixes English and Chinese"),
        (
            bool(lost := lenient_json.control_character(text)),
            f"holds a control character ({lost}): a backslash is lost",
        ),
        (figure.reference(text) is not None, "speaks of a picture that is not there"),
    ]
    return tuple(dict.fromkeys(fault for is_there, fault in found if is_there))


def of_solution(text: str, answer: str | None, finish: str = "stop") -> tuple[str, ...]:
    """Return the faults of a solution. `answer` is what stands in its last box, `finish` why the model stopped."""
    found = [
        (answer is None, "no boxed answer"),
        (answer is not None and not answer.strip(), "the box is empty"),
        (finish == "length", "cut at the longest reply"),
        (_unbalanced(text), "braces do not balance"),
        (bool(_MARKUP.search(text)), "holds HTML"),
        (_mixed(text), "mixes English and Chinese"),
    ]
    return tuple(fault for is_there, fault in found if is_there)


def _breaks_off(text: str) -> bool:
    """Whether a text stops at a sign that ends no sentence; a blank to be filled in may stand last."""
    return bool(text) and not text.endswith(_ENDS) and not text[-1].isalnum() and not _BLANK.search(text)


def _open_formula(text: str) -> bool:
    """Whether dollar signs are odd and the last one opens a formula: before a number it is money."""
    marks = re.findall(r"(?<!\\)\$", text)
    return len(marks) % 2 == 1 and not re.match(r"\s?\.?\d[^\\]*$", text[text.rindex("$") + 1 :])


def _unbalanced(text: str) -> bool:
    """Whether braces, apart from escaped ones, fail to pair up."""
    depth = 0
    for brace in re.findall(r"(?<!\\)[{}]", text):
        depth += 1 if brace == "{" else -1
        if depth < 0:
            return True
    return depth != 0


def _mixed(text: str) -> bool:
    """Whether prose outside formulas is written in both scripts."""
    prose = _TEX.sub(" ", text)
    chinese, words = len(_CJK.findall(prose)), len(_LATIN_WORD.findall(prose))
    total = chinese + words
    return total >= 20 and min(chinese, words) / total >= _MIXED
