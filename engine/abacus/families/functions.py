"""Functions, lines, parabolas and the coordinate plane."""

from __future__ import annotations

from fractions import Fraction
from math import isqrt

from engine.abacus.notation import bracket, is_square, listing, plus, tex
from engine.abacus.problem_family import ProblemFamily, WorkedSolution, family, nonzero, say, upto, worked

AREA = "functions"


@family(
    "composition of functions",
    "Composition of functions",
    "Function notation",
    area=AREA,
    level=0.3,
    draw=lambda rng, size: (rng.randint(2, 6), nonzero(rng, 9), nonzero(rng, 9), upto(rng, size, 2, 6, 15)),
    valid=lambda a, b, c, k: a > 1 and b != 0 and c != 0 and abs(k) < 10**5,
    slot="k",
    wordings=(
        say("the value of $f(g(<k>))$", setup="Let $f(x) = <a>x <b:plus>$ and $g(x) = x^2 <c:plus>$."),
        say(
            "$f(g(<k>))$",
            setup="The functions $f$ and $g$ are given by $f(x) = <a>x <b:plus>$ and $g(x) = x^2 <c:plus>$.",
        ),
        say(
            "the number that comes out at the end",
            setup="A number is put into the machine $g(x) = x^2 <c:plus>$, and the output of $g$ is put into"
            " the machine"
            " $f(x) = <a>x <b:plus>$. The number that is put in is $<k>$.",
        ),
    ),
)
def _composition(a: int, b: int, c: int, k: int) -> WorkedSolution:
    inner = k * k + c
    return worked(
        a * inner + b,
        f"In a composition the inner function comes first: $g({k}) = {bracket(k)}^2 {plus(c)} = {inner}$.",
        f"$f({inner})$: ${a} \\cdot {bracket(inner)} {plus(b)} = {a * inner + b}$",
    )


@family(
    "inverse function",
    "Inverse functions",
    "Linear functions",
    area=AREA,
    level=0.3,
    draw=lambda rng, size: ((a := rng.randint(2, 9)), (b := nonzero(rng, 12)), a * upto(rng, size, 2, 12, 40) + b),
    valid=lambda a, b, k: a > 1 and b != 0 and (k - b) % a == 0,
    slot="k",
    wordings=(
        say("the value of $f^{-1}(<k>)$", setup="Let $f(x) = <a>x <b:plus>$ for all real $x$."),
        say("the number that the linear function $f(x) = <a>x <b:plus>$ maps to $<k>$"),
        say(
            "$f^{-1}(<k>)$",
            setup="The function $f(x) = <a>x <b:plus>$ is one-to-one, so that it has an inverse function $f^{-1}$.",
        ),
    ),
)
def _inverse(a: int, b: int, k: int) -> WorkedSolution:
    return worked(
        (k - b) // a,
        f"The inverse function answers which $x$ has $f(x) = {k}$: ${a}x {plus(b)} = {k}$.",
        f"${a}x = {k} - {bracket(b)} = {k - b}$",
        f"$x = {k - b} \\div {a} = {(k - b) // a}$",
    )


@family(
    "slope of a line",
    "Slope of a line",
    "Coordinate plane",
    area=AREA,
    level=0.22,
    draw=lambda rng, size: (
        (p := nonzero(rng, 9)), (q := nonzero(rng, 9)), p + (d := rng.randint(1, 6)),
        q + d * rng.choice((-4, -3, -2, -1, 1, 2, 3, 4, 5)),
    ),
    valid=lambda p, q, r, s: p != r and q != s,
    clash=lambda p, q, r, s: p == r,
    wordings=(
        say("the slope of the line through the points $(<p>, <q>)$ and $(<r>, <s>)$"),
        say("the gradient of the straight line that joins $(<p>, <q>)$ to $(<r>, <s>)$"),
        say("the number $m$", setup="The line $y = mx + n$ passes through the points $(<p>, <q>)$ and $(<r>, <s>)$."),
    ),
)  # fmt: skip
def _slope(p: int, q: int, r: int, s: int) -> WorkedSolution:
    return worked(
        Fraction(s - q, r - p),
        "The slope is the change of $y$ over the change of $x$.",
        f"${s} - {bracket(q)} = {s - q}$ and ${r} - {bracket(p)} = {r - p}$.",
        f"${s - q} \\div {bracket(r - p)} = {tex(Fraction(s - q, r - p))}$",
    )


@family(
    "intercept of a line",
    "Equation of a line",
    "Point-slope form",
    "Intercepts of a graph",
    area=AREA,
    level=0.25,
    draw=lambda rng, size: (nonzero(rng, 6), upto(rng, size, 1, 9, 20), nonzero(rng, 20)),
    valid=lambda m, p, q: m != 0 and p > 0 and q != 0,
    slot="p",
    wordings=(
        say("the $y$-intercept of the line with slope $<m>$ through the point $(<p>, <q>)$"),
        say("the $y$-coordinate of the point where the line with slope $<m>$ through $(<p>, <q>)$ meets the $y$-axis"),
        say("the number $n$", setup="The line $y = mx + n$ with $m = <m>$ contains the point $(<p>, <q>)$."),
    ),
)
def _intercept(m: int, p: int, q: int) -> WorkedSolution:
    return worked(
        q - m * p,
        f"The equation of the line is $y = {m}x + n$; put in the point: ${q} = {m} \\cdot {p} + n$.",
        f"$n = {q} - {bracket(m * p)} = {q - m * p}$",
    )


@family(
    "perpendicular line",
    "Perpendicular lines",
    "Slope of a line",
    area=AREA,
    level=0.35,
    draw=lambda rng, size: ((m := nonzero(rng, 6)), m * upto(rng, size, 1, 6, 12), rng.randint(1, 20)),
    valid=lambda m, p, q: m not in (0, 1, -1) and p % m == 0 and p != 0 and q > 0,
    wordings=(
        say("the $y$-intercept of the line through $(<p>, <q>)$ that is perpendicular to the line $y = <m>x$"),
        say(
            "the height at which the second path crosses the $y$-axis",
            setup="One path follows the line $y = <m>x$. A second path passes through $(<p>, <q>)$ at a right"
            " angle to the"
            " first.",
        ),
        say("the number $n$", setup="The line $y = kx + n$ is perpendicular to $y = <m>x$ and contains $(<p>, <q>)$."),
    ),
)
def _perpendicular(m: int, p: int, q: int) -> WorkedSolution:
    slope = Fraction(-1, m)
    return worked(
        q - slope * p,
        f"The slopes of perpendicular lines have the product $-1$, so the slope is ${tex(slope)}$.",
        f"At the point: ${tex(slope)} \\cdot {bracket(p)} = {tex(slope * p)}$.",
        f"$n = {q} - {bracket(slope * p)} = {tex(q - slope * p)}$",
    )


_TRIPLES = ((3, 4), (4, 3), (5, 12), (12, 5), (8, 15), (15, 8), (7, 24), (20, 21), (9, 40))


@family(
    "distance of two points",
    "Distance formula",
    "Coordinate plane",
    "Pythagorean theorem",
    area=AREA,
    level=0.3,
    draw=lambda rng, size: (
        (p := nonzero(rng, 9)),
        (q := nonzero(rng, 9)),
        p + (k := upto(rng, size, 1, 2, 4)) * (t := rng.choice(_TRIPLES))[0],
        q + k * t[1],
    ),
    valid=lambda p, q, r, s: (p, q) != (r, s) and is_square((r - p) ** 2 + (s - q) ** 2),
    wordings=(
        say("the distance between the points $(<p>, <q>)$ and $(<r>, <s>)$"),
        say("the length of the segment from $(<p>, <q>)$ to $(<r>, <s>)$ in the coordinate plane"),
        say(
            "the radius of the circle",
            setup="A circle has its centre at $(<p>, <q>)$ and passes through the point $(<r>, <s>)$.",
        ),
    ),
)  # fmt: skip
def _distance(p: int, q: int, r: int, s: int) -> WorkedSolution:
    square = (r - p) ** 2 + (s - q) ** 2
    return worked(
        isqrt(square),
        f"The coordinates differ by ${r} - {bracket(p)} = {r - p}$ and ${s} - {bracket(q)} = {s - q}$.",
        f"By the distance formula the square is ${bracket(r - p)}^2 + {bracket(s - q)}^2 = {square}$.",
        rf"$\sqrt{{{square}}} = {isqrt(square)}$",
    )


@family(
    "midpoint",
    "Midpoint formula",
    "Coordinate plane",
    area=AREA,
    level=0.2,
    draw=lambda rng, size: (
        (p := nonzero(rng, 12)), (q := nonzero(rng, 12)), p + 2 * upto(rng, size, 1, 6, 20), q + 2 * nonzero(rng, 9),
    ),
    valid=lambda p, q, r, s: (p, q) != (r, s) and (p + r) % 2 == 0 and (q + s) % 2 == 0,
    wordings=(
        say("the sum of the coordinates of the midpoint of the segment from $(<p>, <q>)$ to $(<r>, <s>)$"),
        say("the value of $u + v$",
            setup="The point $(u, v)$ lies exactly halfway between $(<p>, <q>)$ and $(<r>, <s>)$."),
        say("the sum of the coordinates of the centre",
            setup="The points $(<p>, <q>)$ and $(<r>, <s>)$ are the ends of a diameter of a circle."),
    ),
)  # fmt: skip
def _midpoint(p: int, q: int, r: int, s: int) -> WorkedSolution:
    u, v = (p + r) // 2, (q + s) // 2
    return worked(
        u + v,
        f"The midpoint formula takes the mean of the coordinates: $({p} + {bracket(r)}) \\div 2 = {u}$"
        f" and $({q} + {bracket(s)}) \\div 2 = {v}$.",
        f"${u} {plus(v)} = {u + v}$",
    )


@family(
    "vertex of a parabola",
    "Vertex of a parabola",
    "Quadratic functions",
    area=AREA,
    level=0.32,
    draw=lambda rng, size: ((a := rng.choice((1, 2, 3, 5))), 2 * a * upto(rng, size, 1, 6, 12), rng.randint(1, 40)),
    valid=lambda a, b, c: a > 0 and b > 0 and b % (2 * a) == 0 and c > 0,
    slot="c",
    wordings=(
        say("the $y$-coordinate of the vertex of the parabola $y = <a:coef>x^2 - <b>x + <c>$"),
        say("the smallest value of the quadratic function $f(x) = <a:coef>x^2 - <b>x + <c>$"),
        say("the height of the lowest point",
            setup="A hanging chain is modelled by the parabola $y = <a:coef>x^2 - <b>x + <c>$."),
    ),
)  # fmt: skip
def _vertex(a: int, b: int, c: int) -> WorkedSolution:
    h = b // (2 * a)
    return worked(
        c - a * h * h,
        rf"The vertex of the parabola lies at $x = \frac{{{b}}}{{2 \cdot {a}}} = {h}$.",
        f"There ${a} \\cdot {h}^2 = {a * h * h}$ and ${b} \\cdot {h} = {b * h}$.",
        f"${a * h * h} - {b * h} + {c} = {c - a * h * h}$",
    )


@family(
    "piecewise function",
    "Piecewise functions",
    "Function notation",
    area=AREA,
    level=0.28,
    draw=lambda rng, size: (
        (c := rng.randint(2, 9)), rng.randint(2, 5), nonzero(rng, 9), rng.randint(1, c), c + upto(rng, size, 1, 6, 20),
    ),
    valid=lambda c, a, b, u, v: a > 1 and b != 0 and u <= c < v,
    slot="v",
    wordings=(
        say("the value of $f(<u>) + f(<v>)$",
            setup=r"Let $f(x) = x^2$ for $x \le <c>$ and $f(x) = <a>x <b:plus>$ for $x > <c>$."),
        say("the sum of $f(<u>)$ and $f(<v>)$",
            setup=r"A function is defined piecewise: $f(x) = x^2$ if $x \le <c>$, and $f(x) = <a>x <b:plus>$ if"
            r" $x > <c>$."),
        say("the total cost in cents of a parcel of <u> and a parcel of <v> kilograms",
            setup=r"A parcel of $x$ kilograms costs $x^2$ cents for $x \le <c>$ and $<a>x <b:plus>$ cents for"
            r" $x > <c>$."),
    ),
)  # fmt: skip
def _piecewise(c: int, a: int, b: int, u: int, v: int) -> WorkedSolution:
    first, second = u * u, a * v + b
    return worked(
        first + second,
        f"Since ${u} \\le {c}$, the first piece of the function applies: ${u}^2 = {first}$.",
        f"Since ${v} > {c}$, the second piece applies: ${a} \\cdot {v} {plus(b)} = {second}$.",
        f"${first} + {bracket(second)} = {first + second}$",
    )


@family(
    "floor of a quotient",
    "Floor function",
    "Ceiling function",
    area=AREA,
    level=0.3,
    draw=lambda rng, size: (upto(rng, size, 20, 90, 400), upto(rng, size, 3, 9, 20)),
    valid=lambda n, d: n > d > 1 and n % d != 0,
    slot="n",
    wordings=(
        say(r"the value of $\left\lfloor \frac{<n>}{<d>} \right\rfloor + \left\lceil \frac{<n>}{<d>} \right\rceil$"),
        say(r"the sum of the largest integer below $\frac{<n>}{<d>}$ and the smallest integer above it"),
        say("the number of full boxes plus the number of boxes needed",
            setup="Exactly <n> bottles are packed into boxes of <d>, the last box possibly being only partly filled."),
    ),
)  # fmt: skip
def _floor(n: int, d: int) -> WorkedSolution:
    low = n // d
    return worked(
        2 * low + 1,
        f"${d} \\cdot {low} = {d * low}$ and ${d} \\cdot {low + 1} = {d * (low + 1)}$ enclose ${n}$.",
        f"So the floor is ${low}$ and the ceiling is ${low + 1}$.",
        f"${low} + {low + 1} = {2 * low + 1}$",
    )


@family(
    "domain of a function",
    "Domain of a function",
    "Quadratic inequalities",
    area=AREA,
    level=0.35,
    draw=lambda rng, size: (upto(rng, size, 2, 9, 25), upto(rng, size, 2, 9, 25)),
    valid=lambda a, b: a > 0 and b > 0,
    clash=lambda a, b: a + b < 0,
    slot="b",
    wordings=(
        say(r"the number of integers in the domain of $f(x) = \sqrt{(x + <a>)(<b> - x)}$"),
        say(r"the number of integers $x$ for which $\sqrt{(x + <a>)(<b> - x)}$ is a real number"),
        say(r"the number of integers at which the function $f(x) = \sqrt{x + <a>} \cdot \sqrt{<b> - x}$ is defined"),
    ),
)
def _domain(a: int, b: int) -> WorkedSolution:
    return worked(
        a + b + 1,
        f"The radicand must not be negative, so the domain is $-{a} \\le x \\le {b}$.",
        f"It contains ${b} - (-{a}) + 1 = {a + b + 1}$ integers.",
    )


@family(
    "radius of a circle from its equation",
    "Equation of a circle",
    "Completing the square",
    "Conic sections",
    area=AREA,
    level=0.42,
    draw=lambda rng, size: (
        2 * (p := upto(rng, size, 1, 5, 12)),
        2 * (q := upto(rng, size, 1, 5, 12)),
        upto(rng, size, 2, 8, 15) ** 2 - p * p - q * q,
    ),
    valid=lambda a, b, c: a > 0 and b > 0 and a % 2 == 0 and b % 2 == 0 and c != 0
    and (r := a * a // 4 + b * b // 4 + c) > 0 and is_square(r),
    clash=lambda a, b, c: a * a + b * b + 4 * c < 0,
    wordings=(
        say("the radius of the circle $x^2 + y^2 - <a>x - <b>y = <c>$"),
        say("the radius of the circle with the equation $x^2 - <a>x + y^2 - <b>y = <c>$"),
        say("the distance from the centre of the circle $x^2 + y^2 - <a>x - <b>y = <c>$ to any of its points"),
    ),
)  # fmt: skip
def _circle(a: int, b: int, c: int) -> WorkedSolution:
    p, q = a // 2, b // 2
    square = p * p + q * q + c
    return worked(
        isqrt(square),
        f"Complete the squares: $(x - {p})^2 + (y - {q})^2 = {c} + {p * p} + {q * q} = {square}$.",
        rf"In the equation of a circle this is the square of the radius: $\sqrt{{{square}}} = {isqrt(square)}$.",
    )


@family(
    "even and odd functions",
    "Even and odd functions",
    "Symmetry of graphs",
    area=AREA,
    level=0.35,
    draw=lambda rng, size: (upto(rng, size, 2, 9, 30), upto(rng, size, 2, 20, 60), rng.randint(2, 9)),
    valid=lambda k, v, c: k > 0 and v > 0 and c > 0,
    slot="v",
    wordings=(
        say("the value of $g(-<k>)$",
            setup="The function $f$ is odd with $f(<k>) = <v>$, and $g(x) = f(x) + <c>$ for all real $x$."),
        say("$g(-<k>)$", setup="For an odd function $f$ with $f(<k>) = <v>$ put $g(x) = f(x) + <c>$."),
        say("the value of the function $g(x) = f(x) + <c>$ at $x = -<k>$",
            setup="The graph of $f$ is symmetric about the origin and passes through $(<k>, <v>)$."),
    ),
)  # fmt: skip
def _odd(k: int, v: int, c: int) -> WorkedSolution:
    return worked(
        c - v,
        f"For an odd function $f(-{k}) = -f({k})$, so the value of $f$ there is $-{v}$.",
        f"${-v} + {c} = {c - v}$",
    )


@family(
    "transformed graph",
    "Transformations of graphs",
    "Translations",
    area=AREA,
    level=0.3,
    draw=lambda rng, size: (upto(rng, size, 1, 9, 20), upto(rng, size, 1, 9, 20), rng.randint(1, 9), rng.randint(1, 9)),
    valid=lambda p, q, a, b: min(p, q, a, b) > 0,
    slot="p",
    wordings=(
        say("the sum of the coordinates of the image of the point $(<p>, <q>)$",
            setup="The plane is shifted <a> units to the right and <b> units down."),
        say("the value of $u + v$",
            setup="The point $(<p>, <q>)$ of the graph of $f$ becomes the point $(u, v)$ of the graph of"
            " $y = f(x - <a>) - <b>$."),
        say("the sum of the coordinates of the robot at the end",
            setup="A robot stands at $(<p>, <q>)$ and walks <a> units in the direction of the positive $x$-axis and <b>"
            " units in the direction of the negative $y$-axis."),
    ),
)  # fmt: skip
def _shift(p: int, q: int, a: int, b: int) -> WorkedSolution:
    return worked(
        p + a + q - b,
        f"A translation changes the coordinates: ${p} + {a} = {p + a}$ and ${q} - {b} = {q - b}$.",
        f"The image is $({listing([p + a, q - b])})$, and ${p + a} {plus(q - b)} = {p + a + q - b}$.",
    )


FAMILIES: tuple[ProblemFamily, ...] = (
    _composition,
    _inverse,
    _slope,
    _intercept,
    _perpendicular,
    _distance,
    _midpoint,
    _vertex,
    _piecewise,
    _floor,
    _domain,
    _circle,
    _odd,
    _shift,
)
