"""Changes between two texts: both sides stay drawable, and what is not marked is in both."""

from __future__ import annotations

import random
import re

from hypothesis import given, settings
from hypothesis import strategies as st

from studio.text import katex_grammar
from studio.text.diff import changes, marked

ADDED, REMOVED = "\\textcolor{#0B7A6B}{\\underline{", "\\textcolor{#B8420A}{\\cancel{"

PARTS = (
    r"$x^2-7x+k=0$",
    r"$p^3+q^3=133$",
    r"$\frac{1}{p^2}+\frac{1}{q^2}$",
    r"$\frac12$",
    r"$\sqrt{x_{12}+1}$",
    r"$\left(\frac{a}{b}\right)^{n+1}$",
    r"\[\int_0^1 f(x)\,dx = \boxed{29}\]",
    r"$\begin{pmatrix}1&2\\3&4\end{pmatrix}$",
    r"$\text{area} \le 5\pi$",
    r"$a \equiv b \pmod{7}$",
    r"$\{1, 2, \ldots, n\}$",
    r"\begin{align*}a&=b\\c&=d\end{align*}",
    r"$f'(x)$",
    r"$2 \over 3$",
    r"$\unknown$",
    "It costs $5",
    "Let",
    "find the value of",
    "real [roots]",
    "**bold** <b>",
    "\n\n",
    "\n",
    "1. first",
    "the smallest positive integer",
)


def pairs(count: int, seed: int = 7) -> list[tuple[str, str]]:
    """Return pairs of texts where the second is a changed copy of the first."""
    draw = random.Random(seed)
    made = []
    for _ in range(count):
        before = [draw.choice(PARTS) for _ in range(draw.randint(1, 9))]
        after = list(before)
        for _ in range(draw.randint(0, 4)):
            place = draw.randrange(len(after) + 1)
            act = draw.randrange(3)
            if act == 0:
                after.insert(place, draw.choice(PARTS))
            elif after and act == 1:
                after.pop(place % len(after))
            elif after:
                after[place % len(after)] = _nudged(after[place % len(after)], draw)
        made.append((" ".join(before), " ".join(after)))
    return made


def _nudged(part: str, draw: random.Random) -> str:
    """Change one token of a part."""
    found = list(katex_grammar.tokens(part))
    place = draw.randrange(len(found))
    found[place] = draw.choice(["7", "x", "+1", "", "y^2", found[place] * 2])
    return "".join(found)


def test_a_changed_number_is_marked_inside_its_formula() -> None:
    both = changes("If $p^2+q=29$.", "If $p^3+q=29$.")
    assert both.before == "If $p^{\\textcolor{#B8420A}{\\cancel{2}}}+q=29$."
    assert both.after == "If $p^{\\textcolor{#0B7A6B}{\\underline{3}}}+q=29$."
    assert not both.equal


def test_words_carry_streamlit_marks() -> None:
    both = changes("the real roots", "the positive roots")
    assert both.before == "the :red[~~real~~] roots"
    assert both.after == "the :green-background[positive] roots"


def test_equal_texts_have_no_marks() -> None:
    both = changes("Let $x=1$.", "Let $x=1$.")
    assert both.equal
    assert both.before == both.after == "Let $x=1$."


def test_a_run_that_would_break_the_formula_marks_all_of_it() -> None:
    both = changes(r"$\frac{1}{2}$", r"$\sqrt{1}{2}$")
    assert both.before == f"${REMOVED}\\frac{{1}}{{2}}}}}}$"


def test_a_changed_script_keeps_its_mark_with_its_letter() -> None:
    assert changes("$x_1$", "$x^1$").after == f"${ADDED}x^1}}}}$"


def test_a_formula_that_cannot_be_drawn_shows_its_source() -> None:
    assert changes("a", r"$\frac{1$").after == r"` \frac{1 `"


def test_marks_never_break_a_formula() -> None:
    assert marked("x", [(True, "}{")], "#000000", "\\cancel") == "\\textcolor{#000000}{\\cancel{x}}"


def test_500_random_pairs_stay_drawable() -> None:
    for before, after in pairs(500):
        both = changes(before, after)
        for side in (both.before, both.after):
            _formulas_draw(side)


def _formulas_draw(side: str) -> None:
    bare = re.sub(r"(`+) .*? \1", "", side)
    for display, inline in re.findall(r"\$\$\n(.*?)\n\$\$|(?<![\\$])\$(?!\$)([^$]+)\$", bare):
        source = display or inline
        assert katex_grammar.draws(source, display=bool(display)), source


@given(st.text(alphabet="$\\{}^_ab1+ fraclet\n.", max_size=80), st.text(alphabet="$\\{}^_ab1+ frac\n.", max_size=80))
@settings(max_examples=300, deadline=None)
def test_any_two_texts(before: str, after: str) -> None:
    both = changes(before, after)
    _formulas_draw(both.before)
    _formulas_draw(both.after)
