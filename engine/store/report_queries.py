"""What a report counts: verdicts with their recipes, what runs reached, what replies cost."""

from __future__ import annotations

from collections.abc import Iterable

import pandas as pd

from engine.store.repository import Repository
from engine.store.views import given


class ReportQueries(Repository):
    """Rows behind the report, of real runs and of current problems unless a method says otherwise."""

    def said(self, names: Iterable[str]) -> pd.DataFrame:
        """Return the latest verdicts of these names, one by each judge.

        Columns: recipe, name, subject_id, problem_id, by, value, reason, evidence, version (of the prompt or rule).
        Problems that were revised since are among them: a report on rounds needs all of them.
        """
        return self._db.frame(
            """select coalesce(r.recipe, '') as recipe, v.name, v.subject_id, v.problem_id, v."by", v.value, v.reason,
                   v.evidence, v.version
               from verdicts v left join runs r on r.id = v.run_id
               where v.name in (select unnest(?::varchar[]))
               qualify row_number() over (
                   partition by v.name, v.subject_id, v."by" order by v.made_at desc, v.rowid desc) = 1
               order by v.made_at, v.subject_id, v.name""",
            [list(names)],
        )

    def marked(self) -> pd.DataFrame:
        """Return marks on answers to held-out requests: run_id, made_at, name, value, subject_id, each the latest."""
        return self._db.frame(
            """select v.run_id, r.made_at, v.name, v.value, v.subject_id from verdicts v join runs r on r.id = v.run_id
               where v.subject = 'request' and v.value is not null and starts_with(v.name, 'dimension_')
               qualify row_number() over (
                   partition by v.run_id, v.name, v.subject_id order by v.made_at desc, v.rowid desc) = 1
               order by r.made_at, v.run_id"""
        )

    def outcomes(self) -> pd.DataFrame:
        """Return how many items of each generating run ended at each stage: run_id, recipe, made_at, outcome, items."""
        return self._db.frame(
            """select i.run_id, r.recipe, r.made_at, i.outcome, count(i.item_id) filter (where i.item_id <> '') as items
               from items_now i join runs r on r.id = i.run_id
               where not r.dry and r.kind = 'generate'
               group by all order by r.made_at, i.run_id, i.outcome"""
        )

    def problems(self) -> pd.DataFrame:
        """Return the current problems: id, recipe, kind, agent, combination_id, seed_id, statement, human, kept.

        `human` is 1 where a person approved the machine's row, 0 where it was rejected or edited.
        `kept` is what the latest selection says, null where there is none; seeds that were solved anew are left out.
        """
        return self._db.frame(
            """select p.id, coalesce(r.recipe, '') as recipe, p.kind, p.agent, p.combination_id, p.seed_id,
                   p.statement_now as statement, p.label as human, k.kept
               from problem_now p left join runs r on r.id = p.run_id
               left join latest_selection k on k.problem_id = p.id
               where p.agent <> 'seed' order by p.made_at, p.id"""
        )

    def spent(self) -> pd.DataFrame:
        """Return calls, tokens_in, tokens_out, seconds and cost by recipe, stage (the prompt), role and model."""
        return self._db.frame(
            """select coalesce(r.recipe, '') as recipe, q.prompt_id as stage, q.role, q.model,
                   count(q.id) filter (where q.id <> '') as calls, cast(sum(q.tokens_in) as bigint) as tokens_in,
                   cast(sum(q.tokens_out) as bigint) as tokens_out, sum(q.seconds) as seconds, sum(q.cost) as cost
               from replies q left join runs r on r.id = q.run_id group by all order by 1, 2, 3, 4"""
        )

    def seeds_used(self) -> pd.DataFrame:
        """Return per recipe what it used, wrote and kept: recipe, seeds, problems, kept.

        A seed is used where a problem was written from it, revised versions among them, or from a combination with a
        point of it. Kept is what the latest selection keeps, or the methods themselves where there is no selection.
        """
        return self._db.frame(
            """with written as (
                   select p.*, r.recipe from problems p join runs r on r.id = p.run_id where p.agent <> 'seed'),
               used as (
                   select recipe, seed_id from written where seed_id is not null
                   union
                   select w.recipe, i.seed_id
                   from (select distinct recipe, unnest(points) as said from written where combination_id is not null) w
                   join point_names n on n.said = w.said join incidence i on i.point_id = n.point_id),
               by_method as (
                   select r.recipe, count(i.item_id) filter (where i.outcome = 'kept') as kept
                   from items_now i join runs r on r.id = i.run_id where not r.dry and r.kind = 'generate' group by 1),
               standing as (
                   select r.recipe, count(p.id) filter (where p.id <> '') as problems,
                       count(p.id) filter (where k.kept) as kept
                   from current_problem p join runs r on r.id = p.run_id
                   left join latest_selection k on k.problem_id = p.id
                   where p.agent <> 'seed' group by r.recipe)
               select s.recipe,
                   (select count(u.seed_id) filter (where u.seed_id <> '')
                    from used u where u.recipe = s.recipe) as seeds,
                   s.problems,
                   case when exists (select 1 from selections) then s.kept else coalesce(m.kept, 0) end as kept
               from standing s left join by_method m on m.recipe = s.recipe order by s.recipe"""
        )

    def by_models(self) -> pd.DataFrame:
        """Return who wrote and who solved each current problem, and what came of it.

        Columns: recipe, run_id, writer, solver, id, kept, solvable, agreement, human.

        `kept` is what the method itself decided and `solvable` what a judge said, 1, 0 or null; `solver` is '' where
        nobody solved it. Seeds that were solved anew are left out.
        """
        return self._db.frame(
            f"""with said as (
                   select subject_id as id, arg_max_null(value, made_at) filter (where name = 'method') as kept,
                       arg_max_null(value, made_at) filter (where name = 'solvable') as solvable
                   from verdicts where name in ('method', 'solvable') and subject = 'problem' group by subject_id),
               solved as (select problem_id as id, arg_min(model, "index") as solver from solutions group by problem_id)
               select coalesce(r.recipe, '') as recipe, p.run_id, coalesce(p.model, '') as writer,
                   coalesce(o.solver, '') as solver, p.id, v.kept, v.solvable,
                   {given("s.agreement")} as agreement, p.human
               from problem_now p left join runs r on r.id = p.run_id left join said v on v.id = p.id
               left join solved o on o.id = p.id left join scores s on s.problem_id = p.id
               where p.agent <> 'seed' order by p.made_at, p.id"""
        )

    def solvable(self) -> pd.DataFrame:
        """Return what a judge said last of each problem that one was asked about: id, solvable (1, 0, null)."""
        return self._db.frame(
            """select p.id, arg_max_null(v.value, v.made_at) as solvable
               from problem_now p join verdicts v on v.subject_id = p.id and v.name = 'solvable'
               group by p.id order by p.id"""
        )

    def revised(self) -> list[str]:
        """Return the ids of problems that revise another one."""
        return [ident for (ident,) in self._db.rows("select id from problems where parent_id is not null order by id")]

    def topics(self) -> pd.DataFrame:
        """Return what each current problem is about: id, topic, taxonomy, points.

        `topic` is the path that it was written for and `taxonomy` the version of the tree, both null where it was
        written another way; `points` are names of today.
        """
        return self._db.frame(
            """with ordered as (
                   select run_id, item_id, max(text) filter (where name = 'topic') as topic,
                       max(text) filter (where name = 'taxonomy') as taxonomy
                   from intermediates where name in ('topic', 'taxonomy') group by run_id, item_id),
               named as (
                   select u.id, list(distinct coalesce(s.name, n.name, u.point)) as points
                   from (select id, unnest(points) as point from current_problem) u
                   left join point_names n on n.said = u.point
                   left join split_names s on s.problem_id = u.id and s.said = u.point
                   group by u.id)
               select p.id, o.topic, o.taxonomy, coalesce(n.points, []) as points
               from current_problem p left join named n on n.id = p.id
               left join ordered o on o.run_id = p.run_id and o.item_id = p.item_id
               where p.agent <> 'seed' order by p.id"""
        )

    def pairs(self) -> pd.DataFrame:
        """Return the pairs that problems were written from, random ones too: kind, first, second, nearness.

        `nearness` is the mean over the problems of a pair of their largest cosine to a seed, null where not measured.
        """
        return self._db.frame(
            """select c.kind, c.points[1] as first, c.points[2] as second, avg(s.seed_similarity) as nearness
               from combinations c join current_problem p on p.combination_id = c.id
               left join scores s on s.problem_id = p.id
               where len(c.points) = 2 group by c.id, c.kind, c.points order by c.id"""
        )

    def extracted(self) -> pd.DataFrame:
        """Return the points of seeds as a model listed them, before any filter: seed_id, point_id, name."""
        return self._db.frame(
            """select distinct i.seed_id, i.point_id, k.name
               from seed_points i join knowledge_points k on k.id = i.point_id
               where k.origin = 'extracted' and i."by" not like 'PE-%' order by i.seed_id, i.point_id"""
        )

    def point_acts(self) -> pd.DataFrame:
        """Return what stands of all that was said about points, oldest first: act, point_id, target_id, filtered.

        `filtered` says whether the filter of a run spoke; otherwise it was a person.
        """
        return self._db.frame(
            """select e.act, e.point_id, e.target_id, r.id is not null as filtered
               from standing_point_events e left join runs r on r.id = e."by" order by e.seq"""
        )
