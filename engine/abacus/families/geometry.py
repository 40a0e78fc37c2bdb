"""Plane and solid geometry: angles, areas, volumes, circles, similarity."""

from __future__ import annotations

from fractions import Fraction
from math import isqrt

from engine.abacus.notation import is_square, tex
from engine.abacus.problem_family import ProblemFamily, WorkedSolution, family, say, upto, worked

AREA = "geometry"
_TRIPLES = ((3, 4), (5, 12), (8, 15), (7, 24), (20, 21), (9, 40), (12, 35))
_HERONIAN = (
    (13, 14, 15), (5, 5, 6), (10, 13, 13), (7, 15, 20), (9, 10, 17), (11, 13, 20), (25, 39, 40), (13, 20, 21),
    (17, 25, 28), (10, 17, 21), (4, 13, 15), (15, 28, 41),
)  # fmt: skip
_ANGLE_RATIOS = ((1, 2, 3), (2, 3, 4), (3, 4, 5), (1, 1, 4), (2, 3, 5), (1, 3, 5), (4, 5, 6), (2, 2, 5), (1, 4, 5))


@family(
    "hypotenuse",
    "Pythagorean theorem",
    "Right triangles",
    area=AREA,
    level=0.2,
    draw=lambda rng, size: ((k := upto(rng, size, 1, 4, 9)) * (t := rng.choice(_TRIPLES))[0], k * t[1]),
    valid=lambda a, b: a > 0 and b > 0 and is_square(a * a + b * b),
    wordings=(
        say("the length of the hypotenuse of a right triangle whose legs measure $<a>$ and $<b>$"),
        say(
            "the length of the ladder in decimetres",
            setup="The foot of a ladder stands <a> decimetres from a vertical wall, and its top touches the"
            " wall at a height"
            " of <b> decimetres.",
        ),
        say("the length of the diagonal of a rectangle with sides $<a>$ and $<b>$"),
    ),
)
def _hypotenuse(a: int, b: int) -> WorkedSolution:
    square = a * a + b * b
    return worked(
        isqrt(square),
        f"By the Pythagorean theorem the square of the hypotenuse is ${a}^2 + {b}^2 = {square}$.",
        rf"$\sqrt{{{square}}} = {isqrt(square)}$",
    )


@family(
    "leg of a right triangle",
    "Pythagorean theorem",
    "Pythagorean triples",
    area=AREA,
    level=0.24,
    draw=lambda rng, size: (
        (k := upto(rng, size, 1, 4, 9)) * (t := rng.choice(_TRIPLES))[0], k * isqrt(t[0] ** 2 + t[1] ** 2),
    ),
    valid=lambda a, c: 0 < a < c and is_square(c * c - a * a),
    clash=lambda a, c: a >= c,
    wordings=(
        say("the length of the other leg of a right triangle with a leg of length $<a>$ and hypotenuse $<c>$"),
        say(
            "the height in metres at which the kite flies",
            setup="A kite on a straight string of <c> metres hovers above a point that is <a> metres away from"
            " the child who"
            " holds the string on the ground.",
        ),
        say("the width of a rectangle that is $<a>$ long and whose diagonal measures $<c>$"),
    ),
)  # fmt: skip
def _leg(a: int, c: int) -> WorkedSolution:
    square = c * c - a * a
    return worked(
        isqrt(square),
        f"By the Pythagorean theorem the square of the other leg is ${c}^2 - {a}^2 = {square}$.",
        rf"$\sqrt{{{square}}} = {isqrt(square)}$",
    )


@family(
    "area of a triangle",
    "Area of a triangle",
    "Base and height",
    area=AREA,
    level=0.15,
    draw=lambda rng, size: (2 * upto(rng, size, 2, 10, 40), upto(rng, size, 3, 15, 50)),
    valid=lambda b, h: b > 0 and h > 0 and b * h % 2 == 0,
    slot="h",
    wordings=(
        say("the area of a triangle with base $<b>$ and height $<h>$"),
        say(
            "the area of the sail in square decimetres",
            setup="A triangular sail is <b> decimetres wide at its lower edge and <h> decimetres high.",
        ),
        say("half of the area of a parallelogram with base $<b>$ and height $<h>$"),
    ),
)
def _triangle(b: int, h: int) -> WorkedSolution:
    return worked(
        b * h // 2,
        "The area of a triangle is half of the product of base and height.",
        f"${b} \\cdot {h} = {b * h}$",
        f"${b * h} \\div 2 = {b * h // 2}$",
    )


@family(
    "rectangle from perimeter",
    "Perimeter of a rectangle",
    "Area of a rectangle",
    area=AREA,
    level=0.2,
    draw=lambda rng, size: ((a := upto(rng, size, 3, 15, 50)), 2 * (a + upto(rng, size, 2, 15, 50))),
    valid=lambda a, p: a > 0 and p % 2 == 0 and p // 2 > a,
    clash=lambda a, p: p <= 2 * a,
    slot="a",
    wordings=(
        say("the area of a rectangle that has one side of length $<a>$ and the perimeter $<p>$"),
        say(
            "the area of the vegetable patch in square metres",
            setup="A rectangular vegetable patch is <a> metres long. The fence around it measures <p> metres.",
        ),
        say("the area of a rectangular picture of width $<a>$ whose frame has an inner perimeter of $<p>$"),
    ),
)
def _rectangle(a: int, p: int) -> WorkedSolution:
    b = p // 2 - a
    return worked(
        a * b,
        f"Two neighbouring sides make half of the perimeter: ${p} \\div 2 = {p // 2}$.",
        f"The other side is ${p // 2} - {a} = {b}$.",
        f"The area is ${a} \\cdot {b} = {a * b}$.",
    )


@family(
    "area of a circle",
    "Area of a circle",
    "Circumference of a circle",
    area=AREA,
    level=0.25,
    draw=lambda rng, size: (2 * upto(rng, size, 2, 9, 30),),
    valid=lambda c: c > 0 and c % 2 == 0,
    slot="c",
    wordings=(
        say(r"the number $k$ for which a circle with circumference $<c>\pi$ has the area $k\pi$"),
        say(
            "the number $k$",
            setup=r"The circumference of a round pond is $<c>\pi$ metres, and its area is $k\pi$ square metres.",
        ),
        say(r"the quotient of the area and $\pi$ for a circle whose circumference is $<c>\pi$"),
    ),
)
def _circle(c: int) -> WorkedSolution:
    r = c // 2
    return worked(
        r * r,
        f"The circumference is $2\\pi r$, so $r = {c} \\div 2 = {r}$.",
        f"The area of the circle is $\\pi r^2$, and ${r}^2 = {r * r}$.",
    )


@family(
    "angles of a triangle",
    "Angle sum of a triangle",
    "Ratios",
    area=AREA,
    level=0.2,
    draw=lambda rng, size: rng.choice(_ANGLE_RATIOS),
    valid=lambda a, b, c: min(a, b, c) > 0 and 180 % (a + b + c) == 0 and c >= max(a, b),
    wordings=(
        say("the largest angle, in degrees, of a triangle whose angles are in the ratio $<a> : <b> : <c>$"),
        say("the size of the largest angle in degrees",
            setup="The three angles of a triangular garden are in the ratio $<a> : <b> : <c>$."),
        say("the number of degrees of the largest angle",
            setup="A triangle has angles of $<a>x$, $<b>x$ and $<c>x$ degrees."),
    ),
)  # fmt: skip
def _angles(a: int, b: int, c: int) -> WorkedSolution:
    n = a + b + c
    return worked(
        180 // n * c,
        "The angle sum of a triangle is $180$ degrees.",
        f"There are ${a} + {b} + {c} = {n}$ parts of $180 \\div {n} = {180 // n}$ degrees.",
        f"${c} \\cdot {180 // n} = {180 // n * c}$",
    )


@family(
    "third angle",
    "Angle sum of a triangle",
    "Exterior angles",
    area=AREA,
    level=0.15,
    draw=lambda rng, size: (rng.randint(20, 80), rng.randint(20, 80)),
    valid=lambda a, b: a > 0 and b > 0 and a + b < 180,
    clash=lambda a, b: a + b >= 180,
    slot="a",
    wordings=(
        say(
            "the third angle of the triangle in degrees",
            setup=r"Two angles of a triangle measure $<a>^\circ$ and $<b>^\circ$.",
        ),
        say(r"the number of degrees of the third angle in a triangle with the angles $<a>^\circ$ and $<b>^\circ$"),
        say(
            "the angle at the top of the roof in degrees",
            setup=r"The two slopes of a roof make angles of $<a>^\circ$ and $<b>^\circ$ with the horizontal"
            r" floor of the"
            r" attic.",
        ),
    ),
)
def _third(a: int, b: int) -> WorkedSolution:
    return worked(
        180 - a - b,
        f"The angle sum of a triangle is $180$ degrees; the known angles make ${a} + {b} = {a + b}$.",
        f"$180 - {a + b} = {180 - a - b}$",
    )


@family(
    "interior angles of a polygon",
    "Interior angles of a polygon",
    "Regular polygons",
    area=AREA,
    level=0.25,
    draw=lambda rng, size: (rng.choice((5, 6, 8, 9, 10, 12, 15, 18, 20, 24, 30, 36)),),
    valid=lambda n: n > 2 and 360 % n == 0,
    clash=lambda n: 0 < n < 3,
    slot="n",
    wordings=(
        say("the size in degrees of each interior angle of a regular polygon with $<n>$ sides"),
        say(
            "the angle in degrees by which two neighbouring tiles meet inside",
            setup="A fountain has the shape of a regular polygon with <n> corners, and its inner angles are"
            " lined with tiles.",
        ),
        say("the interior angle, in degrees, of the regular polygon with $<n>$ vertices"),
    ),
)
def _interior(n: int) -> WorkedSolution:
    return worked(
        180 - 360 // n,
        f"The exterior angles of a polygon add up to $360$ degrees; each one is $360 \\div {n} = {360 // n}$.",
        f"The interior angle is $180 - {360 // n} = {180 - 360 // n}$.",
    )


@family(
    "diagonals of a polygon",
    "Diagonals of a polygon",
    "Counting pairs",
    area=AREA,
    level=0.28,
    draw=lambda rng, size: (upto(rng, size, 5, 15, 60),),
    valid=lambda n: 3 < n < 10**6,
    clash=lambda n: n < 3,
    slot="n",
    wordings=(
        say("the number of diagonals of a convex polygon with $<n>$ vertices"),
        say("the number of diagonals",
            setup="All vertices of a convex polygon with <n> sides are joined to each other by straight lines."),
        say(
            "the number of ropes",
            setup="On a meadow <n> posts stand at the corners of a convex polygon. Ropes are stretched between"
            " any two posts"
            " that are not neighbours.",
        ),
    ),
)  # fmt: skip
def _diagonals(n: int) -> WorkedSolution:
    return worked(
        n * (n - 3) // 2,
        f"From each vertex ${n} - 3 = {n - 3}$ diagonals start.",
        f"${n} \\cdot {n - 3} = {n * (n - 3)}$ counts each diagonal twice.",
        f"${n * (n - 3)} \\div 2 = {n * (n - 3) // 2}$",
    )


@family(
    "similar triangles",
    "Similar triangles",
    "Proportions",
    area=AREA,
    level=0.28,
    draw=lambda rng, size: ((a := rng.randint(1, 4)), a * upto(rng, size, 1, 3, 6), a * upto(rng, size, 3, 15, 40)),
    valid=lambda a, h, s: a > 0 and h > 0 and s > a and h * s % a == 0,
    slot="s",
    wordings=(
        say(
            "the height of the tree in metres",
            setup="A pole of <h> metres casts a shadow of <a> metres; at the same time a tree casts a shadow of"
            " <s> metres.",
        ),
        say(
            "the length of the side that corresponds to $<h>$ when a triangle with the sides $<a>$ and $<h>$ is"
            " enlarged to a"
            " similar one in which $<a>$ becomes $<s>$"),
        say(
            "the height of the tower in metres",
            setup="The triangles formed by the sun's rays are similar: a stick <h> metres high has a shadow <a>"
            " metres long,"
            " and the shadow of a tower measures <s> metres.",
        ),
    ),
)  # fmt: skip
def _similar(a: int, h: int, s: int) -> WorkedSolution:
    return worked(
        h * s // a,
        f"In similar triangles corresponding sides are proportional: $\\frac{{x}}{{{h}}} = \\frac{{{s}}}{{{a}}}$.",
        f"${h} \\cdot {s} = {h * s}$",
        f"${h * s} \\div {a} = {h * s // a}$",
    )


def _heron(a: int, b: int, c: int) -> int:
    return (a + b + c) * (-a + b + c) * (a - b + c) * (a + b - c)


@family(
    "heron",
    "Heron's formula",
    "Area of a triangle",
    "Triangle inequality",
    area=AREA,
    level=0.42,
    draw=lambda rng, size: rng.choice(_HERONIAN),
    valid=lambda a, b, c: _heron(a, b, c) > 0 and is_square(_heron(a, b, c)) and isqrt(_heron(a, b, c)) % 4 == 0,
    clash=lambda a, b, c: a + b <= c or a + c <= b or b + c <= a,
    wordings=(
        say("the area of a triangle with the side lengths $<a>$, $<b>$ and $<c>$"),
        say("the area of the meadow in square metres",
            setup="A triangular meadow has sides of <a>, <b> and <c> metres."),
        say("the area enclosed by three straight rods of lengths $<a>$, $<b>$ and $<c>$ that form a triangle"),
    ),
)  # fmt: skip
def _heron_area(a: int, b: int, c: int) -> WorkedSolution:
    s = Fraction(a + b + c, 2)
    square = _heron(a, b, c) // 16
    return worked(
        isqrt(square),
        f"Heron's formula uses half of the perimeter: $s = {a + b + c} \\div 2 = {tex(s)}$.",
        f"${tex(s)} \\cdot {tex(s - a)} \\cdot {tex(s - b)} \\cdot {tex(s - c)} = {square}$",
        rf"$\sqrt{{{square}}} = {isqrt(square)}$",
    )


@family(
    "inscribed angle",
    "Inscribed angle theorem",
    "Central angles",
    area=AREA,
    level=0.3,
    draw=lambda rng, size: (2 * rng.randint(15, 80),),
    valid=lambda c: 0 < c < 180 and c % 2 == 0,
    clash=lambda c: c >= 360,
    slot="c",
    wordings=(
        say(r"the inscribed angle, in degrees, over an arc whose central angle is $<c>^\circ$"),
        say(
            "the angle $PRQ$ in degrees",
            setup=r"The points $P$, $Q$ and $R$ lie on a circle with centre $O$, the angle $POQ$ is"
            r" $<c>^\circ$, and $R$ lies"
            r" on the longer arc from $P$ to $Q$.",
        ),
        say(
            "the angle in degrees under which the spectator sees the stage",
            setup=r"A round arena has a stage along an arc with the central angle $<c>^\circ$. A spectator sits"
            r" on the rim,"
            r" outside of this arc.",
        ),
    ),
)
def _inscribed(c: int) -> WorkedSolution:
    return worked(
        c // 2,
        "By the inscribed angle theorem the inscribed angle is half of the central angle over the same arc.",
        f"${c} \\div 2 = {c // 2}$",
    )


@family(
    "trapezoid",
    "Area of a trapezoid",
    "Quadrilaterals",
    area=AREA,
    level=0.2,
    draw=lambda rng, size: ((a := upto(rng, size, 4, 15, 40)), a + 2 * rng.randint(1, 9), upto(rng, size, 2, 12, 30)),
    valid=lambda a, b, h: min(a, b, h) > 0 and a != b and (a + b) * h % 2 == 0,
    slot="h",
    wordings=(
        say("the area of a trapezoid with parallel sides of lengths $<a>$ and $<b>$ and height $<h>$"),
        say(
            "the cross-sectional area of the dam in square metres",
            setup="The cross section of a dam is a trapezoid: it is <b> metres wide at the bottom, <a> metres"
            " wide at the"
            " top and <h> metres high.",
        ),
        say(
            "the area of the region between two parallel segments of lengths $<a>$ and $<b>$ at distance $<h>$"
            " whose ends are"
            " joined"),
    ),
)  # fmt: skip
def _trapezoid(a: int, b: int, h: int) -> WorkedSolution:
    return worked(
        (a + b) * h // 2,
        f"The area of a trapezoid is the mean of the parallel sides times the height; ${a} + {b} = {a + b}$.",
        f"${a + b} \\cdot {h} = {(a + b) * h}$",
        f"${(a + b) * h} \\div 2 = {(a + b) * h // 2}$",
    )


@family(
    "surface of a box",
    "Surface area of a cuboid",
    "Volume of a cuboid",
    area=AREA,
    level=0.25,
    draw=lambda rng, size: (upto(rng, size, 2, 8, 20), upto(rng, size, 2, 8, 20), upto(rng, size, 2, 8, 20)),
    valid=lambda a, b, c: min(a, b, c) > 0,
    slot="c",
    wordings=(
        say("the surface area of a box with edges $<a>$, $<b>$ and $<c>$"),
        say(
            "the area of wrapping paper in square centimetres that covers the box exactly",
            setup="A cuboid gift box measures <a> by <b> by <c> centimetres.",
        ),
        say("the total area of the six faces of a cuboid with edge lengths $<a>$, $<b>$ and $<c>$"),
    ),
)
def _surface(a: int, b: int, c: int) -> WorkedSolution:
    half = a * b + b * c + a * c
    return worked(
        2 * half,
        f"The three different faces have areas ${a} \\cdot {b} = {a * b}$, ${b} \\cdot {c} = {b * c}$"
        f" and ${a} \\cdot {c} = {a * c}$.",
        f"${a * b} + {b * c} + {a * c} = {half}$",
        f"Each occurs twice: $2 \\cdot {half} = {2 * half}$.",
    )


@family(
    "water level",
    "Volume of a cuboid",
    "Volume and capacity",
    area=AREA,
    level=0.28,
    draw=lambda rng, size: (
        (a := upto(rng, size, 5, 15, 40)), (b := upto(rng, size, 5, 15, 40)), a * b * upto(rng, size, 2, 9, 30),
    ),
    valid=lambda a, b, v: min(a, b, v) > 0 and v % (a * b) == 0,
    wordings=(
        say("the height of the water in centimetres",
            setup="Into an empty aquarium with a rectangular base of <a> by <b> centimetres, <v> cubic"
            " centimetres of water"
            " are poured, and none is spilt."),
        say("the height of a box whose base is $<a>$ by $<b>$ and whose volume is $<v>$"),
        say("the third edge of a cuboid with two edges $<a>$ and $<b>$ and volume $<v>$"),
    ),
)  # fmt: skip
def _level(a: int, b: int, v: int) -> WorkedSolution:
    return worked(
        v // (a * b),
        f"The volume of a cuboid is the base times the height; the base is ${a} \\cdot {b} = {a * b}$.",
        f"${v} \\div {a * b} = {v // (a * b)}$",
    )


@family(
    "cylinder",
    "Volume of a cylinder",
    "Volume of a cone",
    area=AREA,
    level=0.3,
    draw=lambda rng, size: (upto(rng, size, 2, 8, 20), 3 * upto(rng, size, 1, 6, 15)),
    valid=lambda r, h: r > 0 and h > 0 and r * r * h % 3 == 0,
    slot="r",
    wordings=(
        say(
            r"the number $k$ for which a cylinder and a cone, both with radius $<r>$ and height $<h>$, have"
            r" volumes that"
            r" differ by $k\pi$"),
        say(
            "the number $k$",
            setup=r"From a wooden cylinder with radius <r> and height <h> a cone with the same base and height"
            r" is cut out;"
            r" the rest has the volume $k\pi$.",
        ),
        say(
            r"the quotient of the volume and $\pi$ for what is left when a cone is removed from a cylinder of"
            r" the same base"
            r" and height, the radius being $<r>$ and the height $<h>$"),
    ),
)  # fmt: skip
def _cylinder(r: int, h: int) -> WorkedSolution:
    full = r * r * h
    return worked(
        full - full // 3,
        f"The volume of the cylinder is $\\pi r^2 h$, with ${r}^2 \\cdot {h} = {full}$.",
        f"The cone has a third of it: ${full} \\div 3 = {full // 3}$.",
        f"${full} - {full // 3} = {full - full // 3}$",
    )


@family(
    "sphere",
    "Surface area of a sphere",
    "Volume of a sphere",
    area=AREA,
    level=0.32,
    draw=lambda rng, size: (3 * upto(rng, size, 1, 4, 9),),
    valid=lambda r: r > 0 and r % 3 == 0,
    slot="r",
    wordings=(
        say(r"the number $k$ for which the volume of a sphere with radius $<r>$ is $k\pi$"),
        say("the number $k$", setup=r"A balloon in the shape of a sphere has the radius <r> and the volume $k\pi$."),
        say(r"the quotient of the volume and $\pi$ for a ball of radius $<r>$"),
    ),
)
def _sphere(r: int) -> WorkedSolution:
    return worked(
        4 * r**3 // 3,
        r"The volume of a sphere is $\frac{4}{3}\pi r^3$.",
        f"${r}^3 = {r**3}$ and ${r**3} \\div 3 = {r**3 // 3}$.",
        f"$4 \\cdot {r**3 // 3} = {4 * r**3 // 3}$",
    )


@family(
    "scaled area",
    "Scale factors of area and volume",
    "Similar figures",
    area=AREA,
    level=0.3,
    draw=lambda rng, size: (upto(rng, size, 3, 20, 60), rng.randint(2, 6)),
    valid=lambda s, k: s > 0 and k > 1,
    slot="s",
    wordings=(
        say("the area of a figure that arises when a figure of area $<s>$ is enlarged by the scale factor $<k>$"),
        say(
            "the area of the larger poster in square decimetres",
            setup="A poster with an area of <s> square decimetres is enlarged so that all lengths become <k>"
            " times as long.",
        ),
        say(
            "the area of the larger of two similar figures if the lengths are in the ratio $1 : <k>$ and the"
            " smaller area is"
            " $<s>$"),
    ),
)  # fmt: skip
def _scaled(s: int, k: int) -> WorkedSolution:
    return worked(
        s * k * k,
        f"Areas of similar figures grow with the square of the scale factor: ${k}^2 = {k * k}$.",
        f"${s} \\cdot {k * k} = {s * k * k}$",
    )


@family(
    "angle bisector",
    "Angle bisector theorem",
    "Proportions",
    area=AREA,
    level=0.42,
    draw=lambda rng, size: (
        (a := rng.randint(2, 9)) * (k := upto(rng, size, 1, 2, 4)) * 2, (b := rng.randint(2, 9)) * k * 2, (a + b) * k,
    ),
    valid=lambda p, q, c: p > 0 and q > 0 and p != q and c * p % (p + q) == 0 and abs(p - q) < c < p + q,
    clash=lambda p, q, c: c >= p + q or c <= abs(p - q),
    wordings=(
        say("the length of $BD$",
            setup="In triangle $ABC$ we have $AB = <p>$, $AC = <q>$ and $BC = <c>$. The bisector of the angle"
            " at $A$ meets"
            " $BC$ in $D$."),
        say("the distance $BD$",
            setup="The sides of a triangle $ABC$ are $AB = <p>$, $AC = <q>$ and $BC = <c>$; the angle bisector"
            " from $A$ ends"
            " in the point $D$ of $BC$."),
        say(
            "the length of the part of the side of length $<c>$ next to the side of length $<p>$, when the"
            " angle between the"
            " sides of lengths $<p>$ and $<q>$ of a triangle is bisected"),
    ),
)  # fmt: skip
def _bisector(p: int, q: int, c: int) -> WorkedSolution:
    return worked(
        c * p // (p + q),
        f"By the angle bisector theorem the side ${c}$ is divided in the ratio ${p} : {q}$.",
        f"${p} + {q} = {p + q}$ and ${c} \\cdot {p} = {c * p}$.",
        f"${c * p} \\div {p + q} = {c * p // (p + q)}$",
    )


@family(
    "intersecting chords",
    "Power of a point",
    "Chords of a circle",
    area=AREA,
    level=0.4,
    draw=lambda rng, size: ((c := rng.randint(2, 9)) * rng.randint(1, 4), upto(rng, size, 2, 9, 20), c),
    valid=lambda a, b, c: min(a, b, c) > 0 and a * b % c == 0,
    slot="b",
    wordings=(
        say("the length of $PD$",
            setup="The chords $AB$ and $CD$ of a circle meet in the point $P$ with $PA = <a>$, $PB = <b>$ and"
            " $PC = <c>$."),
        say("the length of the other part of the second chord",
            setup="Two chords of a circle cross each other. The first is cut into parts of $<a>$ and $<b>$; one"
            " part of the"
            " second measures $<c>$."),
        say(
            "the fourth segment when two chords of a circle divide each other into segments, $<a>$ and $<b>$ on"
            " one and $<c>$"
            " on the other"),
    ),
)  # fmt: skip
def _chords(a: int, b: int, c: int) -> WorkedSolution:
    return worked(
        a * b // c,
        f"By the power of a point the products are equal: ${c} \\cdot x = {a} \\cdot {b}$.",
        f"${a} \\cdot {b} = {a * b}$",
        f"${a * b} \\div {c} = {a * b // c}$",
    )


@family(
    "tangent length",
    "Tangents to a circle",
    "Pythagorean theorem",
    area=AREA,
    level=0.35,
    draw=lambda rng, size: (
        (k := upto(rng, size, 1, 3, 6)) * (t := rng.choice(_TRIPLES))[0], k * isqrt(t[0] ** 2 + t[1] ** 2),
    ),
    valid=lambda r, d: 0 < r < d and is_square(d * d - r * r),
    clash=lambda r, d: d < r,
    wordings=(
        say("the length of a tangent from a point at distance $<d>$ from the centre of a circle with radius $<r>$"),
        say("the distance from $P$ to the point of contact",
            setup="A point $P$ lies $<d>$ away from the centre of a circle of radius $<r>$. A tangent is drawn"
            " from $P$."),
        say("the length of the straight piece of the rope that leaves the wheel",
            setup="A rope is fixed to a nail that is $<d>$ away from the axis of a wheel of radius $<r>$ and"
            " touches the"
            " wheel."),
    ),
)  # fmt: skip
def _tangent(r: int, d: int) -> WorkedSolution:
    square = d * d - r * r
    return worked(
        isqrt(square),
        "The tangent is perpendicular to the radius at the point of contact.",
        f"Pythagorean theorem: ${d}^2 - {r}^2 = {square}$.",
        rf"$\sqrt{{{square}}} = {isqrt(square)}$",
    )


@family(
    "shoelace",
    "Shoelace formula",
    "Area in the coordinate plane",
    area=AREA,
    level=0.38,
    draw=lambda rng, size: (
        rng.randint(1, 9), rng.randint(0, 5), rng.randint(0, 9), rng.randint(2, 12),
    ),
    valid=lambda p, q, r, s: abs(p * s - q * r) % 2 == 0 and p * s != q * r,
    clash=lambda p, q, r, s: p * s == q * r,
    wordings=(
        say("the area of the triangle with the vertices $(0, 0)$, $(<p>, <q>)$ and $(<r>, <s>)$"),
        say("the area enclosed by the triangle",
            setup="In the coordinate plane the origin, $(<p>, <q>)$ and $(<r>, <s>)$ are the corners of a triangle."),
        say("half of the area of the parallelogram spanned by the points $(<p>, <q>)$ and $(<r>, <s>)$ as seen from the"
            " origin"),
    ),
)  # fmt: skip
def _shoelace(p: int, q: int, r: int, s: int) -> WorkedSolution:
    cross = p * s - q * r
    return worked(
        abs(cross) // 2,
        f"Shoelace formula: ${p} \\cdot {s} - {q} \\cdot {r} = {cross}$.",
        f"The area is half of its absolute value: ${abs(cross)} \\div 2 = {abs(cross) // 2}$.",
    )


@family(
    "euler polyhedron",
    "Euler's polyhedron formula",
    "Polyhedra",
    area=AREA,
    level=0.32,
    draw=lambda rng, size: (2 * (n := upto(rng, size, 3, 8, 30)), 3 * n),
    valid=lambda v, e: v > 3 and e >= v + 2 and 2 * e >= 3 * v and e <= 3 * v - 6,
    clash=lambda v, e: 0 < e < v,
    slot=None,
    wordings=(
        say("the number of faces of a convex polyhedron with $<v>$ vertices and $<e>$ edges"),
        say("the number of its faces",
            setup="A crystal is a convex polyhedron with $<v>$ corners and $<e>$ edges."),
        say("the number of cardboard faces",
            setup="A convex paper model is glued together along $<e>$ edges, which meet in $<v>$ vertices."),
    ),
)  # fmt: skip
def _euler(v: int, e: int) -> WorkedSolution:
    return worked(
        e - v + 2,
        "Euler's polyhedron formula says that vertices minus edges plus faces make $2$.",
        f"${e} - {v} + 2 = {e - v + 2}$",
    )


@family(
    "isosceles triangle",
    "Isosceles triangles",
    "Angle sum of a triangle",
    area=AREA,
    level=0.2,
    draw=lambda rng, size: (2 * rng.randint(10, 70),),
    valid=lambda a: 0 < a < 180 and a % 2 == 0,
    clash=lambda a: a >= 180,
    slot="a",
    wordings=(
        say(r"the base angle, in degrees, of an isosceles triangle whose angle at the apex is $<a>^\circ$"),
        say("the size of each base angle in degrees",
            setup=r"In an isosceles triangle the two equal sides enclose an angle of $<a>^\circ$."),
        say("the angle in degrees between each leg and the floor",
            setup=r"A stepladder with two equally long legs stands on a level floor; the legs form an angle of"
            r" $<a>^\circ$ at"
            r" the top."),
    ),
)  # fmt: skip
def _isosceles(a: int) -> WorkedSolution:
    return worked(
        (180 - a) // 2,
        f"The base angles of an isosceles triangle are equal and together make $180 - {a} = {180 - a}$ degrees.",
        f"${180 - a} \\div 2 = {(180 - a) // 2}$",
    )


@family(
    "parallel lines",
    "Parallel lines and transversals",
    "Supplementary angles",
    area=AREA,
    level=0.2,
    draw=lambda rng, size: (rng.randint(2, 5), rng.randint(5, 30), 180),
    valid=lambda a, b, t: a > 0 and b > 0 and t == 180 and (180 - b) % (a + 1) == 0 and b < 180,
    clash=lambda a, b, t: b > 180 and t == 180,
    wordings=(
        say("the value of $x$",
            setup=r"Two parallel lines are cut by a transversal. Two interior angles on the same side measure"
            r" $x^\circ$ and"
            r" $(<a>x + <b>)^\circ$, together $<t>^\circ$."),
        say(
            r"the number $x$ for which angles of $x^\circ$ and $(<a>x + <b>)^\circ$ make a straight angle of"
            r" $<t>^\circ$"),
        say("the value of $x$ for which the two angles are supplementary",
            setup=r"Between parallel rails a strut forms the angles $x^\circ$ and $(<a>x + <b>)^\circ$, whose sum is"
            r" $<t>^\circ$."),
    ),
)  # fmt: skip
def _parallel(a: int, b: int, t: int) -> WorkedSolution:
    return worked(
        (t - b) // (a + 1),
        f"The angles are supplementary: $x + {a}x + {b} = {t}$.",
        f"${a + 1}x = {t} - {b} = {t - b}$",
        f"$x = {t - b} \\div {a + 1} = {(t - b) // (a + 1)}$",
    )


FAMILIES: tuple[ProblemFamily, ...] = (
    _hypotenuse,
    _leg,
    _triangle,
    _rectangle,
    _circle,
    _angles,
    _third,
    _interior,
    _diagonals,
    _similar,
    _heron_area,
    _inscribed,
    _trapezoid,
    _surface,
    _level,
    _cylinder,
    _sphere,
    _scaled,
    _bisector,
    _chords,
    _tangent,
    _shoelace,
    _euler,
    _isosceles,
    _parallel,
)
