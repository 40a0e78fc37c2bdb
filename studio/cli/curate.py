"""`lemma curate`, `lemma select`, `lemma decide`, `lemma undo`: ratings, policy and the curator's hand, scripted."""

from __future__ import annotations

import getpass
from dataclasses import asdict, replace
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from engine.core.errors import BadSetting, UserError
from engine.core.project import find
from engine.core.records import REJECT_REASONS, Decision
from engine.curation import methods, policy_file
from engine.curation import policy as policies
from engine.curation.apply_policy import Selected, select
from engine.curation.correct_ratings import SCORES, rescore
from engine.curation.trust.estimated import Estimated
from engine.generation import recipes
from engine.reporting import answers_read
from engine.verification.checks import form
from studio.cli.console import Console
from studio.cli.opening import up_to_date
from studio.cli.options import JsonOption, ProjectOption, pairs
from studio.cli.solving import solved_again

Curator = Annotated[str, typer.Option(help="Who decides; you by default.")]


class FlaggedBy(StrEnum):
    """Which ratings count as wrong."""

    RANK = "rank"
    MV = "mv"


_ACTS = ("approve", "reject", "edit")


def register(app: typer.Typer) -> None:
    """Add the commands to `lemma`."""
    app.command("curate")(curate)
    app.command("select")(select_command)
    app.command("decide")(decide)
    app.command("undo")(undo)


def curate(
    scores: Annotated[str, typer.Option(help=f"Which ratings: {', '.join(SCORES)}.")] = "seed_rating",
    mode: Annotated[
        FlaggedBy, typer.Option(help="Flag by the noise rate of each score, or all that their neighbours outvote.")
    ] = FlaggedBy.RANK,
    best: Annotated[int, typer.Option(min=0, help="Show the best so many: by rating, then by rarity.")] = 0,
    count_self: Annotated[
        bool, typer.Option("--count-self", help="A text is its own nearest in its rarity, as in DS2's code.")
    ] = False,
    change: Annotated[list[str] | None, typer.Option("--set", metavar="KEY=VALUE", help="Change a setting.")] = None,
    project: ProjectOption = None,
    json: JsonOption = False,
) -> None:
    """Estimate how raters err, find wrong ratings, and say what they should be; nothing is changed."""
    home = find(project)
    said = {"curation.mode": mode.value, "curation.count_self": str(count_self).lower()}
    settings = recipes.load("agenticmath", said | pairs(change or [], "KEY=VALUE")).settings
    with up_to_date(home) as store:
        found = rescore(store, scores, settings, cache=home.runs / ".embeddings")
    done, estimate = found.curated, found.curated.estimate
    before, after = done.histograms()
    unsure = bool(found.doubt) or not estimate.reliable
    values = {
        "scores": found.name,
        "mode": settings.curation.mode,
        "ratings": len(found.subjects),
        # A matrix of too few ratings, or one that contradicts itself, would look like knowledge and is none.
        "T": [] if unsure else [[round(float(x), 4) for x in row] for row in estimate.T],
        "p": [] if unsure else [round(float(x), 4) for x in estimate.p],
        "reliable": not unsure,
        "classes": [asdict(one) | {"confidence": round(one.confidence, 4)} for one in done.classes],
        "doubt": found.doubt,
        "changed": [] if found.doubt else [
            {"id": found.subjects[n], "old": int(done.reported[n]), "new": int(done.scores[n]),
             "confidence": round(float(done.confidence[n]), 4)}
            for n in done.changed.tolist()
        ],
        "before": before.tolist(),
        "after": (before if found.doubt else after).tolist(),
        "best": [
            {"id": found.subjects[n], "score": int(done.scores[n]), "rarity": found.rarity[n]} for n in found.best(best)
        ],
    }  # fmt: skip
    rated = f"{len(found.subjects):,} {SCORES[found.name]}"
    outcome = f"{len(done.changed):,} would be overwritten."
    if found.doubt:
        outcome = f"none would be overwritten: {found.doubt}."
    doubted = "".join(
        f"\n  score {one.score}: {one.doubt}{'; it keeps what raters said' if one.kept_raw else ''}"
        for one in done.classes
        if one.doubt and one.rows and not found.doubt
    )
    ranked = "".join(f"\n  {row['score']}  rarity {row['rarity']:.4f}  {row['id']}" for row in values["best"])
    Console(json).result(values, f"{rated}, {outcome}{doubted}{ranked}")


def select_command(
    policy: Annotated[
        Path | None,
        typer.Option(help="Policy file (TOML or JSON), for all problems or by method; else each method as published."),
    ] = None,
    size: Annotated[
        int | None, typer.Option(min=1, help="Keep at most the best so many, of each method its share.")
    ] = None,
    unanswered: Annotated[bool, typer.Option("--unanswered", help="Keep solutions without an answer, too.")] = False,
    project: ProjectOption = None,
    json: JsonOption = False,
) -> None:
    """Apply a policy to all problems and remember the selection; every method's problems by its own rules."""
    chosen = policy_file.load(policy) if policy else policies.published()
    if size or unanswered:
        chosen = policies.checked(
            replace(chosen, size=size or chosen.size, unanswered=unanswered or chosen.unanswered)
        )  # fmt: skip
    with up_to_date(find(project), brief=True) as store:
        done = select(store, chosen)
        answers, read = answers_read.counts(store), answers_read.told(store)
    values = {
        "selected": done.kept,
        "total": done.total,
        "funnel": done.funnel,
        "reasons": done.reasons,
        "methods": {method: asdict(each) for method, each in done.methods.items()},
        "precision": done.precision.as_dict(),
        "recall": done.recall.as_dict(),
        "answers": answers,
        "policy": done.policy.name,
        "selection": done.selection_id,
    }
    Console(json).result(values, "\n".join((_told(done), _sure(done.precision), *read)))


def _told(done: Selected) -> str:
    lines = [f"{done.kept:,} of {done.total:,} kept by {done.policy.name}"]
    if len(done.methods) < 2:
        return "\n".join(lines + _steps(done.funnel, done.reasons))
    for method, each in done.methods.items():
        lines.append(f"{methods.label(method)}: {each.kept:,} of {each.total:,}")
        lines += _steps(each.funnel, each.reasons)
    return "\n".join(lines)


def _sure(found: Estimated) -> str:
    """Say the precision of the rules with its interval, or why there is none and what would give one."""
    if found.refusal is not None or found.value is None or found.low is None or found.high is None:
        why = found.refusal.why if found.refusal else "nothing can be said."
        needed = found.refusal.labels if found.refusal else 0
        return f"precision: {why}" + (f" {needed} random labels would change that: lemma labels draw" if needed else "")
    random, rough = found.labels.get("random", 0), "; rough" if found.rough else ""
    worth = "" if found.effective is None else f", worth {found.effective:.0f}"
    notes = "".join(f"\n  {note}" for note in found.notes)
    return (
        f"precision of the rules: {found.value:.1%} ({found.low:.1%} to {found.high:.1%}) by {random:,} random labels"
        f"{worth} ({found.estimator}{rough}){notes}"
    )


def _steps(funnel: dict[str, int], reasons: dict[str, int]) -> list[str]:
    lines = [f"  {count:>8,} after {step}" for step, count in funnel.items()]
    return lines + [f"  {count:>8,} dropped: {reason}" for reason, count in reasons.items()]


def decide(
    problem: Annotated[str, typer.Argument(metavar="ID")],
    act: Annotated[str, typer.Argument(metavar="approve|reject|edit")],
    reason: Annotated[str, typer.Option(help=f"Why; for reject one of: {', '.join(REJECT_REASONS)}.")] = "",
    statement: Annotated[str | None, typer.Option(help="New statement, for edit.")] = None,
    solution: Annotated[str | None, typer.Option(help="New solution, for edit.")] = None,
    holds: Annotated[
        bool, typer.Option("--holds", help="The solution still holds for the edited statement, for edit.")
    ] = False,
    solve: Annotated[
        bool,
        typer.Option("--solve", help="Have a model solve the edited statement, and save what it writes, for edit."),
    ] = False,
    model: Annotated[
        str, typer.Option(metavar="ENGINE:MODEL", help="Who solves, for --solve; who solved it before by default.")
    ] = "",
    curator: Curator = "",
    project: ProjectOption = None,
    json: JsonOption = False,
) -> None:
    """Approve, reject or edit one problem.

    An edit of the statement alone waits until its solution is given with --solution, written by a model with --solve
    or confirmed with --holds; until then it is exported nowhere.
    """
    _checked(act, reason, statement, solution, holds, solve)
    _checked_solving(act, solution, holds, solve, model)
    console, home = Console(json), find(project)
    for fault in form.of_statement(statement) if statement else ():
        console.say(f"warning: the new statement: {fault}")
    with up_to_date(home, brief=not solve) as store:
        if store.problems.get(problem) is None:
            raise UserError(f"there is no problem {problem!r}.", do="Its id stands on the review card.")
        who = curator or getpass.getuser()
        solved = solved_again(store, home, console, problem, statement, model) if solve else None
        if solved:
            solution = solved.text
        if statement or solution or not holds:
            made = store.decisions.decide(problem, who, act, reason=reason, statement=statement, solution=solution)  # type: ignore[arg-type]
        if holds:
            made = store.decisions.confirm(problem, who)
        now = store.problems.get(problem)
    waits = bool(now and now.waits)
    told = f"{made.act} {made.problem_id} ({made.id})" + (f"\n{_WAITS.format(id=problem)}" if waits else "")
    values = {"decision": _shown(made), "waits": waits}
    if solved:
        values["solved"] = asdict(solved)
        told += f"\n{solved.told}"
    console.result(values, told)


_WAITS = (
    "The statement was edited and its solution was not: it waits, and is exported nowhere. Give one with\n"
    "  lemma decide {id} edit --solution TEXT\nhave a model write one with\n  lemma decide {id} edit --solve\n"
    "or say that the old one answers the new statement, too:\n  lemma decide {id} edit --holds"
)


def _checked(act: str, reason: str, statement: str | None, solution: str | None, holds: bool, solve: bool) -> None:
    if act not in _ACTS:
        raise BadSetting(f"{act!r} is no decision.", do=f"Use {', '.join(_ACTS)}.")
    if act == "reject" and reason not in REJECT_REASONS:
        raise BadSetting(f"--reason {reason!r} is not in the list.", do=f"Reasons: {', '.join(REJECT_REASONS)}.")
    if act == "edit" and not (statement or solution or holds or solve):
        raise BadSetting("an edit needs --statement, --solution, --solve or --holds.")
    if holds and (act != "edit" or solution):
        raise BadSetting("--holds belongs to an edit without --solution.", do="The old solution holds, or write one.")


def _checked_solving(act: str, solution: str | None, holds: bool, solve: bool, model: str) -> None:
    if solve and (act != "edit" or solution or holds):
        do = "A model writes the solution, or you do, or the old one holds."
        raise BadSetting("--solve belongs to an edit without --solution and --holds.", do=do)
    if model and not solve:
        raise BadSetting("--model belongs to --solve.")


def undo(curator: Curator = "", project: ProjectOption = None, json: JsonOption = False) -> None:
    """Take back the curator's last act, or batch."""
    with up_to_date(find(project), brief=True) as store:
        done = store.decisions.undo(curator or getpass.getuser())
    text = ", ".join(one.problem_id for one in done) or "nothing to undo"
    Console(json).result({"undone": [_shown(one) for one in done]}, text)


def _shown(decision: Decision) -> dict[str, object]:
    return asdict(decision)
