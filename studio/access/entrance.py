"""Who a request comes from, by the cookies that it brings; and a name with a password made into such a cookie."""

from __future__ import annotations

import time
from collections.abc import Mapping
from pathlib import Path

from engine.core.errors import LemmaError
from studio.access import members, oidc, passes, passwords
from studio.access.members import Member, Members


class Entrance:
    """The people of one project as they stand now; a change of their file counts from the next request on."""

    def __init__(self, root: Path, *, by_provider: bool = False) -> None:
        self.root = root
        self._by_provider = by_provider
        self._file = root / members.FILE
        self._known: tuple[tuple[int, ...], Members] = ((), Members())
        self._decoy = passwords.decoy()

    def people(self) -> Members:
        """Return the people; nobody where their file is gone, bad, or open to others."""
        try:
            said = self._file.stat()
            stamp = (said.st_mtime_ns, said.st_size, said.st_ino, said.st_mode)
            if stamp != self._known[0]:
                self._known = (stamp, members.read(self.root))
        except (OSError, LemmaError):
            self._known = ((), Members())
        return self._known[1]

    def who(self, cookies: Mapping[str, str]) -> Member | None:
        """Return who sends these cookies; None where nobody who may come in."""
        people = self.people()
        said = cookies.get(passes.cookie_name(people.secret))
        if said and (found := passes.holder(people, said, time.time())):
            return found
        return self._vouched(people, cookies) if self._by_provider else None

    def _vouched(self, people: Members, cookies: Mapping[str, str]) -> Member | None:
        said = oidc.vouched(cookies)
        member = people.find(said[0]) if said else None
        if said is None or member is None:
            return None
        fresh = said[1] > time.time() - passes.LASTS_S
        return member if fresh and said[1] * 1000 > member.since else None

    def admit(self, name: str, password: str) -> tuple[str, str] | None:
        """Return cookie and pass for a name with its password; None for any other, after the same work."""
        people = self.people()
        member = people.find(name)
        kept = member.password if member and member.password else self._decoy
        right = passwords.fits(password, kept)
        if not right or member is None or not member.password:
            return None
        return passes.cookie_name(people.secret), passes.given(people.secret, member, time.time())

    def leave(self, cookies: Mapping[str, str]) -> None:
        """End all sessions of whoever sends these cookies."""
        if one := self.who(cookies):
            members.end_sessions(self.root, one.name)
