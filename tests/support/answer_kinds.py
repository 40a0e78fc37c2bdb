"""Pairs of answers by kind, a hundred of each and more, built from forms and numbers."""

from __future__ import annotations

from itertools import pairwise, permutations, product

Pairs = list[tuple[str, str]]
NUMBERS = (2, 3, 5, 7, 12, 20, 36, 41, 64, 100)
NESTING = (
    r"\{{{x}\}}", r"\left\{{{x}\right\}}", r"$\{{{x}\}}$", r"\lbrace {x} \rbrace", r"S=\{{{x}\}}", r"\{{ {x} \}}",
)  # fmt: skip
EMPTY = (r"\emptyset", r"\varnothing", "∅", r"\{\}", r"\{ \}", "no solution", "the empty set")


def sets_in_sets() -> Pairs:
    """A set with a set in it is never the set of that set's members."""
    found = [(outer.format(x=inner), other) for outer in NESTING for inner in EMPTY[:5] for other in EMPTY]
    for a, b in ((1, 2), (3, 5), (0, 7), (4, 9)):
        found += [(rf"\{{\{{{a}\}},\{{{b}\}}\}}", other) for other in (rf"\{{{a},{b}\}}", f"{a}, {b}", f"({a},{b})")]
        found += [(rf"\{{{a},\{{{b}\}}\}}", rf"\{{{a},{b}\}}"), (rf"\{{\{{{a},{b}\}}\}}", rf"\{{{a},{b}\}}")]
        found += [(rf"\{{\{{{a}\}}\}}", rf"\{{{a}\}}"), (rf"\{{\{{{a}\}}\}}", str(a))]
    return found


def signs_chosen_apart() -> Pairs:
    """Two signs of their own give four values, and no sum of both."""
    pairs = [(a, b) for a, b in permutations(NUMBERS, 2)]
    found = [(rf"\pm{a}\pm{b}", rf"\pm{a + b}") for a, b in pairs]
    return found + [(rf"\pm {a} \pm {b}", rf"{a + b}, {-a - b}") for a, b in pairs[::4]]


def products_of_vectors() -> Pairs:
    """A cross product changes its sign with the order of its factors."""
    forms = (r"\vec{{{}}}", r"\vec {}", r"\mathbf{{{}}}", r"\overrightarrow{{{}}}", r"\boldsymbol{{{}}}", r"\bm{{{}}}")
    letters = ("a", "b", "u", "v", "p", "q")
    return [
        (rf"{form.format(a)}\times{form.format(b)}", rf"{form.format(b)}\times{form.format(a)}")
        for form in forms
        for a, b in permutations(letters, 2)
        if a < b or form is forms[0]
    ]


def both_or_either() -> Pairs:
    """Two choices at once are not one of them."""
    letters = "ABCDE"
    found = [(f"{a} and {b}", f"{a} or {b}") for a, b in permutations(letters, 2)]
    found += [(f"({a}) and ({b})", f"({a}) or ({b})") for a, b in permutations(letters, 2)]
    found += [(f"{a}, {b}", f"{a} or {b}") for a, b in permutations(letters, 2)]
    found += [(f"{a}, {b} and {c}", f"{a}, {b} or {c}") for a, b, c in permutations(letters, 3) if a < b]
    return found + [(a, f"{a} or {b}") for a, b in permutations(letters, 2)]


def square_brackets() -> Pairs:
    """[3.7] may be its whole part, so it is neither a number nor known to be none."""
    sizes = [f"{a}.{b}" for a in (0, 2, 3, 9, 14) for b in (1, 25, 5, 7)]
    found = [(f"[{size}]", size) for size in sizes] + [(f"[-{size}]", f"-{size}") for size in sizes]
    found += [(f"[{a}/{b}]", f"{a}/{b}") for a, b in permutations((3, 5, 7, 11), 2)]
    found += [(rf"[\frac{{{a}}}{{{b}}}]", rf"\frac{{{a}}}{{{b}}}") for a, b in permutations((3, 5, 7, 11), 2)]
    found += [(rf"[\sqrt{{{a}}}]", rf"\sqrt{{{a}}}") for a in (2, 3, 5, 6, 7)] + [("[x]", "x"), ("[n]", "n")]
    return found + [(f"2[{size}]", f"2*{size}") for size in sizes] + [(f"[{size}]+1", f"{size}+1") for size in sizes]


def none_of_a_kind() -> Pairs:
    """No integer solution is not no solution."""
    kinds = ("integer", "positive", "rational", "natural", "positive integer", "prime", "negative", "non-negative")
    kinds += ("nonzero", "irrational", "integral")
    plural, single = ("no {} solutions", "there are no {} solutions"), ("no {} solution", "no {} solution exists")
    return [(form.format(kind), none) for form in (*plural, *single) for kind in kinds for none in EMPTY]


def shapes() -> Pairs:
    """A 2 x 3 matrix is not 6 of them."""
    things = ("matrix", "grid", "board", "rectangle", "table", "array")
    sizes = ((2, 3), (4, 5), (3, 3), (8, 8), (1, 7))
    forms = (r"{a}\times{b} {t}", r"${a}\times {b}$ {t}", "{a} × {b} {t}", r"{a} \times {b} \text{{ {t}}}")
    return [(form.format(a=a, b=b, t=t), str(a * b)) for form in forms for t in things for a, b in sizes]


def powers_of_units() -> Pairs:
    """Square units are neither units nor cubic ones."""
    forms = (("{} square units", "{} units"), ("{} cubic units", "{} units"), ("{} square units", "{} cubic units"))
    forms += (
        ("{} sq units", "{} units"),
        ("{} units^2", "{} units"),
        (r"{}\text{{ square units}}", r"{}\text{{ units}}"),
    )
    forms += (("{} square units", "{} cm"), ("{} units", "{} cm^2"), ("{} cubic units", "{} square centimeters"))
    return [(a.format(size), b.format(size)) for a, b in forms for size in (*NUMBERS, "3.5", "1/2")]


def calculations() -> Pairs:
    """What a calculation ends with is its value."""
    found = [(rf"\frac{{{a * b}}}{{{b}}}={a}", str(a)) for a, b in permutations(NUMBERS, 2)]
    found += [(f"{a}+{b}={a + b}", str(a + b)) for a, b in pairwise(NUMBERS)]
    found += [(rf"{a} \times {b} = {a * b}", str(a * b)) for a, b in pairwise(NUMBERS)]
    found += [(rf"x = \frac{{{a * b}}}{{{b}}} = {a}", f"x={a}") for a, b in pairwise(NUMBERS)]
    return found + [(rf"\frac{{1}}{{{a}}} \approx {1 / a:.3f}", f"1/{a}") for a in (3, 7, 12, 41)]


def commas_that_repeat() -> Pairs:
    """0,(3) is a third where a comma parts the decimals."""
    found = [(f"0,({a})", f"{a}/9") for a in range(1, 9)] + [(f"0,({a})", f"{a}/99") for a in range(10, 60)]
    found += [(f"{whole},({a})", f"{9 * whole + a}/9") for whole in (1, 2, 7, 12) for a in range(1, 9)]
    return found + [(rf"0,\overline{{{a}}}", f"{a}/99") for a in range(12, 30)]


def in_words() -> Pairs:
    """Numbers are spelled out, whole ones, fractions and mixed ones."""
    ones = [
        *("one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve"),
        *("thirteen", "fourteen", "fifteen", "sixteen"),
    ]
    tens = {20: "twenty", 30: "thirty", 40: "forty", 50: "fifty", 70: "seventy", 90: "ninety"}
    found = [(word, str(at)) for at, word in enumerate(ones, 1)] + [
        (word.capitalize(), str(at)) for at, word in enumerate(ones, 1)
    ]
    found += [(f"{word}-{ones[at - 1]}", str(size + at)) for size, word in tens.items() for at in (1, 3, 5, 9)]
    found += [(f"{word} {ones[at - 1]}", str(size + at)) for size, word in tens.items() for at in (2, 7)]
    found += [(f"{ones[a - 1]} hundred and {ones[b - 1]}", str(100 * a + b)) for a in (1, 3, 9) for b in (4, 12)]
    found += [("two thousand and fifteen", "2015"), ("one million", "1000000"), ("forty-two thousand", "42000")]
    parts = {"half": 2, "third": 3, "quarter": 4, "fifth": 5, "sixth": 6, "eighth": 8, "tenth": 10}
    found += [(f"one {part}", f"1/{size}") for part, size in parts.items()]
    found += [(f"one-{part}", f"1/{size}") for part, size in parts.items()]
    found += [(f"three {part}s", f"3/{size}") for part, size in parts.items() if size > 3]
    found += [(f"{ones[a - 1]} and a half", f"{a}.5") for a in (1, 2, 7)] + [("two and two thirds", "8/3")]
    return [*found, ("three apples", "3 apples"), ("minus four", "-4"), ("ten percent", "10%"), ("zero", "0")]


def options() -> Pairs:
    """However an option is called, it is its letter."""
    forms = ("Option {}", "option {}", "Choice {}", "({})", "{}.", "{})", "Option ({})", "Answer: {}", r"\text{{({})}}")
    found = [(form.format(letter), letter) for form in forms for letter in "ABCDEFGH"]
    found += [(form.format(letter), letter.upper()) for form in ("({})", "option ({})") for letter in "abcde"]
    return found + [
        (form.format(letter), f"({letter})")
        for form in ("**{}**", r"\mathrm{{{}}}", "选{}", "choice ({})")
        for letter in "ABCDE"
    ]


def remainders() -> Pairs:
    """A quotient with a remainder, as schools write it."""
    forms = (
        "{} R {}",
        "{}R{}",
        "{} r {}",
        "{} r{}",
        "{} remainder {}",
        "{}, remainder {}",
        "{} with a remainder of {}",
        "{} rem {}",
    )
    sizes = ((24, 3), (7, 1), (102, 11))
    return [
        (a.format(*size), b.format(*size))
        for size in sizes
        for a, b in permutations(forms, 2)
        if a < b or size == sizes[0]
    ]


def several_units() -> Pairs:
    """An amount in two units is that amount in one."""
    kinds = (
        ("hour", "hours", "minute", "minutes", 60), ("minute", "minutes", "second", "seconds", 60),
        ("foot", "feet", "inch", "inches", 12), ("day", "days", "hour", "hours", 24),
        ("week", "weeks", "day", "days", 7),
        ("year", "years", "month", "months", 12), ("pound", "pounds", "ounce", "ounces", 16),
        ("m", "m", "cm", "cm", 100),
        ("kg", "kg", "g", "g", 1000), ("dollar", "dollars", "cent", "cents", 100),
    )  # fmt: skip
    found = []
    for (one, many, _small, smalls, size), (a, b) in product(kinds, ((1, 5), (2, 6), (3, 11), (4, 2))):
        first = f"{a} {one if a == 1 else many}"
        found += [
            (f"{first} {b} {smalls}", f"{a * size + b} {smalls}"),
            (f"{first} and {b} {smalls}", f"{a * size + b} {smalls}"),
        ]
        found += [(f"{first}, {b} {smalls}", f"{first} and {b} {smalls}")]
    return found


def sets_of_numbers() -> Pairs:
    """The sets of numbers by sign, command and name."""
    names = {
        "R": ("all real numbers", "ℝ", r"(-\infty,\infty)", r"\mathbf{R}"), "Z": ("the integers", "ℤ", r"\mathbf{Z}"),
        "N": ("natural numbers", "ℕ", r"\mathbf{N}"), "Q": ("rational numbers", "ℚ", r"\mathbf{Q}"),
    }  # fmt: skip
    dress = ("{}", "${}$", r"\({}\)", " {} ", "{{{}}}")
    found = []
    for letter, others in names.items():
        commands = (rf"\{letter}", rf"\mathbb{{{letter}}}", rf"\mathbb {letter}", rf"\Bbb{{{letter}}}")
        found += [(form.format(commands[0]), other) for form in dress for other in (*commands[1:], *others)]
    return found


def choices_counted() -> Pairs:
    """How many arrangements and choices there are, however they are written."""
    found = []
    for n, k, arranged, chosen in ((5, 2, 20, 10), (6, 3, 120, 20), (7, 2, 42, 21), (10, 3, 720, 120), (4, 4, 24, 1)):
        for form in (
            "_{n}P_{k}",
            "{{}}_{n}P_{k}",
            "{{}}_{{{n}}}P_{{{k}}}",
            "_{{{n}}}P_{{{k}}}",
            "{n}P{k}",
            "P({n},{k})",
        ):
            found += [(form.format(n=n, k=k), other) for other in (str(arranged), f"{arranged}.0")]
        for form in (
            "_{n}C_{k}",
            "{{}}_{n}C_{k}",
            r"\binom{{{n}}}{{{k}}}",
            "{n}C{k}",
            "C({n},{k})",
            "C_{{{n}}}^{{{k}}}",
        ):
            found.append((form.format(n=n, k=k), str(chosen)))
        found += [(rf"\frac{{{n}!}}{{({n}-{k})!}}", f"P_{{{n}}}^{{{k}}}"), (f"A_{{{n}}}^{{{k}}}", f"{n}P{k}")]
    return found


def families() -> Pairs:
    """Angles for every whole number: the letter, the start and the way to say it do not matter."""
    ends = (
        r", k\in\mathbb{Z}",
        r" \quad (k \in \mathbb{Z})",
        r", k \in Z",
        ", k is an integer",
        " for any integer k",
        ", where k is an integer",
    )
    other = (r", n\in\mathbb{Z}", r" \text{ for } n \in \mathbb{Z}", ", n is any integer", " for all integers n")
    found = []
    for angle in (30, 45, 60, 150):
        forms = [
            rf"{angle}^\circ+k\cdot360^\circ",
            rf"k\cdot 360^\circ+{angle}^\circ",
            rf"{angle - 360}^\circ + 360^\circ k",
        ]
        forms += [rf"x={angle}^\circ+k\cdot360^\circ"]
        found += [
            (form + end, rf"{angle}^\circ+n\cdot360^\circ" + tail)
            for form in forms
            for end in ends
            for tail in other[:2]
        ]
    for a, b in ((6, 2), (4, 1), (3, 2)):
        found += [
            (rf"\frac{{\pi}}{{{a}}}+{b}k\pi" + end, rf"{b}n\pi+\frac{{\pi}}{{{a}}}" + tail)
            for end in ends
            for tail in other
        ]
    return found


DIFFERENT = {
    one.__name__: one
    for one in (sets_in_sets, signs_chosen_apart, products_of_vectors, both_or_either, square_brackets, none_of_a_kind,
                shapes, powers_of_units)
}  # fmt: skip
SAME = {
    one.__name__: one
    for one in (calculations, commas_that_repeat, in_words, options, remainders, several_units, sets_of_numbers,
                choices_counted, families)
}  # fmt: skip
