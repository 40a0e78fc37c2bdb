"""Home: where do we stand, and what needs me now?"""

import streamlit as st

from studio import navigation, workspace
from studio.parts.home.figures import changes, funnel, pace
from studio.parts.home.needs import needs, running
from studio.parts.home.precision import precision_line
from studio.parts.home.rounds import rounds
from studio.ui.blocks import title_row

shared = workspace.workspace()
store = shared.store
figures = store.home.funnel()
with title_row(shared.project.root.name):
    if figures.seeds and st.button("Generate", icon=":material/auto_awesome:", type="primary", key="home.generate"):
        navigation.go("generate")

if not figures.seeds:
    first, second, third = st.columns(3, gap="medium")
    with first, st.container(border=True, height=210):
        st.markdown("**Import seeds**")
        st.markdown(":gray[Trusted problems to start from: GSM8K, MATH, TAL, JSON lines, CSV or Parquet.]")
        if st.button("Import seeds", icon=":material/input:", type="primary", key="home.import"):
            navigation.go("seeds")
    with second, st.container(border=True, height=210):
        st.markdown("**Look at the demo**")
        st.markdown(":gray[Our own seeds, a graph, and a first run on the embedded engine. In a shell:]")
        st.code("lemma init data/workspace/demo --demo", language="bash", wrap_lines=True)
    with third, st.container(border=True, height=210):
        st.markdown("**How it works**")
        st.markdown(
            ":gray[Seeds give concepts, concepts a graph, the graph combinations. Models write and solve problems, "
            "judges score them. You set the limits, review, and export what a model should learn from.]"
        )
    st.stop()

left, right = st.columns([2.1, 1], gap="medium")
with left:
    funnel(figures)
    precision_line(store)
    pace(store)
    rounds(store)
with right:
    needs(shared)
    running(shared)
    changes(store)
