"""How new and how varied: nearness to seeds, number of ideas, the plane of both, and how raters err.

Vectors are made here, by the embedder that the project's runs chose.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pandas as pd

from engine.core.errors import BadInput
from engine.core.settings import Recipe
from engine.curation.ds2 import transition
from engine.curation.ratings import HIGHEST, rating_class
from engine.reporting import diversity, published, seed_similarity
from engine.reporting.shapes import (
    Bars,
    Cell,
    Cloud,
    Clouds,
    Curve,
    Heat,
    Panels,
    PublishedBand,
    Section,
    Series,
    Spread,
    missing,
    table,
)
from engine.similarity import Embedder, map_projection
from engine.store import Store

MOST = 4_000
"""Texts on the plane by PCA, and ratings that tell how raters err."""
TSNE = 2_000
"""Texts on the plane by t-SNE, which takes some thousand times longer."""
CLASSES = HIGHEST + 1
_CURVE = 200


def nearness(store: Store) -> Section:
    """Return how close problems stay to their nearest seed, per recipe (GSDP-34)."""
    name, title = "similarity", "Nearness to seeds"
    found = store.figures.said(["seed_similarity"])
    found = found[found["value"].notna() & (found["recipe"] != "")]
    if found.empty:
        return missing(name, title, "run `lemma run gsdp` on a project with seeds.")
    made = {str(recipe): seed_similarity.distribution(mine["value"]) for recipe, mine in found.groupby("recipe")}
    edges = next(iter(made.values())).edges
    rows: list[tuple[Cell, ...]] = [
        (recipe, round(float(low), 4), round(float(high), 4), int(one.counts[place]), float(one.cumulative[place]))
        for recipe, one in made.items()
        for place, (low, high) in enumerate(zip(one.edges[:-1], one.edges[1:], strict=True))
    ]
    counts = tuple(Series(recipe, tuple(float(v) for v in one.counts)) for recipe, one in made.items())
    shares = tuple(Series(recipe, tuple(float(v) for v in one.cumulative)) for recipe, one in made.items())
    told = ", ".join(f"{recipe} {one.mean:.2f}{_most(one)}" for recipe, one in made.items())
    known = published.table("gsdp_similarity").rows
    bands = tuple(
        PublishedBand(str(name), float(low or 0), float(high or 0)) for name, low, high in known if low != high
    )
    rounded = tuple(round(float(edge), 4) for edge in edges)
    chart = Spread(rounded, counts, shares, "largest cosine to a seed", bands)
    columns = ("recipe", "from", "to", "problems", "share up to here")
    notes = (
        "Shaded: where the paper's sets lie, by another embedder (GSDP, appendix E.1); MetaMath and MathCoder lie "
        "around 1. Cosines compare with one embedder only.",
    )
    return Section(name, title, f"Mean largest cosine to a seed: {told}.", table(columns, rows), chart, notes)


def _most(found: seed_similarity.Distribution) -> str:
    """Say in which twentieth of the scale most problems lie, as the paper tells the bands of its sets."""
    return f" (densest from {found.mode[0]:.2f} to {found.mode[1]:.2f})" if found.mode else ""


def ideas(
    store: Store, recipe: Recipe, model: Embedder, radius: float | None = None, sample: int = diversity.SAMPLE
) -> Section:
    """Return the number of clusters in equal samples of each recipe, and their k-distance curves (GSDP-35, GSDP-36).

    `sample` is the size of the samples, where every recipe has as many problems.
    """
    name, title = "diversity", "Different ideas"
    found = store.figures.problems()
    found = found[found["recipe"] != ""]
    sizes = found["recipe"].value_counts()
    size = min(sample, int(sizes.min())) if len(sizes) else 0
    if size < diversity.MIN_SAMPLES:
        return missing(name, title, "run `lemma run gsdp`; a few dozen problems are needed.")
    made = {
        str(way): diversity.measure(_vectors(model, _some(mine, recipe.seed, size)), seed=recipe.seed, eps=radius)
        for way, mine in found.groupby("recipe")
    }
    rows: list[tuple[Cell, ...]] = [
        (way, int(sizes[way]), one.items, one.clusters, one.noise, one.eps, one.min_samples)
        for way, one in made.items()
    ]
    places = np.linspace(0, 1, min(_CURVE, size))
    curves = tuple(
        Series(way, tuple(np.interp(places, np.linspace(0, 1, len(one.curve)), one.curve).tolist()))
        for way, one in made.items()
    )
    told = ", ".join(f"{way} {one.clusters}" for way, one in made.items())
    chart = Curve(tuple(places.tolist()), curves, "share of problems, by distance to the 5th nearest")
    columns = ("recipe", "problems", "sampled", "clusters", "alone", "radius", "neighbours")
    rule = "The radius is the knee of each curve" if radius is None else f"The radius is {radius:g}"
    notes: tuple[str, ...] = (
        f"{rule}; equal samples have {size:,} problems each (the paper's {diversity.SAMPLE:,}), embedded with "
        f"{model.name}. Numbers of clusters compare at one size and with one embedder only.",
    )
    if max(one.clusters for one in made.values()) <= 1:
        notes += ("At this radius all is one idea; a smaller radius tells more.",)
    return Section(name, title, f"Clusters in samples of {size:,}: {told}.", table(columns, rows), chart, notes)


def overlay(store: Store, recipe: Recipe, model: Embedder) -> Section:
    """Return seeds and problems on one plane, by PCA and by t-SNE (CL-32, CL-44)."""
    name, title = "overlay", "Seeds and problems on one plane"
    seeds = store.seeds.arrow(limit=MOST // 4)["statement"].to_pylist()
    found = store.figures.problems()
    if found.empty or len(seeds) < 3:
        return missing(name, title, "add seeds and run `lemma run gsdp`.")
    shown = _some(found, recipe.seed, MOST)
    vectors = np.concatenate([model.embed(seeds), _vectors(model, shown)])
    labels = np.array(["seeds"] * len(seeds) + [str(way) or "imported" for way in shown["recipe"]], dtype=object)
    plane = _plane(vectors, labels, "pca", recipe.seed)
    drawn = np.sort(np.random.default_rng(recipe.seed).permutation(len(vectors))[:TSNE])
    views = [("PCA", plane)]
    if len(drawn) >= map_projection.LEAST:
        views.append(("t-SNE", _plane(vectors[drawn], labels[drawn], "tsne", recipe.seed)))
    rows = [
        (one.name, len(one.x), float(np.mean(one.x)), float(np.mean(one.y)), float(np.std(one.x) + np.std(one.y)))
        for one in plane.clouds
    ]
    finding = f"{len(shown):,} of {len(found):,} problems and {len(seeds):,} of {store.seeds.count():,} seeds."
    notes = (
        f"PCA shows the two strongest directions of all {len(vectors):,} texts; t-SNE keeps neighbours together, of "
        f"{len(drawn):,} of them. Embedded with {model.name}. The rows are those of PCA.",
    )
    columns = ("set", "points", "centre x", "centre y", "spread")
    return Section(name, title, finding, table(columns, rows), Panels(tuple(views)), notes)


def _plane(vectors: npt.NDArray[np.float32], labels: npt.NDArray[np.object_], method: str, seed: int) -> Clouds:
    """Return the sets on a plane, seeds first."""
    xy = map_projection.fit(vectors, "tsne" if method == "tsne" else "pca", seed).xy
    names = [name for name in ("seeds", *sorted(set(labels.tolist()) - {"seeds"})) if (labels == name).any()]
    return Clouds(
        tuple(
            Cloud(name, tuple(xy[labels == name, 0].tolist()), tuple(xy[labels == name, 1].tolist())) for name in names
        )
    )


def _some(found: pd.DataFrame, seed: int, most: int) -> pd.DataFrame:
    """Return at most `most` rows, the same ones for the same seed."""
    return found.sample(most, random_state=seed).sort_index() if len(found) > most else found


def _vectors(model: Embedder, found: pd.DataFrame) -> npt.NDArray[np.float32]:
    return model.embed([str(text) for text in found["statement"]])


def ratings(store: Store) -> Section:
    """Return the histogram of seed ratings before and after curation, and what changed (SC-17)."""
    name, title = "ratings", "Ratings before and after curation"
    before, after, reasons = _before_after(store)
    if not before:
        return missing(name, title, "run `lemma run agenticmath`.")
    counted = [
        tuple(float(list(values.values()).count(place)) for place in range(CLASSES)) for values in (before, after)
    ]
    changed = [(ident, old, after[ident]) for ident, old in before.items() if ident in after and after[ident] != old]
    chart = Bars(
        tuple(str(place) for place in range(CLASSES)), (Series("as rated", counted[0]), Series("curated", counted[1]))
    )
    rows: list[tuple[Cell, ...]] = [(ident, old, new, reasons[ident]) for ident, old, new in sorted(changed)]
    finding = f"{len(changed):,} of {len(before):,} ratings were changed by their neighbours."
    return Section(name, title, finding, table(("seed", "was", "is", "why"), rows), chart)


def _before_after(store: Store) -> tuple[dict[str, int], dict[str, int], dict[str, str]]:
    """Return the class of each seed as rated and as curated, and the reasons of the latter, with the confidence."""
    found = store.figures.said(["seed_rating", "seed_curated"])
    found = found[found["value"].notna()]
    rated, curated = (found[found["name"] == word] for word in ("seed_rating", "seed_curated"))
    before = {str(i): rating_class(float(v)) for i, v in zip(rated["subject_id"], rated["value"], strict=True)}
    after = {str(i): rating_class(float(v)) for i, v in zip(curated["subject_id"], curated["value"], strict=True)}
    reasons = {str(i): str(why) for i, why in zip(curated["subject_id"], curated["reason"], strict=True)}
    return {ident: value for ident, value in before.items() if ident in after}, after, reasons


def raters(store: Store, recipe: Recipe, model: Embedder) -> Section:
    """Return how raters err: the estimated matrix of reported against true score (SC-17)."""
    name, title = "raters", "How raters err"
    before, _, _ = _before_after(store)
    seeds = store.seeds.many(sorted(before)[:MOST])
    if len(seeds) < 3:
        return missing(name, title, "run `lemma run agenticmath`.")
    scores = np.array([before[seed.id] for seed in seeds])
    try:
        found = transition.estimate(
            model.embed([seed.statement for seed in seeds]), scores, CLASSES, seed=recipe.seed, rounds=10
        )
    except BadInput as few:
        return missing(name, title, f"{few} Run `lemma run agenticmath` on more seeds.")
    shares = tuple(tuple(float(v) for v in line) for line in found.T)
    names = tuple(str(place) for place in range(CLASSES))
    rows: list[tuple[Cell, ...]] = [(place, *line) for place, line in zip(names, shares, strict=True)]
    # Too few ratings give a matrix that looks like knowledge and is none.
    matrix = None if found.warning else table(("true", *names), rows)
    chart = None if found.warning else Heat(names, names, shares, "true score", "reported score")
    finding = f"Estimated from {len(seeds):,} ratings; neighbours agree in {found.clusterable:.0%} of cases."
    notes = (*((found.warning,) if found.warning else ()), f"Neighbours are those of {model.name}.")
    return Section(name, title, finding, matrix, chart, notes)
