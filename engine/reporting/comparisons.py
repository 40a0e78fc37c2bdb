"""Own figures and published ones in one figure, each by its own name: what a section measured, beside a paper's rows.

Tables stay apart (GSDP-45). A figure is made of the section's own table, so that both show the same numbers.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence

from engine.reporting.economy import HUNDREDTH_CENT
from engine.reporting.published import ReferenceTable
from engine.reporting.published import table as reference
from engine.reporting.shapes import Bars, Cell, Chart, Curve, Dot, Dots, Section, Series

Row = Mapping[str, Cell]
NONE = math.nan
MODELS = 3
"""Own models that are drawn beside those of papers: the last ones that were evaluated."""
WHOLE = frozenset(("strategies", "filters", "dimensions", "preferences"))
"""Sections whose own chart is all in the figure beside the papers, so that it is not drawn twice."""
_AXES = ("problems per seed", "cost per item, 0.01 cent")
_BENCHMARKS = {
    "gsm8k": "GSM8K",
    "math": "MATH",
    "svamp": "SVAMP",
    "minerva": "Minerva",
    "gaokao2023en": "GaoKao 2023 En",
    "olympiadbench": "OlympiadBench",
    "college_math": "CollegeMath",
    "gaokao": "GaoKao",
    "cmath": "CMATH",
    "cn_middle_school": "CN Middle School 24",
}
"""Columns of the published tables, by the registered names of benchmarks."""


def beside(section: Section) -> Chart | None:
    """Return the figure that shows a section beside what papers report; None where there is nothing to compare."""
    make = _FIGURES.get(section.name)
    if make is None or section.table is None:
        return None
    return make([dict(zip(section.table.columns, row, strict=True)) for row in section.table.rows])


def _number(cell: Cell) -> float:
    return float(cell) if isinstance(cell, int | float) else NONE


def _known(values: Sequence[float]) -> bool:
    return any(not math.isnan(value) for value in values)


def _apart(own: Sequence[tuple[str, float]], papers: Sequence[tuple[str, float]], what: str, unit: str) -> Bars | None:
    """Return bars of own things and of published ones, which have other names; None without any of our own."""
    own = [(name, value) for name, value in own if not math.isnan(value)]
    if not own:
        return None
    names = (*(name for name, _ in own), *(f"{name} (published)" for name, _ in papers))
    blank = (NONE,) * len(own), (NONE,) * len(papers)
    series = (
        Series(what, (*(value for _, value in own), *blank[1])),
        Series(f"{what}, published", (*blank[0], *(value for _, value in papers)), published=True),
    )
    # One of the two is missing in every place, so that a stack has one bar a name.
    return Bars(names, series, stacked=True, unit=unit)


def _column(known: ReferenceTable, name: str, scale: float = 1.0) -> dict[str, float]:
    values = (_number(cell) * scale for cell in known.column(name))
    return dict(zip(map(str, known.column(known.columns[0])), values, strict=True))


def _beside(names: Sequence[str], own: Mapping[str, float], papers: Mapping[str, float], unit: str) -> Bars | None:
    """Return bars of the same things here and in a paper."""
    mine = tuple(own.get(name, NONE) for name in names)
    if not _known(mine):
        return None
    theirs = Series("published", tuple(papers.get(name, NONE) for name in names), published=True)
    return Bars(tuple(names), (Series("here", mine), theirs), unit=unit)


def _classes(rows: Sequence[Row]) -> Chart | None:
    own = {str(row["class"]): _number(row["share"]) for row in rows}
    return _beside(tuple(own), own, _column(reference("continual_classes"), "percent", 0.01), "share")


def _strategies(rows: Sequence[Row]) -> Chart | None:
    own = {str(row["strategy"]): _number(row["share"]) for row in rows if row["recipe"] == "flames"}
    papers = _column(reference("flames_strategies"), "left", 1 / 150_000)
    return _beside(tuple(dict.fromkeys([*papers, *own])), own, papers, "share")


def _judges(rows: Sequence[Row]) -> Chart | None:
    about = "problem" if any(row["about"] == "problem" for row in rows) else "solution"
    own = [
        Dot(str(row["judges"]), _number(row["retention"]), _number(row.get("precision")))
        for row in rows
        if row["about"] == about
    ]
    known = reference("gsdp_judges")
    papers = [
        Dot(str(one["experiment"]), _number(one["retention"]), _number(one["precision"]), published=True)
        for one in map(known.row, known.column("experiment"))
    ]
    return _dots(own, papers, f"share of {about}s kept", "precision")


def _dots(own: Sequence[Dot], papers: Sequence[Dot], x: str, y: str, log: bool = False) -> Dots | None:
    shown = [dot for dot in own if not (math.isnan(dot.x) or math.isnan(dot.y)) and (not log or min(dot.x, dot.y) > 0)]
    return Dots((*papers, *shown), x, y, log) if shown else None


def _rejections(rows: Sequence[Row]) -> Chart | None:
    own = [(str(row["level"]), _number(row.get("share"))) for row in rows if row["by"] == "solvability judge"]
    papers = _column(reference("flames_solvability"), "share", 0.01)
    return _apart(own, [(name, 1 - share) for name, share in papers.items()], "wrongly rejected", "share")


def _filters(rows: Sequence[Row]) -> Chart | None:
    own = {str(row["filter"]): _number(row["kept by judges"]) for row in rows}
    return _beside(tuple(own), own, _column(reference("gsdp_filters"), "percent", 0.01), "share")


def _dimensions(rows: Sequence[Row]) -> Chart | None:
    known = reference("continual_dimensions")
    names = [name for name in known.columns[1:-1] if name in rows[0]]
    own = [Series(str(row["recipe"]), tuple(_number(row[name]) for name in names)) for row in rows]
    papers = [
        Series(f"iteration {number}, published", tuple(_number(known.row(number)[name]) for name in names), True)
        for number in (0, 2)
    ]
    return Bars(tuple(names), (*own, *papers), unit="score")


def _diversity(rows: Sequence[Row]) -> Chart | None:
    own = [(f"{row['recipe']}, {_number(row['sampled']):,.0f} problems", _number(row["clusters"])) for row in rows]
    papers = [(f"{name}, 80,000", value) for name, value in _column(reference("gsdp_diversity"), "clusters").items()]
    return _apart(own, papers, "clusters", "count")


def _expansion(rows: Sequence[Row]) -> Chart | None:
    own = [
        Dot(str(row["recipe"]), _number(row["per seed"]), _number(row["dollars each"]) / HUNDREDTH_CENT) for row in rows
    ]
    return _dots(own, published_sets(), *_AXES, log=True)


def expansion_and_cost(section: Section) -> Chart:
    """Return every published data set by expansion and cost, and our own where they have both (GSDP-48)."""
    return beside(section) or Dots(tuple(published_sets()), *_AXES, log=True)


def published_sets() -> list[Dot]:
    """Return the published data sets by expansion and cost, with the accuracy of a Mistral-7B that learnt from them.

    GSDP, figure 1 and tables 1 and 2.
    """
    known, main = reference("gsdp_data_sets"), reference("gsdp_main")
    taught = {
        "MetaMath": "MetaMath Mistral",
        "MathScale": "MathScale Mistral (Reproduced)",
        "WizardMath": "WizardMath v1.1",
        "MAmmoTH": "MAmmoTH-Mistral-7B",
        "GSDP": "GSDP-7B",
    }
    found = []
    for row in map(known.row, known.column("data set")):
        name = str(row["data set"])
        accuracy = f", MATH {main.row(taught[name])['MATH']:g}" if name in taught else ""
        found.append(Dot(f"{name}{accuracy}", _number(row["expansion"]), _number(row["cost"]), published=True))
    return found


def _gpu_hours(rows: Sequence[Row]) -> Chart | None:
    spent: dict[str, float] = {}
    for row in rows:
        spent[str(row["part"])] = spent.get(str(row["part"]), 0.0) + _number(row["GPU-hours"])
    whole = sum(spent.values())
    papers = _column(reference("continual_cost"), "hours")
    total = papers.pop("total")
    names = [*papers, *(part for part in ("evaluation", "idle servers") if part in spent)]
    own = {part: hours / whole for part, hours in spent.items()}
    return _beside(names, own, {part: hours / total for part, hours in papers.items()}, "share")


def _evaluations(rows: Sequence[Row]) -> Chart | None:
    models = list(dict.fromkeys(str(row["model"]) for row in rows))[:MODELS]
    asked = [name for name in _BENCHMARKS if any(row["benchmark"] == name for row in rows)]
    if not asked:
        return None
    own = []
    for model in models:
        scores = {row["benchmark"]: _number(row["pass@1"]) for row in rows if row["model"] == model}
        own.append(Series(model, tuple(scores.get(name, NONE) for name in asked)))
    small = {str(name): value for name, value in _column(reference("flames_small"), "score").items()}
    papers = {
        "GSDP-7B": reference("gsdp_main").row("GSDP-7B"),
        "FLAMES Small, DeepSeek-Math-7B": small,
        "continual learning, Qwen2-7B-Instruct": reference("continual_reasoning").row("Our-Qwen2-7B-Instruct"),
    }
    series = [
        Series(f"{name}, published", tuple(_number(said.get(_BENCHMARKS[one])) for one in asked), published=True)
        for name, said in papers.items()
    ]
    known = [each for each in series if _known(each.values)]
    return Bars(tuple(_BENCHMARKS[name] for name in asked), (*own, *known)) if known else None


def _loop(rows: Sequence[Row]) -> Chart | None:
    own = [_number(rows[0]["before"]), *(_number(row["after"]) for row in rows)]
    papers = [_number(cell) for cell in reference("continual_rounds").column("average")]
    if not _known(own):
        return None
    long = max(len(own), len(papers))
    padded = [tuple(values + [NONE] * (long - len(values))) for values in (own, papers)]
    series = (Series("here", padded[0]), Series("published", padded[1], published=True))
    return Curve(tuple(float(place) for place in range(long)), series, "iteration, mean accuracy over its benchmarks")


def _quality(rows: Sequence[Row]) -> Chart | None:
    own = [Dot(str(row["set"]), _number(row["perplexity"]), _number(row["BERTScore F1"])) for row in rows]
    known = reference("continual_quality")
    papers = [
        Dot(str(one["data"]), _number(one["perplexity"]), _number(one["BERTScore F1"]), published=True)
        for one in map(known.row, known.column("data"))
    ]
    return _dots(own, papers, "perplexity", "BERTScore F1")


def _preferences(rows: Sequence[Row]) -> Chart | None:
    own = [(f"{row['pairs of']}, {row['reward model']}", _number(row["share"])) for row in rows]
    papers = _column(reference("continual_preference"), "share", 0.01)
    return _apart(own, [(f"iteration {name}", share) for name, share in papers.items()], "preferred", "share")


_FIGURES: Mapping[str, Callable[[Sequence[Row]], Chart | None]] = {
    "classes": _classes,
    "strategies": _strategies,
    "judges": _judges,
    "rejections": _rejections,
    "filters": _filters,
    "dimensions": _dimensions,
    "diversity": _diversity,
    "expansion": _expansion,
    "gpu_hours": _gpu_hours,
    "evaluations": _evaluations,
    "loop": _loop,
    "quality": _quality,
    "preferences": _preferences,
}
