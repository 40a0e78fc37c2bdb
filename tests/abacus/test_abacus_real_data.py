"""Extraction on seeds that people wrote; runs where the data lies beside the repository."""

import gzip
import json
from itertools import islice
from pathlib import Path

import pytest

from engine.abacus.lexicon import lexicon
from engine.core.reply_parsing import numbered

DATA = Path(__file__).resolve().parents[2].parent / "shared" / "data"
FILES = {"gsm8k": DATA / "gsm8k" / "train.jsonl.gz", "math": DATA / "math" / "derived" / "math_train.jsonl.gz"}

pytestmark = [
    pytest.mark.real_data,
    pytest.mark.skipif(not all(path.exists() for path in FILES.values()), reason=f"needs {DATA} with GSM8K and MATH"),
]


def seeds(name: str, step: int) -> list[tuple[str, str]]:
    with gzip.open(FILES[name], "rt", encoding="utf-8") as lines:
        rows = [json.loads(line) for line in islice(lines, 0, None, step)]
    return [(row.get("question") or row["problem"], row["answer"] if name == "gsm8k" else "") for row in rows]


@pytest.mark.parametrize("name", FILES)
def test_nearly_every_seed_gives_points(ask, name):
    """GSDP-01, GSDP-02: at least 97 % of the seeds give a point, two or more on average."""
    counts = []
    for problem, solution in seeds(name, 8):
        (reply,) = ask("knowledge/extract", problem=problem, solution=solution, limit=10)
        found = json.loads(reply.aside)["points"]
        counts.append(len(found))
        if found and reply.text.startswith("1. "):
            assert 1 <= len(numbered(reply.text, 10)) <= 10
    assert sum(count > 0 for count in counts) / len(counts) >= 0.97
    assert 2 <= sum(counts) / len(counts) <= 6


def test_the_points_are_many():
    """GSDP-12: enough different points meet in enough ways for a graph with far pairs and triangles."""
    distinct, pairs = set(), set()
    for name in FILES:
        for problem, solution in seeds(name, 5):
            points = sorted(hit.entry.name for hit in lexicon().find(f"{problem}\n{solution}")[:6])
            distinct.update(points)
            pairs.update((one, other) for i, one in enumerate(points) for other in points[i + 1 :])
    assert len(distinct) >= 250
    assert len(pairs) >= 2_000
