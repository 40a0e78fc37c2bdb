"""Knowledge graph: which concepts do we cover, which could be combined?"""

from dataclasses import replace

import streamlit as st

from studio import navigation, workspace
from studio.parts.graph.build import build, catch_up, going, watch
from studio.parts.graph.centrality import centrality_table
from studio.parts.graph.ego_graph import ego_graph
from studio.parts.graph.html_export import takeaway
from studio.parts.graph.legend import CLUSTERS_ARE, cluster_words
from studio.parts.graph.merge import find_dialog
from studio.parts.graph.networks import clusters_or_wait, graphml_file, route, unwritable_names
from studio.parts.graph.panel import panel
from studio.parts.graph.path import goal_of, path_line, with_path
from studio.parts.graph.reads import COLOURINGS, TIES, around, facts, graph, named, selected, whole
from studio.parts.graph.tables import combinations_table, filter_report, stats_line
from studio.ui.blocks import empty, title_row

shared = workspace.workspace()
store = shared.store
running = going(shared)
seeds = store.seeds.count()
if st.session_state.pop(navigation.BUILD, False) and seeds and running is None:
    build(shared)
if st.session_state.pop("graph.seeds", False):
    navigation.go("seeds")

with title_row("Knowledge graph"):
    if store.points.count() and st.button("Find merges", icon=":material/merge:", key="graph.find"):
        find_dialog(shared.project, store, graph(store), facts(store))
    if seeds and running is None and store.points.count():
        st.button(
            "Rebuild from seeds", icon=":material/refresh:", key="graph.rebuild",
            on_click=lambda: st.session_state.update({navigation.BUILD: True}),
        )  # fmt: skip

if running is None and seeds and not store.points.count():
    catch_up(shared)
if running is not None:
    watch(shared, running)
if not store.points.count():
    if running is None and not seeds:
        empty(
            "Concepts and how they meet", "There are no seeds yet. Concepts are read from seeds.", "Import seeds",
            lambda: st.session_state.update({"graph.seeds": True}), key="graph.noseeds", icon=":material/input:",
        )  # fmt: skip
    elif running is None:
        empty(
            "Concepts and how they meet", "The seeds are there. Their concepts have not been read yet.",
            f"Build from {seeds:,} seeds", lambda: st.session_state.update({navigation.BUILD: True}),
            key="graph.nopoints", icon=":material/hub:",
        )  # fmt: skip
    st.stop()

now, known = graph(store), facts(store)
names = sorted(now.names, key=lambda name: -now.degree(name))
asked = st.query_params.get("point", "")
controls = st.container(horizontal=True, vertical_alignment="center")
point = controls.selectbox(
    "Point", names, index=names.index(asked) if asked in names else 0, key=f"graph.point.{asked}",
    label_visibility="collapsed", width=210,
)  # fmt: skip
view = controls.segmented_control(
    "View", ("Around", "Whole"), default="Around", label_visibility="collapsed", key="graph.view"
)
colouring = controls.segmented_control(
    "Colour", list(COLOURINGS), default="Coverage", label_visibility="collapsed", key="graph.colour"
)
ties = controls.pills(
    "Ties", list(TIES), default=list(TIES), selection_mode="multi", label_visibility="collapsed", key="graph.ties"
)
goal = goal_of(now, point)
found = route(store, now, point, goal) if goal else None
if goal:
    path_line(found, point, goal)

picture, side = st.columns([2.35, 1], gap="medium")
with picture:
    if view == "Whole":
        nodes, edges = whole(now, known)
        hidden = len(now) - len(nodes)
    else:
        nodes, edges, hidden = around(now, known, point)
    edges = [edge for edge in edges if edge.tie in {TIES[tie] for tie in ties}]
    if found:
        nodes, edges = with_path(nodes, edges, found, named(now, known, found.points, view))
    colour = COLOURINGS[colouring or "Coverage"]
    clusters = clusters_or_wait(store, now) if colour == "cluster" else None
    if not clusters:
        colour = "coverage" if colour == "cluster" else colour
    else:
        nodes = [replace(node, cluster=int(clusters.of[now.row(node.name)])) for node in nodes]
    thin = 30 if selected(known) else 1
    clicked = ego_graph(
        nodes, edges, key=f"graph.picture.{view}.{point}", chosen=point, colouring=colour, thin=thin,
        clusters=clusters.each if clusters else (),
    )  # fmt: skip
    poor = f"; orange ones have {'fewer than 30 kept problems' if selected(known) else 'no problem yet'}"
    st.caption(
        f"{len(nodes):,} of {len(now):,} points. Solid: they share seeds, as wide as they share many. "
        "Dashed: one point lies between. Gold: two neighbours that meet, a community with the point. "
        f"{'Thick: the path. ' if found else ''}Diamonds are core points{poor if colour == 'coverage' else ''}."
        f"{' ' + CLUSTERS_ARE if colour == 'cluster' else ''}"
    )
    with st.container(horizontal=True, vertical_alignment="center"):
        st.download_button(
            "Take this graph away", lambda: takeaway(nodes, edges, thin=thin), f"{point}.html", "text/html",
            icon=":material/download:", key="graph.take",
        )  # fmt: skip
        st.download_button(
            "Whole graph as GraphML", lambda: graphml_file(now, known), "knowledge-points.graphml",
            "application/graphml+xml", icon=":material/download:", key="graph.graphml",
            help="For Gephi, Cytoscape, yEd, igraph and networkx: points with area, degree, seeds and cluster.",
        )  # fmt: skip
        if lost := unwritable_names(store, now):
            st.caption(f"Names with characters that XML cannot hold, replaced there by �: {lost:,}.")
with side:
    if clicked and clicked != point and clicked in known:
        st.query_params["point"] = clicked
        st.rerun()
    place = clusters.of[now.row(point)] if clusters else None
    panel(shared, now, known, point, "" if place is None else cluster_words(place, clusters.each[place]))

stats_line(now)
combinations_table(store, now)
centrality_table(store, now)
filter_report(store)
