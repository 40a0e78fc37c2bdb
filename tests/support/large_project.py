"""A project of many judged problems, made in the database at once: what a page costs must be seen at its size."""

from __future__ import annotations

from pathlib import Path

import duckdb

from engine.core import project
from engine.store import Store

CONCEPTS = 600
_BASE = """create temp table base as
    select n, 'P-' || lpad(n::varchar, 8, '0') as id, floor($concepts * random() * random())::int as k,
        n::double as made_at
    from range($rows) t(n)"""
_PROBLEMS = """insert into problems by name
    select id, 'run' as run_id, id as item_id, 'graph' as agent, ['concept ' || k, 'concept ' || (k + 1)] as points,
        'A train of $' || n % 977 || '$ waggons meets one of $' || n % 311 || '$ where $x^2 - ' || n % 89 || 'x + '
            || n % 53 || ' = 0$. Which of the two is longer, and by how much?' as statement,
        'two-hop' as kind, 2 as distance, 3 as weight, 'C-' || n // 3 as combination_id, 'm' as model,
        'agents/graph_problem' as prompt_id, '0123' as prompt_hash, 'R-' || n as reply_id, made_at
    from base"""
_SCORES = {
    "problem_score": "sqrt(random())",
    "solution_veto": "(random() < 0.8)::int::double",
    "difficulty": "random()",
    "rarity": "random() * random()",
    "nearest_twin": "sqrt(random())",
}
_VERDICTS = """insert into verdicts by name
    select '{name}' || id as id, 'run' as run_id, 'problem' as subject, id as subject_id, id as problem_id,
        '{name}' as name, 'judge' as "by", {value} as value, '' as reason, 'score' as kind, 'm' as model,
        '1' as version, '' as evidence, made_at from base"""
_PLACES = """insert into projections by name
    select 'X' || id as id, id as subject_id, 'map' as map_id, (random() + random() + k % 7)::float as x,
        (random() + random() + k % 5)::float as y, false as placed from base"""


def large_project(root: Path, rows: int) -> Path:
    """Make a project of `rows` problems with five scores and a map in `root`, and return `root`."""
    home = project.create(root)
    Store(home.database).close()
    with duckdb.connect(str(home.database)) as connection:
        connection.execute("select setseed(0.5)")
        connection.execute(_BASE, {"rows": rows, "concepts": CONCEPTS})
        for statement in (_PROBLEMS, _PLACES, *(_VERDICTS.format(name=n, value=v) for n, v in _SCORES.items())):
            connection.execute(statement)
    return home.root
