"""The section of the dataset card that says how good the rows are, and how sure that is."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from engine.export.card_overlap import plain

TITLE = "How good is it"
_ORIGINS = {"random": "drawn at random from all rows", "convenience": "of other rows", "import": "imported"}


def section(quality: Mapping[str, Any]) -> str:
    """Return the section; '' for exports of earlier versions, which said nothing."""
    if not quality:
        return ""
    body = "\n".join(f"| {plain(left)} | {plain(right)} |" for left, right in _rows(quality))
    certificate = _certificate(quality["certificate"])
    return f"## {TITLE}\n\n{certificate}| | |\n|---|---|\n{body}\n\nThe same facts for a program: `quality.json`.\n"


def _rows(quality: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    found, measured, read = quality["exported"], quality["measured"], quality["read"]
    if found["refused"]:
        yield "Share of good rows", "not known"
        yield "Why", found["reason"]
        if found["labels_needed"]:
            yield "What would help", f"about {found['labels_needed']:,} random labels"
    else:
        yield "Share of good rows, estimated", _interval(found)
    yield "Rows read as they stand here", f"{read['good']:,} good, {read['bad']:,} bad, {read['unread']:,} unread"
    if measured and not found["refused"]:
        yield from _measured(measured, quality["difference"])


def _measured(measured: Mapping[str, Any], difference: Mapping[str, Any] | None) -> Iterator[tuple[str, str]]:
    """Yield what was measured: the rows that the rules keep, before people's decisions."""
    labels = ", ".join(f"{count:,} {_ORIGINS.get(origin, origin)}" for origin, count in measured["labels"].items())
    yield "Measured on what the rules keep", _interval(measured)
    yield "Estimator", measured["estimator"]
    yield "Labels there", f"{labels}; {measured['good']:,} of {measured['decided']:,} decided ones are good"
    if measured["effective_labels"] is not None:
        yield "Worth", f"{measured['effective_labels']:.0f} labels of a simple random draw"
    for one in (*measured["assumptions"], *measured["notes"]):
        yield "Note", one
    if measured["rough"]:
        yield "Note", "rough: few labels"
    yield "Seed", str(measured["seed"])
    if difference:
        yield "From there to these rows", difference["why"]


def _interval(found: Mapping[str, Any]) -> str:
    return f"{found['value']:.3f}, from {found['low']:.3f} to {found['high']:.3f} (95 %)"


def _certificate(found: Mapping[str, Any] | None) -> str:
    if found is None:
        return ""
    if found["state"] != "valid":
        return f"### No certificate\n\n{plain(found['why'])}\n\n"
    notes = "".join(f"- {plain(one)}\n" for one in (*found["assumptions"], found["difference"], *found["remarks"]))
    return f"### Certificate\n\n{plain(found['text'])}.\n\n{notes}\n"
