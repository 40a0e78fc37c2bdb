"""What the card of an export says of the project it comes from."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from engine.core.errors import BadSetting
from engine.core.settings import OverlapTiers
from engine.export import overlaps
from engine.export.rows import CardFacts
from engine.export.rows_to_export import RowsToExport
from engine.store import Store
from engine.store.export_cursor import Only

_CHOSEN: Mapping[Only, str] = {
    "approved": "each approved by a person",
    "selected": "judged and selected by rules; what a person decided stands above them",
    "all": "the best by score of all that nobody rejected",
}


@dataclass(frozen=True, slots=True)
class Licenses:
    """Under which licence a set goes out, and under which its seed sets came, by their names."""

    of_set: str = "other"
    of_seeds: Mapping[str, str] = field(default_factory=dict)


def facts(store: Store, outgoing_rows: RowsToExport, name: str, licenses: Licenses) -> CardFacts:
    """Return the facts; BadSetting where a licence is stated for a seed set that is not there."""
    latest = store.selections.latest()
    funnel = store.home.funnel()
    how = outgoing_rows.found.how
    rule = how.rules if how else OverlapTiers()
    sources = tuple(source.name for source in store.seeds.sources())
    for stated in licenses.of_seeds:
        if stated not in sources:
            known = ", ".join(sources) or "none yet"
            raise BadSetting(f"{stated} is no seed set of this project.", where="seed licence", do=f"Known: {known}.")
    benchmarks = {one.name: one.seeds for one in store.benchmarks.names()}
    return CardFacts(
        title=name,
        about=f"Synthetic mathematics problems, {_CHOSEN[outgoing_rows.only]}.",
        license=licenses.of_set,
        sources=sources,
        licenses=dict(licenses.of_seeds),
        benchmarks=benchmarks,
        seeds_compared=bool(benchmarks),
        overlap=(rule.n, rule.share),
        tiers=overlaps.told(how) if how and benchmarks else {},
        models=outgoing_rows.models,
        policy=store.policies.get(latest.policy_id) if latest else None,
        funnel={
            "seeds": funnel.seeds,
            "written": funnel.written,
            "judged": funnel.judged,
            "selected": funnel.selected,
            "approved": funnel.approved,
        },
        parts=dict(outgoing_rows.parts),
        origin={"only": outgoing_rows.only},
    )
