"""Report: what came of it, how good and how new is it, and what did it cost?"""

import time

import streamlit as st

from engine.reporting import CHAPTERS
from studio import navigation, workspace
from studio.parts.report.view import PUBLISHED, chapter, published, waiting
from studio.tasks.report_job import counting
from studio.ui.blocks import alarm, empty, failure, title_row

shared = workspace.workspace()
if not shared.store.problems.count():
    title_row("Report")
    if st.session_state.pop("report.go", False):
        navigation.go("generate")
    empty(
        "Yields, judges, novelty and cost",
        "Nothing has been written yet. After a run this page counts what came of it, beside what the papers report.",
        "Plan a run",
        lambda: st.session_state.update({"report.go": True}),
        key="report.empty",
        icon=":material/auto_awesome:",
    )
    st.stop()

count = counting(str(shared.project.root.resolve()))
if count.report is None and count.error is None:
    count.start(shared)
with title_row("Report"):
    radius = st.number_input(
        "Radius", min_value=0.0, max_value=2.0, value=None, step=0.05, placeholder="Radius: knee", key="report.radius",
        label_visibility="collapsed", width=150,
        help="Distance up to which two problems count as one idea; empty takes the knee of the distance curve.",
    )  # fmt: skip
    if st.button("Count again", icon=":material/refresh:", key="report.again", disabled=count.running):
        count.start(shared, radius)
    if count.report is not None:
        st.download_button(
            "Download", count.document, file_name=f"{shared.project.root.name}-report.html", mime="text/html",
            icon=":material/download:", type="primary", key="report.download", on_click="ignore",
        )  # fmt: skip

if count.running:
    waiting(count)
if count.error is not None:
    failure(count.error, key="report")
if count.report is None:
    st.stop()

made = count.report
row = st.columns([2, 1.2], vertical_alignment="center")
view = row[0].segmented_control(
    "Chapter", [*CHAPTERS, PUBLISHED], default=next(iter(CHAPTERS)), key="report.chapter",
    label_visibility="collapsed", required=True,
)  # fmt: skip
with row[1]:
    at = time.strftime("%H:%M", time.localtime(made.made_at))
    st.caption(f"counted at {at} · as files: `lemma report`")
if made.revision != shared.store.revision and not count.running:
    alarm("The project has changed since. Count again.")
if view == PUBLISHED:
    published(made)
else:
    chapter(made, view)
