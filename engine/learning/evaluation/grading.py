"""Is an answer right? Final answers are compared by what they mean; multiple choice by letter or by its text.

`engine.verification.answers` decides. math-verify is asked about what was found different and is no plain formula; it
takes a number out of a sentence, or a point for an interval, so it does not overrule, but `how` says that it would have
accepted.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from fractions import Fraction

from engine.learning.evaluation.asked import names_what_is_asked, out_of_form
from engine.learning.evaluation.choices import chosen_in, letters_in, options_within
from engine.verification import formula
from engine.verification.answers import Evidence, compare, equivalent, find_answer
from engine.verification.answers.notation import plain
from engine.verification.answers.quantity import quantity
from engine.verification.answers.symbolic import same_by_symbols
from engine.verification.answers.words import is_wording

LONGEST = 10_000
"""Characters at the end of a reply that are read; a model that runs on for pages is not worth minutes."""
DISPUTABLE = 60
"""Characters of an answer about which math-verify is asked."""
DISPUTED = "differs; math-verify would accept it"
UNSURE = "can't tell whether it is the expected answer; counted as wrong"
_SEVERAL = re.compile(r"\s*(?:;|；|\bor\b|\band\b|或|和)\s*")
_ROUNDED = re.compile(r"[+-]?\d+\.\d{2,}|[+-]?\d{2,}\.\d+")
_SCIENTIFIC = re.compile(r"(?<=\d)[eE][+-]?\d{1,3}$")
_CALCULATED = re.compile(r"(?=.*\d)(?:\\(?:[dt]?frac|cdot|times|div|sqrt)(?![a-zA-Z])|[\d\s.{}()+*/^-])+")
_DIGITS = re.compile(r"\$?[+-]?[\d,]+(?:\.\d+)?\$?")
_NUMBER = re.compile(r"[+-]?\d+(?:\.\d+)?(?:/\d+)?")


@dataclass(frozen=True, slots=True)
class Grade:
    """What was read from an answer and whether it is right; `how` names the rule that decided."""

    answer: str | None
    right: bool
    how: str
    evidence: Evidence | None = field(default=None, compare=False)
    """What speaks for the answer that was read; None where no reader of answers gave it."""


def grade(
    text: str, expected: str, question: str = "", *, also: str = "", rounded: bool = False, disputes: bool = True
) -> Grade:
    """Grade a whole answer text against the expected answer; never raises.

    `question` is looked at for its options where letters are expected, and for the form that it asks for; `also` is
    another text of the expected answer. With `rounded` a number that rounds to the expected decimal is right. Without
    `disputes` math-verify is not asked what it thinks of an answer that differs, which changes no verdict.
    """
    text, wanted = text[-LONGEST:], expected.strip()
    letters = letters_in(wanted)
    options = options_within(question) if letters else {}
    if letters and (options or not question):
        return _choice(text, letters, options, also)
    found = find_answer(text)
    if found.value is None:
        return Grade(None, False, "no answer was found")
    mark = _value(found.value, [one for one in (wanted, also.strip()) if one], rounded, disputes)
    mark = _as_asked(mark, wanted, question) if question else mark
    how = f"{mark.how}; read {found.how}" if found.evidence == "sentence" else mark.how
    return replace(mark, how=how, evidence=found.evidence)


def _value(said: str, wanted: Sequence[str], rounded: bool, disputes: bool) -> Grade:
    if any(equivalent(said, one) for one in wanted):
        return Grade(said, True, "same meaning")
    if (end := _end_of_chain(said)) and any(equivalent(end, one) for one in wanted):
        return Grade(said, True, "same value at the end of a calculation")
    if any(_same_several(said, one) for one in wanted):
        return Grade(said, True, "same values in another order")
    if rounded and any(_rounds_to(said, one) for one in wanted):
        return Grade(said, True, "rounds to the expected decimal")
    if disputes and any(_second_opinion(said, one) for one in wanted):
        return Grade(said, False, DISPUTED)
    return Grade(said, False, UNSURE if cannot_tell(said, *wanted) else "differs")


def _as_asked(mark: Grade, wanted: str, question: str) -> Grade:
    """Take what the question says about its answer into account."""
    said = mark.answer or ""
    if mark.right:
        against = out_of_form(said, wanted, question)
        return replace(mark, right=False, how=f"right value, {against}") if against else mark
    if names_what_is_asked(said, wanted, question):
        return replace(mark, right=True, how="value of the expression that the question asks for")
    return mark


def cannot_tell(said: str, *wanted: str) -> bool:
    """Whether it cannot be told of one of the expected answers if it is what was said."""
    return any(compare(said, one) == "can't tell" for one in wanted)


def _choice(text: str, wanted: str, options: dict[str, str], also: str) -> Grade:
    """Grade letters; an option's text is as good as its letter."""
    found = find_answer(text)
    said = found.value if found.counts("words") else None
    return replace(_lettered(text, said, wanted, options, also), evidence=found.evidence if said else None)


def _lettered(text: str, said: str | None, wanted: str, options: dict[str, str], also: str) -> Grade:
    letters = letters_in(said) if said else chosen_in(text)
    if letters:
        return Grade(said or letters, letters == wanted, "letter")
    if said is None:
        return Grade(None, False, "no answer was found")
    lettered = options_within(said)
    if len(lettered) < 2 and (hit := re.match(r"\(?([A-J])[)）.．:：、]\s*\S", said)):
        return Grade(said, hit[1] == wanted, "letter with its text")
    named = "".join(letter for letter, option in options.items() if equivalent(said, option))
    same = bool(also) and equivalent(said, also)
    if named or same:
        # Two options may be the same text, and then either letter is meant.
        return Grade(said, wanted in named if len(wanted) == 1 and named else same, "text of an option")
    last = re.findall(r"(?<![A-Za-z\\])[A-J](?![A-Za-z])", said)
    if last:
        return Grade(said, "".join(sorted(set(last))) == wanted, "letters in a sentence")
    return Grade(said, False, "names no option")


def _end_of_chain(said: str) -> str:
    """Return the last side of a calculation with numbers that holds, such as `2+2+2=6`; '' for anything else."""
    left, sign, right = said.rpartition("=")
    start = left.rpartition("=")[2].strip()
    return right.strip() if sign and _CALCULATED.fullmatch(start) and equivalent(start, right) else ""


def _same_several(said: str, wanted: str) -> bool:
    parts = [part for part in _SEVERAL.split(wanted) if part]
    given = [part for part in _SEVERAL.split(said) if part]
    return 1 < len(parts) == len(given) <= 20 and _paired(given, parts)


def _paired(given: list[str], parts: list[str]) -> bool:
    left = list(given)
    for part in parts:
        found = next((one for one in left if equivalent(one, part)), None)
        if found is None:
            return False
        left.remove(found)
    return True


def _rounds_to(said: str, wanted: str) -> bool:
    """Whether a number agrees with an expected decimal of three digits or more to the last digit that is written."""
    decimal = quantity(plain(wanted)).value.replace(",", "")
    given = quantity(plain(said)).value.replace(",", "")
    if not _ROUNDED.fullmatch(decimal) or not (hit := _NUMBER.fullmatch(given)) or len(given) > 40:
        return False
    places = len(decimal.partition(".")[2])
    top, _, bottom = hit[0].partition("/")
    if bottom and not int(bottom):
        return False
    number = Fraction(top) / Fraction(bottom or 1)
    return abs(number - Fraction(decimal)) <= Fraction(1, 2 * 10**places)


def _second_opinion(said: str, wanted: str) -> bool:
    """Ask math-verify, which may take seconds: only of short answers that are neither words nor both plain formulas.

    Formulas are compared by their values at several points, against which a rewriting of terms has nothing to say.
    """
    if _DIGITS.fullmatch(said) and _DIGITS.fullmatch(wanted):
        return False
    left, right = plain(said), plain(wanted)
    if is_wording(left) or is_wording(right):
        return False
    if max(len(left), len(right)) > DISPUTABLE or all(_is_formula(text) for text in (left, right)):
        return False
    return same_by_symbols(left, right)


def _is_formula(text: str) -> bool:
    try:
        formula.read(_SCIENTIFIC.sub("", text.replace("$", "")))
    except (formula.UnreadFormula, RecursionError):
        return False
    return True
