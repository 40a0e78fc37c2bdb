"""One way to write an answer: what only changes its looks is taken away before answers are compared.

Typography, LaTeX spacing, dollar signs, text commands and thousands separators go; braces of sets become ⦃ ⦄, so that
they are not taken for LaTeX groups.
"""

from __future__ import annotations

import re
import unicodedata

_SIGNS = str.maketrans(
    {
        "−": "-", "–": "-", "—": "-", "‐": "-", "‑": "-", "×": "*", "·": "*", "⋅": "*", "∙": "*", "÷": "/", "∶": ":",
        "π": "\\pi ", "∪": "\\cup ", "∩": "\\cap ", "∈": "\\in ", "±": "\\pm ", "∓": "\\mp ", "√": "\\sqrt ",
        "≤": "\\le ", "⩽": "\\le ", "≥": "\\ge ", "⩾": "\\ge ", "≠": "\\ne ", "∅": "\\emptyset ",
        "²": "^2 ", "³": "^3 ", "°": " degrees ", "º": " degrees ", "、": ",", "。": ".", "\u00a0": " ",
        "“": '"', "”": '"', "‘": "'", "’": "'", "′": "'",
    }
)  # fmt: skip
_REPLACED: tuple[tuple[re.Pattern[str], str], ...] = tuple(
    (re.compile(pattern), new)
    for pattern, new in (
        (r"\\(?:left|right|[bB]igg?[lrm]?|displaystyle|textstyle|limits|mathstrut|!)(?![a-zA-Z])", ""),
        (r"\\begin\{(?:array|aligned?|cases)\}(?:\{[lcr|]*\})?|\\end\{(?:array|aligned?|cases)\}", ""),
        (r"\\\\(?:\[[^\]]*\])?", "␤"),
        (r"\\[dtc]frac(?![a-z])", r"\\frac"),
        (r"\^\s*\{?\s*\\(?:circ|degree)\s*\}?|\\degree(?![a-z])", " degrees "),
        (r"\\(?:lbrace(?![a-z])|\{)", "⦃"),
        (r"\\(?:rbrace(?![a-z])|\})", "⦄"),
        (r"\\(?:lvert|rvert|vert|mid|\|)(?![a-zA-Z])", "|"),
        (r"\\(?:leqslant|leq|le)(?![a-z])", " \\\\le "),
        (r"\\(?:geqslant|geq|ge)(?![a-z])", " \\\\ge "),
        (r"\\lt(?![a-z])", "<"),
        (r"\\gt(?![a-z])", ">"),
        (r"\\(?:neq|ne)(?![a-z])", " \\\\ne "),
        (r"\\(?:varnothing|emptyset)(?![a-z])", "∅"),
        (r"\\infty(?![a-z])|\b(?:infinity|inf)\b", "∞"),
        (r"(^|[(\[,;<>=])\s*\+\s*∞", r"\1∞"),
        (r"\\(?:cdot|times|ast)(?![a-z])", "*"),
        (r"\\div(?![a-z])", "/"),
        (r"\\colon(?![a-z])", ":"),
        (r"\\(?:[,;:> ]|quad(?![a-z])|qquad(?![a-z])|hspace\*?\{[^{}]*\}|phantom\{[^{}]*\})|~", " "),
        (r"\\(?:text|mathrm|textrm|mbox|hbox|textbf|textit|textsf|mathbf|mathit|mathsf|bm|operatorname\*?|rm|bf)"
         r"\s*\{([^{}]*)\}", r" \1 "),
        (r"\\(?:rm|bf|it)(?![a-z])", " "),
        (r"\\mathbb\s*\{?\s*([A-Z])\s*\}?|\\mathcal\s*\{?\s*([A-Z])\s*\}?", r" \1\2 "),
        (r"\\%", "%"),
        (r"(?<=\d)(?:\{,\}|,\\!|\\!,)(?=\d{3}(?!\d))", ","),
        (r"\\#|\\&", " "),
        (r"_\{(\w)\}", r"_\1"),
        (r"\^\{(\w)\}", r"^\1"),
    )
)  # fmt: skip
_BOXED = re.compile(r"^\\f?boxed\s*\{(.*)\}$", re.DOTALL)
_MONEY = re.compile(r"\\\$|[$£€¥]|\b(?:US|USD|RMB)\b")
_COMMA_THOUSANDS = re.compile(r"(?<![\d.,])(\d{1,3})((?:,\d{3})+)(?![\d,])")
_SPACE_THOUSANDS = re.compile(r"(?<![\d.,])(\d{1,3})((?: \d{3})+)(?![\d/.])")
_FENCED = re.compile(r"^(?:\$\$(.*)\$\$|\$([^$]*)\$|\\\((.*)\\\)|\\\[(.*)\\\])\.?$", re.DOTALL)


def plain(text: str) -> str:
    """Return the answer in the one notation that comparison works on."""
    text = _unwrapped(unicodedata.normalize("NFKC", text.translate(_SIGNS)))
    for pattern, new in _REPLACED:
        text = pattern.sub(new, text)
    text = _MONEY.sub(" ", text.replace("\\(", "").replace("\\)", "").replace("\\[", "").replace("\\]", ""))
    text = " ".join(text.split()).rstrip(" .,;:'\"*`").lstrip(" ,;:'\"*`")
    if not text.startswith(("(", "[", "{", "⦃")):
        # "(1,200)" is a point, "1,200" a number.
        text = _COMMA_THOUSANDS.sub(lambda hit: hit[0].replace(",", ""), text)
    return _SPACE_THOUSANDS.sub(lambda hit: hit[0].replace(" ", ""), text)


def _unwrapped(text: str) -> str:
    """Take boxes and maths delimiters off the outside."""
    for _ in range(4):
        text = text.strip()
        fenced, boxed = _FENCED.match(text), _BOXED.match(text)
        if fenced:
            text = next(group for group in fenced.groups() if group is not None)
        elif boxed:
            text = boxed[1]
        else:
            break
    return text


def squeezed(text: str) -> str:
    """Return `text` without spaces, words in small letters: equal squeezed answers are equal."""
    packed = text.replace(" ", "")
    return packed.casefold() if re.fullmatch(r"[^\W\d_]{2,}", packed) else packed
