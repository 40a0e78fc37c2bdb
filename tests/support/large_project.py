"""A project of many solved and judged problems, made in the database at once: pages must be seen at that size."""

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
_SOLUTIONS = """insert into solutions by name
    select 'S' || id as id, id as problem_id, 'run' as run_id, 0 as "index",
        'Both are compared step by step, so the answer is \\boxed{' || n || '}.' as text,
        case when $silent = 0 or n % greatest($silent, 1) > 0 then n::varchar end as answer,
        'solver' as agent, 'm' as model,
        'solving/solve' as prompt_id, '0123' as prompt_hash, 'R-' || n as reply_id, made_at
    from base"""
_VETOES = """insert into verdicts by name
    select 'veto' || id as id, 'run' as run_id, 'solution' as subject, 'S' || id as subject_id, id as problem_id,
        'solution_veto' as name, 'judge' as "by", (random() < 0.8)::int::double as value, '' as reason,
        'score' as kind, 'm' as model, '1' as version, '' as evidence, made_at from base"""
_SCORES = {
    "problem_score": "sqrt(random())",
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


def large_project(root: Path, rows: int, silent: int = 0) -> Path:
    """Make a project of `rows` problems with a solution, five scores and a map in `root`, and return `root`.

    One solution in `silent` has no answer; 0 for none.
    """
    home = project.create(root)
    Store(home.database).close()
    add_rows(home.database, rows, silent)
    return home.root


def add_rows(database: Path, rows: int, silent: int = 0) -> None:
    """Write such problems into a store that nobody has open."""
    with duckdb.connect(str(database)) as connection:
        connection.execute("select setseed(0.5)")
        connection.execute(_BASE, {"rows": rows, "concepts": CONCEPTS})
        connection.execute(_SOLUTIONS, {"silent": silent})
        for statement in (
            _PROBLEMS,
            _VETOES,
            _PLACES,
            *(_VERDICTS.format(name=n, value=v) for n, v in _SCORES.items()),
        ):
            connection.execute(statement)
