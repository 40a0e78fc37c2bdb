"""How good is it: the section of the card and quality.json, of random, hand-picked, mended and audited rows."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from engine.core.records import FrozenSet
from engine.curation import policy as policies
from engine.curation.apply_policy import select
from engine.curation.trust import drawing
from engine.curation.trust.auditing import standing
from engine.curation.trust.freezing import freeze
from engine.export.recreate import recreate
from engine.export.write_export import deliver
from engine.store import Store
from tests.support.audited_project import POLICY, order, read, scored


@pytest.fixture
def store() -> Iterator[Store]:
    with Store(":memory:") as opened:
        yield opened


@pytest.fixture
def kept(store: Store) -> list[str]:
    """60 kept rows of 200, selected."""
    ids = scored(store, 200)
    select(store, POLICY)
    return [ident for n, ident in enumerate(ids) if 0.5 + n % 50 / 100 >= 0.85]


def _told(store: Store, folder: Path, **more: Any) -> tuple[dict[str, Any], str]:
    deliver(store, "set", folder, **{"only": "selected", **more})
    return json.loads((folder / "quality.json").read_text()), (folder / "README.md").read_text()


def _audited(store: Store, bad: int = 0, target: float = 0.8) -> FrozenSet:
    frozen = freeze(store, POLICY, target, salt="one")
    rows = order(store, frozen)
    read(store, rows[:45], bad=rows[:bad])
    assert standing(store, frozen).state == "proven"
    return frozen


def test_cal32_without_labels_the_card_says_that_nothing_is_known(
    store: Store, kept: list[str], tmp_path: Path
) -> None:
    told, card = _told(store, tmp_path / "out")
    assert (told["exported"]["refused"], told["exported"]["value"], told["certificate"]) == ("no_labels", None, None)
    section = card.split("## How good is it")[1].split("\n## ")[0]
    assert "not known" in section
    assert "%" not in section


def test_cal08_hand_picked_rows_are_counted_and_nothing_is_estimated(
    store: Store, kept: list[str], tmp_path: Path
) -> None:
    read(store, kept[:20], bad=kept[:3], queue="kept")
    for only in ("selected", "approved"):
        told, card = _told(store, tmp_path / only, only=only)
        assert told["exported"]["refused"] == {"selected": "not_random", "approved": "picked"}[only]
        assert told["read"]["good"] == 17
        section = card.split("## How good is it")[1].split("\n## ")[0]
        assert "not a random sample" in section
        assert "%" not in section
        assert "ertif" not in section


def test_cal32_an_estimate_stands_on_the_card_for_the_rows_that_go_out(
    store: Store, kept: list[str], tmp_path: Path
) -> None:
    drawing.draw(store, POLICY, 100, salt="ledger")
    rows = [one.row_id for one in store.draws.open()]
    mine = [row for row in rows if row in set(kept)]
    read(store, rows, bad=mine[:4])
    told, card = _told(store, tmp_path / "out")
    measured, exported = told["measured"], told["exported"]
    assert measured["labels"] == {"random": len(mine)}
    assert (measured["good"], measured["decided"]) == (len(mine) - 4, len(mine))
    assert measured["low"] < measured["value"] < measured["high"] < 1
    assert told["difference"]["lost"] == {"bad": 4, "good": 0, "unread": 0}
    assert exported["value"] == pytest.approx(measured["value"] * 60 / 56, abs=1e-5)
    assert exported["low"] >= measured["low"]
    section = card.split("## How good is it")[1].split("\n## ")[0]
    for part in ("Estimator", "random", "Seed", "4 that people found bad do not go out"):
        assert part in section
    assert "ertif" not in section


def test_cal31_the_certificate_is_on_the_card_of_exactly_its_rows(
    store: Store, kept: list[str], tmp_path: Path
) -> None:
    frozen = _audited(store)
    told, card = _told(store, tmp_path / "out")
    certificate = told["certificate"]
    assert (certificate["state"], certificate["rows"], certificate["labels"]) == ("valid", 60, certificate["labels"])
    assert certificate["difference"] == "exactly these rows go out"
    assert certificate["bound"] == pytest.approx(certificate["audited"]["bound"], abs=1 / 60)
    assert certificate["audit"] == frozen.id
    assert "### Certificate" in card
    assert "60 exported rows are good, as judged by Ann" in card


def test_cal31_rows_that_the_audit_found_bad_go_and_the_certificate_holds_for_the_rest(
    store: Store, kept: list[str], tmp_path: Path
) -> None:
    _audited(store, bad=1)
    told, _ = _told(store, tmp_path / "out")
    certificate = told["certificate"]
    assert (certificate["state"], certificate["rows"]) == ("valid", 59)
    assert certificate["bound"] >= certificate["audited"]["bound"]
    assert certificate["difference"] == "1 that people found bad do not go out"


def test_cal31_other_rows_than_those_audited_get_no_certificate(store: Store, kept: list[str], tmp_path: Path) -> None:
    frozen = _audited(store)
    read(store, kept[-3:], bad=kept[-3:])
    told, _ = _told(store, tmp_path / "fewer")
    assert (told["certificate"]["state"], told["certificate"]["rows"]) == ("valid", 57)
    unread = next(row for row in order(store, frozen)[::-1] if row not in kept[-3:])
    store.decisions.decide(unread, "Ann", "edit", statement="New.", solution="New: \\boxed{1}")
    told, card = _told(store, tmp_path / "edited")
    assert told["certificate"]["state"] == "void"
    assert "Void" in card
    assert "with 95 % confidence" not in card
    store.decisions.undo("Ann")
    select(store, policies.make("loose", (replace(POLICY.rules[0], limit=0.5),)))
    told, card = _told(store, tmp_path / "more")
    assert told["certificate"]["state"] == "rows_differ"
    assert "140 others go out that nobody read" in told["certificate"]["why"]
    assert "No certificate" in card
    assert "with 95 % confidence" not in card


def test_cal32_the_same_store_gives_the_same_bytes_and_the_manifest_makes_them_again(
    store: Store, kept: list[str], tmp_path: Path
) -> None:
    _audited(store, bad=1)
    first, second = tmp_path / "first", tmp_path / "second"
    _told(store, first)
    _told(store, second)
    for name in ("quality.json", "README.md", "manifest.json"):
        assert (first / name).read_bytes() == (second / name).read_bytes()
    manifest = json.loads((first / "manifest.json").read_text())
    assert "quality.json" in manifest["others"]
    assert list(json.loads((first / "quality.json").read_text())) == sorted(manifest["quality"])
    recreate(store, first / "manifest.json", tmp_path / "again")
    assert (tmp_path / "again" / "quality.json").read_bytes() == (first / "quality.json").read_bytes()


def test_cal31_a_void_audit_shows_why_and_no_number(store: Store, kept: list[str], tmp_path: Path) -> None:
    _audited(store)
    store.policies.save(type(POLICY)("", "ours", (), None))
    told, card = _told(store, tmp_path / "out")
    assert told["certificate"]["state"] == "void"
    assert "bound" not in told["certificate"]
    section = card.split("### No certificate")[1].split("| | |")[0]
    assert "was saved with other limits since" in section
    assert "%" not in section


def test_names_on_the_card_are_no_markup(store: Store, kept: list[str], tmp_path: Path) -> None:
    frozen = freeze(store, POLICY, 0.8, salt="one")
    read(store, order(store, frozen)[:45], curator="<img src=x onerror=alert(1)> [a](http://x)")
    _, card = _told(store, tmp_path / "out")
    assert "<img" not in card
    assert "[a](http://x)" not in card
