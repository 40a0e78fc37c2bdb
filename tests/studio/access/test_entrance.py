"""People, passwords and passes: kept so that nobody else can read, write or guess them."""

from __future__ import annotations

import os
import stat
import time
from pathlib import Path

import pytest

from engine.core.errors import BadInput, UserError
from studio.access import attempts, members, passes, passwords
from studio.access.attempts import Attempts
from studio.access.entrance import Entrance
from studio.access.members import Member

WORD = "a long enough word"


@pytest.fixture(scope="module")
def kept() -> str:
    return passwords.hashed(WORD)


@pytest.fixture
def root(tmp_path: Path, kept: str) -> Path:
    """A project with one person of each role."""
    for role in members.ROLES:
        members.change(tmp_path, lambda people, role=role: people.update({role: Member(role, role, kept)}))
    return tmp_path


def _pass(root: Path, name: str, now: float | None = None) -> dict[str, str]:
    people = members.read(root)
    one = people.find(name)
    assert one
    return {passes.cookie_name(people.secret): passes.given(people.secret, one, now or time.time())}


def test_a_password_is_kept_salted_and_slow(kept: str) -> None:
    assert WORD not in kept
    assert kept.startswith("scrypt$15$8$3$")
    assert passwords.hashed(WORD) != kept
    assert passwords.fits(WORD, kept)
    assert not passwords.fits(WORD + " ", kept)
    # What looks the same is the same, whichever keyboard wrote it.
    assert passwords.fits("ﬁne words for a door", passwords.hashed("fine words for a door"))


@pytest.mark.parametrize(
    "broken", ["", "scrypt", "scrypt$99$8$3$AA==$AA==", "md5$15$8$3$AA==$AA==", "scrypt$15$8$3$!$!", "scrypt$0$0$0$$"]
)
def test_what_was_never_kept_right_fits_nothing(broken: str) -> None:
    assert not passwords.fits("", broken)
    assert not passwords.fits(WORD, broken)


@pytest.mark.parametrize("word", ["", "short", "x" * 11, "x" * 1025, "é" * 513])
def test_short_and_endless_passwords_are_refused(word: str) -> None:
    with pytest.raises(UserError, match="password"):
        passwords.hashed(word)


def test_only_its_owner_reads_the_file_of_people(root: Path) -> None:
    path = root / members.FILE
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert WORD not in path.read_text()
    path.chmod(0o640)
    with pytest.raises(UserError, match="chmod 600"):
        members.read(root)
    assert Entrance(root).people().people == {}


def test_a_name_is_one_person_however_it_is_written(root: Path) -> None:
    assert members.read(root).find(" OWNER ") == members.read(root).find("owner")
    for wrong in ("", " ", "a\nb", "x" * 61, "\u202e"):
        with pytest.raises(UserError):
            members.checked_name(wrong)


def test_a_person_without_a_role_is_a_fault_and_nobody(root: Path) -> None:
    path = root / members.FILE
    path.write_text(path.read_text().replace('"owner"', '"root"'))
    with pytest.raises(BadInput, match="role"):
        members.read(root)
    assert Entrance(root).people().people == {}


def test_a_pass_is_worth_what_it_was_given_for(root: Path) -> None:
    entrance = Entrance(root)
    found = entrance.who(_pass(root, "curator"))
    assert found
    assert (found.name, found.role) == ("curator", "curator")
    assert entrance.who({}) is None


def test_a_pass_that_was_changed_is_none(root: Path) -> None:
    entrance = Entrance(root)
    (cookie, good), (_, other) = *_pass(root, "viewer").items(), *_pass(root, "owner").items()
    body, signature = good.split(".")
    forged = [
        "", ".", good[:-1], good + "0", f"{other.split('.')[0]}.{signature}", f"{body}.", f"{body}.é", f"é.{signature}",
        f"{body}.{signature}.{signature}", signature, good.upper(), "x" * 5000,
        f"bnVsbA==.{signature}", f"W10=.{signature}",
    ]  # fmt: skip
    for said in forged:
        assert entrance.who({cookie: said}) is None, said


def test_a_pass_of_another_studio_is_none(root: Path, tmp_path: Path) -> None:
    other = tmp_path / "other"
    other.mkdir()
    members.change(other, lambda people: people.update(owner=members.read(root).people["owner"]))
    assert (
        Entrance(other).who({passes.cookie_name(members.read(other).secret): next(iter(_pass(root, "owner").values()))})
        is None
    )


def test_passes_end_by_time_sign_out_password_and_removal(root: Path, kept: str) -> None:
    entrance, now = Entrance(root), time.time()
    assert entrance.who(_pass(root, "owner", now - passes.LASTS_S - 1)) is None
    assert entrance.who(_pass(root, "owner", now + 3600)) is None
    mine, others = _pass(root, "owner", now - 5), _pass(root, "viewer", now - 5)
    assert entrance.who(mine)
    members.end_sessions(root, "owner")
    assert entrance.who(mine) is None
    assert entrance.who(_pass(root, "owner", time.time() + 0.01))
    assert entrance.who(others)
    members.change(
        root, lambda people: people.update(viewer=Member("viewer", "viewer", passwords.hashed("another long word")))
    )
    assert entrance.who(others) is None
    third = _pass(root, "curator")
    members.change(root, lambda people: people.pop("curator"))
    assert entrance.who(third) is None


def test_a_role_counts_from_the_next_request_on(root: Path) -> None:
    entrance, mine = Entrance(root), _pass(root, "owner")
    before = entrance.who(mine)
    members.change(
        root, lambda people: people.update(owner=Member("owner", "viewer", before.password if before else ""))
    )
    found = entrance.who(mine)
    assert found
    assert found.role == "viewer"


def test_only_name_and_password_together_come_in(root: Path) -> None:
    entrance = Entrance(root)
    assert entrance.admit("Viewer", WORD)
    assert entrance.admit("viewer", WORD[:-1]) is None
    assert entrance.admit("nobody", WORD) is None
    members.change(root, lambda people: people.update(guest=Member("guest", "viewer")))
    assert entrance.admit("guest", "") is None


def test_a_name_that_is_none_takes_the_same_work(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever measures finds no names: the hash is made in any case, at the same cost."""
    made: list[tuple[int, int, int]] = []
    inner = passwords._scrypt
    monkeypatch.setattr(passwords, "_scrypt", lambda word, salt, *cost: made.append(cost) or inner(word, salt, *cost))
    entrance = Entrance(root)
    for name in ("viewer", "nobody"):
        entrance.admit(name, "wrong in any case")
    assert made[0] == made[1]
    assert len(made) == 2


def test_tries_run_out_for_names_and_places() -> None:
    now = [0.0]
    counted = Attempts(lambda: now[0])
    for _ in range(attempts.PER_PLACE_AND_NAME):
        assert counted.wait("1.2.3.4", "ada") == 0
        counted.failed("1.2.3.4", "ada")
    assert counted.wait("1.2.3.4", "ada") > 0
    assert counted.wait("1.2.3.4", "bob") == 0
    assert counted.wait("5.6.7.8", "ada") == 0
    for number in range(attempts.PER_PLACE):
        counted.failed("1.2.3.4", f"guess {number}")
    assert counted.wait("1.2.3.4", "bob") > 0
    for number in range(attempts.PER_NAME):
        counted.failed(f"10.0.0.{number}", "ada")
    assert counted.wait("99.9.9.9", "ada") > 0
    now[0] = attempts.WINDOW_S + 1
    assert counted.wait("1.2.3.4", "ada") == 0


def test_a_network_of_ipv6_is_one_place_and_a_success_is_no_failure() -> None:
    counted = Attempts()
    for number in range(attempts.PER_PLACE_AND_NAME):
        counted.failed(f"2001:db8::{number}", "ada")
    assert counted.wait("2001:db8::ffff", "ada") > 0
    assert counted.wait("2001:db8:0:1::1", "ada") == 0
    for _ in range(3 * attempts.PER_PLACE):
        counted.failed("1.2.3.4", "eve")
        counted.right("1.2.3.4", "eve")
    assert counted.wait("1.2.3.4", "eve") == 0


def test_a_file_that_changes_within_one_moment_is_read_again(root: Path) -> None:
    entrance = Entrance(root)
    entrance.people()
    stamp = (root / members.FILE).stat()
    members.change(root, lambda people: people.pop("viewer"))
    os.utime(root / members.FILE, ns=(stamp.st_atime_ns, stamp.st_mtime_ns))
    assert entrance.people().find("viewer") is None
