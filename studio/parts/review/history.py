"""How a problem came to be, in words: the versions of its text, where it came from, what was made on the way."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from engine.core.records import Decision, Problem, Solution, Verdict
from engine.store.problems import ProblemCard
from studio.parts.review import facts
from studio.ui.problem_card import Version


@dataclass(frozen=True, slots=True)
class TextVersion:
    """One version of the text, with the solution that went with it."""

    version: Version
    solution: str | None


@dataclass(frozen=True, slots=True)
class Earlier:
    """A version that this problem was revised from, with what was said about it."""

    problem: Problem
    chosen: Solution | None
    """The solution that stood for it."""
    verdicts: Sequence[Verdict]


def steps(card: ProblemCard, earlier: Sequence[Earlier] = ()) -> list[TextVersion]:
    """Return the versions of the text: written, later revisions, each edit that stands."""
    found = [_machine(each.problem, each.chosen, each.verdicts, number) for number, each in enumerate(earlier)]
    found.append(_machine(card.problem, card.chosen, card.verdicts, len(found)))
    for number, edit in enumerate(_standing_edits(card.decisions), start=1):
        before = found[-1]
        statement = edit.statement if edit.statement is not None else before.version.statement
        solution = edit.solution if edit.solution is not None else before.solution
        found.append(TextVersion(Version(f"Edit {number}", f"by {edit.curator}", statement), solution))
    return found


def lineage(card: ProblemCard) -> list[tuple[str, str]]:
    """Return where a problem came from and where it went: pairs of an icon and a line of text."""
    problem, line = card.problem, card.lineage
    found = []
    if problem.kind:
        shared = f", {problem.weight} shared" if problem.weight else ""
        hops = "" if not problem.distance else f", D {problem.distance}"
        found.append((":material/hub:", f"{facts.KINDS.get(problem.kind, problem.kind)}{hops}{shared}"))
    if line.seed_id:
        found.append((":material/input:", f"seed {line.seed_id}"))
    found.append((":material/auto_awesome:", f"{problem.agent.replace('_', ' ')}, run {problem.run_id}"))
    found.append((":material/edit_note:", f"written by {problem.model or 'an unnamed model'}"))
    solvers = sorted({solution.model for solution in card.solutions if solution.model})
    if solvers:
        found.append((":material/calculate:", f"solved by {', '.join(solvers)}"))
    judges = {verdict.by for verdict in card.verdicts if verdict.by not in ("rule", "rater")}
    count = len(card.solutions)
    judged = f"{len(judges)} judge{'s' * (len(judges) != 1)}, {count} solution{'s' * (count != 1)}"
    found.append((":material/balance:", judged))
    edits = len(_standing_edits(card.decisions))
    found.append((":material/edit:", f"{edits} edit{'' if edits == 1 else 's'}" if edits else "no edits yet"))
    found += [(":material/upload:", f"in export {name}") for name in line.exports]
    return found


def made_on_the_way(card: ProblemCard, earlier: Sequence[Earlier] = ()) -> list[tuple[str, str]]:
    """Return everything that led to the text: intermediate objects, and what reviewers said of each version."""
    found = [(note.name[:1].upper() + note.name[1:], note.text) for note in card.notes]
    versions = [*((each.problem, each.verdicts) for each in earlier), (card.problem, card.verdicts)]
    for number, (_, verdicts) in enumerate(versions):
        review = facts.latest(verdicts, "review")
        if review and review.value is not None:
            of = f"revision {number}" if number else "the first version"
            found.append((f"Review of {of}: {review.value:.1f} of 5", review.reason))
    return found


def prompts(card: ProblemCard) -> list[str]:
    """Return the prompts that this problem and its solutions were made with, with their hashes."""
    made: list[Problem | Solution] = [card.problem, *card.solutions]
    return list(dict.fromkeys(f"{each.prompt_id} @ {each.prompt_hash}" for each in made if each.prompt_id))


def _machine(problem: Problem, chosen: Solution | None, verdicts: Sequence[Verdict], number: int) -> TextVersion:
    scored, reviewed = facts.latest(verdicts, "problem_score"), facts.latest(verdicts, "review")
    said = scored or reviewed
    version = Version(
        f"Revision {number}" if number else "Written",
        problem.agent.replace("_", " "),
        problem.statement,
        said.value if said else None,
        measure="judges" if scored else "review",
        digits=2 if scored else 1,
    )
    return TextVersion(version, chosen.text if chosen else None)


def _standing_edits(decisions: Sequence[Decision]) -> list[Decision]:
    redone = {turn.undoes for turn in decisions if turn.act == "redo"}
    undone = {turn.undoes for turn in decisions if turn.act == "undo" and turn.id not in redone}
    return [made for made in decisions if made.act == "edit" and made.id not in undone]
