"""What is trained on what: method, preset, base model, data, settings; one stage or two."""

from __future__ import annotations

from pathlib import Path
from typing import Literal

import streamlit as st
from pydantic import ValidationError

from engine.core.errors import LemmaError
from engine.core.project import Project
from engine.core.settings import explain
from engine.core.settings.training import Method, Training
from engine.learning.training import presets
from engine.learning.training.program import TITLES
from engine.store import Store
from studio.text.markdown import escape
from studio.ui.model_choice import model_choice, models, shortened
from studio.ui.settings_form import settings_form

FIELDS = ("epochs", "learning_rate", "batch_size", "max_length", "lora_rank", "device_batch")
MORE = tuple(
    name
    for name in Training.model_fields
    if name not in (*FIELDS, "method", "model", "data", "out", "override", "beta", "reference")
)
Wanted = Literal["sft", "dpo", "sft-dpo"]
_NAMES: dict[Wanted, str] = {"sft": "SFT", "dpo": "DPO", "sft-dpo": "SFT, then DPO"}
_STAGES: dict[Wanted, tuple[Method, ...]] = {"sft": ("sft",), "dpo": ("dpo",), "sft-dpo": ("sft", "dpo")}
_FORMS: dict[Method, tuple[str, ...]] = {"sft": ("sft", "pretrain"), "dpo": ("preference",)}
_DATA: dict[Method, str] = {"sft": "Data", "dpo": "Preference pairs"}


def train_plan(project: Project, store: Store) -> tuple[Training, ...]:
    """Draw the plan and return its stages; none while something is missing, which is said.

    The second of two stages names the base model too: that of the first is not there yet.
    """
    wanted: Wanted = st.segmented_control(
        "Method", list(_NAMES), default="sft", required=True, format_func=_NAMES.__getitem__, key="train.method",
        label_visibility="collapsed",
    )  # fmt: skip
    hint = "Folder of a model, or its id on the hub"
    model = model_choice(project, "Base model", hint, key="train.model", newest=True)
    name = st.text_input("Name of the outcome", f"{wanted}-{len(models(project)) + 1}", key=f"train.out.{wanted}")
    folder = project.root.resolve() / "models" / (Path(name.strip()).name or wanted)
    methods = _STAGES[wanted]
    cells = st.tabs([TITLES[method] for method in methods]) if len(methods) > 1 else [st.container()]
    found = []
    for cell, method in zip(cells, methods, strict=True):
        out = folder if method == methods[-1] else folder.with_name(f"{folder.name}-{method}")
        with cell:
            found.append(_stage(project, store, method, model, out))
    stages = tuple(one for one in found if one is not None)
    return stages if len(stages) == len(methods) else ()


def _stage(project: Project, store: Store, method: Method, model: str, out: Path) -> Training | None:
    """Draw one stage; None where something is missing."""
    names = [name for name, preset in presets.PRESETS.items() if preset.values["method"] == method]
    preset = st.selectbox("Preset", names, names.index(f"tiny-{method}"), key=f"train.preset.{method}")
    chosen = presets.PRESETS[preset]
    st.caption(escape(f"{chosen.source}. {chosen.note}".strip()))
    data = _data(project, _DATA[method], _sets(store, method), f"train.data.{method}")
    if not (model and data):
        st.caption(f"Choose a base model and {_DATA[method].lower()} first.")
        return None
    try:
        start = presets.resolve(preset, model=model, data=data, out=str(out))
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


def _data(project: Project, label: str, options: list[str], key: str) -> str:
    found = st.selectbox(
        label, options, 0 if options else None, placeholder="Folder of an export, or a file", accept_new_options=True,
        key=key, format_func=lambda path: shortened(path, project),
    )  # fmt: skip
    return str(found or "").strip()


def _sets(store: Store, method: Method) -> list[str]:
    exports = [entry for entry in store.exports.list() if entry.format in _FORMS[method]]
    return list(dict.fromkeys(entry.directory for entry in exports))
