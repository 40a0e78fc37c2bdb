"""What a data set of seeds and synthesised problems can be made of: every problem with all of its solutions."""

from __future__ import annotations

from engine.store.views import HUMAN

CANDIDATES = f"""
    with last as (
        select problem_id, arg_max(value, made_at) filter (where name = 'joint_curated') as curated,
            arg_max(value, made_at) filter (where name = 'problem_score') as judged,
            arg_max_null(value, made_at) filter (where name = 'rarity') as rarity
        from verdicts where name in ('joint_curated', 'problem_score', 'rarity') and problem_id is not null
        group by problem_id),
    joint as (
        select subject_id, arg_max(value, made_at) as value from verdicts
        where name = 'joint' and subject = 'solution' group by subject_id),
    standing as (
        select p.id, p.made_at, p.agent = 'seed' as seed, d.statement is not null or d.solution is not null as edited,
            coalesce(l.curated, 5 * l.judged) as score, coalesce(l.rarity, 0) as rarity
        from current_problem p
        left join decision_now d on d.problem_id = p.id
        left join latest_selection k on k.problem_id = p.id
        left join last l on l.problem_id = p.id
        where coalesce({HUMAN}, 1) = 1 and (p.agent = 'seed' or $only = 'all'
            or ($only = 'approved' and {HUMAN} = 1) or ($only = 'selected' and coalesce(k.kept, false))))
    select p.id, p.seed, p.score, p.rarity, s.id as solution_id, hash(s.text) as text
    from standing p join solutions s on s.problem_id = p.id
    left join chosen_solution f on f.problem_id = p.id left join joint j on j.subject_id = s.id
    where s.answer is not null and (p.seed or p.score is not null) and (not p.edited or s.id = f.id)
    order by p.made_at, p.id, j.value desc nulls last, s."index", s.id"""
"""One row a solution that ends in an answer, the best evaluated first: id, seed, score, rarity, solution_id, text.

`score` is the curated joint score from 0 to 5, else five times the judge's; a synthesised problem without one is none.
`only` restricts the synthesised problems; what people rejected is never there. Of a problem that a person edited only
the solution that stands goes out: the others may answer another question. `text` is a hash, to tell equal solutions.
"""
KEPT_BY = f"""
    with said as (
        select subject_id as id, name, arg_max(value, made_at) as value, arg_max(reason, made_at) as reason
        from verdicts where subject = 'problem' and name in (select unnest($names::varchar[])) group by all)
    select p.id, v.name, case when v.value = 1 then
            case when d.statement is not null or d.solution is not null then f.id else s.id end end as solution_id
    from said v join current_problem p on p.id = v.id
    left join decision_now d on d.problem_id = p.id
    left join latest_selection k on k.problem_id = p.id
    left join chosen_solution f on f.problem_id = p.id
    left join (select problem_id, "index", min(id) as id from solutions group by all) s
        on s.problem_id = p.id and s."index" = try_cast(regexp_extract(v.reason, '([0-9]+)$', 1) as integer) - 1
    where coalesce({HUMAN}, 1) = 1 and ($only = 'all'
        or ($only = 'approved' and {HUMAN} = 1) or ($only = 'selected' and coalesce(k.kept, false)))
    order by p.made_at, p.id, list_position($names::varchar[], v.name)"""
"""What each keep strategy said of a problem: id, name, and the solution that it chose, null where it drops the problem.

Which solution it is stands at the end of the reason: strategies are recorded of a problem. Of a problem that a person
edited the solution that stands goes out: the others may answer another question.
"""
