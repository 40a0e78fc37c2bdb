"""README.md of an export: a dataset card in the form that hubs read, safe whatever stands in names and texts."""

from __future__ import annotations

import html
import json
import re
from typing import Any

from engine.exporters.manifest import FileFacts
from engine.exporters.rows import CardFacts
from engine.records import Policy

_MARKDOWN = re.compile(r"([\\`*_{}\[\]()#+\-.!|~$>])")
_SIZES = ((1_000, "n<1K"), (10_000, "1K<n<10K"), (100_000, "10K<n<100K"), (1_000_000, "100K<n<1M"))


def text(name: str, purpose: str, card: CardFacts, files: list[FileFacts], facts: dict[str, Any]) -> str:
    """Return the card. `facts` holds languages, left_out, sample (first row) and format."""
    total = sum(file.rows for file in files)
    parts = [
        _front_matter(name, card, files, facts["languages"], total),
        f"# {plain(card.title or name)}\n",
        f"{plain(card.about)}\n" if card.about else "",
        f"{total:,} rows of {purpose}.\n",
        _table("Splits", [(file.split, f"{file.rows:,} rows in `{file.path}`") for file in files]),
        _table("Before the export", [(plain(stage), f"{count:,}") for stage, count in card.funnel.items()]),
        _table("Left out", [(plain(reason), f"{count:,}") for reason, count in facts["left_out"].items()]),
        _policy(card.policy),
        _list("Seeds", card.sources),
        _list("Models", card.models),
        _sample(facts["sample"]),
    ]
    return "\n".join(part for part in parts if part)


def plain(value: str) -> str:
    """Return text that neither Markdown nor HTML takes for markup, on one line."""
    return _MARKDOWN.sub(r"\\\1", html.escape(" ".join(value.split()), quote=False).replace("&gt;", ">"))


def _front_matter(name: str, card: CardFacts, files: list[FileFacts], languages: list[str], total: int) -> str:
    """Return the YAML head; every text is a JSON string, which YAML reads as it stands."""
    said = json.dumps
    lines = ["---", f"pretty_name: {said(card.title or name)}", f"license: {said(card.license)}"]
    lines += [f"language: {said(languages)}", f"tags: {said(list(card.tags))}"]
    lines += [f"size_categories: {said([_size(total)])}", "configs:", "- config_name: default", "  data_files:"]
    for file in files:
        lines += [f"  - split: {file.split}", f"    path: {said(file.path)}"]
    return "\n".join([*lines, "---\n"])


def _size(total: int) -> str:
    return next((name for limit, name in _SIZES if total < limit), "1M<n<10M")


def _table(title: str, rows: list[tuple[str, str]]) -> str:
    if not rows:
        return ""
    body = "\n".join(f"| {left} | {right} |" for left, right in rows)
    return f"## {title}\n\n| | |\n|---|---|\n{body}\n"


def _policy(policy: Policy | None) -> str:
    if policy is None:
        return ""
    rules = [(plain(rule.score), plain(f"{rule.op} {rule.limit:g}")) for rule in policy.rules if rule.use]
    return _table(f"Policy {plain(policy.name)}", rules)


def _list(title: str, names: tuple[str, ...]) -> str:
    return f"## {title}\n\n" + "".join(f"- {plain(name)}\n" for name in names) if names else ""


def _sample(row: dict[str, Any]) -> str:
    """Return the first row in a fence that is longer than any run of backticks in it."""
    body = json.dumps(row, ensure_ascii=False, indent=2)
    longest = max((len(run) for run in re.findall(r"`+", body)), default=0)
    fence = "`" * max(3, longest + 1)
    return f"## A row\n\n{fence}json\n{body}\n{fence}\n"
