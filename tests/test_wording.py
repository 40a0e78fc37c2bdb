"""Nothing looks surer than it is: strong words stand only where the method behind them carries them (CAL-34).

"Guaranteed", "certified" and "proven" belong to exact bounds and to the meter that may be read after every label;
"average" says of empirical Bayes and of risk control that it holds over many and not for each. All texts are read:
literals of the code that may be shown, the help of commands and settings, scripts, templates and documents.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
FAMILIES = {
    "exact": re.compile(r"\b(?:guarante\w*|certif\w*|proven|proves?|proved|ensur\w*)\b", re.I),
    "sure": re.compile(
        r"\b(?:sure|surely|surest|certain|certainly|certainty|definite\w*|undoubted\w*|doubtless)\b", re.I
    ),
    "average": re.compile(r"\baverag\w*\b", re.I),
}
CARRIES = re.compile(
    r"trust\.(?:certificate|meter|forecast|audit\w*|freez\w*|choose)\b|trust import [^\n]*\b(?:certificate|meter|"
    r"audit\w*|freezing)\b|CertificateRecord|hypergeometric|clopper"
)
"""What a file uses whose numbers may be called guaranteed: exact bounds, the anytime meter, audits of a frozen set."""
OTHERWISE: dict[tuple[str, str], str] = {
    ("exact", "engine/models/proxy.py"): "certificates of TLS",
    ("exact", "engine/similarity/templates.py"): "a verb of problems",
    ("exact", "engine/verification/answers/sentinels.py"): "what an answer says in place of a value",
    ("exact", "engine/core/settings/trust.py"): "says what exact bounds ask for",
    ("sure", "engine/seeds/texts.py"): "says that an encoding can't be told for sure",
    ("sure", "engine/verification/checks/symbolic.py"): "says that a statement cannot be read with certainty",
    ("sure", "engine/core/settings/trust.py"): "names the confidence of an interval",
    ("exact", "studio/cli/main.py"): "names the command that audits a frozen set",
    ("exact", "studio/cli/serving.py"): "certificates of TLS",
    ("exact", "engine/export/card_quality.py"): "tells of an audit's certificate, or that there is none",
    ("exact", "studio/parts/review/draws.py"): "names a state of the meter",
    ("exact", "studio/parts/review/end.py"): "names the command that audits a frozen set",
    ("sure", "engine/curation/trust/audit_words.py"): "names the confidence of an exact bound",
    ("sure", "engine/curation/trust/label_words.py"): "what people write for unsure",
    ("sure", "engine/core/settings/gsdp.py"): "puts pairs in the order of their cosine",
    ("sure", "docs/decontamination.md"): "puts ways of finding in order",
    ("sure", "docs/proof.md"): "asks how sure a difference is",
    ("sure", "docs/trust.md"): "asks how sure a number is",
    ("average", "engine/curation/trust/concepts.py"): "empirical Bayes: holds over concepts on average",
    ("average", "studio/parts/judges/curation.py"): "a mean of scores",
    ("average", "studio/parts/review/people.py"): "says that intervals hold on average over curators and not for each",
    ("average", "engine/export/statistics.py"): "a mean of lengths",
    ("average", "engine/learning/evaluation/__init__.py"): "the mean of benchmark scores",
    ("average", "engine/reporting/comparisons.py"): "a published mean of benchmark scores",
    ("average", "engine/reporting/published.toml"): "published means of benchmark scores",
    ("average", "engine/verification/checks/symbolic.py"): "a word of problems",
    ("average", "studio/parts/rounds/cards.py"): "the mean of benchmark scores",
    ("average", "studio/parts/rounds/gain.py"): "the mean of benchmark scores",
}
"""Where such a word says something else, or says that it does not hold."""
EXACT_BESIDE = re.compile(r"exact|meter|anytime|audit|hypergeometric|Clopper", re.I)
KEY = re.compile(r"\w+(?:\.\w+)+")
"""The key of a control, which nobody reads."""
HELP = ("engine/core/settings/", "studio/cli/")
"""Where docstrings are shown, too: as help of settings and of commands."""


@cache
def _texts() -> tuple[tuple[str, str], ...]:
    """Return file and text of everything that may be shown."""
    return tuple(_code()) + tuple(_files())


def _code() -> Iterator[tuple[str, str]]:
    for top in ("engine", "studio", "pages"):
        for path in sorted((ROOT / top).rglob("*.py")):
            name = path.relative_to(ROOT).as_posix()
            if not name.startswith("engine/abacus/"):
                yield from ((name, text) for text in shown_in(path.read_text(encoding="utf-8"), name.startswith(HELP)))


def shown_in(source: str, docstrings: bool = False) -> Iterator[str]:
    """Yield the literals of a module but for patterns, which match what others write, and docstrings unless asked."""
    tree = ast.parse(source)
    hidden: set[int] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Expr) and not docstrings:
            hidden.update(id(one) for one in ast.walk(node.value) if isinstance(node.value, ast.Constant))
        if isinstance(node, ast.Call) and getattr(node.func, "attr", getattr(node.func, "id", "")) == "compile":
            hidden.update(id(one) for one in ast.walk(node))
    for node in ast.walk(tree):
        if not isinstance(node, ast.Constant) or not isinstance(node.value, str) or id(node) in hidden:
            continue
        if not KEY.fullmatch(node.value):
            yield node.value


def _files() -> Iterator[tuple[str, str]]:
    kinds = (".js", ".html", ".css", ".toml", ".txt", ".j2", ".md")
    for path in sorted(one for top in ("engine", "studio", "pages", "docs") for one in (ROOT / top).rglob("*")):
        name = path.relative_to(ROOT).as_posix()
        # The embedded engine's texts are problems, prompts are read by models, and the table of requirements asks.
        hidden = name.startswith("engine/abacus/") or "/prompts/" in name or name == "docs/requirements.md"
        if path.suffix in kinds and not hidden:
            text = path.read_text(encoding="utf-8")
            yield from ((name, part) for part in (text.split("\n\n") if path.suffix == ".md" else [text]))


def strong(name: str, text: str, source: str = "") -> list[str]:
    """Return the families of strong words in a text that neither its file's methods nor another sense carries."""
    found = [family for family, words in FAMILIES.items() if words.search(text) and (family, name) not in OTHERWISE]
    if "exact" in found and (CARRIES.search(source) or (name.endswith(".md") and EXACT_BESIDE.search(text))):
        found.remove("exact")
    return found


def test_cal34_no_text_looks_surer_than_its_method() -> None:
    sources = {name: (ROOT / name).read_text(encoding="utf-8") for name, _ in _texts()}
    found = [(name, family, text[:120]) for name, text in _texts() for family in strong(name, text, sources[name])]
    assert found == []


@pytest.mark.parametrize(("family", "name"), OTHERWISE, ids=str)
def test_cal34_each_excuse_is_used(family: str, name: str) -> None:
    assert any(name == where and FAMILIES[family].search(text) for where, text in _texts())


@pytest.mark.parametrize(
    ("name", "text", "families"),
    [
        ("studio/parts/tune/curves.py", "Precision is guaranteed to be above .9.", ["exact"]),
        ("studio/parts/home/needs.py", "The kept set is certified.", ["exact"]),
        ("engine/export/card.py", "This ensures that nothing wrong is kept.", ["exact"]),
        ("studio/parts/review/counting.py", "We are certain.", ["sure"]),
        ("studio/parts/tune/curves.py", "An average guarantee.", ["exact", "average"]),
        ("docs/judges.md", "Judges are proven to be right.", ["exact"]),
        ("docs/judges.md", "An audit with exact bounds proves it.", []),
        ("studio/parts/tune/curves.py", "Precision is 0.93 (0.88 – 0.96).", []),
    ],
)
def test_cal34_a_word_too_strong_is_found(name: str, text: str, families: list[str]) -> None:
    assert strong(name, text) == families


def test_cal34_exact_methods_may_say_so_and_averages_are_called_averages() -> None:
    carried = "from engine.curation.trust.certificate import fixed_plan"
    assert strong("engine/export/card.py", "Certified by an audit.", carried) == []
    concepts = (ROOT / "engine/curation/trust/concepts.py").read_text(encoding="utf-8")
    assert any("average" in text for text in shown_in(concepts))


def test_cal34_patterns_and_docstrings_are_not_shown() -> None:
    source = (
        'import re\nA, B = re.compile("sure"), "tune.sure"\ndef f():\n    """Surely."""\n    return f"{A} certain"\n'
    )
    assert list(shown_in(source)) == [" certain"]
    assert "Surely." in list(shown_in(source, docstrings=True))
