"""From seeds to clean knowledge points: extract, drop the bad, join the same, name the groups (GSDP 2.2, D.1)."""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator
from functools import partial
from pathlib import Path

from engine import journal
from engine.contracts import Item, Phase, Program, Way
from engine.embedding import embedder
from engine.knowledge import extract, filter, keep, naming, same
from engine.pipeline import inputs
from engine.pipeline.desk import Desk
from engine.plans import Plan
from engine.records import JournalRecord, KnowledgePoint, PointEvent, SameVerdict, Seed, SeedPoint, content_id


def program(plan: Plan, directory: Path) -> Program:
    """Extract points from every seed, then filter them twice."""
    folder = directory / "inputs"
    yield from _human(inputs.stream(folder / "seeds.parquet", Seed))
    asked = (seed for seed in inputs.stream(folder / "seeds.parquet", Seed) if not seed.points)
    yield Phase(
        "extract", plan.total, (Item(f"extract {s.id}", partial(extracted, Desk(plan, s.id), s)) for s in asked)
    )
    points = _points(directory)
    if plan.recipe.settings.filter.drop_bad:
        yield Phase("keep", len(points), (Item(f"keep {p.id}", partial(kept, Desk(plan, p.id), p)) for p in points))
    yield from _join(plan, directory, _left(directory, points))


def _human(seeds: Iterable[Seed]) -> Iterator[JournalRecord]:
    """Points that a person gave a seed are taken as they are: no model is asked about them."""
    known: set[str] = set()
    for seed in seeds:
        for name in seed.points:
            point = KnowledgePoint.make(name, origin="human", area=seed.subject)
            if point.id not in known:
                known.add(point.id)
                yield point
            yield SeedPoint(seed.id, point.id, by="human")


def extracted(desk: Desk, seed: Seed) -> Way[str]:
    """List the points of one seed (GSDP-02)."""
    limit = desk.plan.recipe.settings.extraction.limit
    names = yield from extract.points(seed, limit, desk.sampling(), desk.reread)
    for name in names:
        point = KnowledgePoint.make(name)
        yield point
        yield SeedPoint(seed.id, point.id)
    return "extracted"


def kept(desk: Desk, point: KnowledgePoint) -> Way[str]:
    """Drop one point if it is vague, wrong or over-detailed (filter 1, GSDP-05)."""
    label, reason = yield from keep.judge(point.name, desk.sampling(), desk.reread)
    if label == "keep":
        return "kept"
    yield _event(desk.plan, "drop", point.id, label=label, reason=reason)
    return "dropped"


def _join(plan: Plan, directory: Path, points: list[KnowledgePoint]) -> Program:
    """Join equal points: sure pairs by cosine, the grey band by asking (filter 2, GSDP-06..09)."""
    if len(points) < 2:
        return
    chosen = plan.recipe.settings.filter
    vectors = embedder.load(chosen.embedder).embed([point.name for point in points])
    pairs = filter.pairs([point.name for point in points], vectors, chosen.merge_at, chosen.ask_from)
    grey = [(points[pair.left], points[pair.right], pair.cosine) for pair in pairs.grey]
    yield Phase("same", len(grey), (_same_item(plan, left, right, cosine) for left, right, cosine in grey))
    index = {point.id: number for number, point in enumerate(points)}
    said = [record for record in journal.records(directory / "journal") if isinstance(record, SameVerdict)]
    sure = [(pair.left, pair.right) for pair in pairs.sure]
    ours = [v for v in said if v.left_id in index and v.right_id in index]
    yes = [(index[v.left_id], index[v.right_id]) for v in ours if v.same]
    no = [(index[v.left_id], index[v.right_id]) for v in ours if not v.same]
    groups = [group for group in filter.classes(len(points), sure + yes, no) if len(group.members) > 1]
    yield Phase("name", len(groups), (_name_item(plan, [points[m] for m in group.members]) for group in groups))


def _same_item(plan: Plan, left: KnowledgePoint, right: KnowledgePoint, cosine: float) -> Item:
    item_id = f"same {content_id('SV', *sorted((left.id, right.id)))}"
    return Item(item_id, partial(compared, Desk(plan, item_id), left, right, cosine))


def compared(desk: Desk, left: KnowledgePoint, right: KnowledgePoint, cosine: float) -> Way[str]:
    """Ask whether two points of the grey band are the same (GSDP-07)."""
    yes, reason = yield from same.judge(left.name, right.name, desk.sampling(), desk.reread)
    yield SameVerdict(left.id, right.id, cosine, yes, reason)
    return "same" if yes else "different"


def _name_item(plan: Plan, members: list[KnowledgePoint]) -> Item:
    item_id = f"name {content_id('G', sorted(member.id for member in members))}"
    return Item(item_id, partial(named, Desk(plan, item_id), members))


def named(desk: Desk, members: list[KnowledgePoint]) -> Way[str]:
    """Choose the name of a group; it may be a new one (GSDP-09). Then every other member merges into it (GSDP-10)."""
    name, reason = yield from naming.choose(tuple(member.name for member in members), desk.sampling(), desk.reread)
    target = KnowledgePoint.make(name)
    if target.id not in {member.id for member in members}:
        yield target
    for member in members:
        if member.id != target.id:
            yield _event(desk.plan, "merge", member.id, target_id=target.id, reason=reason)
    return "named"


def _event(plan: Plan, act: str, point_id: str, **more: str) -> PointEvent:
    ident = content_id("PE", plan.id, act, point_id, more.get("target_id"))
    return PointEvent(ident, act, point_id, by=plan.id, at=time.time(), **more)  # type: ignore[arg-type]


def _points(directory: Path) -> list[KnowledgePoint]:
    """The extracted points of this run, by name."""
    found = {r.id: r for r in journal.records(directory / "journal") if isinstance(r, KnowledgePoint)}
    return sorted((point for point in found.values() if point.origin == "extracted"), key=lambda point: point.name)


def _left(directory: Path, points: list[KnowledgePoint]) -> list[KnowledgePoint]:
    dropped = {
        r.point_id for r in journal.records(directory / "journal") if isinstance(r, PointEvent) and r.act == "drop"
    }
    return [point for point in points if point.id not in dropped]
