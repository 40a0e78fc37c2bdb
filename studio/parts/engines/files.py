"""A model file to serve: those that lie on this machine, what is in the chosen one, and what serving it takes."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from pathlib import Path
from types import MappingProxyType

import streamlit as st
from pydantic import ValidationError

from engine.core.errors import BadInput, LemmaError
from engine.core.project import EngineSpec
from engine.core.settings import explain
from engine.models import gguf, serving
from studio.parts.engines.typed_again import typed_again
from studio.text.markdown import escape
from studio.ui.blocks import alarm, faults_drawn
from studio.ui.settings_form import settings_form

Keep = Callable[[str, EngineSpec | None], None]
_OFTEN = ("max_num_seqs", "max_model_len", "threads", "gpu_layers", "chat_template")
_SELDOM = ("port", "python", "usd_per_hour", "extra_args")
FIELDS = (*_OFTEN, *_SELDOM)
"""Settings that a server of a model file has."""
LABELS: Mapping[str, str] = MappingProxyType({"max_num_seqs": "Slots", "max_model_len": "Context of each slot"})
"""What people call two settings of a model file, which vLLM calls otherwise."""
_TABLE, _PATH = "engines.files", "engines.path"


def new_file(named: Mapping[str, EngineSpec], keep: Keep) -> None:
    """Draw the choice of a model file and the form of the engine that serves it."""
    chosen = _chosen()
    if chosen is None:
        return
    try:
        file = gguf.servable(chosen)
    except BadInput as error:
        st.error(escape(str(error)), icon=":material/error:")
        return
    st.caption(escape(" · ".join(file.facts)))
    name = st.text_input("Name", _free_name(file.header.path, named), max_chars=40, key=f"engines.file.name.{chosen}")
    key, spec = f"engines.file.{chosen}", gguf.engine_of(file, {})
    said = settings_form(EngineSpec, spec, key=key, columns=2, only=_OFTEN, labels=LABELS)
    with st.expander("More", icon=":material/tune:"):
        start = spec if isinstance(said, ValidationError) else said
        more = settings_form(EngineSpec, start, key=key, columns=2, only=_SELDOM)
    said = said if isinstance(said, ValidationError) else more
    if isinstance(said, ValidationError):
        st.error(escape(str(explain(said, where=name or "engine"))), icon=":material/error:")
        return
    _fitness(name, said)
    sure = typed_again(None, said, key=key)
    if st.button("Save", type="primary", icon=":material/save:", key="engines.file.save", disabled=not sure):
        if not name.strip() or ":" in name or name.strip() in named:
            st.error("Give it a name of its own, without a colon.", icon=":material/error:")
            return
        with faults_drawn("engine"):
            serving.refuse_elsewhere(name.strip(), said)
            keep(name.strip(), said)
            st.rerun()


def _chosen() -> str | None:
    """Draw what lies on this machine and a line for any other path; return what was chosen."""
    found = _found()
    picked: list[int] = []
    if found:
        event = st.dataframe(
            [_row(one) for one in found], hide_index=True, key=_TABLE, on_select="rerun",
            selection_mode="single-row", height=min(260, 38 + 35 * len(found)),
            column_config={"Model": st.column_config.TextColumn(width=300)},
        )  # fmt: skip
        picked = list(event["selection"]["rows"])
    else:
        st.caption("No model files are in the folders of Ollama, LM Studio, the Hugging Face cache or llama.cpp.")
    path = st.text_input("Path of a file", key=_PATH, placeholder="/models/model.Q4_K_M.gguf").strip()
    if path:
        return path
    return str(found[picked[0]].path) if picked and picked[0] < len(found) else None


def _row(one: gguf.FoundModel) -> dict[str, object]:
    header = one.file.header if one.file else None
    return {
        "Model": one.name,
        "Parameters": gguf.counted(header.parameters) if header else "",
        "Quantisation": header.quantization if header else "cannot be served",
        "Size": f"{one.size / 1e6:,.0f} MB",
        "Context": f"{header.context:,}" if header else "",
        "From": one.owner,
    }


@st.cache_data(ttl=20, show_spinner="Looking for model files")
def _found() -> tuple[gguf.FoundModel, ...]:
    # Those that can be served come first; what is wrong with another one is said when it is chosen.
    return tuple(sorted(gguf.found(), key=lambda one: one.file is None))


def _free_name(path: Path, named: Mapping[str, EngineSpec]) -> str:
    """Return a short name that no engine has."""
    base = re.sub(r"[^a-z0-9]+", "-", path.stem.lower()).strip("-")[:30] or "local"
    return base if base not in named else next(f"{base}-{n}" for n in range(2, 1000) if f"{base}-{n}" not in named)


def _fitness(name: str, spec: EngineSpec) -> None:
    """Say what serving takes, and what would be in its way."""
    try:
        st.caption(escape(f"Takes {serving.estimate(spec).sentence}."))
        serving.check(name or "new", spec)
    except LemmaError as error:
        alarm(escape(str(error)))
