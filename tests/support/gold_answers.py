"""Gold answers of the public benchmarks, their other notations, and their values computed apart from the product."""

from __future__ import annotations

import ast
import cmath
import gzip
import json
import math
import re
from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

DATA = Path(__file__).resolve().parents[2].parent / "shared" / "data"


@dataclass(frozen=True, slots=True)
class Gold:
    """One gold answer: where it stands, its text, and the kind of value it was declared to be ('' for undeclared)."""

    source: str
    row: int
    text: str
    kind: str = ""


def rows(path: str) -> list[dict]:
    """Return the rows of a JSON or JSON-lines file, gzipped or not."""
    raw = (DATA / path).read_bytes()
    text = (gzip.decompress(raw) if path.endswith(".gz") else raw).decode()
    if text.lstrip().startswith("["):
        return json.loads(text)
    return [json.loads(line) for line in text.splitlines() if line.strip()]


def _after_hashes(row: dict) -> str:
    return row["answer"].rsplit("####", 1)[1]


def _last_box(row: dict) -> str:
    """Minerva: the answer stands inside the solution only."""
    text = row["solution"]
    start = text.rindex("\\boxed{") + len("\\boxed{")
    depth, at = 1, start
    while depth:
        depth += {"{": 1, "}": -1}.get(text[at], 0)
        at += 1
    return text[start : at - 1]


def _field(name: str) -> Callable[[dict], str]:
    return lambda row: row[name]


_Q, _D = "benchmarks/qwen25math/", "benchmarks/dart-math/"
_READ: dict[str, Callable[[dict], object]] = {
    "gsm8k/train.jsonl.gz": _after_hashes,
    "gsm8k/test.jsonl.gz": _after_hashes,
    "math/derived/math_train.jsonl.gz": _field("answer"),
    "math/derived/math_test.jsonl.gz": _field("answer"),
    "benchmarks/gsm-plus/gsmplus_testmini.jsonl.gz": _field("answer"),
    _D + "deepmind-mathematics.json.gz": _field("answer"),
    _D + "mwpbench/college-math-train.jsonl.gz": _field("answer"),
    _D + "mwpbench/fresh-gaokao-math-2023.jsonl": _field("answer"),
    _D + "mwpbench/gaokaobench.jsonl.gz": _field("answer"),
    _D + "odyssey-math.jsonl.gz": lambda row: next(iter(row.values()))["answer"],
    _D + "theoremqa.json.gz": _field("Answer"),
    _Q + "aime24/test.jsonl.gz": _field("answer"),
    _Q + "amc23/test.jsonl": _field("answer"),
    _Q + "aqua/test.jsonl.gz": _field("correct"),
    _Q + "asdiv/test.jsonl.gz": _field("answer"),
    _Q + "carp_en/test.jsonl.gz": _field("answer"),
    _Q + "cmath/test.jsonl.gz": _field("answer"),
    _Q + "cn_middle_school/test.jsonl": _field("answer"),
    _Q + "college_math/test.jsonl.gz": _field("answer"),
    _Q + "gaokao2023en/test.jsonl.gz": _field("answer"),
    _Q + "gaokao2024_I/test.jsonl": _field("answer"),
    _Q + "gaokao2024_II/test.jsonl": _field("answer"),
    _Q + "gaokao2024_mix/test.jsonl": _field("answer"),
    _Q + "gaokao_math_cloze/test.jsonl": _field("answer"),
    _Q + "gaokao_math_qa/test.jsonl.gz": _field("label"),
    _Q + "mawps/test.jsonl.gz": _field("target"),
    _Q + "minerva_math/test.jsonl.gz": _last_box,
    _Q + "mmlu_stem/test.jsonl.gz": lambda row: "ABCD"[row["answer"]],
    _Q + "olympiadbench/test.jsonl.gz": _field("final_answer"),
    _Q + "sat_math/test.jsonl": _field("Answer"),
    _Q + "svamp/test.jsonl.gz": _field("Answer"),
}


def golds() -> tuple[list[Gold], list[Gold]]:
    """Return all gold answers, and the rows that give none (an empty text, None) or need a picture."""
    found, without = [], []
    for path, read in _READ.items():
        name = path.removesuffix(".gz").rsplit(".", 1)[0].removesuffix("/test").rsplit("/", 1)[-1]
        for number, row in enumerate(rows(path)):
            answer = read(row)
            for text in answer if isinstance(answer, list) and "final_answer" in row else [answer]:
                gold = Gold(name, number, "" if text is None else str(text).strip(), str(row.get("Answer_type") or ""))
                usable = gold.text not in ("", "None") and not row.get("Picture")
                (found if usable else without).append(gold)
    return found, without


_WHOLE = re.compile(r"[-−]?(?:\d{1,3}(?:,\d{3})+|\d+)(?:\.0+)?")
_DECIMAL = re.compile(r"[-−]?\d*\.\d+")
_FRACTION = re.compile(r"(-?)\\[dt]?frac\{(-?\d+)\}\{(\d+)\}|(-?)(\d+)/(\d+)")
_COUNTED = re.compile(r"(-?\d+(?:\.\d+)?) \(([a-z ]+)\)")
_RANGE = re.compile(r"(?:[a-z]\s*\\in\s*)?(?:\\left)?([(\[])([^,()\[\]]+),([^,()\[\]]+)(?:\\right)?([)\]])")
_TRUTH = {"true": ("True", "yes"), "false": ("False", "no"), "yes": ("true", "YES"), "no": ("False", "No")}


def bare(text: str) -> str:
    """Return the answer without the dollars or brackets of its formula."""
    text = text.strip()
    for left, right in (("$", "$"), ("\\(", "\\)")):
        inside = text[len(left) : -len(right)]
        if len(text) > 2 and text.startswith(left) and text.endswith(right) and "$" not in inside:
            return inside.strip()
    return text


def number(text: str) -> Fraction | None:
    """Return the exact value of a whole number, a decimal or a plain fraction; None for others."""
    text = bare(text)
    if _WHOLE.fullmatch(text) or _DECIMAL.fullmatch(text):
        return Fraction(text.replace(",", "").replace("−", "-"))
    hit = _FRACTION.fullmatch(text)
    if not hit or hit[0].endswith("{0}"):
        return None
    top, bottom = int(hit[2] or hit[5]), int(hit[3] or hit[6])
    return None if bottom == 0 else Fraction(top, bottom) * (-1 if hit[1] or hit[4] else 1)


def kind(gold: Gold) -> str:
    """Return the class that decides in which other notations an answer may stand."""
    text = bare(gold.text)
    if text.casefold() in _TRUTH:
        return "truth"
    if re.fullmatch(r"\(?[A-Ja-d]\)?", text) and (gold.kind == "option" or re.fullmatch(r"[A-E]", text)):
        return "option"
    if re.fullmatch(r"[A-D]\. .+", text):
        return "lettered"
    if (value := number(text)) is not None:
        return "whole" if value.denominator == 1 else "decimal" if _DECIMAL.fullmatch(text) else "fraction"
    if _COUNTED.fullmatch(text):
        return "counted"
    if re.fullmatch(r"-?\d+(?:\.\d+)?\\?%", text):
        return "percent"
    if _RANGE.fullmatch(text):
        return "pair"
    if re.fullmatch(r"[A-Za-z][A-Za-z .'-]+", text):
        return "words"
    return "formula"


def notations(gold: Gold) -> list[str]:
    """Return other ways to write the same answer, by its class."""
    text = bare(gold.text)
    clothes = [text, f"${text}$", f" {text} ", f"\\boxed{{{text}}}"]
    made = [*clothes, *_OTHERS[kind(gold)](text)]
    if kind(gold) == "formula" and values(gold.text) and not re.search(r"=|text|circ|\.$|\de|\d [\d.-]| m$", text):
        made.append(f"\\frac{{2({text})}}{{2}}")
    return made


def _whole(text: str) -> list[str]:
    value = number(text)
    assert value is not None
    n = int(value)
    return [
        *(f"{n}", f"{n:,}", f"{n:,}".replace(",", "{,}"), f"{n:,}".replace(",", "\\,"), f"{n}.0", f"{n}.00"),
        *(f"\\frac{{{2 * n}}}{{2}}", f"{3 * n}/3", f"x = {n}", f"{n} apples", f"\\${n}", f"{n}个", f"{n}."),
        *(str(n).replace("-", "−"), str(n).translate(str.maketrans("0123456789", "０１２３４５６７８９"))),
        f"\\text{{{n}}}",
        *([f"+{n}"] if n > 0 else []),
    ]


def _fraction(text: str) -> list[str]:
    value = number(text)
    assert value is not None
    top, bottom = value.numerator, value.denominator
    sign, size = ("-" if top < 0 else ""), abs(top)
    made = [f"{top}/{bottom}", f"{sign}\\dfrac{{{size}}}{{{bottom}}}", f"\\tfrac{{{top}}}{{{bottom}}}"]
    made += [f"\\frac{{{3 * top}}}{{{3 * bottom}}}", f"x={top}/{bottom}", f"{sign}{{{size} \\over {bottom}}}"]
    made.append(f"\\left(\\frac{{{top}}}{{{bottom}}}\\right)")
    if size > bottom:
        whole, rest = divmod(size, bottom)
        made += [f"{sign}{whole}\\frac{{{rest}}}{{{bottom}}}", f"{sign}{whole} {rest}/{bottom}"]
    if (decimal := _ending(value)) is not None:
        made += [decimal, f"{decimal}0", f"{_ending(value * 100)}\\%", f"{_ending(value * 100)}%"]
    return made


def _ending(value: Fraction) -> str | None:
    """Return the decimal that a fraction is exactly, None where it does not end within twelve places."""
    scaled = value * 10**12
    if scaled.denominator != 1:
        return None
    digits = str(abs(scaled.numerator)).rjust(13, "0")
    return ("-" if value < 0 else "") + f"{digits[:-12]}.{digits[-12:]}".rstrip("0").rstrip(".")


def _counted(text: str) -> list[str]:
    hit = _COUNTED.fullmatch(text)
    assert hit
    return [hit[1], f"{hit[1]} {hit[2]}", f"{hit[1]}\\text{{ {hit[2]}}}", f"\\boxed{{{hit[1]}}}"]


def _percent(text: str) -> list[str]:
    value = text.rstrip("\\%")
    share = Fraction(value) / 100
    return [
        f"{value}%",
        f"{value} %",
        f"{value} \\%",
        f"{value}\\%",
        f"{value} percent",
        f"{share.numerator}/{share.denominator}",
        value,
    ]


def _pair(text: str) -> list[str]:
    hit = _RANGE.fullmatch(text)
    assert hit
    left, low, high, right = hit[1], hit[2].strip(), hit[3].strip(), hit[4]
    made = [f"\\left{left}{low},{high}\\right{right}", f"{left} {low} , {high} {right}", f"{left}{low}; {high}{right}"]
    below, above = number(low), number(high)
    # The larger number first: a list of two, whatever its brackets.
    listed = below is not None and above is not None and below > above
    if left + right != "()" and "infty" not in low + high and not listed:
        below, above = ("\\le" if side in "[]" else "<" for side in (left, right))
        made += [f"{low} {below} x {above} {high}", f"\\{{x \\mid {low} {below} x {above} {high}\\}}"]
    if "infty" in high and "infty" not in low:
        made += [f"x {relation} {low}" for relation in ((">=", "\\geq") if left == "[" else (">",))]
    return made


def _words(text: str) -> list[str]:
    return [f"\\text{{{text}}}", f"\\textbf{{{text}}}", text.upper() if len(text) > 2 and " " not in text else text]


def _formula(text: str) -> list[str]:
    made = [text.replace("\\frac", "\\dfrac"), text.replace("\\dfrac", "\\frac"), f"\\displaystyle {text}", f"{text}."]
    thousands = re.search(r"\d,(?:\\!)?\d{3}", text)
    spaced = text if thousands else re.sub(r"(?<=[=+,])(?![}\s])", " ", text)
    if re.fullmatch(r"\([^()\\]+,[^()\\]+\)", text):
        made += [f"( {text[1:-1].replace(',', ' , ')} )", f"\\left({text[1:-1]}\\right)"]
    return [*made, spaced, re.sub(r"\\(?:left|right)(?![a-z])", "", text), text.replace("\\le ", "\\leq ")]


_OTHERS: dict[str, Callable[[str], list[str]]] = {
    "truth": lambda text: [*_TRUTH[text.casefold()], f"\\text{{{text}}}", text.upper(), f"{text}."],
    "option": lambda text: [
        f"({text.strip('()')})",
        f"\\text{{({text.strip('()')})}}",
        f"{text.strip('()')}.",
        f"\\text{{{text}}}",
        f"\\textbf{{({text.strip('()')})}}",
    ],
    "lettered": lambda text: [text[0], f"({text[0]})", text[3:]],
    "whole": _whole,
    "decimal": _fraction,
    "fraction": _fraction,
    "counted": _counted,
    "percent": _percent,
    "pair": _pair,
    "words": _words,
    "formula": _formula,
}

_NAMES = {"sqrt": cmath.sqrt, "pi": math.pi, "e": math.e, "i": 1j}
_TO_PYTHON: tuple[tuple[str, str], ...] = (
    (r"\\left(?![a-z])|\\right(?![a-z])|\\[,!;: ]|\^\{?\\circ\}?|\\text\{[^{}]*\}$|\.$", ""),
    (r"\\[dt]frac", r"\\frac"),
    (r"\\pi(?![a-z])", "(pi)"),
    (r"\\(?:cdot|times)(?![a-z])", "*"),
    (r"\s+", ""),
    (r"\\frac(\d)(\d)", r"\\frac{\1}{\2}"),
    (r"\\sqrt(\d)(?!\d)", r"\\sqrt{\1}"),
    (r"\^(\w)", r"^{\1}"),
)
_NESTED: tuple[tuple[str, str], ...] = (
    (r"\\frac\{([^{}]*)\}\{([^{}]*)\}", r"((\1)/(\2))"),
    (r"\\sqrt\{([^{}]*)\}", r"(sqrt(\1))"),
    (r"\^\{([^{}]*)\}", r"**(\1)"),
)
_SPOTS = (0.7310585, 1.9120412)


def values(text: str) -> tuple[complex, ...] | None:
    """Return what a formula is at two fixed points, by way of Python's own arithmetic; None where it is not simple."""
    code = re.sub(r"^[a-z](?:\([a-z]\))?\s*=", "", bare(text))
    if re.search(r"[a-zA-Z]\s*\(\w\)", code):
        return None  # f(0) is a name and no product.
    for pattern, new in _TO_PYTHON:
        code = re.sub(pattern, new, code)
    before = ""
    while before != code:
        before = code
        for pattern, new in _NESTED:
            code = re.sub(pattern, new, code)
    code = re.sub(r"(?<![a-z])([a-zA-Z])(?![a-z])", r"(\1)", code)
    code = re.sub(r"(?<=[\d)])(?=\(|sqrt|pi)|(?<=\))(?=\d)", "*", code)
    if len(code) > 160 or not re.fullmatch(r"(?:sqrt|pi|\([a-zA-Z]\)|[\d.+\-*/()])+", code):
        return None
    if re.search(r"\*\*\(\d{3,}|\*\*\([^()]*\*\*", code):
        return None
    return _evaluated(code)


def _evaluated(code: str) -> tuple[complex, ...] | None:
    try:
        tree = ast.parse(code, mode="eval")
        letters = {node.id for node in ast.walk(tree) if isinstance(node, ast.Name)} - set(_NAMES)
        found = []
        for spot in _SPOTS:
            known = {name: spot + 0.0137 * ord(name) for name in letters}
            names = {**_NAMES, **known, "__builtins__": {}}
            found.append(complex(eval(compile(tree, "gold", "eval"), names)))
    except (SyntaxError, TypeError, ValueError, ZeroDivisionError, OverflowError):
        return None
    return tuple(found)


def meaning(gold: Gold) -> tuple[str, tuple[complex, ...]] | None:
    """Return the shape of an answer and its values, computed apart from the product; None where that is not simple.

    Two answers of the same or of other shapes whose values are clearly apart cannot mean the same.
    """
    exact = number(gold.text)
    if exact is not None:
        return "scalar", (complex(exact), complex(exact))
    if hit := _COUNTED.fullmatch(gold.text):
        return "scalar", (complex(float(hit[1])),) * 2
    if hit := _RANGE.fullmatch(bare(gold.text)):
        ends = [values(end.replace("\\infty", "9999999")) for end in (hit[2], hit[3])]
        return (hit[1] + hit[4], (*ends[0], *ends[1])) if ends[0] and ends[1] else None
    found = values(gold.text) if kind(gold) == "formula" else None
    return ("scalar", found) if found else None


def apart(a: tuple[str, tuple[complex, ...]], b: tuple[str, tuple[complex, ...]]) -> bool:
    """Return whether two meanings differ clearly: another shape, or a value off by more than any rounding."""
    if a[0] != b[0]:
        return True
    return any(abs(x - y) > 2e-3 * max(abs(x), abs(y)) for x, y in zip(a[1], b[1], strict=True))
