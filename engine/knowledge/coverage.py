"""How evenly a set of problems covers a taxonomy: a row per topic, those without any problem included (FL-12)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from engine.knowledge.taxonomy import Stage, Taxonomy

BETWEEN = " > "
"""Stands between the names of a path, from the root to the topic."""


@dataclass(frozen=True, slots=True)
class TopicRow:
    """One topic and how many problems were written for it. `id` and `stage` are empty outside the taxonomy."""

    path: str
    problems: int
    share: float
    """Of all problems counted, 0 to 1."""
    id: str = ""
    stage: Stage | None = None


@dataclass(frozen=True, slots=True)
class Coverage:
    """Rows in the order of the tree; `elsewhere` holds paths that this taxonomy does not have, busiest first."""

    taxonomy: str
    """Version of the taxonomy."""
    rows: tuple[TopicRow, ...]
    elsewhere: tuple[TopicRow, ...]

    @property
    def covered(self) -> float:
        """Share of the topics that have a problem, 0 to 1; 0 for a taxonomy without topics."""
        return sum(row.problems > 0 for row in self.rows) / len(self.rows) if self.rows else 0.0

    @property
    def missing(self) -> tuple[str, ...]:
        """Paths of the topics that no problem was written for."""
        return tuple(row.path for row in self.rows if not row.problems)


def coverage(topic_paths: Iterable[str], taxonomy: Taxonomy) -> Coverage:
    """Count problems by topic; `topic_paths` has the path of every problem, which may go on below the topic.

    Paths are compared without case and without blanks around the names.
    """
    known = {_key(path): path for path in paths(taxonomy)}
    counts: Counter[str] = Counter()
    strange: Counter[str] = Counter()
    for path in topic_paths:
        home = known.get(_key(path))
        if home:
            counts[home] += 1
        else:
            strange[path.strip()] += 1
    total = counts.total() + strange.total()
    rows = tuple(
        TopicRow(path, counts[path], counts[path] / total if total else 0.0, topic.id, topic.stage)
        for path, topic in zip(paths(taxonomy), taxonomy.topics, strict=True)
    )
    elsewhere = sorted(strange.items(), key=lambda entry: (-entry[1], entry[0]))
    return Coverage(taxonomy.version, rows, tuple(TopicRow(path, count, count / total) for path, count in elsewhere))


def paths(taxonomy: Taxonomy) -> tuple[str, ...]:
    """Return the path of every topic, area name first, in the order of the tree."""
    areas = {area.id: area.name for area in taxonomy.areas}
    return tuple(BETWEEN.join((areas[topic.area], topic.name)) for topic in taxonomy.topics)


def _key(path: str) -> tuple[str, ...]:
    """Return area and topic; what a path names below the topic does not matter."""
    return tuple(name.strip().casefold() for name in path.split(BETWEEN.strip()))[:2]
