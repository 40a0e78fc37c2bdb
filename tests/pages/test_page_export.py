"""Export on a real store: what is held back and why, the page from empty to written, the list of exports."""

from __future__ import annotations

import io
import shlex
import zipfile
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

from engine import project as projects
from engine.curation import policy as policies
from engine.delivery import deliver, draft, gather
from engine.errors import UserError
from engine.preflight import findings
from engine.project import Project
from engine.records import BenchmarkItem
from engine.selecting import select
from engine.store import Store
from studio import house, navigation
from studio.drafting import drafting
from studio.shipping import Shipment, Wish
from studio.widgets.export_checks import opening
from studio.widgets.export_list import digest, packed, standing
from studio.widgets.export_preview import parts, size_text
from studio.widgets.export_reads import revision
from tests.exporters.went_out import ids as ids_of
from tests.pages.project import filled

PAGE = Path(__file__).resolve().parents[2] / "pages" / "export.py"
ALL = {"test_share": 0.0, "container": "jsonl", "license": "other"}


@pytest.fixture
def root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A project with a selection, which no process has open."""
    home = filled(tmp_path / "project")
    monkeypatch.setenv("LEMMA_PROJECT", str(home))
    with Store(Project(home).database) as store:
        select(store, policies.gsdp())
    return home


@pytest.fixture
def store(root: Path) -> Iterator[Store]:
    with Store(Project(root).database) as opened:
        yield opened


def _ids(store: Store) -> list[str]:
    return [str(ident) for ident in store.exports.rows("selected")["id"].to_pylist()]


def test_nothing_approved_tells_how_many_are_selected(store: Store, tmp_path: Path) -> None:
    count = len(_ids(store))
    with pytest.raises(UserError, match=rf"{count} are selected: add --only selected"):
        deliver(store, "set", tmp_path / "out")
    assert not (tmp_path / "out").exists()
    assert store.exports.list() == ()


def test_x05_repeats_and_late_found_test_items_are_held_back(store: Store, tmp_path: Path) -> None:
    """X-05, GSDP-24: a test problem that came after the run, and a repeat made by an edit, never leave."""
    ids = _ids(store)
    texts = dict(zip(ids, store.exports.rows("selected")["statement"].to_pylist(), strict=True))
    long = max(ids[1:], key=lambda ident: len(texts[ident].split()))
    other = next(ident for ident in ids[1:] if ident != long)
    store.benchmarks.add([BenchmarkItem("B-late", "late", texts[long], "1")])
    store.decisions.decide(other, "mira", "edit", statement=texts[ids[0]])
    done = deliver(store, "set", tmp_path / "out", only="selected")
    assert done.exported.left_out == {"copies a test problem": 1, "repeats another row": 1}
    gone = {ident for ident, _ in ids_of(done.exported)} ^ set(ids)
    assert long in gone
    assert gone & {ids[0], other}
    with gather(store, "selected") as cargo:
        found = {one.name: one for one in findings(cargo, "sft", 1)}
    assert found["1 test item"].ids == (long,)
    assert len(found["1 repeat"].ids) == 1
    assert found["One language"].state == "good"
    assert store.exports.items(done.entry.id).num_rows == done.exported.rows


def test_gsdp44_a_draft_is_the_export_to_come_to_the_byte(store: Store, tmp_path: Path) -> None:
    """GSDP-44: the manifest that the page shows is the manifest that is written."""
    with gather(store, "selected") as cargo:
        seen = draft(store, cargo, "set", format="sft", **ALL)  # type: ignore[arg-type]
    done = deliver(store, "set", tmp_path / "out", only="selected")
    assert seen.exported.manifest == done.exported.manifest == (tmp_path / "out" / "manifest.json").read_text()
    assert seen.readme == (tmp_path / "out" / "README.md").read_text()
    assert seen.size == sum(path.stat().st_size for path in done.exported.files)


def test_a_preflight_names_what_a_model_would_learn_wrong(store: Store) -> None:
    ids = _ids(store)
    store.decisions.decide(ids[0], "mira", "edit", solution="It is four.")
    store.decisions.decide(ids[1], "mira", "edit", statement="小明有三个苹果，小红给了他两个，现在一共有多少个苹果？")
    store.decisions.decide(ids[2], "mira", "approve")
    with gather(store, "approved", pairs=True) as cargo:
        found = list(findings(cargo, "preference", 0))
    by_name = {one.name: one for one in found}
    assert by_name["1 without a box"].ids == (ids[0],)
    assert by_name["2 languages"].detail.startswith("en 2, zh 1")
    assert by_name["2 languages"].ids == (ids[1],)
    assert by_name["Edits make pairs"].state == "good"
    assert by_name["Test items unknown"].state == "look"
    assert opening(by_name["1 without a box"]) == "Open it on the review desk"
    assert opening(replace(by_name["2 languages"], ids=tuple(map(str, range(3000))))) == "Open the first 200 of 3,000"


def test_a_shipment_that_cannot_be_written_says_why(root: Path, store: Store) -> None:
    wish = Wish("mine", "selected")
    folder = wish.folder(Project(root))
    folder.mkdir(parents=True)
    (folder / "thesis.tex").write_text("years of work")
    sent = Shipment(Project(root), store, wish, "mira", 10).start()
    sent.wait(30)
    assert not sent.running
    assert "Choose another folder" in str(sent.error)
    assert (folder / "thesis.tex").read_text() == "years of work"


def test_a_wish_is_the_same_as_its_command(tmp_path: Path) -> None:
    wish = Wish("a.b-1", "approved", "rl", "parquet", 0.1, "cc-by-4.0")
    words = shlex.split(wish.command(Project(tmp_path / "my project")))
    assert words[:7] == ["lemma", "export", "a.b-1", "--format", "rl", "--only", "approved"]
    assert words[words.index("--test-share") + 1] == "0.1"
    assert words[-1] == str((tmp_path / "my project").resolve())
    assert wish.fit
    assert not any(Wish(name, "approved").fit for name in ("", "..", "../x", "a/b", ".hidden", "-x", "a b"))


def test_a_wish_for_shards_classes_and_pairs_is_the_same_as_its_command(tmp_path: Path) -> None:
    wish = Wish("a", "approved", "preference", balance="concept", shard_rows=500, pairs=("solutions",))
    words = shlex.split(wish.command(Project(tmp_path)))
    for option, value in (("--balance", "concept"), ("--shard-rows", "500"), ("--pairs", "solutions")):
        assert words[words.index(option) + 1] == value
    assert "--pairs" not in Wish("a", "approved", "sft", pairs=("solutions",)).command(Project(tmp_path))
    assert (wish.shape.balance, wish.shape.shard_rows, wish.shape.pairs) == ("concept", 500, ("solutions",))


def test_a_draft_is_made_once_for_a_state_and_a_wish(store: Store) -> None:
    """The look at the texts is shared by all drafts of one state; another state begins anew."""
    st.cache_resource.clear()
    first = drafting(store, Wish("a", "selected"), revision(store))
    first.wait(60)
    assert drafting(store, Wish("a", "selected"), revision(store)) is first
    assert first.found is not None
    assert first.draft is not None
    assert not first.running
    other = drafting(store, Wish("b", "selected", "raw"), revision(store))
    other.wait(60)
    assert other.sieved is first.sieved
    assert other.draft is not None
    assert other.draft.exported.rows == first.draft.exported.rows
    store.decisions.decide(_ids(store)[0], "mira", "reject")
    anew = drafting(store, Wish("a", "selected"), revision(store))
    anew.wait(60)
    assert anew.draft is not None
    assert anew.draft.exported.rows == first.draft.exported.rows - 1
    assert anew.sieved is not first.sieved


def test_a_draft_that_cannot_be_says_why_without_its_folder(store: Store) -> None:
    st.cache_resource.clear()
    look = drafting(store, Wish("a", "selected", "preference"), revision(store))
    look.wait(60)
    assert str(look.error).startswith("export a: There is nothing to export (44 rows: not edited)")
    assert look.found is not None
    assert look.found[-1].name in ("No edits", "No pairs")


def test_figures_and_cards_are_made_readable() -> None:
    assert size_text(172_600) == "172.6 kB"
    assert size_text(2_500_000) == "2.5 MB"
    head, body = parts("---\nlicense: mit\n---\n# Set\n\n## Splits\n")
    assert head == "license: mit"
    assert body == "##### Set\n\n##### Splits\n"


@pytest.fixture
def page(monkeypatch: pytest.MonkeyPatch) -> Iterator[AppTest]:
    """The page alone: links are drawn as captions, and the project is closed in the end."""
    monkeypatch.setattr(navigation, "link", lambda *said, **carry: st.caption(f"{said[0]} {carry['ids']}"))
    monkeypatch.setattr(navigation, "go", lambda name, **carry: st.session_state.update(went=name))
    yield AppTest.from_file(str(PAGE), default_timeout=60)
    opened = house.house()
    opened.folding.stop()
    opened.store.close()
    house._open.clear()  # type: ignore[attr-defined]


def test_an_empty_page_has_one_button_that_leads_on(
    page: AppTest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LEMMA_PROJECT", str(projects.create(tmp_path / "empty").root))
    page.run()
    assert not page.exception
    assert [button.label for button in page.button] == ["Write problems"]
    page.button[0].click().run()
    assert page.session_state["went"] == "generate"


def test_the_page_writes_what_it_showed_and_lists_it(root: Path, page: AppTest) -> None:
    page.run()
    assert not page.exception
    shown = next(button for button in page.button if button.label.startswith("Export "))
    rows = int(shown.label.removeprefix("Export "))
    assert any(metric.label == "Rows" and metric.value == str(rows) for metric in page.metric)
    page.text_input(key="export.name").set_value("no/good").run()
    assert "letters, digits" in page.error[0].value
    page.text_input(key="export.name").set_value("mine").run()
    page.slider(key="export.share").set_value(20).run()
    page.number_input(key="export.shard").set_value(10_000).run()
    page.selectbox(key="export.balance").set_value("concept").run()
    assert any("Balanced by concept" in one.value for one in page.markdown)
    page.selectbox(key="export.balance").set_value("").run()
    next(button for button in page.button if button.label.startswith("Export ")).click().run()
    assert not page.exception
    entry = house.store().exports.list()[0]
    assert (entry.name, entry.rows) == ("mine", rows)
    assert Path(entry.directory) == (root / "exports" / "mine").resolve()
    assert standing(entry) == "whole"
    assert digest(entry)[:12] in str(page.dataframe[0].value["Hash"][0])
    with zipfile.ZipFile(io.BytesIO(packed(Path(entry.directory)))) as archive:
        assert {"README.md", "manifest.json", "data/train.jsonl"} <= set(archive.namelist())
    (Path(entry.directory) / "manifest.json").unlink()
    assert standing(entry) == "is not there any more"


def test_the_page_pairs_right_with_wrong_solutions_when_it_is_told_to(root: Path, page: AppTest) -> None:
    page.query_params["format"] = "preference"
    page.run()
    page.checkbox(key="export.pairs.solutions").check().run()
    assert not page.exception
    assert int(next(metric.value for metric in page.metric if metric.label == "Rows")) > 0
    assert any("--pairs edits,refined,solutions" in block.value for block in page.code)


def test_the_page_says_why_a_format_has_nothing_to_write(root: Path, page: AppTest) -> None:
    page.query_params["format"] = "preference"
    page.run()
    assert not page.exception
    assert "not edited" in page.error[0].value
    assert next(button for button in page.button if button.label.startswith("Export ")).disabled
