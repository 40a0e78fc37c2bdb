"""Names of knowledge points that share no telling word with the families that serve them, and those families."""

from __future__ import annotations

_LINES = """
number theory: greatest common divisor | number of divisors | power modulo
doubling and halving: times as many | halfway on the number line
part-part-whole relationships: collecting and sharing | times as many
rates over time: direct proportion | distance and time
rectangular arrays: outfits | distributive property
clever calculation: distributive property | difference of squares
mixed numbers: sum of fractions | quotient of fractions
equivalent fractions: sum of fractions
complex fractions: quotient of fractions
counting legs and heads: heads and legs
interval counting: planting trees
tournament counting: handshakes
handshake problems: handshakes
temperature change: signed sum
rounding up in context: pigeonhole | floor of a quotient
sum and multiple problems: sharing in a ratio | times as many
finding the whole from a part: original price
remaining fraction: fraction of a quantity
unit price and total cost: profit | change at the till
making change: change at the till
tips and service charges: percentage of a number | successive percentages
sales tax: percentage of a number | successive percentages
commission: percentage of a number
depreciation: discount | successive percentages
hourly wages: direct proportion
scaling recipes: direct proportion
currency exchange: direct proportion
density: direct proportion
measuring weight: weighted mean | mixture
ticket sales: two linear equations
coin problems: diophantine | heads and legs
frobenius coin problem: diophantine
splitting a bill: collecting and sharing
installment payments: simple interest
budgets and savings: sum of an arithmetic series | change at the till
boats and streams: average speed of a round trip
trains and bridges: distance and time | meeting trains
gear and wheel revolutions: degrees and radians | least common multiple
time conversion: elapsed time
clock angles: degrees and radians | isosceles triangle
shadows and proportional heights: similar triangles
linear equations: linear equation | equation with parentheses
setting up equations: consecutive integers | ages | undoing operations
variables on both sides: linear equation
systems of nonlinear equations: sum of squares from sum and product
inverse variation: inverse proportion
change of base formula: sum of logarithms
monotonic functions: maximum of a product | critical points of a cubic
continuity of functions: limit of a quotient
function evaluation: composition of functions | piecewise function
sigma notation: sum of squares | telescoping sum
am-gm inequality: maximum of a product
cauchy-schwarz inequality: dot product
polynomials: polynomial sum of coefficients | product of binomials
newton's sums: vieta | sum of cubes from sum and product
factors of an integer: number of divisors
divisibility: divisibility by nine | multiples of a or b
remainders: division with remainder
remainders of powers: power modulo
units digit of powers: power modulo
fermat's little theorem: power modulo
relatively prime integers: euler totient
parity: sum of odd numbers
prime numbers: euler totient | number of divisors
triangular numbers: gauss sum | handshakes
periodic sequences: powers of i | weekdays
mathematical induction: sum of squares
pascal's triangle: choosing a group | binomial coefficient in an expansion
complementary counting: complement of a set
counting subsets: number of subsets
counting integers with digit conditions: numbers with different digits
palindromes: numbers with different digits
addition principle: union of two sets
systematic listing: outfits
recursive counting: derangements | fibonacci-like sequence
dependent events: two draws without replacement
probability with cards: two draws without replacement | single draw
probability with urns: two draws without replacement | bayes
probability and counting: sum of two dice | binomial probability
coin flips: binomial probability
pie charts: percentage of a number
quartiles and percentiles: median of a list
vertical angles: parallel lines
complementary angles: parallel lines | third angle
angles on a straight line: parallel lines
special right triangles: hypotenuse | side opposite thirty degrees
perimeter: rectangle from perimeter
area of a square: square root of a product | rectangle from perimeter
volume of a cube: cube numbers
edges, faces and vertices: euler polyhedron
radius and diameter: area of a circle
pick's theorem: shoelace
composite areas: trapezoid | rectangle from perimeter
area of a sector: area of a circle
angle chasing: third angle | isosceles triangle
coordinates of points: midpoint | distance of two points
reflections in coordinates: even and odd functions
intersection of lines: linear equation
intersections of graphs: linear equation
distance from a point to a line: distance of two points
spheres in coordinates: length of a vector
lines in space: orthogonal vectors
equations of planes: orthogonal vectors
ellipses: radius of a circle from its equation
hyperbolas: radius of a circle from its equation
angles of elevation: side opposite thirty degrees
angle addition formulas: double angle
triple angle formulas: double angle
trigonometric equations: cosine from sine
angle between vectors: orthogonal vectors
inverse matrices: determinant of order two | cramer
linear independence: determinant of order two | cross product
linear transformations: determinant of order two | larger eigenvalue
gaussian elimination: cramer
scalar triple product: determinant of order three
powers of i: powers of i
roots of unity: de moivre
polar coordinates: de moivre
l'hopital's rule: limit of a quotient
tangent lines to curves: derivative of a polynomial
implicit differentiation: chain rule
indefinite integrals: definite integral
integration by substitution: chain rule
integration by parts: product rule
partial derivatives: derivative of a polynomial
differential equations: displacement from velocity
mean value theorem: derivative of a polynomial
logical deduction: truth tables
venn diagram: union of two sets
"""

SYNONYMS: dict[str, tuple[str, ...]] = {
    name.strip(): tuple(family.strip() for family in families.split("|"))
    for name, _, families in (line.partition(":") for line in _LINES.strip().splitlines())
}
"""Point name in lower case -> names of families."""
