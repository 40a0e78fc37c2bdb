r"""One normaliser between model text and the page: mathematics is drawn, everything else is only ever text.

Every statement, solution and critique goes through `rich` before `st.markdown`, and through `plain` before a
table cell. Model text cannot make markup, links, pictures, headings, icons or HTML: each character that
Markdown could read is escaped. Formulas come in `$..$`, `$$..$$`, `\(..\)`, `\[..\]`, bare environments and
bare `\boxed{}`; a lone `$` is money; a formula that KaTeX could not draw is shown as its source.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

from studio.text import katex_grammar
from studio.text.unicode_math import unicode_math

Kind = Literal["text", "inline", "display", "code"]

MAX_TEXT = 60_000
"""Longer texts are cut for drawing: the browser would stand still for seconds."""

_SPECIAL = re.compile(r"([\\`*_{}\[\]<>#+\-!|~$&:^=])")
_SHORTCODE = re.compile(r":(?=[\w+/\-]+:)")
_OUTSIDE = re.compile(r"(?i)(?<=https:)(?=//)|(?<=http:)(?=//)|(?<=www)(?=\.)|(?<=@)(?=[\w-])|(?<=xmpp:)|(?<=mailto:)")
_LIST_NUMBER = re.compile(r"(?m)^([^\S\n]*\d{1,9})([.)])(?=\s|$)")
_BLANKS = re.compile(r"^\s+")
_BULLET = re.compile(r"^\s{0,8}[-*+•]\s+")
_HEADING = re.compile(r"\s{0,3}#{1,6}\s+(.*)")
_BOLD = re.compile(r"\*\*(?=[^\s*])([^*\n]{1,300}?)(?<=[^\s*])\*\*")
_JOINER = "\u2060"
_OPEN = re.compile(
    r"\\\\|\\\$|\$\$|\$|\\\(|\\\[|\[asy\]|\\begin\s*\{(?P<env>[A-Za-z]+\*?)\}|(?P<bare>\\(?:boxed|[dt]?frac|sqrt|binom)(?![A-Za-z]))"
)
_MONEY = re.compile(r"^\d[\d,.]*(?:\s|$|[-–/])")
_PROSE = re.compile(r"(?<![\\A-Za-z{])[A-Za-z]{2,}")
_WORDS_IN_TEX = re.compile(r"\\[A-Za-z]+\*?(?:\{[^{}]*\})?|\{[^{}]*\}")
_ESCAPED = tuple(
    (re.compile(pattern), sign)
    for pattern, sign in (
        (r"\\textless(?![A-Za-z])(?:\{\})?", "<"),
        (r"\\textgreater(?![A-Za-z])(?:\{\})?", ">"),
        (r"\\textbar(?![A-Za-z])(?:\{\})?", "|"),
        (r"\\textasciitilde(?![A-Za-z])(?:\{\})?", r"\\ "),
        (r"\\textbackslash(?:\{\})?\s*\\textbackslash(?:\{\})?", r"\\\\"),
        (r"\\textbackslash(?:\{\})?(?=\\%)", ""),
        (r"\\textbackslash(?:\{\})?(?=\s|$)", r"\\ "),
        (r"&lt;(?:\{\})?", "<"),
        (r"&gt;(?:\{\})?", ">"),
        (r"&nbsp;", r"\\ "),
        (r"^\s*\$(?=\d[\d.,]*\s*$)", r"\\$"),
        (r"(\\left|\\right)\s*(?=[{}])", r"\1\\"),
    )
)
"""Signs of a formula that some data sets have escaped as if they stood in text."""
_ENV_IN_TEXT = frozenset(("itemize", "enumerate", "center", "tabular", "document"))


@dataclass(frozen=True, slots=True)
class Piece:
    """A stretch of text: words, a formula without its delimiters, or source to show as it is."""

    kind: Kind
    text: str


def rich(text: str) -> str:
    """Return Markdown for `st.markdown` that draws the formulas of `text` and nothing else. Never raises."""
    return joined(markdown(piece) for piece in pieces(text)).strip()


def plain(text: str) -> str:
    """Return one line of Unicode text for a table cell: x² − 7x + 10, √2, a ≤ b."""
    words = [
        unicode_math(piece.text) if piece.kind in ("inline", "display") else unescaped(piece.text)
        for piece in pieces(text)
    ]
    return " ".join("".join(words).split())


def escape(text: str) -> str:
    """Return Markdown that shows `text` letter by letter, on one line or several."""
    shown = _OUTSIDE.sub(_JOINER, _SHORTCODE.sub(":" + _JOINER, _clean(text)))
    shown = _SPECIAL.sub(r"\\\1", shown)
    shown = _LIST_NUMBER.sub(r"\1\\\2", shown)
    first, *rest = shown.split("\n")
    return "\n".join((_BLANKS.sub(" ", first), *(line.lstrip() for line in rest)))


def unlinked(document: str) -> str:
    """Return Markdown of ours with names of strangers in it, such as a dataset card, with no bare address as a link.

    Escaped names of a card cannot become markup, but an address is a link without any; what stands in a fence is code.
    """
    parts = re.split(r"(?ms)(^```.*?^```)", document)
    return "".join(part if part.startswith("```") else _OUTSIDE.sub(_JOINER, part) for part in parts)


def code(text: str) -> str:
    """Return Markdown that shows `text` as code inside a line."""
    flat = " ".join(_clean(text).split()) or " "
    fence = "`" * (max((len(run) for run in re.findall(r"`+", flat)), default=0) + 1)
    return f"{fence} {flat} {fence}"


def pieces(text: str) -> tuple[Piece, ...]:
    """Cut `text` into words and formulas; formulas that KaTeX cannot draw come back as code."""
    text = _clean(text)
    if len(text) > MAX_TEXT:
        text = text[:MAX_TEXT] + " …"
    found: list[Piece] = []
    start = at = 0
    while match := _OPEN.search(text, at):
        formula, end = _formula(text, match)
        if formula is None:
            at = match.end()
            continue
        _add_text(found, text[start : match.start()])
        found.append(formula)
        start = at = end
    _add_text(found, text[start:])
    return tuple(found)


def joined(parts: Iterable[str]) -> str:
    """Put Markdown together; two dollars never touch, nor a closing dollar and a digit, which would look like money."""
    made: list[str] = []
    for part in parts:
        if part and made and made[-1].endswith("$") and (part[0] == "$" or part[0].isdigit()):
            made.append(_JOINER)
        if part:
            made.append(part)
    return "".join(made)


def formula(source: str, *, display: bool = False) -> Piece:
    """Return `source` as a formula, mended where that is safe, or as code where KaTeX cannot draw it."""
    mended = _mended(source)
    if katex_grammar.draws(mended, display=display):
        return Piece("display" if display else "inline", mended)
    if katex_grammar.draws(mended, display=True):
        return Piece("display", mended)
    return Piece("code", source)


def unescaped(text: str) -> str:
    r"""Return words as they are meant: `\$` and the like without backslash, `\\` as a line break."""
    return re.sub(r"\\([$%#&_{}])", r"\1", text.replace("\\\\", "\n"))


def _formula(text: str, match: re.Match[str]) -> tuple[Piece | None, int]:
    """Return the formula that starts at `match` and where it ends; None where it is only text."""
    mark = match.group()
    if mark in ("\\\\", "\\$"):
        return None, match.end()
    if mark == "$":
        return _dollars(text, match.end())
    if match["bare"]:
        return _bare(text, match)
    if match["env"]:
        return _environment(text, match)
    close, display = {"$$": ("$$", True), "\\(": ("\\)", False), "\\[": ("\\]", True), "[asy]": ("[/asy]", True)}[mark]
    end = text.find(close, match.end())
    if end < 0:
        return None, match.end()
    inside = text[match.end() : end]
    if mark == "$$" and _in_line(text, match.start(), end + len(close)):
        display = False
    piece = Piece("code", inside) if mark == "[asy]" else formula(inside, display=display)
    return piece, end + len(close)


def _in_line(text: str, start: int, end: int) -> bool:
    """Whether something stands beside a formula on its line: many data sets write `$$..$$` for formulas in a line."""
    before = text[text.rfind("\n", 0, start) + 1 : start]
    return bool(before.strip() or text[end:].partition("\n")[0].strip(" \t.,;。，；．"))


def _dollars(text: str, start: int) -> tuple[Piece | None, int]:
    close = re.compile(r"(?<!\\)\$").search(text, start)
    if close is None or "\n\n" in text[start : close.start()]:
        return None, start
    inside = text[start : close.start()]
    after = text[close.end() : close.end() + 1]
    if not inside.strip() or _is_money(inside, after):
        return None, start
    return formula(inside), close.end()


def _is_money(inside: str, after: str) -> bool:
    """Whether a pair of dollars encloses words between two amounts, not a formula."""
    if _MONEY.match(inside) and after.isdigit():
        return True
    if inside[-1].isspace() and not inside[0].isspace():
        return True
    if inside[0].isspace() and inside.strip().isalpha() and len(inside.strip()) > 1:
        return True
    prose = _PROSE.findall(_WORDS_IN_TEX.sub(" ", inside))
    return (
        bool(inside[0].isdigit() and [word for word in prose if word not in ("mod", "cm", "km", "kg")])
        or len(prose) > 3
    )


def _bare(text: str, match: re.Match[str]) -> tuple[Piece | None, int]:
    """Return a command with its braced arguments that stands in the text without dollars."""
    end = match.end()
    for _ in range(katex_grammar.TAKES[match["bare"][1:]]):
        closed = _closing_brace(text, end)
        if closed is None:
            return None, match.end()
        end = closed
    inside = text[match.start() : end].replace("$", "")
    return formula(inside), end


def _closing_brace(text: str, start: int) -> int | None:
    """Return the position after the brace group that starts at `start`; None where there is none."""
    if text[start : start + 1] != "{":
        return None
    depth = 0
    for token in katex_grammar.TOKEN.finditer(text, start, start + katex_grammar.MAX_LENGTH):
        depth += (token.group() == "{") - (token.group() == "}")
        if depth == 0:
            return token.end()
    return None


def _environment(text: str, match: re.Match[str]) -> tuple[Piece | None, int]:
    name = match["env"]
    close = text.find(f"\\end{{{name}}}", match.end())
    if close < 0 or name in _ENV_IN_TEXT:
        return None, match.end()
    end = close + len(f"\\end{{{name}}}")
    return formula(text[match.start() : end], display=True), end


def _mended(source: str) -> str:
    """Return a formula on one line, with what KaTeX reads differently put right."""
    flat = " ".join(source.split())
    for pattern, sign in _ESCAPED:
        flat = pattern.sub(sign, flat)
    flat = re.sub(r"(?<!\\)((?:\\\\)*)%", r"\1\\%", flat)
    flat = re.sub(r"\\(?:mbox|textrm|textnormal|rm)\s*\{", r"\\text{", flat)
    flat = flat.replace("\\$", "\\text{\\textdollar}").replace("−", "-").replace("\u00a0", " ")
    return re.sub(r"\\(?:label|tag|nonumber|notag)\b\*?(?:\{[^{}]*\})?", "", flat)


def markdown(piece: Piece) -> str:
    """Return the Markdown of one piece; put pieces together with `joined`."""
    if piece.kind == "inline":
        return f"${piece.text}$"
    if piece.kind == "display":
        return f"\n\n$$\n{piece.text}\n$$\n\n"
    if piece.kind == "code":
        return code(piece.text)
    first, *rest = re.split(r"\n[ \t]*\n\s*", unescaped(piece.text))
    return "\n\n".join((_lines(first), *(_lines(paragraph.lstrip()) for paragraph in rest)))


def _lines(paragraph: str) -> str:
    """Return one paragraph; a line break stays a line break, headings and list marks become plain signs."""
    first, *rest = paragraph.split("\n")
    return "  \n".join((_line(first), *(_line(line.lstrip()) for line in rest)))


def _line(line: str) -> str:
    line = _BULLET.sub("• ", line)
    if heading := _HEADING.fullmatch(line):
        words = heading[1].rstrip().rstrip("#").rstrip()
        return f"**{escape(words)}**" if words else ""
    halves = _BOLD.split(line)
    return "".join(f"**{escape(half)}**" if odd % 2 else escape(half) for odd, half in enumerate(halves))


def _add_text(found: list[Piece], words: str) -> None:
    if words:
        found.append(Piece("text", words))


def _clean(text: str) -> str:
    """Return `text` without control characters and with plain line ends; surrogates become question marks."""
    text = text.replace("\r\n", "\n").replace("\r", "\n").encode("utf-8", "replace").decode("utf-8")
    return "".join(c for c in text if c in "\n\t" or c.isprintable() or c in "\u00a0\u3000\u2009\u202f").replace(
        "\t", " "
    )
