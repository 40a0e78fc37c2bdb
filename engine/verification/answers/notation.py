"""One way to write an answer: what only changes its looks is taken away before answers are compared.

Typography, LaTeX spacing, dollar signs, text commands and thousands separators go; relations, set operations and
ellipses become single characters; braces of sets become ⦃ ⦄, so that they are not taken for LaTeX groups.
"""

from __future__ import annotations

import re
import unicodedata

_SUPER = "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁽⁾ⁿⁱˣ"
_SUB = "₀₁₂₃₄₅₆₇₈₉"
_RAISED = str.maketrans(_SUPER, "0123456789+-()nix")
_LOWERED = str.maketrans(_SUB, "0123456789")
_VULGAR = re.compile(r"[¼½¾⅐-⅞]")
_SIGNS = str.maketrans(
    {
        "−": "-", "–": "-", "—": "-", "‐": "-", "‑": "-", "×": "*", "·": "*", "⋅": "*", "∙": "*", "÷": "/", "∶": ":",
        "π": "\\pi ", "∓": "∓", "√": "\\sqrt ", "∛": "\\sqrt[3] ", "⩽": "≤", "⩾": "≥", "≦": "≤", "≧": "≥", "º": "°",
        "、": ",", "。": ".", "\u00a0": " ", "．": ".", "，": ",", "；": ";", "（": "(", "）": ")", "：": ":",
        "∣": "\\mid ",
        "∧": "\\land ", "∨": "\\lor ", "∼": "\\sim ",
        "∝": "\\propto ", "∥": "\\parallel ", "⟂": "\\perp ", "⊥": "\\perp ",
        "⊂": "\\subset ", "⊆": "\\subseteq ", "θ": "\\theta ", "α": "\\alpha ", "β": "\\beta ", "λ": "\\lambda ",
        "⋯": "…", "∖": "∖", "′": "'", "’": "'", "“": '"', "”": '"', "＝": "=",
    }
)  # fmt: skip
_TEXT = (
    r"text|mathrm|textrm|mbox|hbox|textbf|textit|textsf|texttt|mathbf|mathit|mathsf|mathtt|bm|boldsymbol|underline"
    r"|operatorname\*?|rm|bf|textnormal|emph"
)
_REPLACED = tuple(
    (re.compile(pattern, re.DOTALL), new)
    for pattern, new in (
        (r"\\(?:f?boxed|fbox)(?![a-zA-Z])\s*", ""),
        (r"\\(?:textcolor|color)\s*(?:\[\w+\])?\s*\{[^{}]*\}|\\colorbox\s*\{[^{}]*\}", ""),
        (r"\\(?:displaystyle|textstyle|scriptstyle|limits|nolimits|tiny|small|large|Large|LARGE|huge|Huge|normalsize"
         r"|mathstrut|strut|bigl|bigr|Bigl|Bigr|biggl|biggr|Biggl|Biggr|big|Big|bigg|Bigg|left|right|middle)"
         r"(?![a-zA-Z])\.?(?=\s|[^\s\d]|$)", ""),
        (r"\\(?:quad|qquad)(?![a-zA-Z])|\\hspace\*?\s*\{[^{}]*\}|\\h?phantom\s*\{[^{}]*\}", " "),
        (r"\\\\\s*\[[^\[\]]*(?:pt|mm|cm|em|ex)\]|\\\\|\\cr(?![a-zA-Z])|\\newline", "␤"),
        (r"\\(?:dfrac|tfrac|cfrac|nicefrac|sfrac|frac)(?![a-zA-Z])", r"\\frac"),
        (r"\\(?:lbrace(?![a-zA-Z])|\{)", "⦃"),
        (r"\\(?:rbrace(?![a-zA-Z])|\})", "⦄"),
        (r"\\langle(?![a-zA-Z])", "⟨"),
        (r"\\rangle(?![a-zA-Z])", "⟩"),
        (r"\\[lr]?vert(?![a-zA-Z])", "|"),
        (r"\\(?:not\s*\\in|notin)(?![a-zA-Z])", "∉"),
        (r"\\(?:leqslant|leqq|leq|le)(?![a-zA-Z])|<=", "≤"),
        (r"\\(?:geqslant|geqq|geq|ge)(?![a-zA-Z])|>=", "≥"),
        (r"\\(?:neq|ne|not\s*=)(?![a-zA-Z])|!=", "≠"),
        (r"\\lt(?![a-zA-Z])", "<"),
        (r"\\gt(?![a-zA-Z])", ">"),
        (r"\\(?:approx|thickapprox)(?![a-zA-Z])", "≈"),
        (r"\\in(?![a-zA-Z])", "∈"),
        (r"\\pm(?![a-zA-Z])|\+/-", "±"),
        (r"\\mp(?![a-zA-Z])", "∓"),
        (r"\\cup(?![a-zA-Z])", "∪"),
        (r"\\cap(?![a-zA-Z])", "∩"),
        (r"\\(?:setminus|smallsetminus|backslash)(?![a-zA-Z])", "∖"),
        (r"\\(?:varnothing|emptyset)(?![a-zA-Z])", "∅"),
        (r"\\infty(?![a-zA-Z])|\b(?:infinity|inf)\b", "∞"),
        (r"\\(?:cdot|times|ast)(?![a-zA-Z])", "*"),
        (r"\\div(?![a-zA-Z])", "/"),
        (r"\\colon(?![a-zA-Z])|\{:\}", ":"),
        (r"\\(?:ldots|dots|cdots|dotsc|dotsb)(?![a-zA-Z])|\.\.\.+", "…"),
        (r"\^\s*\{?\s*\\(?:circ|degree)(?![a-zA-Z])\s*\}?|\\degree(?![a-zA-Z])|\^\s*\{\s*°\s*\}|\^\s*°", "°"),
        (r"\^\s*\{?\s*\\prime(?![a-zA-Z])\s*\}?|\\prime(?![a-zA-Z])", "'"),
        (r"\\(?:R|reals|Reals)(?![a-zA-Z])", " ⟪R⟫ "),
        (r"\\([ZNQC])(?![a-zA-Z])", r" ⟪\1⟫ "),
        (r"\\(?:mathbb|Bbb|mathbf)\s*\{?\s*([RZNQC])(?![a-zA-Z])\s*\}?", r" ⟪\1⟫ "),
        (rf"\\(?:{_TEXT})(?![a-zA-Z])\s*\{{([^{{}}]*)\}}", r" \1 "),
        (r"\\(?:mathbb|mathcal|vec)(?![a-zA-Z])\s*\{([^{}]*)\}", r" \1 "),
        (r"\\(?:rm|bf|it|vec|cal)(?![a-zA-Z])\s*", " "),
        (r"(?<![\w}])(?:\{\})?[_^]\s*\{?(\d+)\}?\s*C\s*_\s*\{?(\d+)\}?", r"\\binom{\1}{\2}"),
        (r"(?<![\w}])(?:\{\})?[_^]\s*\{?(\d+)\}?\s*P\s*_\s*\{?(\d+)\}?", r"P_{\1}^{\2}"),
        (r"\\num(?![a-zA-Z])\s*\{([^{}]*)\}", r"\1"),
        (r"(?<=\d)(?:\{,\}|,\\!|\\!,)(?=\d{3}(?!\d))", ","),
        (r"\\!", ""),
        (r"(?<!\\)\\(?=\d)", ""),
        (r"\\[,;:> ]|~", " "),
        (r"\\%", "%"),
        (r"\\&|\\#", "#"),
    )
)  # fmt: skip
_VECTOR = r"\\(?:vec|overrightarrow|mathbf|boldsymbol|bm|hat)(?![a-zA-Z])"
_CROSSED = re.compile(
    rf"(?<![\d\s])\s*(?:\\times(?![a-zA-Z])|×)\s*(?={_VECTOR})|(?<=\b[A-Z])\s*(?:\\times|×)\s*(?=[A-Z]\b)"
)
"""A product that changes with the order of its factors, of vectors or of sets."""
_COMMA_REPEATS = re.compile(r"^([+-]?\d+),(?=\d*(?:\(\d{1,9}\)|\\(?:overline|bar)\s*\{?\d+\}?)$)")
"""0,(3) is written with a comma where decimals have one."""
_DRESSED = re.compile(r"[\\{^_~]|[<>!]=|\+/-|\.\.|inf")
"""Without one of these no pattern above can match: most answers are numbers and words, and go past all of them."""
_DOUBLED = {"ℝ": " ⟪R⟫ ", "ℤ": " ⟪Z⟫ ", "ℕ": " ⟪N⟫ ", "ℚ": " ⟪Q⟫ ", "ℂ": " ⟪C⟫ ", "℃": "°C", "℉": "°F"}
_MONEY = re.compile(r"\\\$|[$£€¥]|\b(?:US|USD|RMB|EUR|GBP)\b")
_COMMA_THOUSANDS = re.compile(r"(?<![\d.,])(\d{1,3})((?:,\d{3})+)(?![\d,])")
_SPACE_THOUSANDS = re.compile(r"(?<![\d.,])(\d{1,3})((?: \d{3})+)(?![\d/.]|\s*\\frac)")
_NO_POINT = re.compile(r"^\(\s*(\d{1,3}(?:,\d{3})*,0\d{2}(?:,\d{3})*)\s*\)$")
_BOXED = re.compile(r"^\\(?:f?boxed|fbox)\s*\{(.*)\}\.?$|^\{([^,;]*)\}$", re.DOTALL)
_FENCED = re.compile(r"^(?:\$\$(.*)\$\$|\$([^$]*)\$|\\\((.*)\\\)|\\\[(.*)\\\])\.?$", re.DOTALL)
_EMPHASIS = re.compile(r"^(\*\*|__|\*|`+)(.+?)\1$", re.DOTALL)


def plain(text: str) -> str:
    """Return the answer in the one notation that comparison works on."""
    text = _CROSSED.sub(" ⨯ ", text) if "times" in text or "×" in text else text
    text = re.sub(rf"[{_SUPER}]+", lambda hit: f"^{{{hit[0].translate(_RAISED)}}}", text)
    text = re.sub(rf"[{_SUB}]+", lambda hit: f"_{{{hit[0].translate(_LOWERED)}}}", text)
    text = _VULGAR.sub(_vulgar, text)
    for sign, name in _DOUBLED.items():
        text = text.replace(sign, name)
    text = unicodedata.normalize("NFKC", text.translate(_SIGNS).replace("…", "\\ldots ")).replace("⁄", "/")
    text = _unwrapped(text)
    for _ in range(2 if _DRESSED.search(text) else 0):
        for pattern, new in _REPLACED:
            text = pattern.sub(new, text)
    for fence in ("\\(", "\\)", "\\[", "\\]"):
        text = text.replace(fence, "")
    text = _edges(_MONEY.sub(" ", text))
    if text.endswith("}") and text.count("{") < text.count("}"):
        # What was cut out of a box with one brace too many: 36}.
        text = text[:-1].rstrip()
    return _COMMA_REPEATS.sub(r"\1.", text) if _COMMA_REPEATS.match(text) else _thousands(text)


def _unwrapped(text: str) -> str:
    """Take boxes, maths delimiters, emphasis and braces off the outside."""
    for _ in range(6):
        text = text.strip()
        fenced, boxed = _FENCED.match(text), _BOXED.match(text)
        if fenced:
            text = next(group for group in fenced.groups() if group is not None)
        elif boxed and _closed(boxed[1] or boxed[2] or ""):
            text = boxed[1] or boxed[2] or ""
        elif emphasis := _EMPHASIS.match(text):
            text = emphasis[2]
        else:
            break
    return text


def _closed(text: str) -> bool:
    """Whether no brace closes before it was opened, so that the braces around the text belong together."""
    depth = 0
    for hit in re.finditer(r"\\.|[{}]", text, re.DOTALL):
        depth += {"{": 1, "}": -1}.get(hit[0], 0)
        if depth < 0:
            return False
    return depth == 0


def _vulgar(hit: re.Match[str]) -> str:
    top, _, bottom = unicodedata.normalize("NFKC", hit[0]).partition("⁄")
    return f"\\frac{{{top}}}{{{bottom}}}"


def _edges(text: str) -> str:
    text = " ".join(text.split())
    text = _EMPHASIS.sub(r"\2", text)
    trimmed = text.rstrip(' .,;:"*`␤').lstrip(' ,;:"*`≈=')
    return trimmed.strip()


def _thousands(text: str) -> str:
    """Join the groups of a number: "(1,200)" is a point, but "1,200" and "(1,000)" are numbers."""
    text = _NO_POINT.sub(r"\1", text)
    if not re.match(r"[(\[{⦃⟨]", text):
        text = _COMMA_THOUSANDS.sub(lambda hit: hit[0].replace(",", ""), text)
    return _SPACE_THOUSANDS.sub(lambda hit: hit[0].replace(" ", ""), text)


def squeezed(text: str) -> str:
    """Return `text` without spaces, words in small letters: equal squeezed answers are equal."""
    packed = text.replace(" ", "")
    return packed.casefold() if re.fullmatch(r"[^\W\d_]{2,}", packed) else packed
