r"""JSON as people and models write it: formulas with single backslashes, NaN, a comma too many, rows of Python.

`"\frac"` and `"\times"` are valid JSON and mean a form feed and a tab; `"\sum"` and `"\("` are not valid at all. What
was meant is seen in each text: who doubled the backslash of a command knows how to, and every single one means what
JSON says; an escape that JSON does not have, or a command behind a single one, shows the opposite. Line ends before
ordinary words stay line ends.
"""

from __future__ import annotations

import ast
import json
import re
from collections.abc import Iterator
from typing import Any

_COMMANDS = {
    "b": "begin beta bar because bf big Big bigcap bigcup bigg biggl biggr bigl bigr bigoplus bigotimes "
    "bigsqcup bigstar bigvee bigwedge binom blacksquare bm bmatrix bmod boldsymbol bot bowtie Box boxed boxdot breve "
    "bullet bumpeq backslash",
    "f": "fbox flat forall frac frown",
    "n": "nabla natural ncong nearrow neg neq newcommand newline nexists ngeq ngtr nleq nless nmid noindent nolimits "
    "nonumber not notag notin nparallel nsim nsubseteq nsupseteq nwarrow",
    "r": "rVert raisebox rangle rbrace rbrack rceil rfloor rgroup rho right rightarrow rightharpoonup "
    "rightleftharpoons rm root rtimes rule rvert",
    "t": "tag tan tanh tau tbinom text textbf textcolor textit textrm textsf textstyle texttt tfrac therefore theta "
    "thickapprox thicksim thinspace tilde times tiny to top triangle triangledown triangleleft triangleq "
    "triangleright twoheadrightarrow",
}
_SURE = frozenset(word for first, words in _COMMANDS.items() for word in words.split() if word.startswith(first))
_BY_PLACE = frozenset(["nu", "ne", "ni"])
"""A line may begin with the words u, e or i: these are commands only where no line would end."""

_STRING = re.compile(r'"(?:[^"\\]|\\.)*"', re.DOTALL)
_BACKSLASHES = re.compile(r"(\\+)(u[0-9a-fA-F]{4}|[A-Za-z]+|.)", re.DOTALL)
_NAMES = "|".join(sorted(_SURE | _BY_PLACE))
_SUSPECT = re.compile(rf'(?<!\\)\\(?:\\\\)*(?:[^"\\/bfnrtu]|u(?![0-9a-fA-F]{{4}})|(?:{_NAMES})(?![A-Za-z]))')
_SENTENCE_ENDS = ".:;?!。：；？！"
_STARTS_FORMULA = "${([,=+-*/^_|<>~"
_COMMA = re.compile(r'("(?:[^"\\]|\\.)*")|,(?=\s*[\]}])', re.DOTALL)
_BLANK = re.compile(r"[\s,\x1e]*")
_LONGEST_PYTHON = 1 << 20
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f]|\n(?=(?:abla|otin|eq)\b)")
_TORN = re.compile(r"([\t\r])([A-Za-z]+)")


def loads(text: str) -> Any:
    """Return the value of a JSON text; ValueError says what is wrong where nothing sensible can be read."""
    mended = mended_backslashes(text)
    try:
        return json.loads(mended, strict=False)
    except ValueError as error:
        for read in (_without_commas, _of_python):
            try:
                return read(mended if read is _without_commas else text)
            except (ValueError, SyntaxError, MemoryError, RecursionError):
                continue
        raise error


def documents(text: str) -> Iterator[Any]:
    """Yield the values that stand one after the other in a text, such as objects printed over several lines."""
    mended = mended_backslashes(text)
    decoder = json.JSONDecoder(strict=False)
    at = _after_blank(mended, 0)
    while at < len(mended):
        value, at = decoder.raw_decode(mended, at)
        yield value
        at = _after_blank(mended, at)


def is_suspect(text: str) -> bool:
    """Whether a JSON text holds an escape that may be the single backslash of a formula."""
    return _SUSPECT.search(text) is not None


def mended_backslashes(text: str) -> str:
    """Return a JSON text in which the backslashes of formulas are doubled wherever the writer forgot to."""
    return _STRING.sub(_mended_string, text) if is_suspect(text) else text


def control_character(text: str) -> str:
    """Name what a lost backslash leaves in a text, such as `U+000C`; '' where there is no such thing."""
    hit = _CONTROL.search(text)
    if hit:
        return f"U+{ord(hit[0]):04X}"
    for torn in _TORN.finditer(text):
        if ("t" if torn[1] == "\t" else "r") + torn[2] in _SURE:
            return f"U+{ord(torn[1]):04X}"
    return ""


def _mended_string(hit: re.Match[str]) -> str:
    literal = hit[0]
    if not is_suspect(literal):
        return literal
    runs = list(_BACKSLASHES.finditer(literal))
    single = any(len(run[1]) % 2 and _never_json(run[2]) for run in runs)
    doubled = any(len(run[1]) % 2 == 0 and len(run[2]) > 1 for run in runs)
    if doubled and not single:
        return literal
    return _BACKSLASHES.sub(lambda run: _mended_run(run, literal, single and not doubled), literal)


def _never_json(after: str) -> bool:
    """Whether what follows one backslash shows a formula: an escape JSON does not have, or one that no text needs."""
    if after[0] in "bf":
        return after in _SURE
    return after[0] not in '"\\/nrtu' or (after[0] == "u" and not re.fullmatch(r"u[0-9a-fA-F]{4}", after))


def _mended_run(run: re.Match[str], literal: str, single: bool) -> str:
    marks, after = run[1], run[2]
    odd = len(marks) % 2
    # Who never doubles means the end of a row of a table by two.
    whole = 2 * marks[odd:] if single and len(marks) in (2, 3) else marks[odd:]
    if odd:
        whole += "\\\\" if _is_command(after, literal[1 : run.start()]) else "\\"
    return whole + after


def _is_command(after: str, before: str) -> bool:
    if _never_json(after) or after in _SURE:
        return True
    if after not in _BY_PLACE:
        return False
    said = before.rstrip(" ")
    if not said or before.count("$") % 2 or before.count("\\(") > before.count("\\)"):
        return True
    return said[-1] not in _SENTENCE_ENDS and (said != before or said[-1] in _STARTS_FORMULA)


def _without_commas(text: str) -> Any:
    return json.loads(_COMMA.sub(lambda hit: hit[1] or "", text), strict=False)


def _of_python(text: str) -> Any:
    """Read what `print(row)` writes: single quotes, None, True."""
    if len(text) > _LONGEST_PYTHON or "'" not in text:
        raise ValueError("no row of Python")
    return ast.literal_eval(text.strip())


def _after_blank(text: str, at: int) -> int:
    hit = _BLANK.match(text, at)
    return hit.end() if hit else at
