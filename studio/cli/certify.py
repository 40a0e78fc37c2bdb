"""`lemma certify`: freeze the kept set of a policy, audit it with random rows, and say what is proven."""

from __future__ import annotations

import getpass
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from engine.core.errors import BadSetting
from engine.core.project import find
from engine.core.records import Policy
from engine.curation import policy_file
from engine.curation.apply_policy import select
from engine.curation.review import queues
from engine.curation.trust import audit_words
from engine.curation.trust.auditing import AuditStanding, standing
from engine.curation.trust.freezing import CannotFreeze, freeze, latest, open_audit
from engine.store import Store
from studio.cli.console import Console
from studio.cli.opening import up_to_date
from studio.cli.options import JsonOption, ProjectOption

NONE = "No set was frozen yet: lemma certify start"


class PlanChoice(StrEnum):
    """How an audit ends."""

    METER = "meter"
    FIXED = "fixed"


def register(app: typer.Typer) -> None:
    """Add the commands to `lemma`."""
    group = typer.Typer(
        help="Freeze a kept set, audit it with random rows, and say what is proven.", no_args_is_help=True
    )
    group.command("start")(start)
    group.command("status")(status)
    group.command("stop")(stop)
    app.add_typer(group, name="certify")


def start(
    policy: Annotated[
        str, typer.Option(metavar="NAME|FILE", help="Whose kept rows; the last selection's by default.")
    ] = "",
    target: Annotated[float, typer.Option(min=0, max=1, help="Share of good rows to prove.")] = 0.95,
    confidence: Annotated[float, typer.Option(min=0.5, max=1, help="Confidence of the certificate.")] = 0.95,
    plan: Annotated[
        PlanChoice, typer.Option(help="A meter that may be read after every label, or a size set in advance.")
    ] = PlanChoice.METER,
    bad: Annotated[int, typer.Option(min=0, help="Bad rows that a plan of fixed size allows.", metavar="N")] = 0,
    project: ProjectOption = None,
    json: JsonOption = False,
) -> None:
    """Freeze the rows that a policy keeps and put the rows of their audit in random order; the policy is applied, too.

    Label them in the Review desk, queue Audit of the frozen set, or with `lemma labels add`.
    """
    console, me = Console(json), getpass.getuser()
    if bad and plan is PlanChoice.METER:
        raise BadSetting("--bad belongs to --plan fixed.", do="A meter allows as many as it takes.")
    with up_to_date(find(project), brief=True) as store:
        chosen = _policy(store, policy)
        try:
            frozen = freeze(store, chosen, target, round(1 - confidence, 12), plan=plan.value, bad=bad, by=me)
        except CannotFreeze as refused:
            if json:
                console.result({"audit": None, "refused": refused.code, "reason": refused.what}, "")
            raise
        select(store, store.policies.get(frozen.policy_id) or chosen, me)
        found = standing(store, frozen)
    text = f"{frozen.kept:,} rows of {found.policy} are frozen ({frozen.known:,} of them known): {frozen.id}"
    where = "Label them in the Review desk, queue Audit of the frozen set, or with `lemma labels add`."
    console.result(
        audit_words.facts(found), f"{text}\n{_told(found)}\n{where if found.state == 'open' else ''}".strip()
    )


def status(project: ProjectOption = None, json: JsonOption = False) -> None:
    """Say how the last audit stands: how far it is, what is proven, or why it is void."""
    with up_to_date(find(project), brief=True) as store:
        frozen = latest(store)
        found = standing(store, frozen) if frozen else None
    Console(json).result(audit_words.facts(found) if found else {"audit": None}, _told(found) if found else NONE)


def stop(
    reason: Annotated[str, typer.Option(help="Why; it is kept with the audit.")] = "",
    project: ProjectOption = None,
    json: JsonOption = False,
) -> None:
    """End the open audit: what is labelled from now on does not count for it, and what is proven stays."""
    with up_to_date(find(project), brief=True) as store:
        frozen = open_audit(store)
        if frozen is None:
            raise BadSetting("no audit is open.", do="Start one: lemma certify start")
        store.audits.end(frozen.id, getpass.getuser(), reason)
        found = standing(store, frozen)
    Console(json).result(audit_words.facts(found), _told(found))


def _policy(store: Store, asked: str) -> Policy:
    if not asked:
        return queues.policy_for(store)
    if found := store.policies.get(asked):
        return found
    if Path(asked).is_file():
        return policy_file.load(asked)
    raise BadSetting(f"there is no policy {asked!r}, and no such file.", where="--policy", do="Save one on Tune.")


def _told(found: AuditStanding) -> str:
    return "\n  ".join((audit_words.state(found), *audit_words.remarks(found)))
