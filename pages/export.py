"""Export: is the set safe to train on, and what exactly will be written?"""

import streamlit as st

from studio import navigation, session, workspace
from studio.parts.export.checks import export_checks
from studio.parts.export.list import export_list
from studio.parts.export.plan import export_plan
from studio.parts.export.preview import export_preview
from studio.parts.export.reads import revision, sizes
from studio.tasks.export_draft_job import ExportDraftJob, drafting
from studio.tasks.export_job import ExportJob
from studio.text.markdown import code, escape
from studio.ui.blocks import empty, failure, title_row

SHIPMENT, GO = "export.shipment", "export.go"
LABELS = {"approved": "Approved", "selected": "Selected"}

place = workspace.workspace()
at = revision(place.store)
counts = sizes(place.store, at)


@st.fragment(run_every="1s")
def watch(shipment: ExportJob) -> None:
    """Show how far an export is; draw the page anew when it has ended."""
    if not shipment.running:
        st.rerun()
    share = min(1.0, shipment.rows / max(1, shipment.total))
    st.progress(
        share,
        text=f"{escape(shipment.wish.name)}, {escape(shipment.doing)}: {shipment.rows:,} of {shipment.total:,} rows",
    )


@st.fragment(run_every="1s")
def follow(drafted: ExportDraftJob, total: int) -> None:
    """Show how far the look at the set is; draw the page anew when it has ended."""
    if not drafted.running:
        st.rerun()
    st.progress(
        min(1.0, drafted.rows / max(1, total)), text=f"{escape(drafted.doing.capitalize())}: {drafted.rows:,} rows"
    )


head = title_row("Export")
if not any(counts.values()):
    written = place.store.home.funnel().written
    if written:
        empty(
            "The set that a model learns from", f"{written:,} problems are written, none is selected or approved yet.",
            "Set the limits", lambda: st.session_state.update({GO: "tune"}), key="export", icon=":material/tune:",
        )  # fmt: skip
    else:
        empty(
            "The set that a model learns from", "There are no problems yet, so there is nothing to export.",
            "Write problems", lambda: st.session_state.update({GO: "generate"}), key="export",
            icon=":material/auto_awesome:",
        )  # fmt: skip
    if target := st.session_state.pop(GO, ""):
        navigation.go(target)
    st.stop()

asked = st.query_params.get("only", "approved" if counts["approved"] else "selected")
with head:
    only = st.segmented_control(
        "Which problems", list(LABELS), default=asked if asked in LABELS else "selected", required=True,
        format_func=lambda key: f"{LABELS[key]} · {counts[key]:,}", label_visibility="collapsed", key="export.only",
    )  # fmt: skip
    ship = st.empty()
if only != asked:
    st.query_params["only"] = only

shipment: ExportJob | None = st.session_state.get(SHIPMENT)
if shipment and shipment.running:
    watch(shipment)
elif shipment and shipment.error:
    failure(shipment.error, key="export.failed")
if shipment and shipment.done:
    done = shipment.done.exported
    st.success(
        f"{done.rows:,} rows of **{escape(shipment.wish.name)}** are in {code(shipment.done.entry.directory)}.",
        icon=":material/check_circle:",
    )  # fmt: skip
    if shipment.address:
        st.success(f"On the hub: {escape(shipment.address)}", icon=":material/cloud_done:")

checks, plan, preview = st.columns([1, 1, 1.9], gap="medium")
with plan:
    wish = export_plan(only, [source.name for source in place.store.seeds.sources()])
    if wish.fault:
        st.error(escape(wish.fault), icon=":material/error:")
look = drafting(place.store, wish, at) if not wish.drafted.fault else None
total = counts.get(wish.only) or counts["selected"]
if look:
    look.wait(1.5)
with checks:
    if look and look.found is not None:
        export_checks(look.found)
with preview:
    if look and look.running:
        follow(look, total)
    elif look and look.error:
        failure(look.error, key="export.draft")
    elif look and look.draft:
        export_preview(look.draft, wish.command(place.project))

rows = look.draft.exported.rows if look and look.draft else 0
ready = rows and not wish.fault and not (shipment and shipment.running)
if ship.button(f"Export {rows:,}", icon=":material/upload:", type="primary", disabled=not ready, key="export.ship"):
    st.session_state[SHIPMENT] = ExportJob(place.project, place.store, wish, session.curator(), total).start()
    st.session_state[SHIPMENT].wait(1.0)
    st.rerun()

if entries := place.store.exports.list():
    export_list(entries)
