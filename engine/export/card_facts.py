"""What the card of an export says of the project it comes from."""

from __future__ import annotations

from collections.abc import Mapping

from engine.core.errors import BadSetting
from engine.core.settings import Decontamination
from engine.export.formats import CardFacts
from engine.export.rows_to_export import RowsToExport
from engine.store import Store


def facts(
    store: Store, cargo: RowsToExport, name: str, license: str, licenses: Mapping[str, str] | None = None
) -> CardFacts:
    """Return the facts; `licenses` says under which licence a seed set came. BadSetting for a set that is not there."""
    latest = store.selections.latest()
    funnel = store.home.funnel()
    rule = Decontamination()
    sources = tuple(source.name for source in store.seeds.sources())
    for stated in licenses or {}:
        if stated not in sources:
            known = ", ".join(sources) or "none yet"
            raise BadSetting(f"{stated} is no seed set of this project.", where="seed licence", do=f"Known: {known}.")
    return CardFacts(
        title=name,
        about="Mathematics problems written from combinations of knowledge points, judged, selected and reviewed.",
        license=license,
        sources=sources,
        licenses=dict(licenses or {}),
        benchmarks={one.name: one.seeds for one in store.benchmarks.names()},
        overlap=(rule.n, rule.share),
        models=cargo.models,
        policy=store.policies.get(latest.policy_id) if latest else None,
        funnel={
            "seeds": funnel.seeds,
            "written": funnel.written,
            "judged": funnel.judged,
            "selected": funnel.selected,
            "approved": funnel.approved,
        },
        parts=dict(cargo.parts),
        origin={"only": cargo.only},
    )
