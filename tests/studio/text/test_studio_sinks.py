"""No text of a stranger reaches Markdown, a figure or HTML without the function for it; the source is searched."""

from __future__ import annotations

import ast
import json
import re
from functools import cache

import plotly.graph_objects as go
import pytest

from studio.report.document import _TEMPLATES
from studio.text import katex_grammar
from studio.text.figures import shown_as_text
from studio.text.markdown import escape, unlinked
from tests.support import sinks
from tests.support.sink_check import SinkCheck
from tests.support.sources import House, Source
from tests.support.tame import Tamer

ALLOWED = {
    ("engine/verification/checks/counterexample.py", "dict.fromkeys(_in_order(read) if read else ())"):
        "the checker's grammar reads letters with an index only",
    ("studio/navigation.py", "st.Page"): "a type",
    ("studio/navigation.py", "stop.title"): "one of the road's own",
    ("studio/parts/generate/forecast.py", "said(band.low)"): "one of two functions that write numbers",
    ("studio/parts/generate/forecast.py", "said(band.high)"): "one of two functions that write numbers",
    ("studio/parts/generate/recipe.py", "recipe.title"): "the second of a pair, escaped where it is drawn",
    ("studio/parts/generate/settings.py", "section.model_fields"): "names of settings",
    ("studio/parts/graph/panel.py", "store.points.members(point)"): "another loop's names; the figures' are literals",
    ("studio/parts/home/needs.py", "need.icon"): "one of the house's icons",
    **{
        ("studio/parts/review/history.py", text): "the second of a pair, escaped by the ladder; icons are the first"
        for text in (
            "problem.weight", "problem.kind", "line.seed_id", "problem.agent", "problem.run_id", "problem.model",
            "solution.model", "line.exports",
        )
    },
    **{
        ("studio/parts/rounds/compare.py", text): "numbers beside M1 and M2"
        for text in ("change.first", "change.second", "change.words")
    },
    **{
        ("studio/ui/settings_form.py", text): "sentences of the settings classes, written as Markdown"
        for text in ("field.json_schema_extra", "field.description", "field.default")
    },
}  # fmt: skip
"""Expressions that may stand as they are, and why."""
HOMES = {"plotly_chart": "studio/charts.py", "echarts_chart": "studio/charts.py", "json": "studio/parts/train/live.py"}
"""Calls that are made in one place, where what they draw is made text."""
PLANTED = {
    "an f-string": 'st.badge(f"by {one.model}")',
    "a name": "name = run.title\nst.caption(name)",
    "a container's button": 'left, right = st.columns(2)\nright.button(engine["name"], key="a")',
    "help": 'st.button("Go", help=why(run))',
    "a toast": "for note in job.notes:\n    st.toast(note)",
    "a progress text": 'st.progress(0.5, text=f"{job.name}: {job.rows:,}")',
    "a metric": 'st.metric("Model", run.model)',
    "tabs": "st.tabs([one.name for one in names])",
    "options": 'st.segmented_control("Policy", policies)',
    "a lambda": 'st.radio("Version", versions, format_func=lambda one: one.title)',
    "a function of ours": "def told(n):\n    return rows[n].judge\nst.pills('Judge', range(3), format_func=told)",
    "captions": 'st.radio("Version", ["a"], captions=[one.by for one in versions])',
    "a helper": "def line(text):\n    st.markdown(text)\nline(row.statement)",
    "a helper's helper":
        "def low(text):\n    st.caption(text)\ndef high(*, name):\n    low(f'a: {name}')\nhigh(name=run.id)",
    "half escaped": "st.caption(escape(one.name) + one.source)",
    "cut after it was escaped": "st.caption(escape(one.name)[:80])",
    "joined": "st.caption(' · '.join(sources))",
    "appended": "lines = []\nfor one in seeds:\n    lines.append(one.source)\nst.caption(' '.join(lines))",
    "either": "st.caption('none' if not names else names[0])",
    "a column's help": 'st.column_config.TextColumn("Name", help=policy.about)',
    "a sink as a value": "draw = st.caption\ndraw(one.name)",
    "a caption of a file": "st.image(b'', caption=path.name)",
    "plain is no escape": "st.caption(plain(one.statement))",
    "no format of numbers": 'st.caption(f"{one.name:>20} {one.name!r}")',
    "HTML": 'st.markdown(f"**{escape(one.name)}**", unsafe_allow_html=True)',
    "a link column": 'st.column_config.LinkColumn("Source")',
    "keywords": "more = {'help': one.name}\nst.button('Go', **more)",
    "a handed-on helper": "def line(text):\n    st.caption(text)\nst.button('Go', on_click=line, args=(one.name,))",
}  # fmt: skip
HARMLESS = {
    "numbers": 'st.caption(f"{one.rows:,} of {one.share:.0%} in {one.at:%H:%M}")',
    "escaped": "name = escape(run.title)\nst.button(name, help=rich(run.about))",
    "a helper that escapes": "def line(text):\n    st.markdown(escape(text))\nline(row.statement)",
    "a helper given literals": "def line(text):\n    st.markdown(text)\nline('Nothing yet')",
    "few words":
        "def line(state: Literal['on', 'off']):\n    st.badge(state)\nline(one.state)",
    "a table": "LOOK = {'a': ('green', 'Good')}\nst.badge(LOOK[one.state][1], color=LOOK[one.state][0])",
    "counted": "st.caption(f'{len(rows)} rows')",
    "plain options": 'st.selectbox("Policy", policies, format_func=lambda one: one.name)',
    "labels of options":
        "labels = [escape(one.title) for one in versions]\nst.radio('V', range(3), format_func=lambda n: labels[n])",
    "typed fields": "class One:\n    rows: int\nst.caption(f'{one.rows} rows')",
    "code": "st.code(one.text)\nst.dataframe({'Name': [one.name]})",
}  # fmt: skip
_HEAD = "import streamlit as st\nfrom studio.text.markdown import escape, plain, rich\n"
_PLAIN = "def plain(text: str) -> str:\n    return ' '.join(text.split())\n"
HOSTILE = (
    "[click](https://evil.example)", "https://evil.example", "www.evil.example", "mailto:a@evil.example",
    "a@evil.example",
    "<img src=x onerror=alert(1)>", ":red-badge[x]", ":material/home:", ":smile:", "![x](https://evil.example/a.png)",
    "$\\href{https://evil.example}{x}$", "<https://evil.example>", "[x]: https://evil.example", "&lt;b&gt;",
    "\u202eevil",
    "a\n\n# b", "`x`", "**x**", "| a |\n|---|", "HTTPS://evil.example", "ftp://x.y", "\\[x](https://evil.example)",
)  # fmt: skip


@cache
def standing() -> SinkCheck:
    """The check over the house as it stands; made once."""
    made = SinkCheck(Tamer(House.standing("engine", "studio", "pages"), ALLOWED))
    made.run()
    return made


def findings(text: str) -> list[str]:
    """Return what the check says of a page with this text."""
    sources = [Source.read(_HEAD + text, "pages/planted.py"), Source.read(_PLAIN, "studio/text/markdown.py")]
    return [str(one) for one in SinkCheck(Tamer(House(sources))).run()]


def test_no_text_reaches_a_sink_as_it_is():
    assert "\n".join(map(str, sorted(standing().found))) == ""


def test_the_check_sees_the_pages():
    """A check that finds no sinks finds no faults either."""
    seen = {name for _, _, name in standing().sinks()}
    assert {"markdown", "caption", "button", "badge", "toast", "radio", "progress", "metric", "TextColumn"} <= seen
    drawing = {source.path for source, _, _ in standing().sinks()}
    assert sum(path.startswith("pages/") for path in drawing) >= 11
    assert len(list(standing().sinks())) > 600


def test_no_exception_outlives_its_reason():
    standing()
    assert set(ALLOWED) == standing().tamer.used


@pytest.mark.parametrize("planted", PLANTED)
def test_a_planted_sink_is_found(planted):
    assert findings(PLANTED[planted])


@pytest.mark.parametrize("harmless", HARMLESS)
def test_what_is_tame_is_left_alone(harmless):
    assert findings(HARMLESS[harmless]) == []


def test_every_parameter_that_streamlit_calls_markdown_is_listed():
    """A new version that reads more parameters as Markdown must be looked at."""
    settings = {"wrap", "unsafe_allow_html", "anchors", "width", "bind", "menu_items", "pages"}
    for name, said in sinks.documented().items():
        assert said - settings <= set(sinks.markdown_parameters(name)) or name in sinks.FORBIDDEN, name


@pytest.mark.parametrize("call", HOMES)
def test_charts_are_drawn_in_one_place(call):
    found = {
        source.path
        for source in standing().house.modules.values()
        for node in (source.calls if source.path.startswith(("studio/", "pages/")) else ())
        if isinstance(node.func, ast.Attribute) and node.func.attr == call and ast.unparse(node.func.value) == "st"
    }
    assert found == {HOMES[call]}


def test_templates_of_figures_hold_no_names():
    """A template may hold tags, so a name in it must be escaped; a name beside it is escaped when it is drawn."""
    house = standing().house
    tamer = Tamer(
        house, {("studio/text/figures.py", "html.escape(text, quote=False)"): "the function for names in a figure"}
    )
    for source in house.modules.values():
        for call in source.calls if source.path.startswith(("studio/", "pages/")) else ():
            for each in call.keywords:
                if each.arg in ("hovertemplate", "texttemplate"):
                    loose = tamer.wild(each.value, source)
                    assert not loose, f"{source.path}:{call.lineno} {loose}"


def test_markup_is_made_in_one_place():
    made = {
        source.path
        for source in standing().house.modules.values()
        if source.path.startswith(("studio/", "pages/"))
        and any(full == "markupsafe.Markup" for full in source.imports.values())
    }
    assert made == {"studio/report/document.py"}
    for template in _TEMPLATES.glob("*.html"):
        assert not re.search(r"\|\s*safe\b|autoescape", template.read_text(encoding="utf-8")), template


def test_scripts_of_the_studio_write_text_and_no_markup():
    scripts = [path for path in _TEMPLATES.parents[1].rglob("*.js") if not path.name.endswith(".min.js")]
    assert {"desk.js", "line.js", "screen.js", "score_tracks.js"} <= {path.name for path in scripts}
    for path in scripts:
        assert not re.search(
            r"innerHTML|outerHTML|insertAdjacentHTML|document\.write", path.read_text(encoding="utf-8")
        ), path


@pytest.mark.parametrize("text", HOSTILE)
def test_names_of_a_figure_are_text(text):
    figure = go.Figure(go.Bar(x=[text, "b"], y=[1, 2], name=text, hovertemplate="%{x}<extra></extra>"))
    figure.add_annotation(text=text, x=text, y=1)
    figure.update_layout(title=text, xaxis={"ticktext": [text], "tickvals": [0]})
    drawn = shown_as_text(figure)
    said = json.dumps([drawn.data[0].to_plotly_json(), drawn.layout.to_plotly_json()], default=str)
    assert not re.search("<(?!extra|/extra)", said)
    assert drawn.data[0].hovertemplate == "%{x}<extra></extra>"
    assert list(drawn.data[0].y) == [1, 2]
    assert figure.data[0].name == text, "the figure of the caller stays as it is, so that it can be drawn again"


def test_an_address_in_a_card_is_no_link():
    card = "# Set\n\nFrom https://evil\\.example and www.evil.example\n\n```python\nload('https://here')\n```\n"
    shown = unlinked(card)
    assert "https://evil" not in shown
    assert "www.evil" not in shown
    assert "load('https://here')" in shown


@pytest.mark.parametrize(
    "command",
    [
        "href{https://evil.example}{x}",
        "url{https://evil.example}",
        "includegraphics{https://evil.example/a.png}",
        "htmlData{a=b}{x}",
    ],
)
def test_a_formula_leads_nowhere(command):
    assert not katex_grammar.draws(f"\\{command}", display=False)


def test_escaped_text_has_nothing_that_markdown_reads():
    for text in HOSTILE:
        shown = escape(text)
        assert not re.search(r"(?<!\\)[\[\]<>*_`$]", shown), shown
        assert not re.search(r"(?i)https?:(?:\\?/){2}|www\.|:[a-z_/]+:|@evil|\u202e", shown), shown
