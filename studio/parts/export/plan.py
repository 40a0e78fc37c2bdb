"""What goes out and how: name, problems, form, file type, share held out, balance."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import streamlit as st

from engine.export import Only, mixture
from engine.export.balance import BALANCES
from engine.export.formats import FORMATS
from engine.export.formats.preference import WAYS as PAIR_WAYS
from engine.export.shards import CONTAINERS
from engine.knowledge.unions import BY_LOT, PARTS
from studio.parts.export.terms import export_hub, export_licenses, export_tiers
from studio.tasks.export_job import ExportWish
from studio.text.markdown import escape
from studio.ui.blocks import block_title

_WORDS = {
    "sft": "SFT conversations",
    "sft-pairs": "SFT prompt and completion",
    "preference": "Preference pairs",
    "pretrain": "Pre-training text",
    "rl": "RL prompts with answers",
    "raw": "Everything known",
}
_FILES = {"jsonl": "JSONL", "parquet": "Parquet", "csv": "CSV"}
_BALANCE = {"": "All rows", "concept": "Equal concepts", "difficulty": "Equal difficulty"}
_PAIRS = {"edits": "People's edits", "refined": "Mended samples", "solutions": "Right and wrong solutions"}
_USUAL = ("edits", "refined")
_OTHER = "other"
_STRATEGIES = {"own": "Each keep strategy, all that it keeps", "equal": "Each keep strategy, equal size"}


def export_plan(only: Only, sources: Sequence[str]) -> ExportWish:
    """Draw the fields and return what they say; the form of the rows is carried in the address.

    `sources` are the names of the seed sets.
    """
    block_title("The set", "as it will be written")
    name = st.text_input("Name", "problems", key="export.name", max_chars=80).strip()
    dataset, strategies = _problems()
    components = () if dataset or strategies else _components()
    form = _form()
    pairs = _pairs() if form == "preference" else _USUAL
    left, right = st.columns(2, gap="small")
    container = left.selectbox(
        "Files", list(CONTAINERS), format_func=lambda key: _FILES.get(key, key), key="export.files"
    )
    shard_rows = right.number_input(
        "Rows a file", 0, None, 0, 10_000, key="export.shard", help="0: a new file every 500 MB."
    )
    balance = st.selectbox(
        "Balance", ["", *BALANCES], format_func=lambda key: _BALANCE.get(key, key), key="export.balance",
        help="No class keeps more problems than the median class has.",
    )  # fmt: skip
    share = st.slider(
        "Held out for testing", 0, 50, 0, 5, format="%d %%", key="export.share",
        help="Variants of one family never stand on both sides.",
    )  # fmt: skip
    unanswered = st.toggle(
        "Solutions without an answer", key="export.unanswered",
        help="They are left out: a model that is trained on them learns to give no answer.",
    )  # fmt: skip
    tiers = export_tiers()
    license, licenses = export_licenses(sources)
    wish = ExportWish(
        name, "all" if strategies else "selected" if dataset else only, form, container, share / 100, license, balance,
        int(shard_rows), pairs, licenses, dataset, unanswered, components, strategies, tiers,
    )  # fmt: skip
    push, public = export_hub()
    return replace(wish, push=push, public=public)


def _problems() -> tuple[str, str]:
    """Return the size of a data set of seeds and the best problems, and that of a split for each keep strategy.

    Both '' for the problems that were chosen.
    """
    chosen = st.selectbox(
        "Problems", ["", *mixture.PUBLISHED, _OTHER, *_STRATEGIES], format_func=_size_word, key="export.dataset",
        help="The best by curated score, the rarest first among equals; or what each keep strategy of FLAMES keeps.",
    )  # fmt: skip
    if chosen in _STRATEGIES:
        st.caption("A split for each keep strategy, with the solution that it chose; of all that nobody rejected.")
        return "", chosen
    return _dataset(chosen), ""


def _dataset(chosen: str) -> str:
    """Draw the sizes of a data set of seeds and the best problems; return them as one word, '' for none."""
    if not chosen:
        return ""
    best, solutions = mixture.PUBLISHED.get(chosen, (500, 1))
    if chosen == _OTHER:
        left, right = st.columns(2, gap="small")
        best = int(left.number_input("Synthesised", 1, 999_999_999, best, 100, key="export.best"))
        solutions = int(right.number_input("Solutions each", 1, 64, solutions, key="export.solutions"))
    many = "one solution" if solutions == 1 else f"up to {solutions} solutions"
    st.caption(
        f"All seeds that were solved anew and the best {best:,} synthesised problems of those selected, {many} each."
    )
    return mixture.named(best, solutions)


def _components() -> tuple[str, ...]:
    """Return the parts of graph-based data that were picked, none for all problems."""
    picked = st.multiselect(
        "Parts of the graph", list(PARTS), key="export.parts", placeholder="All problems",
        help="Only problems from such combinations: the data sets of GSDP 3.7 and their unions, or those from random "
        "pairs to compare with. None: all problems.",
    )  # fmt: skip
    if BY_LOT in picked:
        rest = " The other parts do not count: the two are compared, never joined." if len(picked) > 1 else ""
        st.caption(f"Only problems from random pairs.{rest}")
        return (BY_LOT,)
    if picked:
        st.caption(f"Only problems from {' + '.join(picked)}. One-Base takes one problem of each pair.")
    return tuple(name for name in PARTS if name in picked)


def _size_word(key: str) -> str:
    if not key:
        return "As chosen above"
    if key in _STRATEGIES:
        return _STRATEGIES[key]
    return f"{key.upper()}: seeds and the best" if key != _OTHER else "Seeds and the best, another size"


def _pairs() -> tuple[str, ...]:
    st.caption("Pairs of")
    ticked = [way for way in PAIR_WAYS if st.checkbox(_PAIRS.get(way, way), way in _USUAL, key=f"export.pairs.{way}")]
    return tuple(ticked) or _USUAL


def _form() -> str:
    asked = st.query_params.get("format", "sft")
    formats = list(FORMATS)
    form = st.selectbox(
        "Format", formats, formats.index(asked) if asked in formats else 0,
        format_func=lambda key: _WORDS.get(key, key), key="export.format",
    )  # fmt: skip
    st.caption(escape(f"{FORMATS[form].purpose[0].upper()}{FORMATS[form].purpose[1:]}."))
    if form != asked:
        st.query_params["format"] = form
    return form
