"""What a thing is now, as views over what was said about it.

The views hold nothing. `refresh` makes them anew when their text has changed since the file was written.
"""

from __future__ import annotations

from engine.core.records import content_id
from engine.store.connection import Cursor, first

SCORES: dict[str, str] = {
    "judge_score": "problem_score",
    "solution_pass": "solution_veto",
    "agreement": "agreement",
    "difficulty": "difficulty",
    "rarity": "rarity",
    "seed_similarity": "seed_similarity",
    "nearest_twin": "nearest_twin",
    "contamination": "contamination",
}
"""Columns of the scoreboard, and the verdicts that they show."""


def refresh(cursor: Cursor) -> bool:
    """Create or replace all views, within the caller's transaction; return whether that was needed."""
    if is_current(cursor):
        return False
    for name, select in VIEWS.items():
        cursor.execute(f"create or replace view {name} as {select}")
    cursor.execute("update meta set value = ? where key = 'views'", [_text_id()])
    return True


def is_current(cursor: Cursor) -> bool:
    """Whether the views of this file are those of this version."""
    row = first(cursor, "select value from meta where key = 'views'")
    return bool(row and row[0] == _text_id())


def _text_id() -> str:
    return content_id("views", list(VIEWS.items()))


def _score_columns() -> str:
    """The last word of each verdict; of several solutions the best counts, because that one is chosen."""
    latest = "arg_max_null(value, made_at)"
    return ",\n".join(
        f"cast({'max(value)' if verdict == 'solution_veto' else latest} filter (where name = '{verdict}') as float)"
        f" as {column}"
        for column, verdict in SCORES.items()
    )


def chosen(solutions: str, verdicts: str) -> str:
    """Return the query for problem_id and id of the solution that stands for each problem of some solutions.

    The first solution that no judge vetoed; among equals one that ends in an answer, then the one that a keep strategy
    chose, then the best evaluated, then the first.
    """
    return f"""
        with judged as (
            select subject_id, arg_max(value, made_at) as passed from {verdicts}
            where name = 'solution_veto' group by subject_id),
        preferred as (
            select subject_id, arg_max(value, made_at) filter (where name = 'chosen') as chosen,
                arg_max(value, made_at) filter (where name = 'joint') as joint
            from {verdicts} where name in ('chosen', 'joint') and subject = 'solution' group by subject_id)
        select s.problem_id,
            arg_min(s.id, (-coalesce(j.passed, 0), s.answer is null, -coalesce(p.chosen, 0), -coalesce(p.joint, 0),
                s."index", s.made_at)) as id
        from {solutions} s left join judged j on j.subject_id = s.id left join preferred p on p.subject_id = s.id
        group by s.problem_id"""


def given(column: str) -> str:
    """Return SQL for a 32-bit score as the number that was given: widened to 64 bits, 0.55 is 0.550000011920929."""
    return f"{column}::varchar::double"


HOLDS = "the solution still holds"
"""The reason of an edit by which a person says that the solution that stands answers the edited statement, too."""
DECISION_WORD = """case when d.act in ('approve', 'edit') then if(d.waits, 'waiting', 'approved')
    when d.act = 'reject' then 'rejected' when d.act = 'second-opinion' then 'second opinion' else 'open' end"""
HUMAN = "case when d.act in ('approve', 'edit') and not d.waits then 1 when d.act = 'reject' then 0 end::tinyint"
"""What stands, by people: 1 approved, 0 rejected; null where nobody decided, and where a statement waits."""
LABEL = """case when d.act = 'reject' then 0
    when d.act in ('approve', 'edit') then if(d.statement is null and d.solution is null, 1, 0) end::tinyint"""
"""What people hold of the machine's row: one that had to be edited was not good."""
WAYS = "select id, json_extract_string(plan, '$.recipe.way') as way from runs"
"""The way of each run; plans from before the word, and problems of no run, have none."""
_APART = "'seed', 'self_refine'"
"""Agents whose problems are judged apart from the rest of their run."""
METHOD = """case when p.agent = 'seed' and r.way = 'agenticmath' then 'agenticmath-seeds'
    when p.agent = 'self_refine' and r.way = 'continual' then 'continual-pairs' else coalesce(r.way, 'gsdp') end"""
"""By which method's rules a problem `p` of a run `r` of WAYS is judged; without a way by the graph's."""
BOARD = f"""
    with ways as materialized ({WAYS}),
    apart as (select id, agent from problems where agent in ({_APART})),
    doubted as (
        select * from solutions where problem_id in (select problem_id from solutions where answer is null)),
    said as (select * from verdicts where subject_id in (select id from doubted)),
    silent as (
        select f.problem_id from ({chosen("doubted", "said")}) f join doubted d on d.id = f.id where d.answer is null
        union all select p.id from problems p anti join solutions s on s.problem_id = p.id),
    graded as (
        select problem_id, cast(arg_max(value, made_at) as float) as curated
        from verdicts where name = 'joint_curated' group by problem_id)
    select b.*, {METHOD} as method, if(n.problem_id is null, 1, 0)::tinyint as answered, g.curated
    from scoreboard b left join apart p on p.id = b.id left join ways r on r.id = b.run_id
    left join silent n on n.problem_id = b.id left join graded g on g.problem_id = b.id
    order by b.made_at, b.id"""
"""The scoreboard with the method whose rules judge a problem, whether it has an answer, and its curated score."""
_SCORE_NAMES = ", ".join(f"'{verdict}'" for verdict in SCORES.values())

VIEWS: dict[str, str] = {
    # An act stands unless an undo turns it; an undo stands unless a redo turns it.
    "standing_decisions": """
        select d.* from decisions d
        where d.act not in ('undo', 'redo')
          and not exists (
            select 1 from decisions u
            where u.act = 'undo' and u.undoes = d.id
              and not exists (select 1 from decisions r where r.act = 'redo' and r.undoes = u.id))""",
    # Blind readings measure how far people agree; they decide nothing.
    "counted_decisions": "select * from standing_decisions where queue not in ('double', 'repeat')",
    # A repair that was carried over from another problem brings its text, but is no yes to the problem. A statement
    # that was changed waits until somebody gives a solution for it: an edit with a solution names its statement, too.
    "decision_now": f"""
        with said as (
            select *, act <> 'skip' and queue <> 'alike' as word,
                act = 'edit' and solution is not null and (queue <> 'alike' or reason = '{HOLDS}') as answers
            from counted_decisions)
        select problem_id,
            arg_max(act, seq) filter (where word) as act,
            arg_max(curator, seq) filter (where word) as curator,
            arg_max(reason, seq) filter (where word) as reason,
            arg_max(made_at, seq) filter (where word) as made_at,
            arg_max(id, seq) filter (where word) as decision_id,
            arg_max(statement, seq) filter (where act = 'edit' and statement is not null) as statement,
            arg_max(solution, seq) filter (where act = 'edit' and solution is not null) as solution,
            coalesce(max(seq) filter (where act = 'edit' and statement is not null)
                > coalesce(max(seq) filter (where answers), -1)
                and arg_max(statement, seq) filter (where act = 'edit' and statement is not null)
                    is distinct from arg_max_null(statement, seq) filter (where answers), false) as waits
        from said group by problem_id""",
    # A label that came with a decision stands as long as that does.
    "standing_labels": """
        select l.* from labels l
        where l.decision_id is null or l.decision_id in (select id from standing_decisions)""",
    # What people hold of each text by the last word of those who read it first, or settled it. Second readings and
    # repeats measure readers; rows whose truth is known measure them, too.
    "label_now": """
        select row_id, row_hash,
            coalesce(arg_max(verdict, seq) filter (where verdict <> 'skipped'), 'skipped') as verdict,
            arg_max(curator, seq) as curator, max(made_at) as made_at,
            arg_max_null(blind, seq) filter (where verdict <> 'skipped') as blind,
            bool_or(provenance = 'import') as imported
        from standing_labels where role in ('first', 'adjudicated') and provenance <> 'gold'
        group by row_id, row_hash""",
    "standing_point_events": """
        select e.* from point_events e
        where e.act <> 'undo'
          and not exists (
            select 1 from point_events u
            where u.act = 'undo' and u.undoes = e.id
              and not exists (select 1 from point_events r where r.act = 'undo' and r.undoes = u.id))""",
    # Every point follows its last standing merge. Where merges of different runs chase each other in a circle,
    # the oldest of them gives way.
    "point_now": """
        with recursive
        last_merge as (
            select point_id, arg_max(target_id, seq) as target_id, max(seq) as seq
            from standing_point_events
            where act = 'merge' and target_id <> point_id and target_id in (select id from knowledge_points)
            group by point_id),
        walk as (
            select k.id as start, k.id as here, [k.id] as path, []::bigint[] as seqs, false as closed
            from knowledge_points k
            union all
            select w.start, m.target_id, list_append(w.path, m.target_id), list_append(w.seqs, m.seq),
                list_contains(w.path, m.target_id)
            from walk w join last_merge m on m.point_id = w.here
            where not w.closed),
        ends as (
            select start, here, path, seqs, closed, list_position(path, here) as entry from walk
            qualify row_number() over (partition by start order by len(path) desc) = 1),
        resolved as (
            select start as id,
                case when closed
                    then path[entry + list_position(seqs[entry:], list_min(seqs[entry:])) - 1]
                    else here end as into_id
            from ends),
        gone as (
            select point_id, arg_max(act, seq) as act, arg_max(coalesce(label, ''), seq) as label,
                arg_max(reason, seq) as reason
            from standing_point_events where act in ('drop', 'delete', 'split', 'add')
            group by point_id having arg_max(act, seq) <> 'add'),
        renamed as (
            select point_id, arg_max(name, seq) as name
            from standing_point_events where act = 'rename' and name is not null group by point_id),
        called as (
            select distinct coalesce(target_id, point_id) as point_id
            from standing_point_events where act in ('add', 'split'))
        select k.id, k.name as first_name, r.into_id, coalesce(n.name, t.name, k.name) as name,
            coalesce(t.area, k.area) as area, coalesce(t.definition, k.definition) as definition, k.origin,
            g.act is null and h.act is null and t.id is not null
                and (k.origin <> 'curator' or c.point_id is not null) as live,
            coalesce(g.act, h.act) as gone_by, coalesce(g.label, h.label) as label,
            coalesce(g.reason, h.reason) as reason
        from knowledge_points k
        join resolved r on r.id = k.id
        left join knowledge_points t on t.id = r.into_id
        left join renamed n on n.point_id = r.into_id
        left join gone g on g.point_id = k.id
        left join gone h on h.point_id = r.into_id
        left join called c on c.point_id = k.id""",
    "incidence": """
        select distinct s.seed_id, p.into_id as point_id, p.name as point
        from seed_points s join point_now p on p.id = s.point_id
        where p.live and (s."by" not like 'PE-%' or s."by" in (select id from standing_point_events))""",
    # Names that problems carry, and the point that each of them means today.
    "point_names": """
        with named as (
            select name, id as point_id, 0 as seq from knowledge_points
            union all
            select name, point_id, seq from point_events where act = 'rename' and name is not null)
        select n.name as said, arg_max(p.name, n.seq) as name, arg_max(p.into_id, n.seq) as point_id,
            arg_max(p.live, n.seq) as live
        from named n join point_now p on p.id = n.point_id group by n.name""",
    # Where a point was split, what its name means on each problem that carries it; the last standing split counts.
    "split_names": """
        select m.problem_id, m.said, arg_max(p.name, e.seq) as name
        from problem_points m join standing_point_events e on e.id = m."by" join point_now p on p.id = m.point_id
        group by m.problem_id, m.said""",
    "scores": f"""
        select problem_id, {_score_columns()}
        from verdicts where name in ({_SCORE_NAMES}) and problem_id is not null group by problem_id""",
    "chosen_solution": chosen("solutions", "verdicts"),
    "current_problem": """
        select p.* from problems p
        where p.id not in (select parent_id from problems where parent_id is not null)""",
    "problem_now": f"""
        select p.*, coalesce(d.statement, p.statement) as statement_now, d.solution as solution_edited,
            d.act as act, d.curator as curator, d.reason as decision_reason, d.made_at as decided_at, d.decision_id,
            d.statement is not null or d.solution is not null as edited, coalesce(d.waits, false) as waits,
            {DECISION_WORD} as decision, {HUMAN} as human, {LABEL} as label
        from current_problem p left join decision_now d on d.problem_id = p.id""",
    "latest_map": """
        select subject_id, arg_max(x, n) as x, arg_max(y, n) as y
        from (select subject_id, x, y, rowid as n from projections
              where map_id = (select arg_max(map_id, rowid) from projections))
        group by subject_id""",
    "truth_of_reply": """
        select id, json_valid(aside) as known,
            json_extract_string(aside, '$.flaw') as flaw, json_exists(aside, '$.flaw') as has_flaw,
            try_cast(json_extract_string(aside, '$.correct') as boolean) as correct
        from replies where aside <> '' and json_valid(aside)""",
    "scoreboard": f"""
        select p.id, p.run_id, p.kind, p.points, coalesce(w.name, n.name, p.points[1]) as concept,
            left(p.statement, 160) as statement, p.made_at,
            {", ".join(f"s.{column}" for column in SCORES)},
            m.x, m.y,
            case when tp.has_flaw then coalesce(tp.flaw, '') end as truth_flaw, ts.correct as truth_correct
        from current_problem p
        left join scores s on s.problem_id = p.id
        left join latest_map m on m.subject_id = p.id
        left join point_names n on n.said = p.points[1]
        left join split_names w on w.problem_id = p.id and w.said = p.points[1]
        left join truth_of_reply tp on tp.id = p.reply_id
        left join (
            with told as (
                select o.id, o.problem_id, t.correct from solutions o join truth_of_reply t on t.id = o.reply_id),
            known as (select * from solutions where problem_id in (select problem_id from told)),
            about as (select * from verdicts where subject_id in (select id from known))
            select f.problem_id, t.correct from ({chosen("known", "about")}) f join told t on t.id = f.id) ts
            on ts.problem_id = p.id""",
    "latest_selection": """
        select problem_id, kept, reason from selection_items
        where selection_id = (select arg_max(id, seq) from selections)""",
    "coverage": """
        with written as (
            select coalesce(s.name, n.name, u.point) as point, u.id, u.human
            from (select unnest(points) as point, id, human from problem_now) u
            left join point_names n on n.said = u.point
            left join split_names s on s.problem_id = u.id and s.said = u.point)
        select w.point, count(distinct w.id) as problems,
            count(distinct w.id) filter (where k.kept) as kept,
            count(distinct w.id) filter (where w.human = 1) as approved
        from written w left join latest_selection k on k.problem_id = w.id
        group by w.point""",
    "items_now": """
        select run_id, item_id, arg_max(outcome, seq) as outcome, max(made_at) as made_at
        from items group by run_id, item_id""",
    "run_now": """
        select r.*, coalesce(e.state, 'waiting') as state, coalesce(e.detail, '') as detail, e.changed_at,
            coalesce(i.done, 0) as done, coalesce(i.failed, 0) as failed,
            coalesce(q.calls, 0) as calls, coalesce(q.tokens_in, 0) as tokens_in,
            coalesce(q.tokens_out, 0) as tokens_out, coalesce(q.cost, 0) as cost
        from runs r
        left join (select run_id, arg_max(state, seq) as state, arg_max(detail, seq) as detail,
                arg_max(made_at, seq) as changed_at
            from run_events where state <> 'journal' group by run_id) e on e.run_id = r.id
        left join (select run_id, count(*) filter (where outcome <> 'failed') as done,
                count(*) filter (where outcome = 'failed') as failed
            from items_now group by run_id) i on i.run_id = r.id
        left join (select run_id, count(id) filter (where id <> '') as calls, sum(tokens_in) as tokens_in,
                sum(tokens_out) as tokens_out, sum(cost) as cost
            from replies group by run_id) q on q.run_id = r.id""",
    "funnel": """
        select p.run_id,
            count(p.id) filter (where p.id <> '') as written,
            count(p.id) filter (where o.problem_id is not null) as solved,
            count(p.id) filter (where v.problem_id is not null) as judged,
            count(p.id) filter (where k.kept) as selected,
            count(p.id) filter (where p.human = 1) as approved,
            count(p.id) filter (where p.human = 0) as rejected,
            count(p.id) filter (where x.problem_id is not null) as exported
        from problem_now p
        left join (select distinct problem_id from solutions) o on o.problem_id = p.id
        left join (select distinct problem_id from verdicts where name = 'problem_score') v on v.problem_id = p.id
        left join latest_selection k on k.problem_id = p.id
        left join (select distinct problem_id from export_items) x on x.problem_id = p.id
        group by p.run_id""",
}
