"""A problem as a curator reads it: chips, statement, numbered steps, answer with its evidence, versions, changes."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import streamlit as st

from studio.text import diff
from studio.text.markdown import escape, plain, rich
from studio.theme import tokens

Standing = Literal["good", "bad", "warn", "none"]

_BADGE: dict[Standing, tuple[str, str | None]] = {
    "good": ("green", ":material/check_circle:"),
    "bad": ("red", ":material/error:"),
    "warn": ("yellow", ":material/warning:"),
    "none": ("gray", None),
}
_STEP_MARK = re.compile(r"^\s*(?:\*\*)?(?:step\s+)?\d{1,2}\s*[.:)]\s*(?:\*\*)?", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Chip:
    """A small fact at the head of a card; the standing gives colour and icon together."""

    text: str
    standing: Standing = "none"


@dataclass(frozen=True, slots=True)
class Version:
    """One step of how a problem was written. `score` is what its review gave, None where there was none."""

    title: str
    by: str
    statement: str
    score: float | None = None
    critique: str = ""
    measure: str = "review"
    """What gave the score."""
    digits: int = 1


def problem_card(
    ident: str, chips: Sequence[Chip], statement: str, solution: str | None, *, evidence: Chip | None = None
) -> None:
    """Draw the card; the caller gives it a container of fixed height.

    In few elements: cards are drawn ahead of their reader, and each element costs the browser.
    """
    st.markdown(" ".join((f":gray[:small[{escape(ident)}]]", *(_badge(chip) for chip in chips))))
    text = rich(statement) or ":gray[The statement is empty.]"
    answer = ":gray[No solution yet.]" if solution is None else f"#### Solution\n\n{_numbered(solution)}"
    st.markdown(f"#### Problem\n\n{text}\n\n{answer}", anchors=False)
    if evidence is not None:
        evidence_line(evidence)


def _badge(chip: Chip) -> str:
    """Return a chip as Markdown."""
    colour, icon = _BADGE[chip.standing]
    return f":{colour}-badge[{icon or ''} {escape(plain(chip.text))}]"


def evidence_line(chip: Chip) -> None:
    """Draw what speaks for or against the answer in one line."""
    colour, icon = _BADGE[chip.standing]
    st.markdown(f":{colour}[{icon or ':material/info:'}] {rich(chip.text)}")


def solution_steps(solution: str) -> None:
    """Draw a solution step by step with its numbers; a text of one step is drawn as it is."""
    st.markdown(_numbered(solution))


def _numbered(solution: str) -> str:
    """Return a solution as Markdown: a list of its steps, or its text where it is one step."""
    steps = steps_of(solution)
    if len(steps) == 1:
        return rich(steps[0])
    return "\n\n".join(f"{number}. {_indented(rich(step))}" for number, step in enumerate(steps, start=1))


def _indented(text: str) -> str:
    """Return Markdown as it stands in a list."""
    return text.replace("\n", "\n    ")


def steps_of(solution: str) -> list[str]:
    """Cut a solution into steps: at empty lines, else at line ends that are outside of formulas."""
    blocks = [block.strip() for block in re.split(r"\n\s*\n", solution) if block.strip()]
    if len(blocks) <= 1:
        lines = [line.strip() for line in solution.split("\n") if line.strip()]
        whole = all(line.count("$") % 2 == 0 and line.count("\\[") == line.count("\\]") for line in lines)
        blocks = lines if whole and "\\begin" not in solution else blocks
    return [_STEP_MARK.sub("", block) or block for block in blocks] or [""]


def trace_ladder(versions: Sequence[Version], *, key: str) -> int:
    """Draw the versions of a problem and return the index of the chosen one, the last at first."""
    captions = [_caption(version, versions[place - 1] if place else None) for place, version in enumerate(versions)]
    labels = [escape(version.title) for version in versions]
    chosen = st.radio(
        "How it was written",
        range(len(versions)),
        index=len(versions) - 1,
        format_func=lambda place: labels[place],
        captions=captions,
        key=key,
    )
    return int(chosen if chosen is not None else len(versions) - 1)


def show_changes(before: Version, after: Version) -> None:
    """Draw two versions side by side with what differs marked, and the critique that led from one to the other."""
    now = tokens()
    both = diff.changes(before.statement, after.statement, removed=now.bad, added=now.good)
    left, right = st.columns(2)
    for side, version, text in ((left, before, both.before), (right, after, both.after)):
        with side:
            score = "" if version.score is None else f", {version.measure} {version.score:.{version.digits}f}"
            st.caption(escape(version.title + score))
            st.markdown(text or ":gray[empty]")
    if both.equal:
        st.caption("The statement did not change.")
    if after.critique:
        st.markdown(f":material/rate_review: **Critique.** {rich(after.critique)}")


def _caption(version: Version, before: Version | None) -> str:
    lines = [escape(version.by)]
    if version.score is not None:
        change = ""
        if before is not None and before.score is not None:
            step = version.score - before.score
            change = f" · :{'green' if step >= 0 else 'red'}[{step:+.{version.digits}f}]".replace("-", "−")
        lines.append(f"{escape(version.measure)} **{version.score:.{version.digits}f}**{change}")
    return "  \n".join(lines)
