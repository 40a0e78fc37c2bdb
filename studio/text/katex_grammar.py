"""The part of TeX that the browser's KaTeX draws: tokens, and a check that a formula will not be shown as an error.

KaTeX runs in the browser only, so a formula is read here by the same grammar, a little more strictly:
what `draws` accepts, KaTeX draws; what it refuses is shown as source instead of as a red error.
Commands that reach outside a formula (links, pictures, HTML, macros) are not in the list at all.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path


def _names(text: str) -> frozenset[str]:
    return frozenset(text.split())


MAX_LENGTH = 4000
MAX_DEPTH = 40

TOKEN = re.compile(r"\\[A-Za-z]+\*?|\\.|\s+|[0-9]+|.", re.DOTALL)

TAKES: dict[str, int] = {
    **dict.fromkeys(("frac", "dfrac", "tfrac", "cfrac", "binom", "dbinom", "tbinom", "stackrel", "overset"), 2),
    "underset": 2,
    **dict.fromkeys(("sqrt", "boxed", "fbox", "hat", "bar", "vec", "dot", "ddot", "dddot", "tilde", "check"), 1),
    **dict.fromkeys(("breve", "acute", "grave", "mathring", "widehat", "widetilde", "widecheck", "pmb"), 1),
    **dict.fromkeys(("overline", "underline", "overbrace", "underbrace", "overrightarrow", "overleftarrow"), 1),
    **dict.fromkeys(("overleftrightarrow", "underrightarrow", "underleftarrow", "underleftrightarrow"), 1),
    **dict.fromkeys(("cancel", "bcancel", "xcancel", "sout", "phase", "angl", "overgroup", "undergroup"), 1),
    **dict.fromkeys(("overlinesegment", "underlinesegment", "Overrightarrow", "utilde", "smash", "mathstrut"), 1),
    **dict.fromkeys(("phantom", "hphantom", "vphantom", "llap", "rlap", "clap", "mathllap", "mathrlap"), 1),
    **dict.fromkeys(("mathclap", "pmod", "pod", "mod", "not", "substack", "mathop", "mathbin", "mathrel"), 1),
    **dict.fromkeys(("mathopen", "mathclose", "mathpunct", "mathord", "mathinner", "set", "Set", "bra", "ket"), 1),
    **dict.fromkeys(("Bra", "Ket", "braket", "Braket", "xrightarrow", "xleftarrow", "xmapsto", "xlongequal"), 1),
    **dict.fromkeys(("mathbb", "mathbf", "mathcal", "mathfrak", "mathit", "mathnormal", "mathrm", "mathscr"), 1),
    **dict.fromkeys(("mathsf", "mathtt", "boldsymbol", "bm", "bold", "Bbb", "frak"), 1),
}
TAKES.pop("mathstrut")
TEXTS = _names(
    "text textbf textit textrm textsf texttt textnormal textup mbox hbox emph textmd operatorname operatorname* "
)
IN_SCRIPT = frozenset(("frac", "dfrac", "tfrac", "binom", *TEXTS, *(n for n in TAKES if n.startswith("math"))))
BIG = _names(
    "Pr argmax argmin bigcap bigcup bigodot bigoplus bigotimes bigsqcup biguplus bigvee bigwedge coprod det "
    "gcd iiint iint inf int lim liminf limsup max min oint operatorname operatorname* prod sum sup "
)
SIZES = _names("Big Bigg Biggl Biggm Biggr Bigl Bigm Bigr big bigg biggl biggm biggr bigl bigm bigr ")
DELIMITERS = _names(
    "( ) . / < > [ \\Downarrow \\Uparrow \\Vert \\backslash \\downarrow \\gt \\lVert \\langle \\lbrace "
    "\\lbrack \\lceil \\lfloor \\lgroup \\lt \\lvert \\rVert \\rangle \\rbrace \\rbrack \\rceil \\rfloor "
    "\\rgroup \\rvert \\ulcorner \\uparrow \\updownarrow \\urcorner \\vert \\{ \\| \\} ] | "
)
INLINE_ENVS = _names(
    "Bmatrix Vmatrix aligned bmatrix cases dcases gathered matrix pmatrix rcases smallmatrix split vmatrix "
)
DISPLAY_ENVS = _names("align align* equation equation* gather gather* ")
OPERATORS = _names(
    "arccos arcsin arctan arctg arg cos cosec cosh cot cotg coth csc ctg deg dim exp hom ker lg ln log sec "
    "sin sinh tan tanh tg th sh ch "
)
INFIX = frozenset(("over", "choose", "atop", "brace", "brack"))
NO_ARGUMENT = (
    _names("left right begin end hline color textcolor hspace quad qquad enspace enskip thinspace medspace thickspace")
    | _names("negthinspace negmedspace negthickspace displaystyle textstyle cr limits nolimits \\ , : ; ! >")
    | frozenset(" ")
    | INFIX
    | BIG
    | OPERATORS
)
SPACING = frozenset("\\ ,:;!>{}|%&#_'^~=.\"`$")
COLOUR = re.compile(r"\{(#[0-9A-Fa-f]{6}|[a-z]+)\}")
COLUMNS = re.compile(r"\{[lcr|: ]+\}")
_SIZE = r"(?:\d{1,2}(?:\.\d+)?|-\d(?:\.\d+)?|-?\.\d+) ?(?:em|ex|pt|mu|cm|mm|in|pc)"
"""A length that leaves a formula where it stands: one of 500em would lie over the page, as a text of the studio."""
LENGTH = re.compile(r"\*?\{" + _SIZE + r"\}")
ROW_GAP = re.compile(r"\[" + _SIZE + r"\]")


@cache
def commands() -> frozenset[str]:
    """Return the names, without backslash, of all commands that may stand in a formula."""
    text = (Path(__file__).parent / "tex_commands.txt").read_text(encoding="ascii")
    return frozenset(text.split())


def tokens(formula: str) -> tuple[str, ...]:
    """Cut a formula into commands, numbers, blanks and single characters; joined, they are the formula again."""
    return tuple(TOKEN.findall(formula))


def balanced(formula: str) -> bool:
    """Whether every brace of `formula` is closed, and none before it was opened."""
    depth = 0
    for token in tokens(formula):
        depth += (token == "{") - (token == "}")
        if depth < 0:
            return False
    return depth == 0


def draws(formula: str, *, display: bool = False) -> bool:
    """Whether KaTeX will draw `formula`; `display` allows the environments that need a line of their own."""
    if not formula.strip() or len(formula) > MAX_LENGTH:
        return False
    # TeX reads a number digit by digit where it looks for an argument.
    found = tuple(part for token in tokens(formula) if not token.isspace() for part in _digits(token))
    try:
        reader = _Reader(found, formula, display)
        reader.sequence(stop=())
        return reader.at == len(found)
    except _Refused:
        return False


def _digits(token: str) -> tuple[str, ...]:
    return tuple(token) if token.isdigit() else (token,)


class _Refused(Exception):
    """The formula is outside the grammar."""


@dataclass
class _Reader:
    """Recursive descent over tokens without blanks; `at` is the next one."""

    found: tuple[str, ...]
    source: str
    display: bool
    at: int = 0
    depth: int = 0

    def sequence(self, stop: tuple[str, ...], *, cells: bool = False, lines: bool = False) -> None:
        """Read until a token of `stop`, left unread; `cells` allows alignment marks, `lines` rules between rows."""
        self.depth += 1
        if self.depth > MAX_DEPTH:
            raise _Refused
        scripts: set[str] = set()
        infixes = 0
        last = ""
        while self.at < len(self.found) and (token := self.found[self.at]) not in stop:
            self.at += 1
            if token in ("^", "_", "'"):
                self._refuse_unless(last[1:] not in INFIX)
                self._script(token, scripts)
                continue
            if token in ("\\limits", "\\nolimits"):
                self._refuse_unless(last[1:] in BIG)
                continue
            scripts = set()
            if token == "\\hline":
                self._refuse_unless(cells and last in ("", "\\\\", "\\hline") and lines)
            elif token in ("&", "\\\\"):
                self._refuse_unless(cells or token == "\\\\")
                if token == "\\\\" and self._peek() == "[":
                    self._pattern(ROW_GAP, close="]")
                infixes = 0
            elif token[1:] in INFIX and token[0] == "\\":
                infixes += 1
                self._refuse_unless(infixes == 1 and not cells)
            else:
                self._atom(token)
            last = token
        self.depth -= 1

    def _script(self, token: str, seen: set[str]) -> None:
        if token == "'":
            self._refuse_unless("^" not in seen)
            seen.add("'")
            return
        self._refuse_unless(token not in seen and not (token == "^" and "'" in seen and self._previous() != "'"))
        seen.add(token)
        self._argument(script=True)

    def _previous(self) -> str:
        return self.found[self.at - 2] if self.at >= 2 else ""

    def _atom(self, token: str) -> None:
        if token == "{":
            self.sequence(stop=("}",))
            self._expect("}")
        elif token[0] == "\\" and len(token) > 1:
            self._command(token)
        else:
            self._refuse_unless(token not in ("}", "$", "#", "%", "\\") and (token.isprintable()))

    def _command(self, token: str) -> None:
        name = token[1:]
        if name in SPACING:
            self._refuse_unless(name not in "$=.\"`^'~")
        elif name == "left":
            self._fence()
        elif name == "begin":
            self._environment()
        elif name in SIZES:
            self._refuse_unless(self._next() in DELIMITERS)
        elif name in TEXTS:
            self._words(name)
        elif name in ("color", "textcolor"):
            self._pattern(COLOUR)
            if name == "textcolor":
                self._argument()
        elif name in ("hspace", "hspace*"):
            self._pattern(LENGTH)
        else:
            self._refuse_unless(name in commands())
            self._arguments(name)

    def _arguments(self, name: str) -> None:
        if name in ("sqrt", "xrightarrow", "xleftarrow") and self._peek() == "[":
            self.at += 1
            self.sequence(stop=("]",))
            self._expect("]")
        for _ in range(TAKES.get(name, 0)):
            self._argument()

    def _argument(self, *, script: bool = False) -> None:
        """Read one argument: a group, a sign, or after ^ and _ one of few commands with arguments of their own."""
        token = self._next()
        self._refuse_unless(token not in ("", "^", "_", "&", "}", "'"))
        if token[0] == "\\" and len(token) > 1:
            name = token[1:]
            takes = name in TAKES or name in TEXTS
            self._refuse_unless((name in IN_SCRIPT) if takes and script else not takes)
            self._refuse_unless(name not in NO_ARGUMENT and name not in SIZES)
        self._atom(token)

    def _fence(self) -> None:
        self._refuse_unless(self._next() in DELIMITERS)
        self.sequence(stop=("\\right",))
        self._expect("\\right")
        self._refuse_unless(self._next() in DELIMITERS)

    def _environment(self) -> None:
        name = self._name()
        allowed = name in INLINE_ENVS or name == "array" or (self.display and name in DISPLAY_ENVS and self.depth == 1)
        self._refuse_unless(allowed)
        if name == "array":
            self._pattern(COLUMNS)
        self.sequence(stop=("\\end",), cells=True, lines=name == "array")
        self._expect("\\end")
        self._refuse_unless(self._name() == name)

    def _words(self, name: str) -> None:
        self._expect("{")
        depth = 1
        while depth:
            token = self._next()
            self._refuse_unless(token not in ("", "$", "#", "%", "&", "_", "^", "\\"))
            plain = token[0] != "\\" or token == "\\textdollar" or token[1:] in tuple(" ,;:!%&#_{}")
            self._refuse_unless(plain or (name.startswith("operatorname") and token[1:] in commands()))
            depth += (token == "{") - (token == "}")

    def _name(self) -> str:
        self._expect("{")
        letters: list[str] = []
        while (token := self._next()) != "}":
            self._refuse_unless(token.isalpha() or token == "*")
            letters.append(token)
        return "".join(letters)

    def _pattern(self, pattern: re.Pattern[str], close: str = "}") -> None:
        """Read an argument up to `close` that must look like `pattern`."""
        taken: list[str] = []
        while token := self._next():
            taken.append(token)
            if token == close:
                break
        self._refuse_unless(pattern.fullmatch("".join(taken)) is not None)

    def _peek(self) -> str:
        return self.found[self.at] if self.at < len(self.found) else ""

    def _next(self) -> str:
        token = self._peek()
        self.at += 1
        return token

    def _expect(self, token: str) -> None:
        self._refuse_unless(self._next() == token)

    @staticmethod
    def _refuse_unless(fine: bool) -> None:
        if not fine:
            raise _Refused
