"""What the card says about test problems: what was looked for, what was found, and what nobody can rule out."""

from __future__ import annotations

import html
import re
from collections.abc import Mapping

from engine.export.rows import FROM_TEST, OVERLAPS, CardFacts

_MARKDOWN = re.compile(r"([\\`*_{}\[\]()#+\-.!|~$>])")
Counts = Mapping[str, int]


def plain(value: str) -> str:
    """Return text that neither Markdown nor HTML takes for markup, on one line."""
    return _MARKDOWN.sub(r"\\\1", html.escape(" ".join(value.split()), quote=False).replace("&gt;", ">"))


def contamination(card: CardFacts, left_out: Counts, warned: Counts) -> str:
    """Return the section; exports of earlier versions, which knew n-grams alone, keep their words."""
    title = "## Contamination\n\n"
    if not card.benchmarks:
        return f"{title}No test set was given, so it is not known whether rows copy test problems.\n"
    total = sum(card.benchmarks.values())
    named = ", ".join(f"{plain(name)} ({count:,})" for name, count in card.benchmarks.items())
    said = f"Every statement was looked up in {total:,} test problems: {named}. {_copies(card, left_out, warned)}"
    seeds = _seeds_looked_up(left_out) if card.seeds_compared else ""
    tiers = (_numbers, _judged, _near) if card.tiers else ()
    lines = [*(tell(card, left_out, warned) for tell in tiers), _UNFOUND if card.tiers else ""]
    rest = "".join(f"\n{line}" for line in lines if line)
    return f"{title}{said}{seeds}\n{rest}\n" if rest else f"{title}{said}{seeds}\n"


_UNFOUND = (
    "- Not found by any of these: a test problem told in other words, in another language, or as a step of a longer "
    "problem. This section does not rule them out."
)


def _copies(card: CardFacts, left_out: Counts, warned: Counts) -> str:
    n, share = card.overlap
    if card.tiers.get("ngrams") == "off":
        return "Copies by n-grams of words were not looked for."
    became = _became("ngrams", card, left_out, warned, "were found and left out", "were found and are among the rows")
    return (
        f"A statement that holds at least {share:.0%} of the {n}-grams of words of a test problem counts as a copy; "
        f"{became}."
    )


def _numbers(card: CardFacts, left_out: Counts, warned: Counts) -> str:
    if card.tiers["numbers"] == "off":
        return "- Test problems with other numbers were not looked for."
    became = _became("numbers", card, left_out, warned, "were left out", "are among the rows")
    return (
        f"- The same problem with other numbers or names, by {card.tiers['overlap']:.0%} of the remaining words in the "
        f"same order: {became}."
    )


def _judged(card: CardFacts, left_out: Counts, warned: Counts) -> str:
    """Return '' for exports of versions that asked no model."""
    if card.tiers.get("judged", "off") == "off":
        return ""
    judges = ", ".join(map(plain, card.tiers.get("judges", ())))
    if not judges:
        return "- No model was asked whether a row is a test problem in other words."
    became = _became("judged", card, left_out, warned, "were left out", "are among the rows")
    return (
        f"- A test problem in other words, as {judges} said of {card.tiers['judged_texts']:,} texts of the project, "
        f"each beside its nearest test problems: {became}. How often that judge is wrong was not measured here."
    )


def _near(card: CardFacts, left_out: Counts, warned: Counts) -> str:
    if card.tiers["near"] == "off":
        return "- Nearness by vectors was not looked at."
    became = _became("near", card, left_out, warned, "were left out", "are among the rows")
    limits = ", ".join(f"{plain(name)} {one['limit']:.3f}{_how(one)}" for name, one in card.tiers["limits"].items())
    return (
        f"- Nearer to a test problem than unrelated problems come to each other, by cosine of "
        f"{plain(card.tiers['embedder'])} vectors from {limits}: {became}."
    )


def _how(limit: Mapping[str, float]) -> str:
    """Say what a limit rests on, and where it finds next to nothing."""
    if not limit["measured"]:
        return " (not measured)"
    blind = "; unrelated ones come so near that this finds next to nothing" if limit["limit"] >= 1 else ""
    return f" (measured on {limit['items']:,} problems{blind})"


def _became(tier: str, card: CardFacts, left_out: Counts, warned: Counts, gone: str, there: str) -> str:
    """Return how many a tier found, and whether they are in the set."""
    drops = card.tiers.get(tier, "drop") == "drop"
    return f"{(left_out if drops else warned).get(OVERLAPS[tier], 0):,} {gone if drops else there}"


def _seeds_looked_up(left_out: Counts) -> str:
    """Say how many rows were left out because the seed that they were written from is a test problem, by test set."""
    found = {
        reason.removeprefix(f"{FROM_TEST} of "): n for reason, n in left_out.items() if reason.startswith(FROM_TEST)
    }
    by = f" ({', '.join(f'{plain(name)} {count:,}' for name, count in found.items())})" if found else ""
    return (
        f" So was the seed of every problem that was written from one: {sum(found.values()):,}{by} were left out "
        "because their seed is a test problem."
    )
