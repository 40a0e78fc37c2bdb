"""Policies as files that people can read, keep and give to `lemma select --policy FILE`: TOML, or the same as JSON."""

from __future__ import annotations

import shlex
from dataclasses import fields
from pathlib import Path
from typing import Any

import orjson

from engine.core import toml
from engine.core.errors import BadInput, BadSetting
from engine.core.files import read_text
from engine.core.records import Policy, PolicyPanel, Rule
from engine.curation.methods import completed
from engine.curation.policy import check, checked
from engine.curation.scores import SCORES

_RULE_KEYS = {field.name for field in fields(Rule)}
_KEYS = {"name", "size", "rules", "sizes", "unanswered", "panel"}
_PANEL_KEYS = {field.name for field in fields(PolicyPanel)}


def load(path: str | Path, by: str = "") -> Policy:
    """Return the policy of a TOML or JSON file; BadInput or BadSetting name file, rule and key."""
    return parse(read_text(Path(path)), where=str(path), by=by)


def parse(text: str, *, where: str = "policy", by: str = "") -> Policy:
    """Return the policy of a text, JSON where it starts with a brace, else TOML.

    A rule with a `method` judges the problems of that method, one without those of all. Where a file speaks of single
    methods only, the others keep their published rules.
    """
    body = _json(text, where) if text.lstrip().startswith("{") else toml.parse(text, where)
    _known(body, _KEYS, where)
    rules, size = body.get("rules", []), body.get("size")
    if not isinstance(rules, list) or not all(isinstance(rule, dict) for rule in rules):
        raise BadSetting("rules is no list of tables.", where=where, do="Write each rule under [[rules]].")
    if size is not None and (not isinstance(size, int) or isinstance(size, bool)):
        raise BadSetting(f"size {size!r} is no whole number.", where=where, do="Give a number of rows.")
    made = tuple(_rule(rule, f"{where}, rule {number}") for number, rule in enumerate(rules, start=1))
    unanswered = body.get("unanswered", False)
    if not isinstance(unanswered, bool):
        raise BadSetting(
            f"unanswered {unanswered!r} is neither true nor false.", where=where, do="Write true or false."
        )
    name, sizes, panel = str(body.get("name", "policy")), _sizes(body, where), _panel(body, where)
    policy = Policy("", name, made, size, 0.0, by, sizes, unanswered, panel)
    check(policy, where)
    return checked(completed(policy))


def _sizes(body: dict[str, Any], where: str) -> tuple[tuple[str, int], ...]:
    said = body.get("sizes", {})
    if not isinstance(said, dict) or not all(isinstance(n, int) and not isinstance(n, bool) for n in said.values()):
        raise BadSetting("sizes is no table of whole numbers.", where=where, do="Write method = number under [sizes].")
    return Policy.sized(said)


def _panel(body: dict[str, Any], where: str) -> PolicyPanel:
    """Return whose word counts: `[panel]` with weights (a table), judges (a list), rule and strategy."""
    said = body.get("panel", {})
    if not isinstance(said, dict):
        raise BadSetting("panel is no table.", where=where, do="Write weights, judges, rule, strategy under [panel].")
    _known(said, _PANEL_KEYS, where)
    weights, judges = said.get("weights", {}), said.get("judges", [])
    numbers = weights.values() if isinstance(weights, dict) else [None]
    if not all(isinstance(one, int | float) and not isinstance(one, bool) for one in numbers):
        raise BadSetting("panel weights is no table of numbers.", where=where, do="Write weights = {judge_a = 0.4}.")
    if not isinstance(judges, list) or not all(isinstance(one, str) for one in judges):
        raise BadSetting("panel judges is no list of names.", where=where, do='Write judges = ["judge_a"].')
    return PolicyPanel.of(said)


def _json(text: str, where: str) -> dict[str, Any]:
    try:
        body: dict[str, Any] = orjson.loads(text)
    except orjson.JSONDecodeError as error:
        raise BadInput(f"is not valid TOML or JSON: {error}.", where=where, do="Mend the file.") from error
    return body


def _rule(body: dict[str, Any], where: str) -> Rule:
    _known(body, _RULE_KEYS, where)
    score = body.get("score")
    if score not in SCORES:
        raise BadSetting(f"{score!r} is no score.", where=where, do=f"Scores: {', '.join(SCORES)}.")
    limit = body.get("limit", SCORES[score].limit)
    if not isinstance(limit, int | float) or isinstance(limit, bool):
        raise BadSetting(f"limit {limit!r} is no number.", where=where, do="Give a number.")
    use = body.get("use", True)
    if not isinstance(use, bool):
        raise BadSetting(f"use {use!r} is neither true nor false.", where=where, do="Write true or false.")
    spec = SCORES[score]
    missing, method = body.get("if_missing", spec.if_missing), body.get("method", "")
    if not isinstance(method, str):
        raise BadSetting(f"method {method!r} is no name.", where=where, do="Give the name of a method.")
    return Rule(score, body.get("op", spec.op), float(limit), missing, use, method)


def _known(body: dict[str, Any], allowed: set[str], where: str) -> None:
    unknown = sorted(body.keys() - allowed)
    if unknown:
        raise BadSetting(f"{unknown[0]} is not a known key.", where=where, do=f"Keys: {', '.join(sorted(allowed))}.")


def to_toml(policy: Policy) -> str:
    """Return the policy as TOML text."""
    return toml.text(_body(policy))


def command(path: str | Path, project: str | Path | None = None) -> str:
    """Return the command that selects by the policy saved at `path`."""
    at = f" --project {shlex.quote(str(project))}" if project else ""
    return f"lemma select --policy {shlex.quote(str(path))}{at}"


def _body(policy: Policy) -> dict[str, Any]:
    size = {} if policy.size is None else {"size": policy.size}
    return {"name": policy.name, **size, **policy.more(), "rules": [rule.told() for rule in policy.rules]}
