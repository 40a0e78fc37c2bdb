"""Files of limited size, classes of limited weight, cards and pictures that hold whatever names say."""

import json
import statistics
import xml.etree.ElementTree as ET
from collections import Counter

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.core.errors import BadInput, BadSetting
from engine.export import manifest as manifests
from engine.export.balance import caps
from engine.export.card_pictures import bars
from engine.export.formats import FORMATS
from engine.export.lineage import digest
from engine.export.lineage import read as lineage
from engine.export.rows import CardFacts, ExportRow
from engine.export.shape import FileShape
from engine.export.shards import CONTAINERS
from engine.export.statistics import Statistics
from engine.export.writer import export
from tests.support.went_out import ids as ids_of


def row(number: int = 0, **more) -> ExportRow:
    given = {
        "solution": rf"It is \boxed{{{number}}}.", "answer": str(number), "seed_id": f"S-{number}",
        "machine_solution": "It is 0.", "kind": ("one-hop", "two-hop")[number % 2], "points": (f"point {number % 4}",),
        "difficulty": number % 10 / 10, "scores": (("judge_score", 0.9),), "request": "Ask.",
        "parent_statement": "What?", "parent_solution": "No.", "wrong_solution": "Wrong.",
    }  # fmt: skip
    return ExportRow(f"Q-{number}", f"What is {number}?", **(given | more))


def give(tmp_path, rows, **more):
    more = {"format": "sft", "name": "set", "card": CardFacts(title="Set", funnel={"written": 9, "kept": 4})} | more
    return export(rows, tmp_path / "out", **more)


def names(tmp_path) -> list[str]:
    return sorted(path.name for path in (tmp_path / "out" / "data").iterdir())


@pytest.mark.parametrize("container", CONTAINERS)
def test_files_are_numbered_of_their_number(tmp_path, container) -> None:
    report = give(tmp_path, map(row, range(25)), container=container, shard_rows=10)
    suffix = CONTAINERS[container].suffix
    assert names(tmp_path) == [f"train-0000{n}-of-00003{suffix}" for n in range(3)]
    told = json.loads(report.manifest)
    assert [file["rows"] for file in told["files"]] == [10, 10, 5]
    assert report.rows == 25


def test_a_split_that_fits_one_file_has_no_number(tmp_path) -> None:
    give(tmp_path, map(row, range(40)), shard_rows=30, test_share=0.2)
    assert [name for name in names(tmp_path) if name.startswith("test")] == ["test.jsonl"]
    assert len([name for name in names(tmp_path) if name.startswith("train-")]) == 2


@pytest.mark.parametrize("container", CONTAINERS)
def test_a_file_that_has_its_megabytes_is_followed_by_another(tmp_path, container) -> None:
    noise = iter(range(10**9))
    text = [" ".join(f"{digest(row(next(noise)))}" for _ in range(30)) for _ in range(6_000)]
    give(tmp_path, (row(n, solution=text[n]) for n in range(6_000)), container=container, shard_mb=1)
    sizes = [path.stat().st_size for path in sorted((tmp_path / "out" / "data").iterdir())]
    assert len(sizes) > 1
    assert all(1_000_000 <= size < 1_800_000 for size in sizes[:-1])


@pytest.mark.parametrize("container", CONTAINERS)
@pytest.mark.parametrize("format", FORMATS)
def test_every_form_loads_with_datasets_split_by_split(tmp_path, format, container) -> None:
    """AM-26: what was written is what another program reads, in shards and splits."""
    import datasets

    report = give(
        tmp_path, map(row, range(60)), format=format, container=container, shard_rows=20, test_share=0.3,
        pairs=("edits", "refined", "solutions"),
    )  # fmt: skip
    loaded = datasets.load_dataset(str(tmp_path / "out"), cache_dir=str(tmp_path / "cache"))
    assert {name: split.num_rows for name, split in loaded.items()} == report.splits
    assert set(loaded["train"].column_names) == set(FORMATS[format].schema.names)
    assert {ident for split in loaded.values() for ident in split["id"]} == {ident for ident, _ in ids_of(report)}
    for name, split in loaded.items():
        assert set(split["id"]) == {ident for ident, at in ids_of(report) if at == name}


def test_am26_lineage_names_the_origin_of_every_row_in_order(tmp_path) -> None:
    """AM-26: instruction pairs go out with a lineage manifest, whose hash the manifest tells."""
    rows = [row(n, run_id="run-1", model="m", prompt_hash="ab", combination_id=f"C-{n}") for n in range(9)]
    report = give(tmp_path, rows)
    found = lineage(
        tmp_path / "out" / "lineage.parquet", ("id", "digest", "seed_id", "combination_id", "model")
    ).read_all()
    assert found["id"].to_pylist() == [one.id for one in rows]
    assert found["digest"].to_pylist() == [digest(one) for one in rows]
    assert found["combination_id"].to_pylist() == [one.combination_id for one in rows]
    told = manifests.read(tmp_path / "out" / "manifest.json")
    assert set(told.hashes) == {
        path.relative_to(tmp_path / "out").as_posix() for path in report.files if path.name != "manifest.json"
    }
    assert all(path.is_file() for path in report.files)


def test_a_digest_changes_with_everything_that_is_known_of_a_row() -> None:
    plain = digest(row(1))
    for more in ({"solution": "x"}, {"difficulty": 0.7}, {"decision": "approve"}, {"scores": ()}, {"points": ("z",)}):
        assert digest(row(1, **more)) != plain
    assert digest(row(1, split="test", root="F", contaminated="x", test_seed="y")) == plain


@settings(deadline=None, max_examples=50)
@given(st.lists(st.integers(0, 5), min_size=1, max_size=60), st.integers(0, 5), st.integers(0, 9))
def test_no_class_keeps_more_than_the_cap_and_small_ones_keep_all(tmp_path_factory, classes, cap, seed) -> None:
    rows = [row(n, points=(f"c{one}",)) for n, one in enumerate(classes)]
    folder = tmp_path_factory.mktemp("balance")
    report = give(folder, rows, balance="concept", cap=cap, seed=seed)
    sizes = Counter(classes)
    most = cap or int(statistics.median(sizes.values()))
    kept = Counter(classes[int(ident.removeprefix("Q-"))] for ident, _ in ids_of(report))
    assert kept == {one: min(count, most) for one, count in sizes.items()}
    assert sum(report.left_out.values()) == len(classes) - sum(kept.values())
    backwards = caps(rows[::-1], "concept", cap, seed)
    assert {one.id for one in rows if backwards.keeps(one)} == {ident for ident, _ in ids_of(report)}


def test_a_balanced_card_says_by_what_and_how(tmp_path) -> None:
    rows = [row(n, difficulty=0.1 if n < 30 else 0.9) for n in range(36)]
    report = give(tmp_path, [*rows, row(99, difficulty=None, solution=None)], balance="difficulty")
    assert report.left_out == {"no solution": 1, "over the cap of its difficulty": 12}
    card = (tmp_path / "out" / "README.md").read_text()
    assert "Balanced by difficulty: a class keeps at most 18 problems, the size of the median class" in card
    with pytest.raises(BadSetting, match="read only once"):
        give(tmp_path, iter(rows), balance="concept")


@pytest.mark.parametrize(
    "more", [{"balance": "luck"}, {"shard_rows": -1}, {"shard_mb": -1}, {"cap": -1}, {"test_share": 0.95}]
)
def test_shapes_that_cannot_be_are_refused(more) -> None:
    with pytest.raises(BadSetting):
        FileShape(**more)


def test_a_card_tells_hubs_what_they_ask_for(tmp_path) -> None:
    card = CardFacts(
        title="Set", license="cc-by-4.0", sources=("gsm8k", "own"), licenses={"gsm8k": "mit"},
        benchmarks={"MATH": 5000}, funnel={"written": 90, "kept": 60},
    )  # fmt: skip
    rows = [*map(row, range(60)), row(77, contaminated="MATH 1")]
    give(tmp_path, rows, card=card, test_share=0.3, shard_rows=20, container="parquet", format="rl")
    _, head, body = (tmp_path / "out" / "README.md").read_text().split("---\n", 2)
    told = yaml.safe_load(head)
    assert (told["license"], told["language"], told["size_categories"]) == ("cc-by-4.0", ["en"], ["n<1K"])
    assert told["task_categories"] == ["reinforcement-learning"]
    assert {split["split"] for split in told["configs"][0]["data_files"]} == {"train", "test"}
    assert sum(split["num_examples"] for split in told["dataset_info"]["splits"]) == 60
    assert {one["name"]: one.get("dtype") for one in told["dataset_info"]["features"]}["difficulty"] == "float64"
    assert "| gsm8k | mit |" in body
    assert "| own | licence not stated |" in body
    assert "5,000 test problems: MATH (5,000)" in body
    assert "95% of the 8-grams" in body
    assert "1 were found and left out" in body
    assert "--from-manifest manifest.json" in body
    assert 'load_dataset("set", split="train")' in body
    for line in body.splitlines():
        if line.startswith("!["):
            assert (tmp_path / "out" / line.partition("](")[2].rstrip(")")).is_file()
    assert body.count("![") == 4


def test_without_test_sets_a_card_claims_nothing(tmp_path) -> None:
    give(tmp_path, [row(1)])
    assert "it is not known whether rows copy test problems" in (tmp_path / "out" / "README.md").read_text()


@given(st.dictionaries(st.text(max_size=40), st.integers(0, 10**7), min_size=1, max_size=6), st.text(max_size=40))
def test_pictures_are_xml_whatever_the_names_say(rows, title) -> None:
    root = ET.fromstring(bars(title, list(rows.items())))
    lengths = [float(one.attrib["width"]) for one in root.iter("{http://www.w3.org/2000/svg}rect")][1:]
    assert len(lengths) == len(rows)
    assert max(lengths) <= 370
    assert {one.tag.split("}")[1] for one in root.iter()} <= {"svg", "title", "rect", "text"}


def test_bars_hold_what_was_counted() -> None:
    figures = Statistics()
    for value in (0.0, 0.1, 0.8999999762, 0.95, 1.0):
        figures.add(row(1, difficulty=None, scores=(("judge_score", value),)))
    assert figures.scores == {"judge_score": [1, 1, 0, 0, 0, 0, 0, 0, 0, 3]}
    assert dict(figures.table())["problems"] == "5"


@pytest.mark.parametrize("body", ["", "{}", "[]", "null", '{"name": "x", "settings": {"format": "sft"}}', "\x00"])
def test_what_is_no_manifest_is_said_so(tmp_path, body) -> None:
    path = tmp_path / "manifest.json"
    path.write_text(body)
    with pytest.raises(BadInput, match=r"manifest\.json.*Give the manifest"):
        manifests.read(path)
    with pytest.raises(BadInput, match="cannot be read"):
        manifests.read(tmp_path / "none.json")
