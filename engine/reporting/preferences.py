"""How often a reward model prefers the better version of a sample to the first (CL-30, CL-44; appendix H)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import orjson

from engine.core.project import Project
from engine.reporting import measured
from engine.reporting.shapes import Bars, Cell, Section, Series, missing, table

NAME, TITLE = "preferences", "Preferences won"
_TODO = "run `lemma evaluate quality --data people=FILE --data ours=FILE --pairs FILE --reward FOLDER --keep`."
_COLUMNS = ("pairs of", "reward model", "pairs", "won", "equal", "share", "low", "high")


def preferences(project: Project) -> Section:
    """Return the share of pairs that each kept measurement counted as won, the last of each set and reward model."""
    rows: dict[tuple[str, str], tuple[Cell, ...]] = {}
    unread: list[str] = []
    for path in measured.kept(project):
        try:
            wins = orjson.loads(path.read_bytes()).get("wins")
            if wins and wins["pairs"]:
                row = _row(wins)
                rows[str(row[0]), str(row[1])] = row
        except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
            unread.append(f"{path.name} cannot be read: {error}")
    if not rows:
        return missing(NAME, TITLE, unread[-1] if unread else _TODO)
    found = list(rows.values())
    drawn = Series("preferred", tuple(float(row[5] or 0.0) for row in found))
    finding = "; ".join(f"{row[0]}: {row[5]:.0%} of {row[2]:,} pairs won" for row in found) + "."
    notes = (
        "A pair is won where the reward model gives the better version strictly more than the first one; equal rewards "
        "are no win. Intervals are 95 %, Wilson. The share depends on the reward model; the paper's is "
        "InternLM2-7B-Reward.",
        *unread,
    )
    names = tuple(f"{row[0]}, {row[1]}" for row in found)
    return Section(NAME, TITLE, finding, table(_COLUMNS, found), Bars(names, (drawn,), unit="share"), notes)


def _row(wins: Mapping[str, Any]) -> tuple[Cell, ...]:
    """Return a row; the share is counted from the pairs, whatever else the file says."""
    pairs, won, equal = (int(wins[name]) for name in ("pairs", "wins", "ties"))
    said = (str(wins.get("of") or "pairs"), str(wins.get("reward") or "a reward model"))
    return (*said, pairs, won, equal, won / pairs, float(wins["low"]), float(wins["high"]))
