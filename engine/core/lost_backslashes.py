r"""Backslashes of formulas that were written singly into JSON, and what they leave behind when nobody puts them back.

`"\frac"` and `"\times"` are valid JSON and mean a form feed and a tab; `"\sum"` and `"\("` are not valid at all. An
escape that JSON does not have was a command. So was one whose letters make a known command while the letters behind
it are no word: nobody begins a line with `abla` or a cell with `heta`. What could be both, as `\nu` and a line that
begins with u, is told by its place: within a formula, behind an operator or a blank, in a text whose writer never
doubles a backslash. What its place does not tell stays as JSON reads it, and `doubts` counts it.
"""

from __future__ import annotations

import re

_COMMANDS = {
    "b": "backepsilon backprime backsim backsimeq backslash bar barwedge bbox because begin beta beth between bf "
    "bfseries bibitem Big big bigcap bigcirc bigcup bigg biggl biggm biggr bigl bigm bigodot bigoplus bigotimes bigr "
    "bigskip bigsqcup bigstar bigtriangledown bigtriangleup biguplus bigvee bigwedge binom blacklozenge blacksquare "
    "blacktriangle blacktriangledown bm bmatrix bmod bold boldmath boldsymbol bot bowtie Box boxed boxdot boxminus "
    "boxplus boxtimes bra brace brack braket breve bullet bumpeq Bumpeq",
    "f": "fallingdotseq fbox fcolorbox fint flat floor footnote footnotesize forall frac frak framebox frown",
    "n": "nabla natural ncong ne nearrow neg neq newcommand newline newpage nexists ngeq ngeqq ngeqslant ngtr ni "
    "nleftarrow nLeftarrow nleftrightarrow nLeftrightarrow nleq nleqq nleqslant nless nmid nobreak noindent nolimits "
    "nonumber norm normalsize not notag notin nparallel nprec npreceq nrightarrow nRightarrow nshortmid "
    "nshortparallel nsim nsubset nsubseteq nsucc nsucceq nsupset nsupseteq ntriangleleft ntrianglelefteq "
    "ntriangleright ntrianglerighteq nu null nVdash nvDash nvdash nwarrow",
    "r": "raisebox rang rangle rank rbrace rbrack rceil ref renewcommand restriction rfloor rgroup rhd rho right "
    "rightarrow rightarrowtail rightharpoondown rightharpoonup rightleftarrows rightleftharpoons rightrightarrows "
    "rightsquigarrow rightthreetimes risingdotseq rlap rm rmoustache root rtimes rule rVert rvert",
    "t": "tag tan tanh tau tbinom text textbf textcolor textit textmd textnormal textrm textsc textsf textstyle "
    "textsuperscript texttt textup tfrac tg therefore theta thetasym thickapprox thicksim thinspace tilde times tiny "
    "to top tr triangle triangledown triangleleft trianglelefteq triangleq triangleright trianglerighteq tt "
    "twoheadleftarrow twoheadrightarrow",
}
_KNOWN = frozenset(word for first, words in _COMMANDS.items() for word in words.split() if word.startswith(first))
_WORDS_BEHIND = "nexists nless nmid nparallel nprec nsim nsubset nsucc rangle rm tan"
_WORDS = frozenset(_WORDS_BEHIND.split())
"""A line, or a cell, may begin with what stands behind their first letter: exists, less, angle, an."""
_LETTERS_BEHIND = "ne ni nu tau tg to tr tt"
_LETTERS = frozenset(_LETTERS_BEHIND.split())
"""The same with names of quantities."""
_SURE = _KNOWN - _WORDS - _LETTERS
_STRING = re.compile(r'"(?:[^"\\]|\\.)*"', re.DOTALL)
_PYTHON_STRING = re.compile(r"""'(?:[^'\\]|\\.)*'|"(?:[^"\\]|\\.)*\"""", re.DOTALL)
_BACKSLASHES = re.compile(r"(\\+)(u[0-9a-fA-F]{4}|[A-Za-z]+|.)", re.DOTALL)
_NAMES = "|".join(sorted(_KNOWN, key=lambda name: (-len(name), name)))
_SUSPECT = re.compile(rf'(?<!\\)\\(?:\\\\)*(?:[^"\\/bfnrtu]|u(?![0-9a-fA-F]{{4}})|(?:{_NAMES})(?![A-Za-z]))')
_JSON_ESCAPES = '"\\/nrtu'
_PYTHON_ESCAPES = "'\"\\\n/nrtu01234567"
_PYTHON_CODE = re.compile(r"x[0-9a-f]{2}|U[0-9a-fA-F]{8}|N\{")
_SENTENCE_ENDS = ".:;?!。：；？！"
_STARTS_FORMULA = "${([,=+-*/^_|<>~"
_DOLLAR = re.compile(r"\\+\$")
_PLAIN = re.compile(r" [a-z]{2,}")
_LINE_END = re.compile(r"\\n(?![a-z])")
_CLOSES = re.compile(r"(?<!\s)\$(?!\d)")
"""A dollar that ends a formula: no blank before it, no digit behind it (as Pandoc reads them)."""
_CLOSED_ON_ITS_LINE = re.compile(r"(?:(?!\$\$|\\\]).)*?\\n\s*(?:\$\$|\\+\])", re.DOTALL)
_BREAKS = {"n": "\n", "r": "\r", "t": "\t"}
_TORN = re.compile(r"([\t\r\n])([A-Za-z]+)")
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f]")


def is_suspect(text: str) -> bool:
    """Whether a JSON text holds an escape that may be the single backslash of a formula."""
    return _SUSPECT.search(text) is not None


def mended_backslashes(text: str, *, python: bool = False) -> str:
    """Return a JSON text in which the backslashes of formulas are doubled wherever the writer forgot to.

    With `python` the strings are those of Python, in quotes of either kind and with its escapes.
    """
    if python:
        return _PYTHON_STRING.sub(lambda hit: _Literal(hit[0], _PYTHON_ESCAPES).mended(), text)
    return _STRING.sub(_mended, text) if is_suspect(text) else text


def doubts(text: str) -> int:
    """Count the escapes of a JSON text that may be a command or what JSON says, and are left as JSON reads them."""
    if not is_suspect(text):
        return 0
    found = 0
    for hit in _STRING.finditer(text):
        if is_suspect(hit[0]):
            literal = _Literal(hit[0], _JSON_ESCAPES)
            literal.mended()
            found += literal.doubts
    return found


def may_lack_one(text: str) -> bool:
    """Whether a text that was read has a line or a cell that begins as an escape in doubt leaves it."""
    return any(_name(torn) in _WORDS | _LETTERS for torn in _TORN.finditer(text))


def control_character(text: str) -> str:
    """Name what a lost backslash leaves in a text, such as `U+000C`; '' where there is no such thing."""
    hit = _CONTROL.search(text) or next((torn for torn in _TORN.finditer(text) if _name(torn) in _SURE), None)
    return f"U+{ord(hit[0][0]):04X}" if hit else ""


def _name(torn: re.Match[str]) -> str:
    return next(letter for letter, sign in _BREAKS.items() if sign == torn[1]) + torn[2]


def _mended(hit: re.Match[str]) -> str:
    return _Literal(hit[0], _JSON_ESCAPES).mended() if is_suspect(hit[0]) else hit[0]


class _Literal:
    """One string of a JSON text, as it is written, and what its writer is seen to do about backslashes."""

    def __init__(self, written: str, escapes: str) -> None:
        self._written, self._escapes = written, escapes
        runs = list(_BACKSLASHES.finditer(written))
        alone = [run for run in runs if len(run[1]) % 2]
        single = any(self._never(run[2]) or run[2] in _SURE for run in alone)
        doubled = any(len(run[1]) % 2 == 0 and len(run[2]) > 1 for run in runs)
        self._single, self._doubled = single and not doubled, doubled and not single
        self._tabs = any(run[2][0] == "t" and run[2] not in _KNOWN for run in alone)
        self._returns = any(self._is_lone_return(run) for run in alone)
        self.doubts = 0

    def mended(self) -> str:
        """Return the string with the backslashes of its commands doubled."""
        return _BACKSLASHES.sub(self._run, self._written)

    def _run(self, run: re.Match[str]) -> str:
        marks, after = run[1], run[2]
        odd = len(marks) % 2
        # Who never doubles means the end of a row of a table by two.
        whole = 2 * marks[odd:] if self._single and len(marks) in (2, 3) else marks[odd:]
        if odd:
            is_command = self._is_command(run)
            self.doubts += is_command is None
            whole += "\\\\" if is_command else "\\"
        return whole + after

    def _never(self, after: str) -> bool:
        """Whether what follows one backslash shows a formula: an escape there is not, or one that no text needs."""
        if after[0] in "bf":
            return after in _SURE
        if after[0] == "u" and "u" in self._escapes:
            return not re.fullmatch(r"u[0-9a-fA-F]{4}", after)
        python = self._escapes is _PYTHON_ESCAPES
        return after[0] not in self._escapes and not (python and _PYTHON_CODE.match(after))

    def _is_lone_return(self, run: re.Match[str]) -> bool:
        behind = run.start() + len(run[1]) + 1
        return run[2][0] == "r" and run[2] not in _KNOWN and not self._written.startswith("\\n", behind)

    def _is_command(self, run: re.Match[str]) -> bool | None:
        """Say whether a single backslash begins a command; None where it can't be told."""
        after = run[2]
        if after not in _WORDS | _LETTERS:
            return self._never(after) or after in _SURE
        before, behind = _DOLLAR.sub("", self._written[1 : run.start()]), self._written[run.end() : -1]
        inline = _in_line(before, _DOLLAR.sub("", behind))
        if after[0] == "n":
            return self._of_line_end(after, before, behind, inline=inline, row_ended=len(run[1]) > 1)
        used_plainly = self._tabs if after[0] == "t" else self._returns
        if used_plainly or inline:
            return None if used_plainly else True
        if after in ("tau", "to") or (after == "rangle" and "langle" in before):
            return True
        return None if self._doubled or (after == "tan" and _PLAIN.match(behind)) else True

    def _of_line_end(self, after: str, before: str, behind: str, *, inline: bool, row_ended: bool) -> bool | None:
        r"""Judge `\\n` and letters by what stands before and behind; `row_ended`: behind the end of a table's row."""
        said = before.rstrip(" ")
        if row_ended:
            return None
        if inline:
            return True
        if self._doubled:
            # Who doubles the backslashes of commands means a line end by a single one.
            return False
        if _opens_display(said):
            return None if _CLOSED_ON_ITS_LINE.match(behind) else True
        if not said:
            return True if after in _LETTERS else None
        if said[-1] in _SENTENCE_ENDS or said.endswith("\\n"):
            return False
        apart = said != before or said[-1] in _STARTS_FORMULA
        if after in _WORDS and _PLAIN.match(behind):
            return None if apart and self._single else False
        return True if apart else None


def _in_line(before: str, behind: str) -> bool:
    """Whether a place is within a formula that begins and ends in one line of a text."""
    line = _LINE_END.split(behind)[0]
    if before.count("\\(") > before.count("\\)"):
        return "\\)" in line
    return before.replace("$$", "").count("$") % 2 == 1 and _CLOSES.search(line.replace("$$", "")) is not None


def _opens_display(said: str) -> bool:
    return (said.endswith("$$") and said.count("$$") % 2 == 1) or said.endswith("\\[")
