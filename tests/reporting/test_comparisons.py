"""Own figures beside published ones: one figure, never one series."""

from __future__ import annotations

import math

import pytest

from engine.core import project
from engine.reporting import comparisons, measured, preferences
from engine.reporting.published import table as published
from engine.reporting.shapes import Bars, Curve, Dots, Section, table

DIMENSIONS = ("LF", "LC", "CC", "AC", "AA", "KR", "DA", "TA")
SECTIONS = {
    "classes": (("class", "share"), [("fine-tuning", 0.6), ("preference", 0.3), ("discarded", 0.1)]),
    "strategies": (("recipe", "strategy", "share"), [("flames", "strict", 0.5), ("flames", "first", 1.0)]),
    "judges": (
        ("judges", "about", "retention", "precision"), [("a + b", "problem", 0.4, 0.9), ("a", "problem", 0.7, None)],
    ),
    "rejections": (("by", "level", "share"), [("solvability judge", "easy", 0.2), ("policy", "easy", 0.9)]),
    "filters": (("filter", "kept by judges"), [("embeddings alone", None), ("dual", 0.4)]),
    "dimensions": (("recipe", *DIMENSIONS, "mean"), [("continual", *[9.0] * 8, 9.0)]),
    "diversity": (("recipe", "sampled", "clusters"), [("gsdp", 40, 3)]),
    "expansion": (("recipe", "per seed", "dollars each"), [("gsdp", 2.0, 0.001), ("continual", None, 0.002)]),
    "gpu_hours": (("part", "GPU-hours"), [("synthesis", 3.0), ("evaluation", 1.0), ("synthesis", 4.0)]),
    "evaluations": (("model", "benchmark", "pass@1"), [("M1", "gsm8k", 50.0), ("M1", "own", 10.0)]),
    "loop": (("round", "before", "after"), [("M1", 40.0, 45.0), ("M2", 45.0, None)]),
    "preferences": (("pairs of", "reward model", "share"), [("mended", "rm", 0.75)]),
    "quality": (("set", "perplexity", "BERTScore F1"), [("people", 4.0, 70.0), ("ours", None, 69.0)]),
}  # fmt: skip


def compared(name):
    columns, rows = SECTIONS[name]
    return comparisons.beside(Section(name, name, table=table(columns, rows)))


@pytest.mark.parametrize("name", SECTIONS)
def test_gsdp45_own_and_published_stand_in_one_figure_and_in_no_series_together(name):
    """GSDP-45: every figure has both, each marked for what it is."""
    chart = compared(name)
    if isinstance(chart, Dots):
        assert {dot.published for dot in chart.dots} == {True, False}
        return
    assert isinstance(chart, Bars | Curve)
    places = len(chart.names) if isinstance(chart, Bars) else len(chart.x)
    for series in chart.series:
        assert len(series.values) == places
        assert any(not math.isnan(value) for value in series.values)
    assert {series.published for series in chart.series} == {True, False}
    assert all(series.published == ("published" in series.name) for series in chart.series)


def test_every_figure_that_can_be_made_is_tried_here():
    assert SECTIONS.keys() == comparisons._FIGURES.keys()


def values(name, published):
    series = next(one for one in compared(name).series if one.published == published)
    names = compared(name).names
    return {key: value for key, value in zip(names, series.values, strict=True) if not math.isnan(value)}


def test_cl35_shares_of_gpu_hours_beside_those_of_the_paper():
    """CL-35: 81 % of 17.2 hours were synthesis."""
    assert values("gpu_hours", False) == {"synthesis": 7 / 8, "evaluation": 1 / 8}
    known = values("gpu_hours", True)
    assert round(known["synthesis"], 2) == 0.81
    assert sum(known.values()) == pytest.approx(1)
    assert "evaluation" not in known


def test_figures_show_the_numbers_of_their_tables():
    assert values("classes", True) == pytest.approx({"fine-tuning": 0.547, "preference": 0.266, "discarded": 0.187})
    assert values("strategies", True) == pytest.approx(
        {"strict": 0.3, "majority": 0.6, "first": 1, "majority_first": 1}
    )
    assert values("filters", True) == pytest.approx({"embeddings alone": 0.26, "dual": 0.45})
    assert values("rejections", True)["MATH500 (published)"] == pytest.approx(0.302)
    assert values("rejections", False) == {"easy": 0.2}
    assert values("preferences", False) == {"mended, rm": 0.75}
    assert values("preferences", True) == {"iteration 1 (published)": 0.86, "iteration 2 (published)": 0.84}
    assert list(values("diversity", True).values()) == [339, 271, 488, 541]
    loop = compared("loop")
    assert loop.series[0].values[:2] == (40.0, 45.0)
    assert loop.series[1].values == published("continual_rounds").column("average")
    chart = compared("dimensions")
    assert chart.names == DIMENSIONS
    assert chart.series[-1].values == published("continual_dimensions").rows[2][1:9]
    assert {dot.name: (dot.x, dot.y) for dot in compared("quality").dots if dot.published} == {
        "people": (3.21, 66.11), "iteration 1": (3.01, 66.22), "iteration 2": (2.37, 65.42)
    }  # fmt: skip


def test_gsdp48_own_runs_stand_among_the_published_data_sets():
    """GSDP-48: by expansion and hundredths of a cent per item; a run without seeds or a price is left out."""
    own = [dot for dot in compared("expansion").dots if not dot.published]
    assert [(dot.name, dot.x, round(dot.y, 6)) for dot in own] == [("gsdp", 2.0, 10.0)]
    known = {dot.name: (dot.x, dot.y) for dot in compared("expansion").dots if dot.published}
    assert known["GSDP, MATH 37.7"] == (255, 1.23)
    assert len(known) == 7


def test_a_section_without_own_rows_gets_no_figure():
    blank = Section("filters", "", table=table(("filter", "kept by judges"), [("dual", None)]))
    assert comparisons.beside(blank) is None
    assert comparisons.beside(Section("funnel", "", table=table(("a",), [(1,)]))) is None
    assert comparisons.beside(Section("filters", "", todo="nothing yet")) is None
    plain = comparisons.expansion_and_cost(Section("expansion", "", todo="nothing yet"))
    assert all(dot.published for dot in plain.dots)


def test_cl31_what_was_measured_last_is_in_the_report(tmp_path):
    """CL-31: table 6 by the figures that were kept; a file that is none says so."""
    home = project.create(tmp_path / "p")
    assert "--keep" in measured.quality(home).todo
    one = {"name": "people", "samples": 5, "perplexity": 3.5, "bertscore": None, "length": 80.0}
    measured.keep(home, {"sets": [one | {"perplexity": 9.0}]})
    measured.keep(home, {"sets": [one]})
    section = measured.quality(home)
    assert section.table.rows == (("people", 5, 3.5, None, 80.0),)
    assert section.finding == "people: perplexity 3.50."
    (home.root / measured.FOLDER / "9999999999.json").write_text("[]")
    assert "cannot be read" in measured.quality(home).todo


def test_cl44_preference_win_share_is_told_with_how_it_is_counted(tmp_path):
    """CL-44: the last word of each set and reward model, counted from the pairs; absent where nothing was scored."""
    home = project.create(tmp_path / "p")
    measured.keep(home, {"sets": [], "wins": None})
    assert "--pairs FILE --reward FOLDER --keep" in preferences.preferences(home).todo
    wins = {"pairs": 4, "wins": 1, "ties": 2, "low": 0.1, "high": 0.6, "share": 0.9, "of": "mended", "reward": "rm"}
    measured.keep(home, {"sets": [], "wins": wins})
    measured.keep(home, {"sets": [], "wins": wins | {"wins": 3, "ties": 1}})
    measured.keep(home, {"sets": [], "wins": wins | {"of": "edits", "pairs": 0}})
    (home.root / measured.FOLDER / "9999999999.json").write_text("[]")
    section = preferences.preferences(home)
    assert section.table.rows == (("mended", "rm", 4, 3, 1, 0.75, 0.1, 0.6),)
    assert section.finding == "mended: 75% of 4 pairs won."
    assert "strictly more than the first one; equal rewards are no win" in section.notes[0]
    assert "9999999999.json cannot be read" in section.notes[1]
    assert {one.published for one in comparisons.beside(section).series} == {True, False}
