"""From seeds to clean knowledge points: extract, drop the bad, join the same, name the groups (GSDP 2.2, D.1).

Points that people gave are taken as they are; only tags for abilities and methods are taken out, by rule. Points that
a model extracted go through both filters.
"""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator, Sequence
from functools import partial
from pathlib import Path
from typing import Any, Literal

from engine.core.protocol import Item, Phase, Program, Way
from engine.core.records import JournalRecord, KnowledgePoint, PointEvent, SameVerdict, Seed, SeedPoint, content_id
from engine.core.settings import Extraction
from engine.generation import inputs
from engine.generation.record_factory import RecordFactory
from engine.knowledge import extract, filter_quality, filter_synonyms, naming, synonym_classes
from engine.knowledge.synonym_classes import PointPair
from engine.runs import journal
from engine.runs.plan import KnowledgePlan, Plan
from engine.seeds import is_ability


def program(plan: KnowledgePlan, directory: Path) -> Program:
    """Extract points from every seed that has none, then filter them twice."""
    folder = directory / "inputs"
    yield from _human(plan, folder)
    asked = unpointed(folder / "seeds.parquet", plan.recipe.settings.extraction)
    items = (Item(f"extract {seed.id}", partial(extracted, RecordFactory(plan, seed.id), seed)) for seed in asked)
    yield Phase("extract", plan.total, items)
    points = _points(directory)
    if plan.recipe.settings.filter.drop_bad:
        yield Phase(
            "keep", len(points), (Item(f"keep {p.id}", partial(kept, RecordFactory(plan, p.id), p)) for p in points)
        )
    yield from _join(plan, directory, _left(directory, points))


def unpointed(seeds: Path, chosen: Extraction) -> Iterator[Seed]:
    """Yield the seeds that a model is asked about: those without points, of sources to which people gave none."""
    by_hand = set() if chosen.fill_gaps else {seed.source for seed in inputs.stream(seeds, Seed) if seed.points}
    return (seed for seed in inputs.stream(seeds, Seed) if not seed.points and seed.source not in by_hand)


def _human(plan: KnowledgePlan, folder: Path) -> Iterator[JournalRecord]:
    """Take the points that people gave; no model is asked about them. Ability tags are dropped by rule."""
    known = {point.id for point in inputs.stream(folder / "points.parquet", KnowledgePoint)}
    for seed in inputs.stream(folder / "seeds.parquet", Seed):
        for name in seed.points:
            point = KnowledgePoint.make(name, origin="human", area=seed.subject)
            if point.id not in known:
                known.add(point.id)
                yield point
            yield SeedPoint(seed.id, point.id, by="human")
    if plan.recipe.settings.filter.drop_bad:
        for point in inputs.stream(folder / "points.parquet", KnowledgePoint):
            if point.origin == "human" and is_ability(point.area):
                yield _event(plan, "drop", point.id, label="vague", reason="an ability or a method, not a topic")


def extracted(factory: RecordFactory, seed: Seed) -> Way[str]:
    """List the points of one seed (GSDP-02)."""
    chosen = factory.plan.recipe.settings.extraction
    names = yield from extract.points(seed, chosen.limit, factory.sampling(), retries=factory.reread, limits=chosen)
    for name in names:
        point = KnowledgePoint.make(name)
        yield point
        yield SeedPoint(seed.id, point.id)
    return "extracted"


def kept(factory: RecordFactory, point: KnowledgePoint) -> Way[str]:
    """Drop one point if it is vague, wrong or over-detailed (filter 1, GSDP-05)."""
    said = yield from filter_quality.judge(point.name, factory.sampling(), retries=factory.reread)
    if said.keep:
        return "kept"
    yield _event(factory.plan, "drop", point.id, label=said.label, reason=said.reason)
    return "dropped"


def _join(plan: KnowledgePlan, directory: Path, points: list[KnowledgePoint]) -> Program:
    """Join equal points: sure pairs by spelling and cosine, the grey band by asking (filter 2, GSDP-06..09)."""
    if len(points) < 2:
        return
    chosen = plan.recipe.settings.filter
    names = [point.name for point in points]
    bands = synonym_classes.bands(
        names, inputs.embedder_of(plan, directory, names).embed(names), chosen.merge_at, chosen.ask_from
    )
    grey = ((points[pair.left], points[pair.right], pair.cosine) for pair in bands.grey)
    yield Phase("same", len(bands.grey), (_same_item(plan, *pair) for pair in grey))
    yes, no = _answers(directory, points)
    alike = (PointPair(*pair, 1.0) for pair in bands.spelled_alike)
    same = [*alike, *bands.sure, *yes]
    pairs = [(pair.left, pair.right) for pair in same]
    if chosen.split_oversized:
        pairs = synonym_classes.within_size(len(points), same, no, chosen.oversized)
    groups = synonym_classes.classes(len(points), pairs, no, names, chosen.oversized)
    many = [[points[row] for row in group.rows] for group in groups if len(group.rows) > 1]
    yield Phase("name", len(many), (_name_item(plan, members) for members in many))


def incidence(said: Iterable[JournalRecord]) -> list[tuple[str, str]]:
    """Return (seed id, point) pairs after drops and merges, each once, from a journal (GSDP-10).

    The store keeps the same account in SQL, with everything that curators did since.
    """
    names: dict[str, str] = {}
    into: dict[str, str] = {}
    dropped: set[str] = set()
    pairs: list[SeedPoint] = []
    for record in said:
        if isinstance(record, KnowledgePoint):
            names[record.id] = record.name
        elif isinstance(record, SeedPoint):
            pairs.append(record)
        elif isinstance(record, PointEvent) and record.act == "drop":
            dropped.add(record.point_id)
        elif isinstance(record, PointEvent) and record.target_id:
            into[record.point_id] = record.target_id
    kept = ((pair.seed_id, into.get(pair.point_id, pair.point_id)) for pair in pairs if pair.point_id not in dropped)
    return sorted({(seed_id, names[point_id]) for seed_id, point_id in kept})


def _answers(directory: Path, points: Sequence[KnowledgePoint]) -> tuple[list[PointPair], list[tuple[int, int]]]:
    """Return the pairs of rows that were said to be the same, and those said to differ."""
    row = {point.id: number for number, point in enumerate(points)}
    yes: list[PointPair] = []
    no: list[tuple[int, int]] = []
    for said in journal.records(directory / "journal"):
        if isinstance(said, SameVerdict) and said.left_id in row and said.right_id in row:
            left, right = row[said.left_id], row[said.right_id]
            if said.same:
                yes.append(PointPair(left, right, said.cosine))
            else:
                no.append((left, right))
    return yes, no


def _same_item(plan: KnowledgePlan, left: KnowledgePoint, right: KnowledgePoint, cosine: float) -> Item:
    item_id = f"same {content_id('SV', *sorted((left.id, right.id)))}"
    return Item(item_id, partial(compared, RecordFactory(plan, item_id), left, right, cosine))


def compared(factory: RecordFactory, left: KnowledgePoint, right: KnowledgePoint, cosine: float) -> Way[str]:
    """Ask whether two points of the grey band are the same (GSDP-07)."""
    said = yield from filter_synonyms.judge(left.name, right.name, factory.sampling(), retries=factory.reread)
    yield SameVerdict(left.id, right.id, cosine, said.same, said.reason, said.reply_id)
    return "same" if said.same else "different"


def _name_item(plan: KnowledgePlan, members: list[KnowledgePoint]) -> Item:
    item_id = f"name {content_id('G', sorted(member.id for member in members))}"
    return Item(item_id, partial(named, RecordFactory(plan, item_id), members))


def named(factory: RecordFactory, members: Sequence[KnowledgePoint]) -> Way[str]:
    """Choose the name of a group; it may be a new one (GSDP-09). Every other member merges into it (GSDP-10)."""
    said = yield from naming.choose([member.name for member in members], factory.sampling(), retries=factory.reread)
    target = KnowledgePoint.make(said.name)
    if target.id not in {member.id for member in members}:
        yield target
    for member in members:
        if member.id != target.id:
            yield _event(factory.plan, "merge", member.id, target_id=target.id, reason=said.reason)
    return "named"


def _event(plan: Plan, act: Literal["drop", "merge"], point_id: str, **more: Any) -> PointEvent:
    ident = content_id("PE", plan.id, act, point_id, more.get("target_id"))
    return PointEvent(ident, act, point_id, by=plan.id, at=time.time(), **more)


def _points(directory: Path) -> list[KnowledgePoint]:
    """The extracted points of this run, by name."""
    return sorted(_extracted(journal.records(directory / "journal")), key=lambda point: point.name)


def _extracted(records: Iterable[JournalRecord]) -> list[KnowledgePoint]:
    found = {r.id: r for r in records if isinstance(r, KnowledgePoint) and r.origin == "extracted"}
    return list(found.values())


def _left(directory: Path, points: Sequence[KnowledgePoint]) -> list[KnowledgePoint]:
    said = journal.records(directory / "journal")
    dropped = {event.point_id for event in said if isinstance(event, PointEvent) and event.act == "drop"}
    return [point for point in points if point.id not in dropped]
