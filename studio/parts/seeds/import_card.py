"""The import card of the seeds page: choose, see how each row would be read, and only then import."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pandas as pd
import streamlit as st

from engine import seeds
from engine.core.errors import LemmaError
from engine.seeds import splits
from engine.seeds.columns import FIELDS, Guess
from studio import workspace
from studio.parts.seeds.taxonomy_import import taxonomy_import
from studio.tasks import import_job
from studio.text.markdown import code, escape, plain
from studio.ui.blocks import block_title, failure

JOB, FILE, AS_TESTS = "seeds.import.job", "seeds.import.file", "seeds.import.tests"
ENCODING, _TOLD = "seeds.import.encoding", "as its bytes tell"
SURVEYED_BYTES = 30_000_000
"""Larger files are not counted row by row before the import."""
_LABELS = {
    "statement": "Statement",
    "solution": "Solution",
    "answer": "Final answer",
    "subject": "Concept or subject",
    "level": "Level",
    "language": "Language",
    "points": "Knowledge points",
}
_NONE = "–"
_ICONS = {
    "ready": ":green[:material/check_circle:]",
    "no answer": ":orange[:material/help:]",
    "needs a picture": ":orange[:material/image:]",
    "repeats another": ":gray[:material/content_copy:]",
    "refused": ":red[:material/error:]",
}
_SAID = {"no answer": "without an answer", "needs a picture": "need a picture", "repeats another": "repeat another row"}


def import_card() -> None:
    """Draw the card: source, mapping, preview with a verdict for each row, and the button that imports."""
    with st.container(border=True):
        left, right = st.columns([3, 2], vertical_alignment="center")
        with left:
            block_title("Import", "JSON lines, CSV, Parquet, .gz; GSM8K, MATH and TAL are known by their columns")
        source = right.container(horizontal=True, horizontal_alignment="right").segmented_control(
            "Source",
            ("File", "Hugging Face", "Paste", "Taxonomy"),
            default="File",
            label_visibility="collapsed",
            key="seeds.source",
        )
        if source == "Taxonomy":
            taxonomy_import()
            return
        try:
            path = {"File": _file, "Hugging Face": _hub, "Paste": _paste}[source or "File"]()
        except LemmaError as error:
            failure(error, key="seeds.upload")
            return
        if path:
            _read(path)


def import_progress() -> None:
    """Draw how the import in this tab is going, or how it went; a fragment polls while it runs."""
    job: import_job.ImportJob | None = st.session_state.get(JOB)
    if job is None:
        return
    if job.running:
        _poll()
        return
    if job.error:
        failure(job.error, key="seeds.import")
    elif job.report:
        _told(job.report, "test problems" if job.benchmark else "seeds")


@st.fragment(run_every="1s")
def _poll() -> None:
    job: import_job.ImportJob = st.session_state[JOB]
    if not job.running:
        st.rerun()
    st.progress(0.0, text=f"Importing {escape(job.path.name)}: {job.rows:,} rows so far")


def _told(report: seeds.Imported, what: str) -> None:
    """Say what came in; a set of test problems is whole or not there, so none of its rows is rejected."""
    where = f" The rejected rows are in {code(str(report.aside))}." if report.aside else ""
    why = ", ".join(f"{count:,} {reason}" for reason, count in report.reasons.items())
    text = f"{report.added:,} {what} added, {report.duplicates:,} were there already"
    text += f", {report.rejected:,} rejected" if what == "seeds" else ""
    st.success(escape(f"{text}{f' ({why})' if why else ''}.") + where, icon=":material/check_circle:")
    for line in report.told():
        st.caption(escape(line))


def _file() -> Path | None:
    given = st.file_uploader("File of seeds", key=FILE, label_visibility="collapsed")
    return import_job.keep_upload(workspace.workspace().project, given.name, given.getvalue()) if given else None


def _hub() -> Path | None:
    from engine.seeds import local_hub

    known = local_hub.available()
    if not known:
        st.caption("Data sets are read from the local Hugging Face cache, which is empty. Download one there first.")
        return None
    name = st.selectbox("Data set in the local cache", known, index=None, placeholder="Choose a data set")
    return local_hub.files(name)[0] if name else None


def _paste() -> Path | None:
    text = st.text_area("One problem a line, or JSON lines", key="seeds.paste", height=140)
    if not text.strip():
        return None
    if text.lstrip().startswith("{"):
        return import_job.keep_upload(workspace.workspace().project, "pasted.jsonl", text.encode())
    rows = pd.DataFrame({"problem": [line.strip() for line in text.splitlines() if line.strip()]})
    body = rows.to_json(orient="records", lines=True, force_ascii=False)
    return import_job.keep_upload(workspace.workspace().project, "pasted.jsonl", body.encode())


def _read(path: Path) -> None:
    encoding = _encoding(path)
    # Which split is taken hangs on what the rows are for.
    split = "test" if st.session_state.get(AS_TESTS) else "train"
    try:
        seen = seeds.preview(path, 30, encoding=encoding, split=split)
    except LemmaError as error:
        failure(error, key="seeds.preview")
        return
    left, right = st.columns([1, 2.15], gap="medium")
    with left:
        mapping = _mapping(seen)
    try:
        seen = seeds.preview(path, 30, mapping=mapping, encoding=encoding, split=split)
    except LemmaError as error:
        with right:
            failure(error, key="seeds.preview")
        return
    with right:
        if seen.encoding:
            st.caption(f"Read as {escape(seen.encoding)}.")
        _rows(seen)
        importable = _counted(path, mapping, encoding, split, seen)
        _buttons(path, mapping, encoding, importable)


def _encoding(path: Path) -> str:
    """Draw the choice of an encoding where the bytes are no UTF-8; return the one that was chosen, else ''."""
    told = seeds.encoding_doubt(path)
    if told is None:
        return ""
    shown = st.selectbox(
        "Written in",
        (_TOLD, *seeds.ENCODINGS),
        key=ENCODING,
        help="What the file's text is written in, where its bytes do not tell.",
        accept_new_options=True,
    )
    return "" if shown in (None, _TOLD) else str(shown)


def _mapping(seen: seeds.FilePreview) -> dict[str, str]:
    """Draw a select box per field; known data sets need none."""
    if not seen.guesses:
        st.markdown(f"Read as **{escape(seen.shape)}**.")
        st.caption("The columns of this data set are known; there is nothing to map.")
        return {}
    chosen = {guess.field: _column(guess, seen.columns) for guess in seen.guesses if guess.field in FIELDS}
    return {field: column for field, column in chosen.items() if column is not None}


def _column(guess: Guess, columns: tuple[str, ...]) -> str | None:
    joined = (guess.column,) if guess.column and guess.column not in columns else ()
    options = (_NONE, *joined, *columns)
    label, box = st.columns([1, 1.2], vertical_alignment="center")
    label.markdown(escape(_LABELS.get(guess.field, guess.field.capitalize())))
    picked = box.selectbox(
        escape(_LABELS.get(guess.field, guess.field)),
        options,
        index=options.index(guess.column) if guess.column else 0,
        label_visibility="collapsed",
        key=f"seeds.map.{guess.field}",
    )
    if picked == (guess.column or _NONE):
        return None
    return "" if picked == _NONE else picked


def _rows(seen: seeds.FilePreview) -> None:
    table = pd.DataFrame(
        {
            "": [row.verdict for row in seen.rows],
            "Statement": [plain(row.seed.statement)[:200] if row.seed else row.note for row in seen.rows],
            "Answer": [plain(row.seed.answer or "") if row.seed else "" for row in seen.rows],
            "Subject": [(row.seed.subject or "") if row.seed else "" for row in seen.rows],
            "Level": [(row.seed.level or "") if row.seed else "" for row in seen.rows],
        }
    )
    sizes = {"": 96, "Statement": 230, "Answer": 64, "Subject": 84, "Level": 64}
    widths = {name: st.column_config.Column(width=size) for name, size in sizes.items()}
    st.dataframe(table, hide_index=True, height=250, column_config=widths)


@st.cache_data(show_spinner="Counting rows", max_entries=8)
def _survey(
    path: str, stamp: float, mapping: tuple[tuple[str, str], ...], encoding: str, split: str
) -> seeds.Survey:  # fmt: skip
    return seeds.survey(path, mapping=dict(mapping), encoding=encoding, split=split)


def _counted(
    path: Path, mapping: dict[str, str], encoding: str, split: str, seen: seeds.FilePreview
) -> int | None:  # fmt: skip
    """Say how many rows get each verdict; None where the file is too large to count first."""
    unused = seen.unused
    if path.stat().st_size > SURVEYED_BYTES:
        st.caption(f"{path.stat().st_size / 1e6:,.0f} MB: rows are counted while they are imported.")
        if unused:
            st.caption(f":orange[:material/warning:] In the first rows, {escape(seeds.lost(unused))}")
        _left_out(seen.left_out)
        return None
    found = _survey(str(path), path.stat().st_mtime, tuple(mapping.items()), encoding, split)
    parts = [
        f"{_ICONS[name]} {count:,} {escape(_SAID.get(name, name))}" for name, count in found.verdicts.items() if count
    ]
    st.markdown(" · ".join(parts))
    for note, count in found.notes.items():
        st.caption(escape(f"{count:,} × {note}"))
    if found.unused:
        st.caption(f":orange[:material/warning:] {escape(seeds.lost(found.unused))}")
    _left_out(found.left_out)
    return found.importable


def _left_out(rows: Mapping[str, int]) -> None:
    for line in splits.told(rows):
        st.caption(f":orange[:material/warning:] {escape(line)}")


def _buttons(path: Path, mapping: dict[str, str], encoding: str, importable: int | None) -> None:
    as_tests = st.toggle(
        "These are test problems", key=AS_TESTS, help="Kept apart; a generated problem that copies one is dropped."
    )
    label = f"Import {importable:,}" if importable is not None else "Import"
    st.button(
        label, type="primary", icon=":material/input:", key="seeds.import.go", disabled=importable == 0,
        on_click=_start, args=(path, mapping, path.name.split(".")[0] if as_tests else "", encoding),
    )  # fmt: skip


def _start(path: Path, mapping: dict[str, str], benchmark: str, encoding: str) -> None:
    shared = workspace.workspace()
    job = import_job.ImportJob(shared.project, shared.store, path, mapping, benchmark, encoding)
    st.session_state[JOB] = job.start()
