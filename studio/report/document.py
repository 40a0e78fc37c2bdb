"""The report as one HTML file: opens anywhere, asks nobody, shows no text as markup."""

from __future__ import annotations

import time
from html import escape

import plotly.io as pio
from plotly.offline import get_plotlyjs

from engine.reporting import CHAPTERS, Report
from engine.reporting.published import LABEL, ReferenceTable
from engine.reporting.shapes import Cell, Section
from engine.reporting.shapes import ReportTable as Rows
from studio.report.figures import comparison, drawn
from studio.theme import LIGHT

MOST_ROWS = 60
"""Rows of a table in the document; the CSV files have all."""
_CONFIG = {"displayModeBar": False, "scrollZoom": False, "responsive": True, "plotlyServerURL": ""}

_STYLE = f"""
:root {{ color-scheme: light; }}
body {{ margin: 0 auto; max-width: 1120px; padding: 32px 24px 64px; background: {LIGHT.paper}; color: {LIGHT.ink};
  font: 15px/1.5 "Source Sans 3", system-ui, sans-serif; }}
h1 {{ font-size: 28px; margin: 0; }}
h2 {{ font-size: 21px; margin: 40px 0 8px; padding-bottom: 6px; border-bottom: 1px solid {LIGHT.line}; }}
h3 {{ font-size: 16px; margin: 0; }}
section {{ margin: 20px 0 28px; padding: 16px 18px; border: 1px solid {LIGHT.line}; border-radius: 8px;
  background: #fff; break-inside: avoid; }}
p {{ margin: 4px 0 8px; }}
.mute {{ color: {LIGHT.mute}; }}
.badge {{ color: {LIGHT.warn}; border: 1px solid {LIGHT.line}; border-radius: 6px; padding: 1px 8px; font-size: 13px; }}
.wide {{ overflow-x: auto; }}
table {{ border-collapse: collapse; font-size: 13.5px; margin-top: 8px; }}
th, td {{ text-align: left; padding: 3px 14px 3px 0; border-bottom: 1px solid {LIGHT.line}; white-space: nowrap; }}
th {{ color: {LIGHT.mute}; font-weight: 500; }}
td.number {{ text-align: right; font-variant-numeric: tabular-nums; }}
summary {{ cursor: pointer; color: {LIGHT.mute}; }}
"""


def document(report: Report) -> str:
    """Return the whole file; plotly.js is inlined once."""
    made = time.strftime("%Y-%m-%d %H:%M", time.localtime(report.made_at))
    chapters = "".join(_chapter(report, title, names) for title, names in CHAPTERS.items())
    return (
        f'<!doctype html><html lang="en"><head><meta charset="utf-8"><title>{escape(report.project)}: report</title>'
        '<link rel="icon" href="data:,">'
        f"<style>{_STYLE}</style><script>{get_plotlyjs()}</script></head><body>"
        f'<h1>{escape(report.project)}</h1><p class="mute">Report of {escape(made)}.</p>'
        f"{chapters}<h2>What papers report</h2><p>{escape(LABEL.capitalize())}. For comparison only.</p>"
        f"{_compared(report)}{''.join(_reference(each) for each in report.published)}</body></html>"
    )


def _chapter(report: Report, title: str, names: tuple[str, ...]) -> str:
    return f"<h2>{escape(title)}</h2>" + "".join(_section(report.section(name)) for name in names)


def _section(section: Section) -> str:
    if section.todo:
        return f'<section><h3>{escape(section.title)}</h3><p class="mute">{_with_code(section.todo)}</p></section>'
    notes = "".join(f'<p class="mute">{escape(note)}</p>' for note in section.notes)
    chart = _plot(section) if section.chart is not None else ""
    rows = _table(section.table) if section.table else ""
    return f"<section><h3>{escape(section.title)}</h3><p>{escape(section.finding)}</p>{chart}{notes}{rows}</section>"


def _with_code(text: str) -> str:
    """Return a sentence that puts commands between backticks as HTML."""
    parts = (escape(part) for part in text.split("`"))
    return "".join(f"<code>{part}</code>" if place % 2 else part for place, part in enumerate(parts))


def _plot(section: Section) -> str:
    made = drawn(section.chart, LIGHT)
    return str(
        pio.to_html(made, config=_CONFIG, include_plotlyjs=False, full_html=False, div_id=f"plot-{section.name}")
    )


def _compared(report: Report) -> str:
    known = {each.name: each for each in report.published}
    made = comparison(known["gsdp_data_sets"], known["gsdp_main"], LIGHT)
    plot = pio.to_html(made, config=_CONFIG, include_plotlyjs=False, full_html=False, div_id="plot-published")
    return f"<section><h3>Expansion and cost {_badge()}</h3>{plot}</section>"


def _reference(each: ReferenceTable) -> str:
    rows = _table(Rows(each.columns, each.rows), folded=False)
    source = f'<p class="mute">{escape(each.source)}</p>'
    return f"<section><h3>{escape(each.title)} {_badge()}</h3>{source}{rows}</section>"


def _badge() -> str:
    return f'<span class="badge">{escape(LABEL)}</span>'


def _table(rows: Rows, *, folded: bool = True) -> str:
    if not rows.rows:
        return ""
    head = "".join(f"<th>{escape(column)}</th>" for column in rows.columns)
    body = "".join(f"<tr>{''.join(map(_cell, row))}</tr>" for row in rows.rows[:MOST_ROWS])
    whole = f'<div class="wide"><table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table></div>'
    if not folded:
        return whole
    more = len(rows.rows) - MOST_ROWS
    rest = f" (the first {MOST_ROWS}; all are in the CSV file)" if more > 0 else ""
    return f"<details><summary>{len(rows.rows):,} rows{rest}</summary>{whole}</details>"


def _cell(value: Cell) -> str:
    if isinstance(value, str) or value is None:
        return f"<td>{escape(value) if value else '–'}</td>"
    return f'<td class="number">{escape(shown(value))}</td>'


def shown(value: float) -> str:
    """Return a number as a reader wants it: thousands apart, three decimals at most, small ones in full."""
    if isinstance(value, int) or float(value).is_integer():
        return f"{int(value):,}"
    return f"{value:,.3f}" if abs(value) >= 0.01 else f"{value:.3g}"
