"""Figures of the report: a trace per series, names as they are, a document that asks nobody."""

from __future__ import annotations

import csv
import json
import re

import plotly.graph_objects as go
import pytest
from jinja2 import UndefinedError

from engine.core.errors import UserError
from engine.reporting import comparisons
from engine.reporting.published import tables
from engine.reporting.report import CHAPTERS, Report
from engine.reporting.shapes import (
    Bars,
    Cloud,
    Clouds,
    Curve,
    Dot,
    Dots,
    Flow,
    Heat,
    Panels,
    PublishedBand,
    Section,
    Series,
    Spread,
    missing,
    table,
)
from studio.report import files
from studio.report.document import _environment, document, numeric, shown
from studio.report.figures import drawn
from studio.theme import DARK, LIGHT

HOSTILE = '<img src=x onerror=alert(1)></script>"&'
EDGES = (0.0, 0.5, 1.0)
SERIES = (Series("gsdp", (1.0, 3.0)), Series("flames", (2.0, 0.0)))
CURVES = (Series("gsdp", (0.25, 1.0)), Series("flames", (1.0, 1.0)))
CLOUDS = Clouds((Cloud("seeds", (0.0, 1.0), (1.0, 0.0)), Cloud("gsdp", (0.5,), (0.5,))))
CHARTS = {
    "bars": (Bars(("one-hop", "two-hop"), SERIES), 2),
    "share diagram": (Bars(("one-hop", "two-hop"), SERIES, stacked=True, unit="share"), 2),
    "radar as bars": (Bars(("LF", "LC"), SERIES, unit="score"), 2),
    "curve": (Curve((0.0, 1.0), SERIES, "round", mark=4.5), 2),
    "similarity": (Spread(EDGES, SERIES, CURVES, "cosine"), 4),
    "matrix": (Heat(("0", "1"), ("0", "1"), ((0.9, 0.1), (0.2, 0.8)), "true", "reported"), 1),
    "overlay": (Clouds((Cloud("seeds", (0.0, 1.0), (1.0, 0.0)), Cloud("gsdp", (0.5,), (0.5,)))), 2),
    "maps": (Panels((("PCA", CLOUDS), ("t-SNE", CLOUDS))), 4),
    "dots": (Dots((Dot("gsdp", 2.0, 9.0), Dot("GSDP", 255.0, 1.2, published=True)), "ratio", "cost", log=True), 2),
    "classes": (Flow(("samples", "pairs", "left out"), ((0, 1, 3), (0, 2, 1))), 1),
}


@pytest.mark.parametrize("colours", [LIGHT, DARK], ids=["light", "dark"])
@pytest.mark.parametrize("name", CHARTS)
def test_gsdp48_cl44_every_shape_has_its_traces(name, colours):
    """GSDP-48, CL-44: bars, histogram with curve, heat-map, overlay, class flow: traces of the expected length."""
    chart, traces = CHARTS[name]
    made = drawn(chart, colours)
    assert isinstance(made, go.Figure)
    assert len(made.data) == traces


def test_gsdp48_similarity_has_a_bar_per_bin_and_a_curve_that_ends_at_one():
    """GSDP-34, GSDP-48: histogram and cumulative curve of each data set."""
    made = drawn(CHARTS["similarity"][0], LIGHT)
    histogram, cumulative = made.data[0], made.data[1]
    assert len(histogram.x) == len(EDGES) - 1
    assert list(cumulative.x) == [0.5, 1.0]
    assert cumulative.y[-1] == 1.0
    assert cumulative.yaxis == "y2"


def test_gsdp48_comparison_has_a_point_per_published_data_set():
    """GSDP-45, GSDP-48: ratio against cost, with the accuracy of what learnt from a set in its name."""
    made = drawn(comparisons.expansion_and_cost(missing("expansion", "", "run")), LIGHT)
    assert len(made.data) == 7
    own = next(trace for trace in made.data if trace.name.startswith("GSDP"))
    assert (own.x[0], own.y[0]) == (255, 1.23)
    assert "37.7" in own.text[0]


def test_gsdp45_what_papers_report_is_drawn_apart():
    """GSDP-45: hatched bars, open diamonds, shaded bands, each named as published."""
    mixed = (Series("here", (1.0, float("nan"))), Series("p", (2.0, 3.0), published=True))
    bars = drawn(Bars(("a", "b"), mixed), LIGHT)
    assert bars.data[0].marker.pattern.shape is None
    assert bars.data[0].y == (1.0, None)
    assert bars.data[1].marker.pattern.shape == "/"
    assert bars.data[0].marker.color != bars.data[1].marker.color
    dots = drawn(CHARTS["dots"][0], LIGHT)
    assert [trace.marker.symbol for trace in dots.data] == ["circle", "diamond-open"]
    assert dots.data[1].name == "GSDP, published"
    banded = drawn(Spread(EDGES, SERIES, CURVES, "cosine", (PublishedBand("GSDP", 0.55, 0.65),)), LIGHT)
    assert (banded.layout.shapes[0].x0, banded.layout.shapes[0].x1) == (0.55, 0.65)
    assert banded.layout.annotations[0].text == "GSDP, published"


def test_cl44_flow_says_the_counts():
    """CL-44: every step of the diagram says how many it holds."""
    made = drawn(CHARTS["classes"][0], LIGHT)
    assert list(made.data[0].node.label) == ["samples 4", "pairs 3", "left out 1"]
    assert list(made.data[0].link.value) == [3, 1]


def test_long_names_lie_down_and_short_ones_stand():
    assert drawn(Bars(("a rather long name",), (Series("n", (1.0,)),)), LIGHT).data[0].orientation == "h"
    assert drawn(Bars(("short",), (Series("n", (1.0,)),)), LIGHT).data[0].orientation == "v"


def test_an_unknown_shape_is_refused():
    with pytest.raises(TypeError, match="no figure for str"):
        drawn("bars", LIGHT)


def report() -> Report:
    known = {"funnel": Section("funnel", HOSTILE, HOSTILE, table(("run", "items"), [(HOSTILE, 3), (None, 0.00012)]),
                               Bars((HOSTILE,), (Series(HOSTILE, (3.0,)),)), (HOSTILE,))}  # fmt: skip
    names = [name for chapter in CHAPTERS.values() for name in chapter]
    sections = tuple(known.get(name) or missing(name, name, f"run `lemma {HOSTILE}`.") for name in names)
    return Report(HOSTILE, 1, 0.0, sections, tables())


def test_hostile_text_is_text():
    """No name of a run, a model or a project becomes markup, in the page or in a figure."""
    text = document(report())
    body = text[text.index("</head>") :]
    assert "<img" not in body
    assert HOSTILE not in body
    assert "&lt;img src=x" in body
    assert "<img" not in drawn(report().section("funnel").chart, LIGHT).data[0].name


def test_templates_never_read_what_they_are_given():
    """A name in the template's own language, or with a script in it, is shown as it was written."""
    hostile = "{{ 7*7 }} {% raw %} <script>alert(1)</script>"
    shown_as = "{{ 7*7 }} {% raw %} &lt;script&gt;alert(1)&lt;/script&gt;"
    section = Section(
        "funnel", hostile, hostile, table((hostile, "items"), [(hostile, 3)]),
        Bars((hostile,), (Series(hostile, (3.0,)),)), (hostile,),
    )  # fmt: skip
    names = [name for chapter in CHAPTERS.values() for name in chapter]
    rest = [missing(name, name, f"run `lemma {hostile}`.") for name in names if name != "funnel"]
    text = document(Report(hostile, 1, 0.0, (section, *rest), tables()))
    assert f"<title>{shown_as}: report</title>" in text
    assert f"<h1>{shown_as}</h1>" in text
    assert f"<code>lemma {shown_as}</code>" in text
    assert text.count(shown_as) >= 2 + 5 + len(rest)
    assert "<script>alert" not in text
    assert "49" not in re.findall(r"<h1>(.*?)</h1>", text)[0]


def test_a_template_that_asks_for_what_is_not_there_fails():
    with pytest.raises(UndefinedError):
        _environment().from_string("{{ nothing }}").render()


def test_published_figures_keep_their_digits():
    """Beside a section stands what a paper printed: 69.7 and 0.000123, not 69.700."""
    text = document(report())
    beside = text[text.index('id="equal_sizes"') : text.index("</main>")]
    assert '<td class="number">69.7</td>' in beside
    assert '<td class="number">0.000123</td>' in beside
    assert "69.700" not in beside


def test_a_missing_number_stands_in_its_column():
    assert numeric([("a", None, 1.5), (None, None, None)]) == (False, False, True)


def test_the_document_stands_alone():
    """plotly.js is inside, once; nothing is loaded from elsewhere."""
    text = document(report())
    assert text.count("plotly.js v") == 1
    assert not re.search(r"<(script|link|img|iframe)[^>]*(src|href)=[\"']?(https?:)?//", text)
    assert text.count("published, not ours") >= len(tables())


def test_files_hold_what_the_report_says(tmp_path):
    paths = files.write(report(), tmp_path / "out", tmp_path)
    assert paths[0] == tmp_path / "out" / "report.html"
    assert all(path.is_file() for path in paths)
    assert not list(tmp_path.rglob("*.part"))
    with (tmp_path / "out" / "tables" / "funnel.csv").open(encoding="utf-8") as lines:
        assert list(csv.reader(lines)) == [["run", "items"], [HOSTILE, "3"], ["", "0.00012"]]
    told = json.loads((tmp_path / "out" / "tables" / "funnel.json").read_text())
    assert told["rows"][0] == {"run": HOSTILE, "items": 3}
    figure = json.loads((tmp_path / "out" / "figures" / "funnel.json").read_text())
    assert len(figure["data"]) == 1
    reference = json.loads((tmp_path / "out" / "published" / "gsdp_main.json").read_text())
    assert reference["label"] == "published, not ours"
    assert len(reference["rows"]) == 24


def test_a_folder_that_is_a_file_is_named(tmp_path):
    (tmp_path / "out").write_text("mine")
    with pytest.raises(UserError, match="cannot be written"):
        files.write(report(), tmp_path / "out", tmp_path)
    assert (tmp_path / "out").read_text() == "mine"


@pytest.mark.parametrize(
    ("value", "text"), [(3, "3"), (1234567, "1,234,567"), (2.0, "2"), (0.45678, "0.457"), (0.000123, "0.000123")]
)
def test_numbers_are_shown_short(value, text):
    assert shown(value) == text
