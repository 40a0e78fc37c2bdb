"""Formulas as one line of Unicode, for table cells, where nothing is drawn: x² − 7x + 10, √2, a ≤ b."""

from __future__ import annotations

from studio.text import katex_grammar

_UP = dict(zip("0123456789+-=()ni", "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁼⁽⁾ⁿⁱ", strict=True))
_DOWN = dict(zip("0123456789+-=()aeijnx", "₀₁₂₃₄₅₆₇₈₉₊₋₌₍₎ₐₑᵢⱼₙₓ", strict=True))
_LETTERS = (
    "alpha α beta β gamma γ delta δ epsilon ε varepsilon ε zeta ζ eta η theta θ iota ι kappa κ lambda λ mu μ nu ν xi ξ "
    "pi π rho ρ sigma σ tau τ upsilon υ phi φ varphi φ chi χ psi ψ omega ω Gamma Γ Delta Δ Theta Θ Lambda Λ Xi Ξ Pi Π "
    "Sigma Σ Phi Φ Psi Ψ Omega Ω"
)
_GREEK = dict(zip(_LETTERS.split()[::2], _LETTERS.split()[1::2], strict=True))
_SIGN: dict[str, str] = {
    **_GREEK,
    **dict.fromkeys(("cdot", "cdotp", "centerdot"), "·"),
    **dict.fromkeys(("le", "leq", "leqslant"), " ≤ "),
    **dict.fromkeys(("ge", "geq", "geqslant"), " ≥ "),
    **dict.fromkeys(("ne", "neq"), " ≠ "),
    **dict.fromkeys(("ldots", "dots", "cdots", "dotsc", "dotsb", "vdots"), "…"),
    **dict.fromkeys(("to", "rightarrow", "longrightarrow"), " → "),
    **dict.fromkeys(("implies", "Rightarrow", "Longrightarrow"), " ⇒ "),
    **dict.fromkeys(("iff", "Leftrightarrow"), " ⇔ "),
    **dict.fromkeys(("quad", "qquad", "enspace", "thinspace", "space"), " "),
    **dict.fromkeys(("mid", "vert", "lvert", "rvert"), "|"),
    **dict.fromkeys(("setminus", "backslash", "smallsetminus"), " \\ "),
    **dict.fromkeys(("emptyset", "varnothing"), "∅"),
    **dict.fromkeys(("langle", "lang"), "⟨"),
    **dict.fromkeys(("rangle", "rang"), "⟩"),
    "times": " × ",
    "div": " ÷ ",
    "pm": " ± ",
    "mp": " ∓ ",
    "equiv": " ≡ ",
    "approx": " ≈ ",
    "sim": " ∼ ",
    "cong": " ≅ ",
    "propto": " ∝ ",
    "lt": " < ",
    "gt": " > ",
    "ll": " ≪ ",
    "gg": " ≫ ",
    "in": " ∈ ",
    "notin": " ∉ ",
    "subset": " ⊂ ",
    "subseteq": " ⊆ ",
    "cup": " ∪ ",
    "cap": " ∩ ",
    "land": " ∧ ",
    "wedge": " ∧ ",
    "lor": " ∨ ",
    "vee": " ∨ ",
    "neg": "¬",
    "lnot": "¬",
    "forall": "∀",
    "exists": "∃",
    "infty": "∞",
    "int": "∫",
    "iint": "∬",
    "oint": "∮",
    "sum": "∑",
    "prod": "∏",
    "partial": "∂",
    "nabla": "∇",
    "angle": "∠",
    "triangle": "△",
    "perp": " ⊥ ",
    "parallel": " ∥ ",
    "circ": "°",
    "degree": "°",
    "prime": "′",
    "star": "⋆",
    "ast": "*",
    "oplus": " ⊕ ",
    "otimes": " ⊗ ",
    "mapsto": " ↦ ",
    "leftarrow": " ← ",
    "therefore": "∴",
    "because": "∵",
    "ell": "ℓ",
    "lfloor": "⌊",
    "rfloor": "⌋",
    "lceil": "⌈",
    "rceil": "⌉",
    "textdollar": "$",
    "square": "□",
    "checkmark": "✓",
    "hbar": "ℏ",
    "Re": "ℜ",
    "Im": "ℑ",
    "aleph": "ℵ",
}
_BOARD = dict(zip("CHNPQRZ", "ℂℍℕℙℚℝℤ", strict=True))
_STILL = (
    "left right big Big bigg Bigg bigl bigr Bigl Bigr biggl biggr Biggl Biggr displaystyle textstyle limits nolimits "
    "mathrm mathbf mathit mathsf mathcal mathfrak mathscr boldsymbol bm rm bf it text textbf textit textrm mbox "
    "operatorname operatorname* boxed fbox hline middle hfill allowbreak underline mathop"
)
_SILENT = frozenset(_STILL.split())
_MARKS = {"hat": "\u0302", "bar": "\u0304", "vec": "\u20d7", "tilde": "\u0303", "dot": "\u0307", "ddot": "\u0308"}
_FRACTIONS = frozenset(("frac", "dfrac", "tfrac", "cfrac"))
_SPACED = {"=": " = ", "<": " < ", ">": " > ", "+": " + ", "-": " − "}


def unicode_math(formula: str) -> str:
    """Return `formula` as readable Unicode text; what has no sign of its own keeps its name. Never raises."""
    found = list(katex_grammar.tokens(formula[: katex_grammar.MAX_LENGTH]))
    return " ".join(_Writer(found).until(()).split()).replace("· ", "·").replace(" ·", "·")


class _Writer:
    """Reads tokens from the left and writes text; braces that do not match are taken as they come."""

    def __init__(self, found: list[str]) -> None:
        self.found = found
        self.at = 0
        self.depth = 0

    def until(self, stop: tuple[str, ...]) -> str:
        """Write everything up to a token of `stop`, which is read too."""
        self.depth += 1
        said: list[str] = []
        while self.at < len(self.found):
            token = self.found[self.at]
            self.at += 1
            if token in stop:
                break
            said.append(self._sign(token, "".join(said[-1:])))
        self.depth -= 1
        return "".join(said)

    def _sign(self, token: str, before: str) -> str:
        if token in ("^", "_"):
            return self._script(token)
        if token == "{":
            return self.until(("}",)) if self.depth < katex_grammar.MAX_DEPTH else ""
        if token[0] == "\\" and len(token) > 1:
            return self._command(token[1:])
        if token.isspace():
            return " "
        if token in ("+", "-") and not before.strip(" ([{,=<>≤≥≠·×−+∈|"):
            return "−" if token == "-" else "+"
        return _SPACED.get(token, {"~": " ", "&": " ", "}": "", "'": "′"}.get(token, token))

    def _command(self, name: str) -> str:
        if name in _FRACTIONS:
            above, below = self._argument(), self._argument()
            return f"{_grouped(above)}/{_grouped(below)}"
        if name == "sqrt":
            return self._root()
        if name in ("binom", "dbinom", "tbinom"):
            return f"C({self._argument()}, {self._argument()})"
        if name in ("mathbb", "Bbb"):
            letter = self._argument()
            return _BOARD.get(letter, letter)
        if name in _MARKS:
            inside = self._argument()
            return inside + _MARKS[name] if len(inside) == 1 else inside
        return self._word(name)

    def _word(self, name: str) -> str:
        if name in ("begin", "end"):
            self._argument()
            return " "
        if name in ("pmod", "mod", "bmod"):
            return " mod " if name == "bmod" else f" (mod {self._argument()})"
        if name in _SILENT:
            return ""
        if len(name) == 1 and not name.isalpha():
            return {"\\": "; ", "{": "{", "}": "}", "|": "‖", "%": "%", "&": "&", "#": "#", "_": "_", "$": "$"}.get(
                name, " "
            )
        return _SIGN.get(name, f" {name} " if len(name) > 1 else name)

    def _root(self) -> str:
        index = ""
        if self.at < len(self.found) and self.found[self.at] == "[":
            self.at += 1
            index = self.until(("]",)).strip()
        sign = {"": "√", "2": "√", "3": "∛", "4": "∜"}.get(index)
        inside = self._argument()
        body = inside if len(inside) == 1 or inside.isdigit() else f"({inside})"
        return f"{sign}{body}" if sign else f"{_raised(index)}√{body}"

    def _script(self, mark: str) -> str:
        inside = self._argument()
        if inside in ("°", "′"):
            return inside
        table = _UP if mark == "^" else _DOWN
        tight = inside.replace(" ", "").replace("−", "-")
        if tight and all(sign in table for sign in tight):
            return "".join(table[sign] for sign in tight)
        return f"{mark}{inside}" if len(tight) <= 1 else f"{mark}({inside})"

    def _argument(self) -> str:
        while self.at < len(self.found) and self.found[self.at].isspace():
            self.at += 1
        if self.at >= len(self.found) or self.depth > katex_grammar.MAX_DEPTH:
            return ""
        token = self.found[self.at]
        if token in ("}", "^", "_"):
            return ""
        if token.isdigit() and len(token) > 1:
            # TeX takes a single digit as an argument.
            self.found[self.at : self.at + 1] = [token[0], token[1:]]
            token = token[0]
        self.at += 1
        if token == "{":
            return self.until(("}",)).strip()
        self.depth += 1
        said = self._sign(token, "").strip()
        self.depth -= 1
        return said


def _grouped(text: str) -> str:
    return text if text.replace(".", "").isalnum() or len(text) <= 1 else f"({text})"


def _raised(text: str) -> str:
    return "".join(_UP.get(sign, sign) for sign in text)
