"""Seeds: what do we start from, and is it clean?"""

import pandas as pd
import streamlit as st

from studio import navigation, workspace
from studio.parts.seeds.contamination import contamination_table
from studio.parts.seeds.import_card import JOB, import_card, import_progress
from studio.parts.seeds.scores import scores_row, subject_bars
from studio.text.markdown import plain
from studio.ui.blocks import block_title, title_row

PAGE = 200
store = workspace.store()
count = store.seeds.count()

with title_row("Seeds"):
    opened = st.toggle("Import seeds", value=not count, key="seeds.open")
    if count and st.button("Build knowledge graph", icon=":material/hub:", type="primary", key="seeds.build"):
        navigation.go("graph", build="1")

import_progress()
if opened:
    import_card()

if not count:
    if JOB not in st.session_state:
        st.caption("There are no seeds yet. Choose a file above; nothing is stored before you press Import.")
    st.stop()

sources = store.seeds.sources()
rated = scores_row(store)
left, *middle, right = st.columns([1, 1.55] if rated else [1, 1, 1], gap="medium")
with left:
    block_title("Where they come from", f"{count:,} seeds")
    table = {
        "Source": [s.name for s in sources],
        "Seeds": [s.seeds for s in sources],
        "Solved": [s.with_solution for s in sources],
    }
    st.dataframe(pd.DataFrame(table), hide_index=True, height=min(280, 36 * len(sources) + 40))
for column in middle:
    with column:
        block_title("Where they fall", "seeds per subject")
        subject_bars([s for s in store.seeds.subjects() if s.name])
with right:
    contamination_table(store)

block_title("Seeds", "as they will be used")
search, source = st.columns([2, 1])
text = search.text_input("Search", placeholder="Search statements", label_visibility="collapsed", key="seeds.search")
picked = source.selectbox(
    "Source", [None, *[s.name for s in sources]], format_func=lambda name: name or "All sources",
    label_visibility="collapsed", key="seeds.pick",
)  # fmt: skip
matching = store.seeds.page(text, picked, limit=1).total
pages = max(1, -(-matching // PAGE))
number = st.pagination(pages, key="seeds.page") if pages > 1 else 1
rows = store.seeds.page(text, picked, offset=(number - 1) * PAGE, limit=PAGE).rows
shown = {
    "Statement": [plain(row.statement)[:300] for row in rows],
    "Answer": [plain(row.answer or "") for row in rows],
    "Subject": [row.subject or "" for row in rows],
    "Level": [row.level or "" for row in rows],
    "Source": [row.source for row in rows],
}
st.dataframe(pd.DataFrame(shown), hide_index=True, height=420, placeholder="–")
