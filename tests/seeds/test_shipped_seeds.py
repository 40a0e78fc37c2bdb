"""The seeds that we ship are whole, unlike one another, and not taken from the public sets."""

from __future__ import annotations

import gzip
import json
import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import get_args

import pytest

from engine.core.resources import shipped
from engine.knowledge.taxonomy import Stage, Taxonomy
from engine.verification.answers import equivalent, extract_answer

FIELDS = {"problem", "solution", "answer", "level", "subject", "language", "knowledge_points"}
FILES = sorted(shipped("seeds").glob("*.jsonl"))


def rows(path: Path) -> list[dict]:
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


def words(text: str) -> list[str]:
    return re.findall(r"[a-z0-9]+|[一-鿿]", text.lower())


def grams(text: str) -> set[tuple[str, ...]]:
    tokens = words(text)
    return {tuple(tokens[i : i + 8]) for i in range(len(tokens) - 7)}


@pytest.fixture(scope="module")
def seeds() -> list[dict]:
    return [seed for path in FILES for seed in rows(path)]


@pytest.fixture(scope="module")
def taxonomy() -> Taxonomy:
    return Taxonomy.load()


def test_there_are_enough_seeds_over_enough_points(seeds: list[dict]) -> None:
    """At least 400 problems over at least 150 knowledge points, at every level, in two languages."""
    assert len(seeds) >= 400
    assert len({point for seed in seeds for point in seed["knowledge_points"]}) >= 150
    levels = Counter(seed["level"] for seed in seeds)
    assert set(levels) == set(get_args(Stage))
    assert min(levels.values()) >= 40
    assert Counter(seed["language"] for seed in seeds)["zh"] >= 40


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_every_line_is_a_whole_seed(path: Path, taxonomy: Taxonomy) -> None:
    for line, seed in enumerate(rows(path), 1):
        where = f"{path.name}:{line}"
        assert set(seed) == FIELDS, where
        assert all(seed[field].strip() == seed[field] != "" for field in FIELDS - {"knowledge_points"}), where
        assert seed["level"] in get_args(Stage), where
        assert seed["language"] == ("zh" if path.stem.startswith("zh_") else "en"), where
        points = seed["knowledge_points"]
        assert 2 <= len(points) == len(set(points)) <= 5, where
        assert [point for point in points if point not in taxonomy or taxonomy.path_of(point)[2] != point] == [], where


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_every_solution_is_worked_and_ends_in_its_answer(path: Path) -> None:
    for line, seed in enumerate(rows(path), 1):
        where = f"{path.name}:{line}"
        steps = seed["solution"].split("\n")
        assert len(steps) >= 3, where
        assert seed["solution"].count(r"\boxed") == 1, where
        assert r"\boxed" in steps[-1], where
        assert extract_answer(seed["solution"]) == seed["answer"], where
        assert equivalent(seed["answer"], seed["answer"]), where


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_formulas_are_closed_and_commands_stand_inside_them(path: Path) -> None:
    for line, seed in enumerate(rows(path), 1):
        for field in ("problem", "solution"):
            where = f"{path.name}:{line} {field}"
            parts = seed[field].split("$")
            assert len(parts) % 2 == 1, where
            assert not any("\\" in prose or "^" in prose for prose in parts[::2]), where
            for formula in parts[1::2]:
                bare = formula.replace(r"\{", "").replace(r"\}", "")
                assert bare.count("{") == bare.count("}"), where
                assert formula.count(r"\left") == formula.count(r"\right"), where


def test_no_two_seeds_are_alike(seeds: list[dict]) -> None:
    """Not even with other numbers: masked statements differ."""
    masked = Counter(re.sub(r"\d+", "#", " ".join(words(seed["problem"]))) for seed in seeds)
    assert [text for text, times in masked.items() if times > 1] == []


def test_no_seed_holds_most_of_another(seeds: list[dict]) -> None:
    sets = [grams(seed["problem"]) for seed in seeds]
    close = [
        (seeds[i]["problem"], seeds[j]["problem"])
        for i in range(len(sets))
        for j in range(i)
        if sets[i] and sets[j] and len(sets[i] & sets[j]) >= 0.5 * min(len(sets[i]), len(sets[j]))
    ]
    assert close == []


def public(root: Path) -> Iterator[tuple[str, str]]:
    """Yield (file, statement) of GSM8K and MATH."""
    for path in sorted([*root.glob("gsm8k/*.jsonl.gz"), *root.glob("math/derived/*.jsonl.gz")]):
        with gzip.open(path, "rt", encoding="utf-8") as file:
            for line in file:
                row = json.loads(line)
                yield path.name, row.get("problem") or row["question"]


@pytest.mark.real_data
def test_no_seed_comes_from_gsm8k_or_math(real_data: Path, seeds: list[dict]) -> None:
    """GSDP-24: no seed shares 95 % of the 8-grams of a public problem, nor the other way round, nor all its words."""
    ours = [(grams(seed["problem"]), seed["problem"]) for seed in seeds]
    owners: dict[tuple[str, ...], list[int]] = {}
    for number, (own, _) in enumerate(ours):
        for gram in own:
            owners.setdefault(gram, []).append(number)
    exact = {tuple(words(text)) for _, text in ours}
    copies, seen = [], 0
    for name, statement in public(real_data):
        seen += 1
        theirs = grams(statement)
        shared = Counter(number for gram in theirs for number in owners.get(gram, ()))
        near = [n for n, hits in shared.items() if hits >= 0.95 * min(len(theirs), len(ours[n][0]))]
        if near or tuple(words(statement)) in exact:
            copies.append((name, statement))
    assert seen > 20_000
    assert copies == []
