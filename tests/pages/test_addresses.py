"""No address acts: opening a page with any query string changes nothing; acts need a press. Viewers change nothing."""

from __future__ import annotations

import ast
import hashlib
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from engine.core import permission, project
from engine.core.permission import NotAllowed
from engine.runs import launcher
from engine.store import Store
from studio import session
from studio.access import hosting
from studio.access.hosting import Hosting
from studio.access.members import Member
from studio.navigation import ROAD
from tests.support.page_project import filled, opened

ROOT = Path(__file__).resolve().parents[2]
FRAME = ROOT / "studio" / "app.py"
KEYS: dict[str, tuple[str, ...]] = {
    "build": ("1", "true"),
    "desk": ("d", "../x"),
    "format": ("dpo", "nonsense"),
    "handed": ("judges", "nonsense"),
    "ids": ("", "a,b,c", "*"),
    "limits": ("problem:0.5", "~~~:"),
    "method": ("flames", "nonsense"),
    "most": ("5", "-1", "9" * 5000),
    "order": ("score", "nonsense"),
    "only": ("selected", "everything"),
    "point": ("Percentages", "<b>nobody</b>"),
    "policy": ("gsdp", "../../etc"),
    "project": ("p", ".."),
    "queue": ("ids", "draw", "second"),
    "run": ("gsdp-0001", "../.."),
    "with": ("gsdp", "nonsense"),
    "view": ("live", "evaluate", "nonsense"),
}
"""Every key that a page reads from its address, and one that a page once acted on."""
ACTS = ("launch", "resume", "start", "stop", "approve", "delete", "apply", "promote", "export", "action", "run_id")
"""Keys that would be the names of acts; nobody may read them."""


def _keys_read() -> set[str]:
    """Return the keys that pages read from or write into the address, by whatever name they call it."""
    found: set[str] = set()
    for path in [*(ROOT / "pages").glob("*.py"), *(ROOT / "studio").rglob("*.py")]:
        tree = ast.parse(path.read_text(encoding="utf-8"))
        called = {"st.query_params"}
        for node in ast.walk(tree):
            if isinstance(node, ast.Assign) and ast.unparse(node.value) == "st.query_params":
                called |= {ast.unparse(target) for target in node.targets}
        for node in ast.walk(tree):
            found |= {one.value for one in _keys(node, called) if isinstance(one, ast.Constant)}
    return {key for key in found if isinstance(key, str)}


def _keys(node: ast.AST, called: set[str]) -> list[ast.AST | None]:
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and ast.unparse(node.func.value) in called:
        return [key for one in node.args[:1] for key in (one.keys if isinstance(one, ast.Dict) else [one])]
    if isinstance(node, ast.Subscript) and ast.unparse(node.value) in called:
        return [node.slice]
    if isinstance(node, ast.Compare) and ast.unparse(node.comparators[0]) in called:
        return [node.left]
    return []


def test_every_key_of_an_address_is_tried() -> None:
    read = _keys_read()
    assert {"point", "run", "view", "only", "desk"} <= read, "the look at the source finds nothing"
    assert read <= set(KEYS), f"add {sorted(read - set(KEYS))} to KEYS: what does opening such an address change?"
    assert not read & set(ACTS)
    assert "build" not in read


def _state(root: Path, store: Store) -> dict[str, str]:
    """Return what a project is: its tables, but for who holds which card, and its files, but for the database's own."""
    tables = [
        name for (name,) in store._db.rows("select table_name from duckdb_tables() order by 1") if name != "leases"
    ]
    said = {}
    for name in tables:
        rows = sorted(map(repr, store._db.rows(f'select * from "{name}"')))
        said[name] = hashlib.sha256("\n".join(rows).encode()).hexdigest()
    for path in sorted(root.rglob("*")):
        if path.is_file() and not path.name.startswith("project.duckdb"):
            said[str(path.relative_to(root))] = hashlib.sha256(path.read_bytes()).hexdigest()
    return said


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Path, Store]]:
    """A project with problems, open as the studio has it, for all that only look; starting a worker is a failure."""
    root = filled(tmp_path_factory.mktemp("addresses") / "p")

    def started(*_: object) -> None:
        raise AssertionError("a worker was started by an address")

    with pytest.MonkeyPatch.context() as patch, ExitStack() as stack:
        patch.setattr(launcher, "_spawn", started)
        yield root, stack.enter_context(opened(root))


def _opened(name: str, said: dict[str, str]) -> AppTest:
    page = AppTest.from_file(str(FRAME), default_timeout=60)
    page.query_params.update(said)
    return page.switch_page(str(ROOT / "pages" / f"{name}.py")).run()


def _addresses() -> list[dict[str, str]]:
    """Return addresses that together hold every value of every key, several keys at a time."""
    most = max(map(len, KEYS.values()))
    return [{key: values[place % len(values)] for key, values in KEYS.items()} for place in range(most)]


@pytest.mark.slow
@pytest.mark.parametrize("name", [stop.name for stop in ROAD])
def test_opening_an_address_changes_nothing_and_a_viewer_sees_every_page(
    place: tuple[Path, Store], signed_in: Callable[[str], None], name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    root, store = place
    monkeypatch.setenv("LEMMA_PROJECT", str(root))
    before = _state(root, store)
    for role, said in (*(("owner", each) for each in _addresses()), ("viewer", {})):
        signed_in(role)
        page = _opened(name, said)
        assert not page.exception, said
        assert not any("for curators" in each.value for each in page.error)
        assert any("ada" in each.value for each in page.sidebar.caption)
    now = _state(root, store)
    assert {part for part in before.keys() | now.keys() if before.get(part) != now.get(part)} == set()


def test_an_address_builds_no_graph(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A frame in somebody's page that shows /graph?build=1 once began a run that costs money."""
    root = project.create(tmp_path / "p").root
    monkeypatch.setenv("LEMMA_PROJECT", str(root))
    monkeypatch.setattr(launcher, "_spawn", lambda *_: pytest.fail("a worker was started"))
    seeds = tmp_path / "s.jsonl"
    seeds.write_text('{"problem": "What is 1 + 1?", "solution": "2", "answer": "2"}\n')
    with opened(root) as store:
        from engine.seeds import import_files

        import_files.add_seeds(store, project.Project(root), seeds)
        page = _opened("graph", {"build": "1"})
        assert not page.exception
        assert [each.key for each in page.main.button] == ["graph.nopoints.fill"]
        assert not list((root / "runs").iterdir())


@pytest.fixture
def signed_in(monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[str], None]]:
    """Let somebody of a role be signed in to a shared studio."""
    monkeypatch.setattr(hosting, "_now", [Hosting(login=True)])
    yield lambda role: monkeypatch.setattr(session, "person", lambda: Member("ada", role))
    permission._asked.clear()


def _some_problem(store: Store) -> str:
    return str(store._db.rows("select id from problems order by id limit 1")[0][0])


DEEDS: dict[str, tuple[Callable[[Path, Store], object], str]] = {
    "decide": (
        lambda root, store: store.decisions.decide(_some_problem(store), "ada", "approve"),
        "curator",
    ),
    "run": (lambda root, store: launcher.launch(root / "runs" / "gsdp-0001"), "curator"),
    "cancel": (lambda root, store: launcher.cancel(root / "runs" / "gsdp-0001"), "curator"),
    "engines": (lambda root, store: project.save_engines(project.Project(root), {}), "owner"),
    "roles": (lambda root, store: project.save_roles(project.Project(root), {}), "owner"),
}
RANK = ("viewer", "curator", "owner")


@pytest.mark.parametrize("deed", DEEDS)
def test_a_deed_asks_for_a_role(place: tuple[Path, Store], deed: str, monkeypatch: pytest.MonkeyPatch) -> None:
    root, store = place
    act, least = DEEDS[deed]
    monkeypatch.setattr(permission, "_asked", [])
    for role in RANK:
        permission.ask(lambda said, role=role: role == "owner" or (said == "change" and role == "curator"))
        if RANK.index(role) < RANK.index(least):
            with pytest.raises(NotAllowed):
                act(root, store)
        elif deed == "run":
            with pytest.raises(AssertionError, match="a worker was started"):
                act(root, store)
        else:
            act(root, store)


def test_who_is_signed_out_may_do_nothing(signed_in: Callable[[str], None], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(session, "person", lambda: None)
    monkeypatch.setattr(session, "get_script_run_ctx", lambda **_: object())
    assert not session.may("change")
    assert not session.may("engines")


def test_a_shared_studio_shows_one_project_and_the_name_that_signed_in(
    tmp_path: Path, signed_in: Callable[[str], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    own, other = (project.create(tmp_path / name).root for name in ("own", "other"))
    monkeypatch.setenv("LEMMA_PROJECT", str(own))
    signed_in("curator")
    assert session.projects() == (own,)
    assert session.curator() == "ada"
    monkeypatch.setattr(hosting, "_now", [])
    assert session.projects() == (own, other)
