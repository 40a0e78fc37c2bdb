"""`lemma judges`: how far judges agree with people; `check` below it asks them about rows that people judged."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import Annotated, Any

import orjson
import typer

from engine import planning
from engine.core.files import write_atomically
from engine.core.out_folder import in_words, mark, require_ours
from engine.core.project import find
from engine.curation.trust.reviewed import LabelledShare
from engine.curation.trust.standing import WORDS, sentences
from engine.curation.trust.subsets import PanelShare
from engine.learning.judging.program import CHECKED
from engine.planning.judge_checks import judges_of, judging_recipe
from engine.reporting.judge_standings import CheckedJudge, JudgeReport, ReviewedJudge, judge_report, ranking
from engine.reporting.panel_table import PanelRow, PanelTable
from engine.runs import launcher
from engine.store import Store
from studio.cli.console import Console
from studio.cli.options import JsonOption, ProjectOption, pairs
from studio.cli.running import foreground, require_success

_JUDGES = "report on judges"


def register(app: typer.Typer) -> None:
    """Add the command and the one below it to `lemma`."""
    family = typer.Typer()
    family.callback(invoke_without_command=True)(judges)
    family.command("check")(check)
    app.add_typer(family, name="judges")


def judges(
    context: typer.Context,
    out: Annotated[Path | None, typer.Option("--out", metavar="DIR", help="Write judges.json there, too.")] = None,
    project: ProjectOption = None,
    json: JsonOption = False,
) -> None:
    """Say how far each judge agrees with people: in checks with intervals, on the review desk as counts."""
    if context.invoked_subcommand:
        return
    console, home = Console(json), find(project)
    if out is not None:
        require_ours(out.expanduser(), _JUDGES, home.root)
    with Store(home.database) as store:
        found = judge_report(store)
    values, lines = told(found), _lines(found)
    if out is not None:
        with in_words(out):
            mark(out.expanduser(), _JUDGES, home.root)
            write_atomically(out.expanduser() / "judges.json", orjson.dumps(values, option=orjson.OPT_INDENT_2))
    nothing = "No judge was held against people yet: lemma judges check --against FILE, or decide on the review desk."
    console.result(values, "\n".join(lines) or nothing)


def check(
    against: Annotated[
        list[str],
        typer.Option("--against", metavar="[NAME=]FILE", help="Rows that people judged; may be repeated."),
    ],
    engine: Annotated[
        list[str] | None,
        typer.Option(
            "--engine", metavar="ENGINE:MODEL", help="Who judges; may be repeated. Else the project's judges."
        ),
    ] = None,
    judge: Annotated[
        list[str] | None,
        typer.Option("--judges", metavar="NAME", help=f"{', '.join(CHECKED)}; may be repeated. Else all that fit."),
    ] = None,
    limit: Annotated[int, typer.Option(min=0, help="Rows of each file, drawn with equal chances; 0 for all.")] = 200,
    seed: Annotated[int, typer.Option(min=0, help="Of the draw.")] = 0,
    change: Annotated[list[str] | None, typer.Option("--set", metavar="KEY=VALUE", help="Change a setting.")] = None,
    detach: Annotated[bool, typer.Option("--detach", help="Leave it to a worker and return.")] = False,
    project: ProjectOption = None,
    json: JsonOption = False,
) -> None:
    """Ask the studio's judges about rows that people judged, and say whether they beat chance."""
    console, home = Console(json), find(project)
    recipe = judging_recipe(home, pairs(change or [], "KEY=VALUE"))
    names = tuple(name.strip() for given in judge or () for name in given.split(",") if name.strip())
    with Store(home.database) as store:
        planned = planning.judge_check(
            store, home, against, engine or judges_of(recipe), names, limit, recipe.settings, seed
        )
        for note in planned.notes:
            console.say(note)
        if detach:
            worker = launcher.launch(planned.directory)
            console.result({"run": planned.plan.id, "state": "waiting", "pid": worker}, f"{planned.plan.id} goes on")
            return
        console.say(f"{planned.plan.id}: {planned.plan.total:,} verdicts")
        status = foreground(store, planned.directory, console, planned.plan.id, told_later=True)
        found = judge_report(store)
    mine = JudgeReport(tuple(one for one in found.checked if planned.plan.id in one.runs), found.together, ())
    counts = {"asked": planned.plan.total, "answered": status.done, "failed": status.failed}
    head = {"run": planned.plan.id, "state": status.state, **counts}
    console.result(head | told(mine), "\n".join([f"{planned.plan.id} is {status.state}", *_lines(mine)]))
    require_success(planned.directory, status)


def told(found: JudgeReport) -> dict[str, Any]:
    """Return a report for programs; figures that there are not are null."""
    return {
        "judges": [_judge(one) for one in found.checked],
        "subsets": [
            _subset(each, row) for each in (*found.panels, *(one.sets for one in found.together)) for row in each.rows
        ],
        "chosen": [_chosen(each) for each in (*found.panels, *(one.sets for one in found.together))],
        "pairs": [
            {"judge": each.judge, "source": each.source, **_pair(pair)}
            for each in found.together
            for pair in each.pairs
        ],
        "alpha": [{"judge": each.judge, "source": each.source, **asdict(each.alpha)} for each in found.together],
        "reviewed": [_reviewed(one) for one in found.reviewed],
    }


def _judge(one: CheckedJudge) -> dict[str, Any]:
    stands = one.standing
    shares = {name: _share(getattr(stands, name)) for name in ("good", "passed", "good_passed", "bad_passed")}
    return {
        "judge": one.judge,
        "model": one.model,
        "source": one.source,
        "means": one.means,
        "earlier_prompt": one.earlier,
        "file_rows": one.file_rows,
        "limit": one.limit,
        "runs": list(one.runs),
        "rows": stands.rows,
        "unreadable": stands.unreadable,
        **shares,
        "balanced_accuracy": {"value": stands.balanced, "interval": stands.balanced_interval},
        "separates": one.separates and asdict(one.separates),
        **_pair(stands.agreed),
        "word": WORDS[stands.word],
        "leans": stands.leans,
        "says": list(sentences(stands)),
    }


def _pair(pair: Any) -> dict[str, Any]:
    counts = {
        "both": pair.both,
        "first_only": pair.first_only,
        "second_only": pair.second_only,
        "neither": pair.neither,
    }
    figures = {name: {"value": value, "interval": pair.intervals[name]} for name, value in pair.values.items()}
    return {"first": pair.first, "second": pair.second, "n": pair.rows, "counts": counts, "agreement": figures}


def _subset(found: PanelTable, row: PanelRow) -> dict[str, Any]:
    """Return one combination; shares of labels that nobody drew at random are null, and `reason` says so."""
    panel, one = found.panel, row.found
    shares = {name: _estimated(getattr(one, name)) for name in ("accuracy", "precision", "recall", "f1")}
    return {
        "judge": panel.about,
        "source": panel.source,
        "judges": [panel.judges[place] for place in one.rule.judges],
        "rule": row.rule,
        "rows": len(panel),
        **shares,
        "kept": {"value": one.retention, "low": None, "high": None, "hits": one.kept, "of": len(panel)},
        "kappa": row.kappa,
        "pareto": one.front,
        "like_the_best": one.like_best,
        "counts": asdict(row.counts),
    }


def _estimated(share: PanelShare) -> dict[str, Any]:
    return {"value": share.value, "low": share.low, "high": share.high, "labels": share.labels, "reason": share.reason}


def _chosen(found: PanelTable) -> dict[str, Any]:
    """Return the combination that the rule chose, with what labels say that did not choose it."""
    best, said = found.best, found.chosen
    return {
        "judge": found.panel.about,
        "source": found.panel.source,
        "judges": [] if best is None else [found.panel.judges[place] for place in best.found.rule.judges],
        "rule": None if best is None else best.rule,
        "apparent": said.apparent,
        "cross_fitted": said.value,
        "interval": None if said.split is None or said.split.low is None else [said.split.low, said.split.high],
        "labels": said.labels,
        "reason": said.reason,
    }


def _reviewed(one: ReviewedJudge) -> dict[str, Any]:
    return {**asdict(one), "agree": one.agree, "rows": one.rows, "interval": None, "reason": "not_random"}


def _share(share: LabelledShare | None) -> dict[str, Any] | None:
    if share is None:
        return None
    return {"value": share.value, "low": share.low, "high": share.high, "hits": share.hits, "of": share.of}


def _lines(found: JudgeReport) -> list[str]:
    lines = []
    for one in found.checked:
        lines += [f"{one.name} on {one.source}", *(f"  {said}" for said in sentences(one.standing)), *_figures(one)]
    for each in found.together:
        alpha = "no variation" if each.alpha.value is None else f"{each.alpha.value:.2f}"
        lines.append(f"{each.judge} on {each.source}: the models among themselves, Krippendorff's alpha {alpha}")
    lines += [line for each in found.panels for line in _panel_lines(each)]
    for desk in found.reviewed:
        rest = f", {desk.unreadable} unreadable" if desk.unreadable else ""
        lines.append(
            f"{desk.judge} · {desk.role} {desk.model}: agrees on {desk.agree} of {desk.rows} hand-reviewed rows "
            f"(not a random sample){rest}"
        )
    return lines


def _panel_lines(found: PanelTable) -> list[str]:
    best, said, panel = found.best, found.chosen, found.panel
    head = f"{panel.title}: {len(found.rows)} combinations of {len(panel.judges)} judges, {found.random} random labels"
    if best is None or said.value is None:
        return [f"{head}; none is chosen: lemma labels draw"]
    split = said.split
    ends = f" ({split.low:.2f} to {split.high:.2f})" if split and split.low is not None and split.high else ""
    return [
        head,
        f"  chosen: {best.names}, {best.rule}; keeps {best.found.retention:.0%}; precision {said.value:.2f}{ends} "
        f"by labels that did not choose it, {said.apparent:.2f} by those that did",
    ]


def _figures(one: CheckedJudge) -> list[str]:
    agreed = one.standing.agreed
    if not agreed.rows:
        return []
    counts = (
        f"  good and passed {agreed.both:.0f}, good and turned away {agreed.second_only:.0f}, "
        f"bad and passed {agreed.first_only:.0f}, bad and turned away {agreed.neither:.0f}"
    )
    shown = {"po": "agreement", "kappa": "kappa", "pabak": "PABAK", "ac1": "AC1"}
    figures = ", ".join(
        f"{name} " + ("no variation" if (value := agreed.values[key]) is None else f"{value:.2f}")
        for key, name in shown.items()
    )
    lines = [counts, f"  good rows {agreed.second_rate:.2f}, passed {agreed.first_rate:.2f}; {figures}"]
    return [*lines, *([f"  {ranking(one.separates)}"] if one.separates else [])]
