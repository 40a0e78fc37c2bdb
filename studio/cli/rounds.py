"""`lemma round ...`: continual-learning rounds from the shell."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import Annotated, Any

import typer

from engine import planning
from engine.core.errors import BadSetting
from engine.core.project import Project, find, roles
from engine.core.settings.training import AfterFall, Study
from engine.generation import recipes
from engine.learning.rounds import promotion_state, review
from engine.learning.rounds.promotion import fold, looping, standing, turn
from engine.runs import launcher
from engine.runs.plan import load_plan
from engine.store import Store
from studio.cli.console import Console
from studio.cli.opening import in_turn
from studio.cli.options import JsonOption, ProjectOption, pairs
from studio.cli.running import foreground

Number = Annotated[int, typer.Option("--number", help="Which round of the run; the last by default.")]
Loop = Annotated[str, typer.Argument(metavar="[RUN]", help="The loop's run; the newest by default.")]


def register(app: typer.Typer) -> None:
    """Add the commands to `lemma`."""
    group = typer.Typer(help="Rounds of continual learning.", no_args_is_help=True)
    group.command("start")(start)
    group.command("resume")(resume)
    group.command("status")(status)
    group.command("promote")(promote)
    group.command("skip")(skip)
    group.command("rollback")(rollback)
    app.add_typer(group, name="round")


def start(
    model: Annotated[str, typer.Option(help="Folder of M(0); the promoted model by default.")] = "",
    data: Annotated[str, typer.Option(help="Fine-tuning data of the first round: an export, or a JSONL file.")] = "",
    rounds: Annotated[int, typer.Option(min=1, help="How many rounds.")] = 2,
    requests: Annotated[int | None, typer.Option(min=1, help="Requests per round.")] = None,
    benchmark: Annotated[list[str] | None, typer.Option(help="NAME or NAME=FILE; may be repeated.")] = None,
    study: Annotated[
        Study, typer.Option(help="Which examinations sort the samples; sft imitates all and prefers none.")
    ] = "both",
    judge: Annotated[
        str, typer.Option(metavar="ENGINE:MODEL", help="Who marks every model's answers to the held-out requests.")
    ] = "",
    after_fall: Annotated[
        AfterFall, typer.Option(help="A round whose accuracy did not rise ends the loop, or is skipped.")
    ] = "stop",
    best_checkpoint: Annotated[
        bool, typer.Option("--best-checkpoint", help="Go on with the best checkpoint of each training, not the last.")
    ] = False,
    recipe: Annotated[str, typer.Option(help="Recipe of the synthesis.")] = "continual",
    change: Annotated[list[str] | None, typer.Option("--set", metavar="KEY=VALUE", help="Change a setting.")] = None,
    engine: Annotated[list[str] | None, typer.Option("--engine", metavar="ROLE=BACKEND:MODEL")] = None,
    detach: Annotated[bool, typer.Option("--detach", help="Leave it to a worker and return.")] = False,
    project: ProjectOption = None,
    json: JsonOption = False,
) -> None:
    """Go through rounds: train, synthesise, sort, train, evaluate. `--set round.KEY` changes the loop itself."""
    console, home = Console(json), find(project)
    changes = pairs(change or [], "KEY=VALUE")
    of_loop = {key.removeprefix("round."): changes.pop(key) for key in list(changes) if key.startswith("round.")}
    items = {"items": str(requests)} if requests else {}
    chosen = recipes.load(recipe, changes | items, pairs(engine or [], "ROLE=BACKEND:MODEL"), roles(home))
    with Store(home.database) as store:
        wanted = standing(store, home) | {"rounds": rounds, "benchmarks": tuple(benchmark or ())}
        wanted |= {"study": study, "best_checkpoint": best_checkpoint, "after_fall": after_fall, "judge": judge}
        wanted |= {key: value for key, value in (("model", model), ("data", data)) if value}
        planned = planning.loop(store, home, chosen, looping(wanted, of_loop))
        for note in planned.notes:
            console.say(note)
        if detach:
            worker = launcher.launch(planned.directory)
            console.result(_values(planned.directory) | {"pid": worker}, f"{planned.plan.id} goes on")
            return
        foreground(store, planned.directory, console, planned.plan.id, may_wait=True)
        fold(store, home, planned.directory)
        _report(store, planned.directory, console)


def resume(run: Loop = "", project: ProjectOption = None, json: JsonOption = False) -> None:
    """Go on with a loop: decisions on the samples that it waits with are handed over first."""
    console, home = Console(json), find(project)
    with Store(home.database) as store:
        directory = _loop(home, run)
        fold(store, home, directory)
        handed = review.hand_over(store, directory)
        if handed:
            console.say(f"{handed:,} decisions of people are handed over.")
        foreground(store, directory, console, directory.name, may_wait=True)
        fold(store, home, directory)
        _report(store, directory, console)


def status(run: Loop = "", project: ProjectOption = None, json: JsonOption = False) -> None:
    """Show the loop: its state, its rounds, the model that stands."""
    home = find(project)
    with in_turn(home, brief=True) as store:
        directory = _loop(home, run)
        fold(store, home, directory)
        _report(store, directory, Console(json))


def promote(run: Loop = "", number: Number = 0, project: ProjectOption = None, json: JsonOption = False) -> None:
    """Make a round's model the one that the next round starts from."""
    home = find(project)
    with in_turn(home, brief=True) as store:
        chosen = promotion_state.turnable(store.rounds.events(), run, number)
        turn(store, chosen, "promote")
        text = f"{chosen.run_id}, round {chosen.number}, stands: {chosen.model}"
        if chosen.fell:
            text += f" (it fell on {', '.join(chosen.fell)})"
        Console(json).result({"round": chosen.number, "run": chosen.run_id, "state": "promoted"}, text)


def skip(run: Loop = "", number: Number = 0, project: ProjectOption = None, json: JsonOption = False) -> None:
    """Pass a round over: it is not offered any more, and the model that stood goes on standing."""
    home = find(project)
    with in_turn(home, brief=True) as store:
        events = store.rounds.events()
        chosen = promotion_state.turnable(events, run, number)
        if promotion_state.current(events) == chosen:
            raise BadSetting(f"round {chosen.number} is promoted.", where=chosen.run_id, do="lemma round rollback")
        turn(store, chosen, "skip")
        values = {"round": chosen.number, "run": chosen.run_id, "state": "skipped"}
        Console(json).result(values, f"{chosen.run_id}, round {chosen.number}, is skipped")


def rollback(project: ProjectOption = None, json: JsonOption = False) -> None:
    """Go back to the model that stood before the last promotion."""
    home = find(project)
    with in_turn(home, brief=True) as store:
        here = promotion_state.current(store.rounds.events())
        if here is None:
            raise BadSetting("no round is promoted.", where=str(home.root), do="There is nothing to roll back.")
        turn(store, here, "rollback")
        now = promotion_state.current(store.rounds.events())
        values = {"round": now.number if now else 0, "run": now.run_id if now else None, "state": "rolled back"}
        Console(json).result(values, f"{now.model if now else here.start} stands again")


def _loop(project: Project, run: str) -> Path:
    known = [plan.parent for plan in project.runs.glob("*/plan.json") if load_plan(plan.parent).kind == "round"]
    named = [directory for directory in known if run in ("", directory.name)]
    if not named:
        raise BadSetting(f"there is no loop {run!r}." if run else "there is no loop yet.", do="lemma round start")
    return max(named, key=lambda directory: load_plan(directory).created)


def _values(directory: Path) -> dict[str, Any]:
    now = launcher.state(directory)
    phase = now.phases[-1].name if now.phases else ""
    return {"round": directory.name, "state": now.state, "reason": now.reason, "step": phase}


def _report(store: Store, directory: Path, console: Console) -> None:
    rounds = promotion_state.outcomes(store.rounds.events(directory.name))
    here = promotion_state.current(store.rounds.events())
    values = _values(directory) | {
        "rounds": [_told(one) for one in rounds],
        "stands": here.model if here else None,
    }
    lines = [f"{values['round']} {values['state']} {values['step']} {values['reason']}".strip()]
    lines += [_line(one) for one in rounds]
    lines += [
        f"what next: {each.seen} {each.change}" for one in rounds[-1:] for each in promotion_state.what_next(one).advice
    ]
    console.result(values, "\n".join(lines))


def _told(one: promotion_state.Outcome) -> dict[str, Any]:
    found = promotion_state.what_next(one)
    said = {"what_next": [asdict(each) for each in found.advice], "distraction_gap": found.gap}
    return dict(one.report) | {"number": one.number, "model": one.model, "gain": one.gain} | said


def _line(one: promotion_state.Outcome) -> str:
    means = ", ".join(f"{name} {one.before.get(name, 0):.3f} -> {value:.3f}" for name, value in one.accuracy.items())
    gained = f"gain {one.gain:+.3f}, {one.advice}" if one.gain is not None else "not evaluated"
    said = one.report
    made = f"{said['fine_tuning']} to imitate, {said['pairs']} pairs"
    made += f", study {one.study}" if one.study != "both" else ""
    return f"round {one.number}: {made}; {means or 'no benchmark'}; {gained}"
