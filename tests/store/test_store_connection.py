"""One process, one writer, nothing lost."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from engine.core.errors import BadInput, ProjectBusy, UserError
from engine.core.records import Seed
from engine.store import Store
from tests.support.store_factories import a_seed, fill


def test_a_second_process_is_told_who_has_the_project(store: Store) -> None:
    script = f"""
from engine.core.errors import ProjectBusy
from engine.store import Store
try:
    Store({store.path!r})
except ProjectBusy as busy:
    print(busy)
"""
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, timeout=60, check=True)
    assert store.path in done.stdout
    assert f"is open by process {os.getpid()}; one process at a time can use a project." in done.stdout
    assert "stop that process" in done.stdout
    assert "lock" not in done.stdout.lower()


def test_the_owner_is_named_while_it_lives_and_the_file_is_free_after(tmp_path: Path) -> None:
    path = tmp_path / "project.duckdb"
    script = f"""
import sys
from engine.store import Store
with Store({str(path)!r}):
    print("open", flush=True)
    sys.stdin.readline()
"""
    with subprocess.Popen(
        [sys.executable, "-c", script], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as owner:
        assert owner.stdout is not None
        assert owner.stdout.readline() == "open\n"
        with pytest.raises(ProjectBusy, match=f"process {owner.pid}"):
            Store(path)
        owner.communicate("go\n", timeout=30)
    with Store(path) as store:
        assert store.seeds.count() == 0


def test_two_stores_in_one_process_share_the_file(tmp_path: Path) -> None:
    path = tmp_path / "project.duckdb"
    one, two = Store(path), Store(path)
    one.seeds.add([a_seed(1)])
    one.close()
    assert two.seeds.count() == 1
    assert two.revision == 1
    two.close()
    with pytest.raises(UserError, match="is closed"):
        two.seeds.count()
    with pytest.raises(UserError, match="is closed"):
        two.seeds.add([a_seed(2)])


@pytest.mark.parametrize(
    ("content", "words"),
    [(b"hello" * 4000, "not a valid DuckDB database file"), (None, "cannot be opened")],
)
def test_a_file_that_is_no_database_is_refused_in_words(tmp_path: Path, content: bytes | None, words: str) -> None:
    path = tmp_path / "project.duckdb"
    if content is None:
        path = tmp_path / "missing" / "project.duckdb"
    else:
        path.write_bytes(content)
    with pytest.raises(BadInput, match=words):
        Store(path)


def test_eight_threads_append_and_no_row_is_lost(store: Store) -> None:
    def add(worker: int) -> int:
        return sum(
            store.seeds.add(Seed.make(f"w{worker}", f"{block} {n}") for n in range(50)).added for block in range(10)
        )

    with ThreadPoolExecutor(8) as pool:
        assert list(pool.map(add, range(8))) == [500] * 8
    assert store.seeds.count() == 4_000
    assert {(s.name, s.seeds) for s in store.seeds.sources()} == {(f"w{n}", 500) for n in range(8)}
    assert store.revision == 80


def test_equal_rows_from_many_threads_arrive_once(store: Store) -> None:
    with ThreadPoolExecutor(8) as pool:
        added = list(pool.map(lambda _: store.seeds.add(a_seed(n) for n in range(200)), range(8)))
    assert sum(result.added for result in added) == 200
    assert sum(result.duplicates for result in added) == 1_400
    assert store.seeds.count() == 200


def test_readers_see_whole_batches_only(store: Store) -> None:
    """A count beside a writer never shows rows that are not committed."""
    counts: set[int] = set()
    stop = threading.Event()

    def watch() -> None:
        while not stop.is_set():
            counts.add(store.seeds.count())
            counts.add(sum(source.seeds for source in store.seeds.sources()))

    readers = [threading.Thread(target=watch) for _ in range(3)]
    for reader in readers:
        reader.start()
    for block in range(30):
        store.seeds.add(Seed.make("s", f"{block} {n}") for n in range(300))
    stop.set()
    for reader in readers:
        reader.join()
    assert counts <= {300 * n for n in range(31)}
    assert 9_000 >= max(counts) >= 300


def test_a_failed_write_leaves_nothing_and_the_writer_goes_on(store: Store) -> None:
    fill(store)
    before = store.revision

    def half(cursor: object) -> None:
        cursor.execute("delete from seeds")  # type: ignore[attr-defined]
        cursor.execute("insert into problems (id) values ('x')")  # type: ignore[attr-defined]

    store.seeds.add([a_seed(1)])
    with pytest.raises(Exception, match="NOT NULL"):
        store._db.write(half, "seeds")
    assert store.seeds.count() == 1
    assert store.revision == before + 1
    assert store.seeds.add([a_seed(2)]).added == 1


def test_an_import_that_breaks_half_way_adds_nothing(store: Store) -> None:
    def rows() -> object:
        yield from (a_seed(n) for n in range(30_000))
        raise BadInput("line 30001 is broken")

    with pytest.raises(BadInput, match="30001"):
        store.seeds.add(rows())  # type: ignore[arg-type]
    with pytest.raises(BadInput, match="cannot be stored"):
        store.seeds.add([a_seed(1), Seed("S-1", "s", statement=17)])  # type: ignore[arg-type]
    assert store.seeds.count() == 0


def test_the_revision_outlives_the_process(tmp_path: Path) -> None:
    path = tmp_path / "project.duckdb"
    with Store(path) as store:
        assert store.revision == 0
        store.seeds.add([a_seed(1)])
        fill(store)
        last = store.revision
        assert store.revision_of("seeds") == 1
        assert store.revision_of("seeds", "problems") == 3
    with Store(path) as store:
        assert store.revision == last
        store.leases.take(["x"], "ann")
        assert store.revision == last
        store.seeds.add([a_seed(2)])
        assert store.revision == last + 1


def test_what_was_acknowledged_survives_kill_9(tmp_path: Path) -> None:
    path = tmp_path / "project.duckdb"
    script = f"""
from engine.core.records import Seed
from engine.store import Store
store = Store({str(path)!r})
number = 0
while True:
    added = store.seeds.add(Seed.make("killed", f"{{number}} {{n}}") for n in range(40))
    print(number, added.added, flush=True)
    number += 1
"""
    acknowledged = -1
    for enough in (5, 25):
        with subprocess.Popen([sys.executable, "-c", script], stdout=subprocess.PIPE, text=True) as writer:
            assert writer.stdout is not None
            for line in writer.stdout:
                acknowledged = max(acknowledged, int(line.split()[0]))
                if int(line.split()[0]) >= enough:
                    writer.send_signal(signal.SIGKILL)
                    break
            acknowledged = max(acknowledged, *(int(line.split()[0]) for line in writer.stdout.read().splitlines()), 0)
        with Store(path) as store:
            assert store.seeds.count() % 40 == 0
            for number in range(acknowledged + 1):
                wanted = [Seed.make("killed", f"{number} {n}").id for n in range(40)]
                assert len(store.seeds.many(wanted)) == 40
            assert store.verify() == []


def test_memory_stores_are_apart() -> None:
    with Store(":memory:") as one, Store(":memory:") as two:
        one.seeds.add([a_seed(1)])
        assert (one.seeds.count(), two.seeds.count()) == (1, 0)


def test_a_store_steps_aside_and_sees_what_was_written_meanwhile(store: Store) -> None:
    fill(store, 1)
    before, seeds = store.seeds.count(), store.revision_of("seeds")
    script = f"""
from engine.store import Store
from tests.support.store_factories import a_seed
with Store({store.path!r}) as other:
    other.seeds.add([a_seed(98)])
"""
    other: list[subprocess.Popen[bytes]] = []

    def wanted() -> bool:
        if not other:
            other.append(subprocess.Popen([sys.executable, "-c", script]))
        return other[0].poll() is None

    with ThreadPoolExecutor(2) as pool:
        aside = pool.submit(store.step_aside, wanted)
        while not other:
            pass
        # Who reads or writes meanwhile waits, and finds both.
        count = pool.submit(store.seeds.count)
        assert aside.result(60)
        assert other[0].returncode == 0
        assert count.result(60) == before + 1
    store.seeds.add([a_seed(99)])
    assert store.seeds.count() == before + 2
    assert store.revision_of("seeds") > seeds + 1


def test_nobody_steps_aside_while_somebody_reads(store: Store) -> None:
    with store._db.cursor() as cursor:
        assert not store._db.step_aside(lambda: False, patience=0.05)
        assert cursor.execute("select 1").fetchall() == [(1,)]
    assert store._db.step_aside(lambda: False, patience=0.05)
    assert store.seeds.count() == 0
