"""What is trained on what: method, preset, base model, data, settings."""

from __future__ import annotations

from pathlib import Path

import streamlit as st
from pydantic import ValidationError

from engine.errors import LemmaError
from engine.project import Project
from engine.settings import explain
from engine.store import Store
from engine.training import presets
from engine.training_settings import Method, Training
from studio.latex import escape
from studio.widgets.settings_form import settings_form

FIELDS = ("epochs", "learning_rate", "batch_size", "max_length", "lora_rank", "device_batch")
MORE = tuple(
    name
    for name in Training.model_fields
    if name not in (*FIELDS, "method", "model", "data", "out", "override", "beta", "reference")
)
_FORMS: dict[Method, tuple[str, ...]] = {"sft": ("sft", "pretrain"), "dpo": ("preference",)}
_NAMES: dict[Method, str] = {"sft": "SFT", "dpo": "DPO"}


def train_plan(project: Project, store: Store) -> Training | None:
    """Draw the plan and return it; None while something is missing, which is said."""
    method: Method = st.segmented_control(
        "Method", list(_NAMES), default="sft", required=True, format_func=_NAMES.__getitem__, key="train.method",
        label_visibility="collapsed",
    )  # fmt: skip
    names = [name for name, preset in presets.PRESETS.items() if preset.values["method"] == method]
    preset = st.selectbox("Preset", names, names.index(f"tiny-{method}"), key=f"train.preset.{method}")
    chosen = presets.PRESETS[preset]
    st.caption(escape(f"{chosen.source}. {chosen.note}".strip()))
    model = _text("Base model", models(project), "Folder of a model, or its id on the hub", "train.model")
    data = _text("Data", _sets(store, method), "Folder of an export, or a file", f"train.data.{method}")
    out = st.text_input("Name of the outcome", f"{method}-{len(models(project)) + 1}", key=f"train.out.{method}")
    if not (model and data and out.strip()):
        st.caption("Choose a base model and data first.")
        return None
    try:
        folder = project.root.resolve() / "models" / Path(out.strip()).name
        start = presets.resolve(preset, model=model, data=data, out=str(folder))
    except LemmaError as error:
        st.error(escape(str(error)), icon=":material/error:")
        return None
    return _set(start, preset)


def _set(start: Training, preset: str) -> Training | None:
    """Draw the settings of a training, the common ones first."""
    extra = ("beta", "reference") if start.method == "dpo" else ()
    said = settings_form(Training, start, key=f"train.{preset}", only=(*FIELDS, *extra))
    if isinstance(said, Training):
        with st.expander("More settings", icon=":material/settings:"):
            said = settings_form(Training, said, key=f"train.{preset}.more", only=MORE)
    if isinstance(said, ValidationError):
        st.error(escape(str(explain(said, where="training"))), icon=":material/error:")
        return None
    return said


def _text(label: str, options: list[str], hint: str, key: str) -> str:
    found = st.selectbox(
        label, options, 0 if options else None, placeholder=hint, accept_new_options=True, key=key,
        format_func=lambda path: path if len(path) < 44 else f"…{path[-42:]}",
    )  # fmt: skip
    return str(found or "").strip()


def models(project: Project) -> list[str]:
    """Return the models that were trained in the project, newest first."""
    found = [path.parent for path in (project.root / "models").glob("*/config.json")]
    found += [path.parent for path in project.runs.glob("round-*/rounds/*/*/config.json")]
    return [str(path.resolve()) for path in sorted(found, key=lambda path: -path.stat().st_mtime)]


def _sets(store: Store, method: Method) -> list[str]:
    exports = [entry for entry in store.exports.list() if entry.format in _FORMS[method]]
    return list(dict.fromkeys(entry.directory for entry in exports))
