"""Model text on a page: formulas are drawn, everything else is only text."""

from __future__ import annotations

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from studio.text import katex_grammar
from studio.text.markdown import code, escape, pieces, plain, rich

HOSTILE = [
    "<script>alert(1)</script>",
    '<img src=x onerror="alert(1)">',
    "[click](javascript:alert(1))",
    "![x](http://outside.example/x.png)",
    "# A heading that is not bold",
    "> a quote",
    "`code`",
    "| a | b |\n|---|---|\n| 1 | 2 |",
    ":red[coloured] :material/home: :smile:",
    "<!-- comment -->",
    "&lt;b&gt;",
    "[^1] footnote\n\n[^1]: text",
    "***\n---\n===",
    "~~gone~~ _it_ __b__",
    "$\\href{javascript:alert(1)}{x}$ $\\htmlStyle{color:red}{x}$ $\\includegraphics{x}$",
]


@pytest.mark.parametrize(
    ("text", "drawn"),
    [
        (r"Let \(x^2\) be", "Let $x^2$ be"),
        (r"So \[a \le b\] holds", "So \n\n$$\na \\le b\n$$\n\n holds"),
        ("$$x$$", "$$\nx\n$$"),
        ("求 $$x^2=4$$ 的解", "求 $x^2=4$ 的解"),
        ("A. $$50$$", r"A. $50$"),
        ("So\n\n$$x$$\n\nholds", "So\n\n\n\n$$\nx\n$$\n\n\n\nholds"),
        ("It costs $$$12$$ and $$1&lt;2$$", r"It costs $\text{\textdollar}12$ and $1<2$"),
        (r"$$a\textless{}2$$ and $$\left { a \right }$$", r"$a<2$ and $\left\{ a \right\}$"),
        (r"$$\textbar x\textbar$$ is $$5\textbackslash\%$$", r"$| x|$ is $5\%$"),
        (r"The answer is \boxed{29/100}.", r"The answer is $\boxed{29/100}$."),
        (r"It is \frac{1}{2} of it", r"It is $\frac{1}{2}$ of it"),
        ("It costs $5 and $10.", r"It costs \$5 and \$10."),
        ("It costs $5.", r"It costs \$5."),
        ("He has $5. She gave him 3$ more.", r"He has \$5. She gave him 3\$ more."),
        ("from $3-$4", r"from \$3\-\$4"),
        ("$5$ apples", "$5$ apples"),
        ("$ x $ and $ y $", "$x$ and $y$"),
        (r"a price of \$4", r"a price of \$4"),
        (r"in $\$4$", r"in $\text{\textdollar}4$"),
        (r"50\% of it", "50% of it"),
        ("$50%$", r"$50\%$"),
        (r"$x$2", "$x$\u20602"),
        (r"$\unknown{x}$", r"` \unknown{x} `"),
        (r"$x^$", "` x^ `"),
        (r"$\frac{1}{2$ rest", r"` \frac{1}{2 ` rest"),
        (r"\begin{align*}a&=b\\c&=d\end{align*}", "$$\n\\begin{align*}a&=b\\\\c&=d\\end{align*}\n$$"),
        ("[asy]draw((0,0));[/asy]", "` draw((0,0)); `"),
        ("**Step 1** of #2", r"**Step 1** of \#2"),
        ("### Step 1", "**Step 1**"),
        ("1. first\n2. second", "1\\. first  \n2\\. second"),
        ("- item", "• item"),
        ("one\n\ntwo", "one\n\ntwo"),
        ("a    b", "a    b"),
        ("", ""),
    ],
)
def test_table_of_texts(text: str, drawn: str) -> None:
    assert rich(text) == drawn


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("$x^2-7x+10=0$", "x² − 7x + 10 = 0"),
        (r"$\frac{1}{2}$", "1/2"),
        (r"$\frac{x+1}{y}$", "(x + 1)/y"),
        (r"$\dfrac12$", "1/2"),
        (r"$\sqrt{2}$ and $\sqrt{x+1}$ and $\sqrt[3]{8}$", "√2 and √(x + 1) and ∛8"),
        (r"$a \leq b$, $a\ge b$, $a\ne b$", "a ≤ b, a ≥ b, a ≠ b"),
        (r"$(1+i\sqrt3)^{11}$", "(1 + i√3)¹¹"),
        (r"$x_{12}$ $x_i$ $x_{k}$", "x₁₂ xᵢ x_k"),
        (r"$90^\circ$", "90°"),
        (r"$\int_0^{16} x\,dx$", "∫₀¹⁶ x dx"),
        (r"$\theta\in[0,2\pi)$", "θ ∈ [0,2π)"),
        (r"$7^n \equiv 1 \pmod{40}$", "7ⁿ ≡ 1 (mod 40)"),
        (r"$\binom{5}{2}$", "C(5, 2)"),
        (r"$\mathbb{R}$", "ℝ"),
        (r"$\boxed{42}$", "42"),
        (r"$\begin{pmatrix}1&2\\3&4\end{pmatrix}$", "1 2; 3 4"),
        (r"$\text{if } x$", "if x"),
        (r"$-3 \cdot (-4)$", "−3·(−4)"),
        ("It costs $5 and $10", "It costs $5 and $10"),
        (r"$e^{-x/5}$", "e^(−x/5)"),
        ("two\nlines", "two lines"),
    ],
)
def test_table_of_plain_texts(text: str, shown: str) -> None:
    assert plain(text) == shown


@pytest.mark.parametrize("text", HOSTILE)
def test_markup_of_a_model_is_only_text(text: str) -> None:
    drawn = rich(text)
    outside = re.sub(r"(`+) .*? \1", "", drawn)
    for mark in "<>[]#`|~_&!":
        assert not re.search(rf"(?<!\\){re.escape(mark)}", outside), (mark, drawn)
    assert ":material" not in outside.replace("\\:", "")
    assert "://" not in outside


@given(st.text(max_size=400))
@settings(max_examples=400, deadline=None)
def test_any_text_at_all(text: str) -> None:
    """Nothing raises, and no raw markup survives outside of formulas and code."""
    drawn = rich(text)
    plain(text)
    escape(text)
    outside = re.sub(r"(`+) .*? \1|\$\$?[^$]*\$\$?", "", drawn.replace("\\$", ""), flags=re.DOTALL)
    assert not re.search(r"(?<!\\)[<\[]", outside)


@given(st.text(alphabet="$\\{}^_&%#[]()<>ab12 \n`*frac", max_size=200))
@settings(max_examples=600, deadline=None)
def test_any_formula_like_text(text: str) -> None:
    """Text made of the signs that matter never raises, and what is passed on as a formula is well formed."""
    rich(text)
    plain(text)
    for piece in pieces(text):
        if piece.kind in ("inline", "display"):
            assert katex_grammar.balanced(piece.text)
            assert "$" not in piece.text.replace("\\textdollar", "")
            assert katex_grammar.draws(piece.text, display=piece.kind == "display")


@given(st.text(max_size=200))
@settings(max_examples=300, deadline=None)
def test_tokens_lose_nothing(text: str) -> None:
    assert "".join(katex_grammar.tokens(text)) == text


def test_code_fences_hold_any_backticks() -> None:
    assert code("a `` b") == "``` a `` b ```"


def test_a_very_long_text_is_cut() -> None:
    assert len(rich("x" * 500_000)) < 100_000


def test_deep_nesting_is_refused_not_followed() -> None:
    deep = "{" * 3000 + "x" + "}" * 3000
    assert not katex_grammar.draws(deep[: katex_grammar.MAX_LENGTH])
    plain(f"${deep}$")


@pytest.mark.parametrize("blank", [" ", "\n", "\u3000", "\n "])
def test_blanks_are_read_once(blank):
    """A model that writes blanks without end must not stop the page: reading them again from each one takes minutes."""
    text = "# a" + blank * (40_000 // len(blank)) + "b"
    assert "b" in rich(text)
    assert "b" in escape(text)


@pytest.mark.parametrize(
    "formula",
    [
        r"\hspace{-400em}\text{Approved}", r"\hspace{99999em}x", r"\hspace*{-10cm}x",
        r"\begin{matrix}a\\[-500em]b\end{matrix}", r"\begin{array}{c}a\\ [ 999em ]b\end{array}", r"x\\[-50em]y",
        r"x\\[y]z",
    ],
)  # fmt: skip
def test_a_formula_stays_where_it_stands(formula):
    assert [piece.kind for piece in pieces(f"${formula}$")] == ["code"]


@pytest.mark.parametrize("formula", [r"a\hspace{1.5cm}b", r"a\hspace{-.3em}b", r"\begin{matrix}a\\[4pt]b\end{matrix}"])
def test_small_gaps_are_drawn(formula):
    assert [piece.kind for piece in pieces(f"${formula}$")] == ["inline"]
