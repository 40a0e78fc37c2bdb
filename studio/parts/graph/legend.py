"""Hues for the clusters of a picture, and the legend that names them.

There are more clusters than hues. Those with most points in the picture get one, the others share a grey; a cluster
keeps its hue from picture to picture where it can. The number in the legend is the second cue: the same stands in the
panel of a point and in the GraphML file.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from engine.knowledge.networks import PointCluster
from studio.theme import Tokens

_GREY = 5
"""Place of the grey among the hues of areas; here grey means a cluster without a hue."""
_LONGEST = 19
_NAMES = 2
"""Points and letters that fit into a line of the legend, two lines beside each other."""
CLUSTERS_ARE = (
    "Colours are clusters: points that meet one another more often than the rest (Louvain over shared seeds), named by "
    "their best connected points; a community, in the words of the method, is only three points that all meet."
)


@dataclass(frozen=True, slots=True)
class ClusterLegend:
    """The hue of each cluster that has one, and the lines of the legend with their hues."""

    hues: dict[int, str]
    lines: tuple[tuple[str, str], ...]


def cluster_legend(shown: Iterable[int], clusters: Sequence[PointCluster], now: Tokens) -> ClusterLegend:
    """Return the legend for the clusters that the points of a picture are in, one entry of `shown` per point."""
    palette = (*now.areas[:_GREY], *now.areas[_GREY + 1 :])
    counted = Counter(shown)
    chosen = sorted(sorted(counted, key=lambda place: (-counted[place], place))[: len(palette)])
    own = {place: palette[place] for place in chosen if place < len(palette)}
    free = iter([hue for hue in palette if hue not in own.values()])
    hues = {place: own[place] if place in own else next(free) for place in chosen}
    lines = [(_short(place, clusters[place]), hue) for place, hue in hues.items()]
    rest = [place for place in counted if place not in hues]
    if rest:
        lines.append((f"{len(rest):,} other cluster{'' if len(rest) == 1 else 's'}", now.dropped))
    return ClusterLegend(hues, tuple(lines))


def cluster_words(place: int, cluster: PointCluster) -> str:
    """Return a cluster's number, the points that name it, and its size."""
    return f"{place + 1} · {', '.join(cluster.top)} ({cluster.size:,})"


def _short(place: int, cluster: PointCluster) -> str:
    names = [name if len(name) <= _LONGEST else name[: _LONGEST - 1] + "…" for name in cluster.top[:_NAMES]]
    return f"{place + 1} · {', '.join(names)} ({cluster.size:,})"
