"""The report on screen: chapters of cards, each with its finding, its chart and its rows."""

from __future__ import annotations

import pandas as pd
import streamlit as st

from engine.reporting import CHAPTERS, Report, comparisons
from engine.reporting.published import LABEL, ReferenceTable
from engine.reporting.shapes import ReportTable, Section
from studio.charts import draw
from studio.report.figures import drawn
from studio.tasks.report_job import ReportJob
from studio.text.markdown import code, escape
from studio.theme import tokens
from studio.ui.blocks import block_title

PUBLISHED = "Published"
METHODS = {"gsdp": "GSDP", "agenticmath": "AgenticMath", "flames": "FLAMES", "continual": "Continual learning"}


@st.fragment(run_every="1s")
def waiting(count: ReportJob) -> None:
    """Say how far the count is, and draw the page anew when it has ended."""
    if not count.running:
        st.rerun()
    st.progress(
        count.share, text=escape(f"Counting · {count.title or 'reading'} · {count.done} of {count.total or '…'}")
    )


def chapter(report: Report, name: str) -> None:
    """Draw the sections of a chapter in two columns; those without data come last."""
    sections = sorted((report.section(each) for each in CHAPTERS[name]), key=lambda section: bool(section.todo))
    columns = st.columns(2, gap="medium")
    for place, section in enumerate(sections):
        with columns[place % 2], st.container(border=True):
            _card(section, report.beside(section.name))


def _card(section: Section, beside: tuple[ReferenceTable, ...]) -> None:
    block_title(section.title)
    if section.todo:
        st.markdown(_with_code(section.todo))
        return
    st.markdown(escape(section.finding))
    compared = comparisons.beside(section)
    if section.chart is not None and not (compared is not None and section.name in comparisons.WHOLE):
        draw(drawn(section.chart, tokens()), key=f"report.{section.name}", alt=section.finding)
    if compared is not None:
        block_title("Beside the papers", LABEL)
        draw(
            drawn(compared, tokens()),
            key=f"report.{section.name}.compared",
            alt=f"{section.finding} Drawn beside what papers report.",
        )
    for note in section.notes:
        st.caption(_with_code(note))
    if section.table is not None and section.table.rows:
        with st.expander(f"{len(section.table.rows):,} rows"):
            _rows(section.table, f"report.rows.{section.name}")
    for each in beside:
        with st.expander(f"{escape(each.title)} :gray[· {LABEL}]"):
            _figures(each, f"report.beside.{section.name}.{each.name}")


def _with_code(text: str) -> str:
    """Return Markdown of a sentence that puts commands between backticks."""
    return "".join(code(part) if place % 2 else escape(part) for place, part in enumerate(text.split("`")))


def _rows(table: ReportTable, key: str) -> None:
    frame = pd.DataFrame(list(table.rows), columns=list(table.columns))
    numbers = {
        column: st.column_config.NumberColumn(format="%.3f")
        for column in table.columns
        if frame[column].dtype.kind == "f" and (frame[column].dropna() % 1 != 0).any()
    }
    st.dataframe(frame, hide_index=True, key=key, column_config=numbers, placeholder="–")


def published(report: Report) -> None:
    """Draw the tables of the papers, method by method, each with its label and source."""
    st.caption(f"{escape(LABEL.capitalize())}. For comparison only: nothing here was measured in this project.")
    shown = st.segmented_control(
        "Method", list(METHODS), default="gsdp", format_func=METHODS.__getitem__, key="report.method",
        label_visibility="collapsed", required=True,
    )  # fmt: skip
    columns = st.columns(2, gap="medium")
    with columns[0]:
        if shown == "gsdp":
            with st.container(border=True):
                block_title("Expansion and cost", LABEL)
                made = comparisons.expansion_and_cost(report.section("expansion"))
                alt = "Of the published sets GSDP has most problems per seed at the lowest cost per item."
                draw(drawn(made, tokens()), key="report.comparison", alt=alt)
    mine = [each for each in report.published if each.method == shown]
    for place, each in enumerate(mine):
        with columns[(place + (shown == "gsdp")) % 2], st.container(border=True):
            _reference(each)


def _reference(each: ReferenceTable) -> None:
    block_title(each.title, LABEL)
    _figures(each, f"report.published.{each.name}")


def _figures(each: ReferenceTable, key: str) -> None:
    frame = pd.DataFrame(list(each.rows), columns=list(each.columns))
    # The shortest form that keeps every digit: prices have six, shares two.
    exact = {
        column: st.column_config.NumberColumn(format="%.6g")
        for column in each.columns
        if frame[column].dtype.kind == "f"
    }
    st.dataframe(frame, hide_index=True, key=key, column_config=exact, placeholder="–")
    st.caption(escape(f"{each.source}. {each.note}" if each.note else each.source))
