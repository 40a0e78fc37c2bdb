"""Human knowledge points of public problems as a graph."""

import gzip
import json
from pathlib import Path

import pytest

from engine.knowledge.graph import KnowledgeGraph
from engine.seeds.tal import is_ability

TRAIN = (
    Path(__file__).resolve().parents[2].parent
    / "shared/data/knowledge_points/tal_scq5k/ch_single_choice_train_3K.jsonl.gz"
)


def routes():
    """(row, route) pairs; numbers of questions repeat in the file, so a row is a problem."""
    if not TRAIN.exists():
        pytest.skip("../shared/data is not here: human knowledge points are not checked")
    for row, line in enumerate(gzip.decompress(TRAIN.read_bytes()).decode().splitlines()):
        for route in json.loads(line)["knowledge_point_routes"]:
            yield str(row), [step.strip() for step in route.split("->")]


@pytest.mark.real_data
def test_leaf_points_and_pairs():
    """GSDP-04, GSDP-12: 1,117 leaf points and 1,833 pairs that meet; 1,028 and 874 without the ability branches."""
    every = KnowledgeGraph.from_incidence((problem, route[-1]) for problem, route in routes())
    assert (len(every), every.count("one-hop")) == (1117, 1833)
    topics = KnowledgeGraph.from_incidence(
        (problem, route[-1]) for problem, route in routes() if not is_ability(route[1] if len(route) > 1 else None)
    )
    assert (len(topics), topics.count("one-hop")) == (1028, 874)
    assert sum(tally.count for tally in every.stats.counts) == sum(
        1 for tally in every.stats.counts for _ in every.combinations(tally.kind)
    )
