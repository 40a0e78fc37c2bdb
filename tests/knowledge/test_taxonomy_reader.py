"""The taxonomy: what ships is a sound tree, and what is unsound is refused with file and key."""

from __future__ import annotations

from graphlib import TopologicalSorter
from itertools import pairwise
from pathlib import Path
from typing import get_args

import pytest

from engine.abacus import workshop
from engine.core import resources as shipped_module
from engine.core.errors import BadInput, UserError
from engine.core.resources import shipped
from engine.knowledge.taxonomy import Stage, Taxonomy

ONE = """
[area]
id = "algebra"
name = "Algebra"
zh = "代数"

[topics.equations]
name = "Equations"
stage = "lower secondary"
points = ["Linear equations", "Quadratic equations", "Discriminant"]

[also]
"Linear equations" = ["Equations of degree one"]

[zh]
"Discriminant" = "判别式"

[needs]
"Quadratic equations" = ["Linear equations", "Square roots"]
"Discriminant" = ["Quadratic equations"]
"""

TWO = """
[area]
id = "numbers"
name = "Numbers"
zh = "数"

[topics.roots]
name = "Roots"
stage = "primary"
points = ["Square roots"]
"""


def tree(folder: Path, one: str = ONE, two: str = TWO) -> Path:
    (folder / "algebra.toml").write_text(one, encoding="utf-8")
    (folder / "numbers.toml").write_text(two, encoding="utf-8")
    return folder


@pytest.fixture(scope="module")
def whole() -> Taxonomy:
    return Taxonomy.load()


def test_the_shipped_tree_is_large_and_sound(whole: Taxonomy) -> None:
    """FL-12: at least 1,200 points in a versioned tree, primary school to university."""
    names = [point.name for point in whole.points]
    assert len(names) == len(whole) >= 1_250
    assert len({name.casefold() for name in names}) == len(names)
    assert {topic.stage for topic in whole.topics} == set(get_args(Stage))
    assert len(whole.zh) >= 250
    assert len(whole.needs) >= 300
    assert all(name[0].isupper() or name == "p-adic valuation" for name in names)
    assert all(len(topic.points) >= 4 for topic in whole.topics)


def test_every_point_hangs_on_one_path_from_the_root(whole: Taxonomy) -> None:
    by_walk = [
        (area, topic, point)
        for area in whole.children()
        for topic in whole.children(area)
        for point in whole.children(topic)
    ]
    assert len(by_walk) == len(whole)
    titles = {area.id: area.name for area in whole.areas}
    names = {topic.id: topic.name for topic in whole.topics}
    for area, topic, point in by_walk:
        assert whole.path_of(point) == (titles[area], names[topic], point)


def test_no_point_rests_on_itself(whole: Taxonomy) -> None:
    TopologicalSorter(whole.needs).prepare()


def test_points_are_records_of_origin_taxonomy(whole: Taxonomy) -> None:
    point = next(point for point in whole.points if point.name == "Pythagorean theorem")
    assert (point.origin, point.area) == ("taxonomy", "Geometry")


def test_the_embedded_engine_speaks_of_known_points_only(whole: Taxonomy) -> None:
    """Every point that the embedded engine writes problems for has its place in the tree."""
    assert [name for name in workshop.all_points() if name not in whole] == []


def test_points_are_found_by_any_spelling_and_by_other_names(tmp_path: Path) -> None:
    small = Taxonomy.load(tree(tmp_path))
    assert small.path_of("linear EQUATIONS") == ("Algebra", "Equations", "Linear equations")
    assert small.path_of("equations of degree one")[2] == "Linear equations"
    assert "square roots" in small
    assert "Cube roots" not in small
    assert 7 not in small
    assert len(small) == 4
    with pytest.raises(KeyError):
        small.path_of("Cube roots")
    with pytest.raises(KeyError):
        small.children("geometry")


def test_a_single_file_is_a_taxonomy_too(tmp_path: Path) -> None:
    tree(tmp_path)
    assert Taxonomy.load(tmp_path / "numbers.toml").children("numbers/roots") == ("Square roots",)


def test_the_version_follows_content_and_not_layout(tmp_path: Path) -> None:
    """FL-12: the version of a tree is the hash of what it says."""
    first = Taxonomy.load(tree(tmp_path)).version
    assert Taxonomy.load(tree(tmp_path, one="# a comment\n" + ONE.replace("\n\n", "\n\n\n"))).version == first
    for old, new in [
        ("Discriminant", "Vertex"),
        ("判别式", "根的判别式"),
        (', "Square roots"', ""),
        ("degree one", "x"),
    ]:
        assert Taxonomy.load(tree(tmp_path, one=ONE.replace(old, new))).version != first, old


@pytest.mark.parametrize(
    ("one", "place", "says"),
    [
        (ONE + '"Linear equations" = ["Discriminant"]\n', "needs.", "circle"),
        (ONE.replace('"Discriminant"]\n', '"square ROOTS"]\n', 1), "topics.roots.points", "already stands"),
        (ONE.replace(', "Square roots"', ', "Cube roots"'), "needs.Quadratic equations", "'Cube roots' is no point"),
        (ONE + '"linear equations" = []\n"Linear Equations" = []\n', "needs.Linear Equations", "listed twice"),
        (ONE.replace("Equations of degree one", "Square Roots"), "also.Linear equations", "already means"),
        (ONE.replace('"Discriminant" = "判', '"Vertex" = "判'), "zh.Vertex", "'Vertex' is no point"),
        (ONE.replace("lower secondary", "kindergarten"), "topics.equations.stage", "primary"),
        (ONE.replace('zh = "代数"\n', ""), "area.zh", "required"),
        (ONE.replace("stage =", "level ="), "topics.equations", ""),
        (ONE.replace('"Discriminant"]\n', "3]\n", 1), "topics.equations.points.2", "string"),
        (ONE.replace('"Discriminant"]\n', '" Discriminant"]\n', 1), "topics.equations.points.2", "pattern"),
        (ONE.replace('id = "algebra"', 'id = "numbers"'), "area.id", "used in"),
        (ONE.replace("[area]", "[area"), "algebra.toml", "not valid TOML"),
    ],
    ids=[
        "circle",
        "name twice",
        "unknown need",
        "needs twice",
        "other name taken",
        "unknown translation",
        "stage",
        "missing key",
        "unknown key",
        "number for a name",
        "blank before a name",
        "area twice",
        "broken TOML",
    ],
)
def test_unsound_trees_are_refused_with_file_and_key(tmp_path: Path, one: str, place: str, says: str) -> None:
    with pytest.raises(BadInput) as caught:
        Taxonomy.load(tree(tmp_path, one=one))
    assert ".toml" in caught.value.where
    assert place in caught.value.where
    assert says in caught.value.what


def test_a_circle_is_named_in_order(tmp_path: Path) -> None:
    with pytest.raises(BadInput) as caught:
        Taxonomy.load(tree(tmp_path, one=ONE + '"Linear equations" = ["Discriminant"]\n'))
    round_trip = caught.value.what.removeprefix("needs go round in a circle: ").rstrip(".").split(" needs ")
    assert round_trip[0] == round_trip[-1]
    assert set(round_trip) == {"Linear equations", "Quadratic equations", "Discriminant"}
    given = {"Linear equations": "Discriminant", "Discriminant": "Quadratic equations"}
    given["Quadratic equations"] = "Linear equations"
    assert all(given[name] == need for name, need in pairwise(round_trip))


def test_files_that_cannot_be_read(tmp_path: Path) -> None:
    with pytest.raises(BadInput) as told:
        Taxonomy.load(tmp_path)
    assert str(told.value) == f"{tmp_path}: holds no taxonomy file. Put at least one .toml file there."
    with pytest.raises(BadInput, match=r"absent\.toml: cannot be read"):
        Taxonomy.load(tmp_path / "absent.toml")
    (tmp_path / "latin.toml").write_bytes("name = 'Möbius'".encode("latin-1"))
    with pytest.raises(BadInput, match="not UTF-8 at byte 9"):
        Taxonomy.load(tmp_path)


def test_shipped_things_are_found_in_a_checkout_and_in_a_wheel(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert shipped("seeds", "algebra.jsonl").is_file()
    checkout, wheel = tmp_path / "data", tmp_path / "studio" / "_data"
    (wheel / "seeds").mkdir(parents=True)
    monkeypatch.setattr(shipped_module, "_PLACES", (checkout, wheel))
    assert shipped("seeds") == wheel / "seeds"
    (checkout / "seeds").mkdir(parents=True)
    assert shipped("seeds") == checkout / "seeds"
    with pytest.raises(UserError, match=r"seeds/absent\.jsonl: is missing"):
        shipped("seeds", "absent.jsonl")
