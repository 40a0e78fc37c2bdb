# ruff: noqa: E501 - forms of files are easier to read in one line
"""A taxonomy in the forms that people have: the same tree comes out of each."""

import json

import pytest

from engine.core.errors import BadInput
from engine.core.resources import shipped
from engine.knowledge.taxonomy import Taxonomy
from engine.knowledge.taxonomy_files import read
from engine.planning.taxonomy_import import add_taxonomy
from engine.store import Store

TREE = [
    ("Algebra", "Equations", "Linear equations"),
    ("Algebra", "Equations", "Quadratic equations"),
    ("Algebra", "Inequalities"),
    ("Geometry", "Circles"),
]
NESTED = {
    "Algebra": {"Equations": {"Linear equations": {}, "Quadratic equations": {}}, "Inequalities": {}},
    "Geometry": {"Circles": None},
}
LISTS = {
    "Algebra": [{"Equations": ["Linear equations", "Quadratic equations"]}, "Inequalities"],
    "Geometry": ["Circles"],
}


def node(name, *children):
    return {"name": name, "children": list(children)}


NODES = [
    node("Algebra", node("Equations", node("Linear equations"), node("Quadratic equations")), node("Inequalities")),
    node("Geometry", node("Circles")),
]
IDS = [
    ("1", "", "Algebra"), ("2", "1", "Equations"), ("3", "2", "Linear equations"), ("4", "2", "Quadratic equations"),
    ("5", "1", "Inequalities"), ("6", "", "Geometry"), ("7", "6", "Circles"),
]  # fmt: skip
INDENTED = "Algebra\n  Equations\n    Linear equations\n    Quadratic equations\n  Inequalities\nGeometry\n  Circles\n"
FORMS = {
    "indented by two": ("a.txt", INDENTED),
    "indented by four": ("a.txt", INDENTED.replace("  ", "    ")),
    "indented by tabs": ("a.txt", INDENTED.replace("  ", "\t")),
    "bullets": ("a.md", "".join(f"{line[: len(line) - len(line.lstrip())]}- {line.lstrip()}\n" for line in INDENTED.splitlines())),
    "stars": ("a.md", "* Algebra\n  * Equations\n    * Linear equations\n    * Quadratic equations\n  * Inequalities\n* Geometry\n  * Circles\n"),
    "numbers": ("a.txt", "1. Algebra\n   1.1 Equations\n      1.1.1 Linear equations\n      1.1.2 Quadratic equations\n   1.2 Inequalities\n2. Geometry\n   2.1 Circles\n"),
    "headings": ("a.md", "# Algebra\n\n## Equations\n\n- Linear equations\n- Quadratic equations\n\n## Inequalities\n\n# Geometry\n\n- Circles\n"),
    "paths in lines": ("a.txt", "\n".join(" > ".join(path) for path in TREE)),
    "paths in a column": ("a.csv", "path\n" + "\n".join("->".join(path) for path in TREE)),
    "paths with slashes": ("a.csv", "path\n" + "\n".join("/".join(path) for path in TREE)),
    "levels in columns": ("a.csv", "level_1,level_2,level_3\n" + "\n".join(",".join((*path, "")[:3]) for path in TREE)),
    "semicolons": ("a.csv", "cate0;cate1;cate2\n" + "\n".join(";".join((*path, "")[:3]) for path in TREE)),
    "id and parent": ("a.csv", "id,parent,name\n" + "\n".join(",".join(row) for row in IDS)),
    "parent first": ("a.tsv", "parent_id\tid\tname\n" + "\n".join("\t".join((row[1], row[0], row[2])) for row in IDS)),
    "name and parent": ("a.csv", "name,parent\nCircles,Geometry\nGeometry,\nAlgebra,\nEquations,Algebra\nLinear equations,Equations\n"
                                 "Quadratic equations,Equations\nInequalities,Algebra\n"),
    "nested JSON": ("a.json", json.dumps(NESTED)),
    "JSON with lists": ("a.json", json.dumps(LISTS, indent=1)),
    "JSON nodes": ("a.json", json.dumps(NODES)),
    "JSON nodes under a root": ("a.json", json.dumps({"taxonomy": NODES})),
    "JSON by parent": ("a.json", json.dumps([{"id": i, "parent": p or None, "name": n} for i, p, n in IDS])),
}  # fmt: skip


@pytest.mark.parametrize("name", FORMS)
def test_every_form_gives_the_same_tree(tmp_path, name):
    file, text = FORMS[name]
    path = tmp_path / file
    path.write_text(text, encoding="utf-8-sig")
    found = read(path)
    assert sorted(found.paths) == sorted(TREE)
    assert found.skipped == ()


def test_our_own_form_is_read_whole():
    assert len(read(shipped("taxonomy")).paths) == len(Taxonomy.load())


@pytest.mark.parametrize(
    ("text", "skipped"),
    [
        ("id,parent,name\n1,2,A\n2,1,B\n3,,C\n", {"A", "B"}),
        ("id,parent,name\n1,9,A\n3,,C\n", {"A"}),
        ("path\nArithmetic > Sums\nAlgebra > sums\nC\n", {"sums"}),
    ],
)
def test_what_has_no_place_is_named(tmp_path, text, skipped):
    path = tmp_path / "a.csv"
    path.write_text(text)
    found = read(path)
    assert {name for name, _ in found.skipped} == skipped
    assert ("C",) in found.paths


def test_what_names_nothing_is_no_point(tmp_path):
    path = tmp_path / "a.json"
    path.write_text(json.dumps({"Algebra": ["Lines", None, "", " ", 7]}))
    assert read(path).paths == (("Algebra", "Lines"), ("Algebra", "7"))


@pytest.mark.parametrize("text", ["", "\n\n", "{}", "[]", '{"a": '])
def test_no_taxonomy_is_an_error(tmp_path, text):
    path = tmp_path / "a.json"
    path.write_text(text)
    with pytest.raises(BadInput):
        read(path)


def test_points_join_those_of_a_project(tmp_path):
    path = tmp_path / "a.txt"
    path.write_text(INDENTED)
    with Store(tmp_path / "a.duckdb") as store:
        store.points.create("circles", "me")
        first = add_taxonomy(store, path)
        assert (first.added, first.merged, first.skipped) == (3, 1, ())
        again = add_taxonomy(store, path)
        assert (again.added, again.merged) == (0, 4)
        areas = dict(zip(store.points.live()["name"], store.points.live()["area"], strict=True))
        assert areas["Linear equations"] == "Algebra"


@pytest.mark.real_data
def test_the_common_core_is_read(real_data, tmp_path):
    found = read(real_data / "taxonomy" / "ccss_mathcamps" / "commoncore.yaml")
    assert len(found.paths) + len(found.skipped) == 48
