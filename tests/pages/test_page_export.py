"""Export on a real store: what is held back and why, the page from empty to written, the list of exports."""

from __future__ import annotations

import gc
import io
import json
import shlex
import zipfile
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from types import FunctionType, ModuleType, SimpleNamespace

import numpy as np
import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

from engine.core import project as projects
from engine.core.errors import UserError
from engine.core.project import Project
from engine.core.records import BenchmarkItem
from engine.curation import policy as policies
from engine.curation.apply_policy import select
from engine.export import deliver, draft, gather, hub
from engine.export.finding import MOST
from engine.export.preflight import findings
from engine.export.shape import FileShape
from engine.store import Store
from studio import navigation, workspace
from studio.parts.export.checks import opening
from studio.parts.export.list import digest, packed, standing
from studio.parts.export.preview import parts, size_text
from studio.parts.export.reads import revision
from studio.tasks.export_draft_job import _known, drafting
from studio.tasks.export_job import UNNAMED, ExportJob, ExportWish
from tests.support.hub_server import running
from tests.support.page_project import filled
from tests.support.went_out import ids as ids_of

SHIPMENT = "export.shipment"
PAGE = Path(__file__).resolve().parents[2] / "pages" / "export.py"
ALL = {"test_share": 0.0, "container": "jsonl"}


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
    store.decisions.confirm(other, "mira")
    done = deliver(store, "set", tmp_path / "out", only="selected")
    assert done.exported.left_out == {"copies a test problem": 1, "repeats another row": 1}
    gone = {ident for ident, _ in ids_of(done.exported)} ^ set(ids)
    assert long in gone
    assert gone & {ids[0], other}
    with gather(store, "selected") as outgoing_rows:
        found = {one.name: one for one in findings(outgoing_rows, "sft", 1)}
    assert found["1 test item"].ids == (long,)
    assert len(found["1 repeat"].ids) == 1
    assert found["One language"].state == "good"
    assert store.exports.items(done.entry.id).num_rows == done.exported.rows


def test_gsdp44_a_draft_is_the_export_to_come_to_the_byte(store: Store, tmp_path: Path) -> None:
    """GSDP-44: the manifest that the page shows is the manifest that is written."""
    with gather(store, "selected") as outgoing_rows:
        seen = draft(store, outgoing_rows, "set", format="sft", **ALL)  # type: ignore[arg-type]
    done = deliver(store, "set", tmp_path / "out", only="selected")
    assert seen.exported.manifest == done.exported.manifest == (tmp_path / "out" / "manifest.json").read_text()
    assert seen.readme == (tmp_path / "out" / "README.md").read_text()
    assert seen.size == sum(path.stat().st_size for path in done.exported.files)


def test_a_preflight_names_what_a_model_would_learn_wrong(store: Store) -> None:
    ids = _ids(store)
    store.decisions.decide(ids[0], "mira", "edit", solution="The answer is 4.")
    store.decisions.decide(ids[1], "mira", "edit", statement="小明有三个苹果，小红给了他两个，现在一共有多少个苹果？")
    store.decisions.confirm(ids[1], "mira")
    store.decisions.decide(ids[2], "mira", "approve")
    with gather(store, "approved", FileShape("preference")) as outgoing_rows:
        found = list(findings(outgoing_rows, "preference", 0))
    by_name = {one.name: one for one in found}
    assert by_name["1 without a box"].ids == (ids[0],)
    assert by_name["2 languages"].detail.startswith("en 2, zh 1")
    assert by_name["2 languages"].ids == (ids[1],)
    assert by_name["Edits make pairs"].state == "good"
    assert by_name["Test items unknown"].state == "look"
    assert opening(by_name["1 without a box"]) == "Review this one"
    assert (
        opening(replace(by_name["2 languages"], ids=tuple(map(str, range(200))), count=3000)) == "Review 200 of 3,000"
    )


def test_a_shipment_that_cannot_be_written_says_why(root: Path, store: Store) -> None:
    wish = ExportWish("mine", "selected")
    folder = wish.folder(Project(root))
    folder.mkdir(parents=True)
    (folder / "thesis.tex").write_text("years of work")
    sent = ExportJob(Project(root), store, wish, "mira", 10).start()
    sent.wait(30)
    assert not sent.running
    assert "Choose another folder" in str(sent.error)
    assert (folder / "thesis.tex").read_text() == "years of work"


def test_a_wish_is_the_same_as_its_command(tmp_path: Path) -> None:
    wish = ExportWish("a.b-1", "approved", "rl", "parquet", 0.1, "cc-by-4.0")
    words = shlex.split(wish.command(Project(tmp_path / "my project")))
    assert words[:7] == ["lemma", "export", "a.b-1", "--format", "rl", "--only", "approved"]
    assert words[words.index("--test-share") + 1] == "0.1"
    assert words[-1] == str((tmp_path / "my project").resolve())
    assert wish.fault == ""
    assert all(ExportWish(name, "approved").fault for name in ("", "..", "../x", "a/b", ".hidden", "-x", "a b"))


def test_a_wish_for_licences_a_data_set_and_the_hub_is_the_same_as_its_command(tmp_path: Path) -> None:
    """AM-20: what the page asks for can be asked for in a shell."""
    wish = ExportWish(
        "a", "all", dataset="60k", licenses=(("gsm8k", "mit"), ("my own", "cc by")), push="me/set", public=True,
    )  # fmt: skip
    words = shlex.split(wish.command(Project(tmp_path)))
    assert words[words.index("--dataset") + 1] == "60k"
    assert [words[n + 1] for n, word in enumerate(words) if word == "--seed-license"] == ["gsm8k=mit", "my own=cc by"]
    assert words[words.index("--push") + 1] == "me/set"
    assert "--public" in words
    assert words[words.index("--only") + 1] == "all"
    assert (wish.shape.best, wish.shape.solutions) == (15_000, 2)
    assert wish.drafted == replace(wish, push="", public=False)
    assert "Use owner/name" in replace(wish, push="set").fault
    assert "Name the data set" in replace(wish, push=UNNAMED).fault
    assert "rl has no use" in replace(wish, format="rl").fault


def test_a_wish_for_shards_classes_and_pairs_is_the_same_as_its_command(tmp_path: Path) -> None:
    wish = ExportWish("a", "approved", "preference", balance="concept", shard_rows=500, pairs=("solutions",))
    words = shlex.split(wish.command(Project(tmp_path)))
    for option, value in (("--balance", "concept"), ("--shard-rows", "500"), ("--pairs", "solutions")):
        assert words[words.index(option) + 1] == value
    assert "--pairs" not in ExportWish("a", "approved", "sft", pairs=("solutions",)).command(Project(tmp_path))
    assert (wish.shape.balance, wish.shape.shard_rows, wish.shape.pairs) == ("concept", 500, ("solutions",))


def test_a_draft_is_made_once_for_a_state_and_a_wish(store: Store) -> None:
    """The look at the texts is shared by all drafts of one state; another state begins anew."""
    st.cache_resource.clear()
    first = drafting(store, ExportWish("a", "selected"), revision(store))
    first.wait(60)
    assert drafting(store, ExportWish("a", "selected"), revision(store)) is first
    assert first.found is not None
    assert first.draft is not None
    assert not first.running
    other = drafting(store, ExportWish("b", "selected", "raw"), revision(store))
    other.wait(60)
    assert other.dedup_result is first.dedup_result
    assert other.draft is not None
    assert other.draft.exported.rows == first.draft.exported.rows
    store.decisions.decide(_ids(store)[0], "mira", "reject")
    anew = drafting(store, ExportWish("a", "selected"), revision(store))
    anew.wait(60)
    assert anew.draft is not None
    assert anew.draft.exported.rows == first.draft.exported.rows - 1
    assert anew.dedup_result is not first.dedup_result
    assert drafting(store, ExportWish("a", "selected", push="me/set"), revision(store)) is anew, (
        "a push changes no file"
    )
    assert {mark for mark, _ in _known()} == {revision(store)}, "what was found of an earlier state is let go"


def test_a_draft_of_many_rows_keeps_few_bytes_of_each(store: Store) -> None:
    """What outlives the look at a set are some numbers a row: no ids, no texts."""
    st.cache_resource.clear()
    look = drafting(store, ExportWish("a", "selected", test_share=0.2), revision(store))
    look.wait(60)
    rows = look.draft.exported.rows if look.draft else 0
    kept = {id(one): one for one in _reachable(look.draft, look.dedup_result, look.found)}.values()
    ids = set(_ids(store))
    named = [one for one in kept if isinstance(one, str) and one in ids]
    assert rows > len(named), "only what a finding names"
    assert sum(one.nbytes for one in kept if isinstance(one, np.ndarray)) <= 16 * rows


def _reachable(*roots: object) -> list[object]:
    """Return all that hangs on some objects, classes and modules excepted."""
    found: dict[int, object] = {}
    waiting = list(roots)
    while waiting:
        one = waiting.pop()
        if id(one) not in found and not isinstance(one, type | ModuleType | FunctionType):
            found[id(one)] = one
            waiting += gc.get_referents(one)
    return list(found.values())


def test_a_finding_names_the_first_and_counts_all(store: Store) -> None:
    with gather(store, "selected") as outgoing_rows:
        rows = [replace(row, solution="") for row in outgoing_rows]
    many = SimpleNamespace(
        waiting=(),
        rows=lambda: (replace(rows[n % len(rows)], id=f"P-{n}") for n in range(500)),
        count=500,
        found=SimpleNamespace(how=None),
    )
    found = next(one for one in findings(many, "sft", 0) if "solution" in one.name)  # type: ignore[arg-type]
    assert (found.count, len(found.ids), found.ids[0]) == (500, MOST, "P-0")


def test_a_draft_that_cannot_be_says_why_without_its_folder(store: Store) -> None:
    st.cache_resource.clear()
    look = drafting(store, ExportWish("a", "selected", "preference"), revision(store))
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
    opened = workspace.workspace()
    opened.rest()
    opened.store.close()
    workspace._open.clear()  # type: ignore[attr-defined]


def settled(page: AppTest) -> AppTest:
    """Return the page when nothing goes on behind it any more: on a busy machine a look takes its time."""
    for _ in range(60):
        page.run()
        sent = [page.session_state[SHIPMENT]] if SHIPMENT in page.session_state else []
        going = [one for one in (*sent, *_known().values()) if one.running]
        if not going:
            return page.run()
        for one in going:
            one.wait(5)
    raise AssertionError("the page does not come to rest")


def ship(page: AppTest) -> None:
    """Press the button and wait until all is written."""
    next(button for button in page.button if button.label.startswith("Export ")).click().run()
    settled(page)


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
    settled(page)
    assert not page.exception
    shown = next(button for button in page.button if button.label.startswith("Export "))
    rows = int(shown.label.removeprefix("Export "))
    assert any(metric.label == "Rows" and metric.value == str(rows) for metric in page.metric)
    page.text_input(key="export.name").set_value("no/good")
    settled(page)
    assert "letters, digits" in page.error[0].value
    page.text_input(key="export.name").set_value("mine")
    settled(page)
    page.slider(key="export.share").set_value(20)
    settled(page)
    page.number_input(key="export.shard").set_value(10_000)
    settled(page)
    page.selectbox(key="export.balance").set_value("concept")
    settled(page)
    assert any("Balanced by concept" in one.value for one in page.markdown)
    page.selectbox(key="export.balance").set_value("")
    settled(page)
    ship(page)
    assert not page.exception
    entry = workspace.store().exports.list()[0]
    assert (entry.name, entry.rows) == ("mine", rows)
    assert Path(entry.directory) == (root / "exports" / "mine").resolve()
    assert standing(entry) == "whole"
    assert digest(entry)[:12] in str(page.dataframe[0].value["Hash"][0])
    with zipfile.ZipFile(io.BytesIO(packed(Path(entry.directory)))) as archive:
        assert {"README.md", "manifest.json", "data/train.jsonl"} <= set(archive.namelist())
    (Path(entry.directory) / "manifest.json").unlink()
    assert standing(entry) == "is not there any more"


def test_am20_the_page_offers_the_data_set_and_says_what_it_lacks(root: Path, page: AppTest) -> None:
    """AM-20: seeds and the best; the licence of a seed set goes on the card; the command says both."""
    settled(page)
    page.selectbox(key="export.dataset").set_value("30k")
    settled(page)
    source = workspace.store().seeds.sources()[0].name
    page.selectbox(key=f"export.license.{source}").set_value("mit")
    settled(page)
    assert not page.exception
    assert "of 15,000 synthesised problems are there" in page.warning[0].value
    command = next(block.value for block in page.code if block.value.startswith("lemma export"))
    assert "--dataset 30k" in command
    assert f"--seed-license {source}=mit" in command
    page.selectbox(key="export.dataset").set_value("other")
    settled(page)
    page.number_input(key="export.best").set_value(2)
    settled(page)
    page.number_input(key="export.solutions").set_value(2)
    settled(page)
    ship(page)
    assert not page.exception
    told = json.loads(workspace.store().exports.list()[0].manifest)
    assert told["licenses"] == {source: "mit"}
    assert (told["settings"]["best"], told["settings"]["solutions"]) == (2, 2)


def test_without_a_token_the_page_says_why_it_cannot_push(
    root: Path, page: AppTest, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in hub.TOKENS:
        monkeypatch.delenv(name, raising=False)
    settled(page)
    assert page.toggle(key="export.push").disabled
    assert any(
        "Set HF_TOKEN" in said or "Install it" in said for one in page.caption if (said := one.value.replace("\\", ""))
    )


def test_the_page_puts_a_set_on_the_hub(
    root: Path, page: AppTest, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    pytest.importorskip("huggingface_hub", reason="the hub's own client is what is tested")
    monkeypatch.setenv("HF_TOKEN", "hf_abcdefghijkl")
    monkeypatch.setenv("HF_HOME", str(tmp_path / "home"))
    with running() as up:
        monkeypatch.setenv("HF_ENDPOINT", up.url)
        monkeypatch.setattr("huggingface_hub.constants.HF_HUB_OFFLINE", False)
        settled(page)
        page.toggle(key="export.push").set_value(True)
        settled(page)
        assert "Name the data set on the hub" in page.error[0].value
        assert next(button for button in page.button if button.label.startswith("Export ")).disabled
        page.text_input(key="export.repo").set_value("me/set")
        settled(page)
        assert any("--push me/set" in block.value for block in page.code)
        ship(page)
        assert not page.exception
        assert page.session_state[SHIPMENT].error is None
        assert up.repos == {"me/set": True}
        assert {"README.md", "manifest.json"} <= set(up.files)
        assert any("On the hub" in one.value for one in page.success)


def test_the_page_pairs_right_with_wrong_solutions_when_it_is_told_to(root: Path, page: AppTest) -> None:
    page.query_params["format"] = "preference"
    settled(page)
    page.checkbox(key="export.pairs.solutions").check()
    settled(page)
    assert not page.exception
    assert int(next(metric.value for metric in page.metric if metric.label == "Rows")) > 0
    assert any("--pairs edits,refined,solutions" in block.value for block in page.code)


def test_the_page_says_why_a_format_has_nothing_to_write(root: Path, page: AppTest) -> None:
    page.query_params["format"] = "preference"
    settled(page)
    assert not page.exception
    assert "not edited" in page.error[0].value
    assert next(button for button in page.button if button.label.startswith("Export ")).disabled


def test_gsdp37_parts_of_the_graph_are_picked_on_the_page(root: Path) -> None:
    """GSDP-37: picking one part leaves the others out, and the command says the same."""
    with Store(Project(root).database) as store:
        kinds = store.exports.tagged("selected")["kind"].to_pylist()
    page = AppTest.from_file(str(PAGE), default_timeout=60).run()
    page.multiselect(key="export.parts").set_value(["Two"]).run()
    assert not page.exception
    assert any("Only problems from Two" in caption.value for caption in page.caption)
    assert any("--part Two" in code.value for code in page.code)
    label = page.button(key="export.ship").label
    assert 0 < int(label.removeprefix("Export ").replace(",", "")) <= kinds.count("two-hop") < len(kinds)


def test_fl27_the_page_offers_a_split_for_each_keep_strategy(tmp_path: Path) -> None:
    """FL-27: the wish and its command say the same; a draft of other strategies is another draft."""
    project = Project(tmp_path)
    wish = ExportWish("set", "all", strategies="equal")
    assert wish.shape.strategies == "equal"
    assert "--strategies equal" in wish.command(project)
    assert "--only" not in wish.command(project)
    assert "held-out share" in ExportWish("set", "all", strategies="own", test_share=0.1).fault


def test_rr19_the_page_shows_rows_beside_the_test_problems_that_were_found_for_them(root: Path, page: AppTest) -> None:
    """RR-19: the pair stands under its line; the tier is turned to a warning on the page, and its command says so."""
    with Store(Project(root).database) as store:
        texts = store.exports.rows("selected")["statement"].to_pylist()
        long = max(texts, key=lambda text: len(text.split()))
        test = "".join("9" if sign.isdigit() else sign for sign in long)
        store.benchmarks.add([BenchmarkItem.make("late", test)])
    settled(page)
    assert not page.exception
    said = " ".join(block.value for block in page.main.markdown)
    assert "with other numbers" in said
    pairs = next(frame.value for frame in page.dataframe if "Test problem" in frame.value.columns)
    assert any("with other numbers or names" in why for why in pairs["Why"])
    page.selectbox(key="export.tiers.numbers").set_value("warn")
    settled(page)
    assert any("--set numbers=warn" in code.value for code in page.code)
