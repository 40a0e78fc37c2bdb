"""The store of a project: one file, one writer, a class per family of tables."""

from __future__ import annotations

import threading
from collections.abc import Callable
from pathlib import Path
from types import TracebackType

from engine.core import permission
from engine.core.errors import ReadOnly
from engine.store import labelling, migrations, views
from engine.store.audits import Audits
from engine.store.benchmarks import Benchmarks
from engine.store.blind_reviews import BlindReviews
from engine.store.combinations import Combinations
from engine.store.connection import Cursor, Database
from engine.store.dashboard import Dashboard
from engine.store.decisions import Decisions
from engine.store.desk_acts import DeskActs
from engine.store.exports import Exports
from engine.store.failures import Failures
from engine.store.ingest import Ingest, Ingested
from engine.store.judge_checks import JudgeChecks
from engine.store.label_draws import LabelDraws
from engine.store.labels import Labels
from engine.store.leases import Leases
from engine.store.looks import PolicyLooks
from engine.store.maps import Maps
from engine.store.points import Points
from engine.store.policies import Policies
from engine.store.problems import Problems
from engine.store.replies import Replies
from engine.store.report_queries import ReportQueries
from engine.store.runs import Runs
from engine.store.seeds import Seeds
from engine.store.selections import Selections
from engine.store.text_search import TextSearch
from engine.store.training import Evaluations, Rounds, Trainings
from engine.store.verdicts import Verdicts
from engine.store.verify import Trouble, troubles


class Store:
    """Everything that a project knows; `path` is a file or ":memory:". ProjectBusy where another process has it."""

    def __init__(self, path: str | Path) -> None:
        self._db = Database.open(path)
        try:
            if self._db.read_only:
                self._require_current()
            else:
                self._db.write(_prepare)
        except BaseException:
            self._db.close()
            raise
        if not self._db.revision():
            row = self._db.one("select value from meta where key = 'revision'")
            self._db.restore_revision(int(row[0]) if row else 0)
        self._ingesting = threading.Lock()
        self.seeds = Seeds(self._db)
        self.combinations = Combinations(self._db)
        self.runs = Runs(self._db)
        self.problems = Problems(self._db)
        self.verdicts = Verdicts(self._db)
        self.benchmarks = Benchmarks(self._db)
        self.maps = Maps(self._db)
        self.failures = Failures(self._db)
        self.replies = Replies(self._db)
        self.points = Points(self._db)
        self.policies = Policies(self._db)
        self.looks = PolicyLooks(self._db)
        self.selections = Selections(self._db)
        self.decisions = Decisions(self._db)
        self.desk_acts = DeskActs(self._db)
        self.labels = Labels(self._db)
        self.draws = LabelDraws(self._db)
        self.audits = Audits(self._db)
        self.readings = BlindReviews(self._db)
        self.alike = TextSearch(self._db)
        self.leases = Leases(self._db)
        self.exports = Exports(self._db)
        self.home = Dashboard(self._db)
        self.figures = ReportQueries(self._db)
        self.trainings = Trainings(self._db)
        self.evaluations = Evaluations(self._db)
        self.rounds = Rounds(self._db)
        self.judged = JudgeChecks(self._db)

    @property
    def path(self) -> str:
        """Where the store lies."""
        return self._db.path

    @property
    def read_only(self) -> bool:
        """Whether nothing can be saved, because the file or its folder may not be written to."""
        return self._db.read_only

    @property
    def revision(self) -> int:
        """A number that grows with every committed write, so that caches can key on it. Leases do not count."""
        return self._db.revision()

    def revision_of(self, *families: str) -> int:
        """Return a number that grows with writes to these families since the store was opened.

        Families: seeds, points, combinations, runs, problems, verdicts, maps, policies, selections, decisions,
        exports, benchmarks, failures, items, replies, trainings, evaluations, rounds, labels, draws,
        audits, judges.
        """
        return self._db.revision(*families)

    def ingest(self, directory: Path | str) -> Ingested:
        """Fold in what is new in a run directory; cheap enough to be called every two seconds."""
        with self._ingesting, permission.housekeeping():
            return Ingest(self._db, self.runs).run(Path(directory))

    def between_writes(self, act: Callable[[], None]) -> None:
        """Run `act` on the writer's thread, where nothing is written meanwhile; readers go on."""
        self._db.write(lambda cursor: act())

    def verify(self) -> list[Trouble]:
        """Return everything that is wrong: orphans, tampered rows, undo events without object, bad journals."""
        return list(troubles(self._db))

    def require_usable(self) -> None:
        """Raise what stands against reading: a file that is gone, or a connection that cannot be made anew."""
        self._db.number("select 1")

    def step_aside(self, wanted: Callable[[], bool]) -> bool:
        """Let another process use the file for as long as it is `wanted`; return whether that was possible.

        Whoever reads or writes here waits meanwhile; all revisions are newer afterwards.
        """
        return self._db.step_aside(wanted)

    def close(self) -> None:
        """Finish what is queued and close the file."""
        self._db.close()

    def _require_current(self) -> None:
        """Raise ReadOnly where the tables are those of another version: they cannot be brought up to date."""
        with self._db.cursor() as cursor:
            if not (migrations.is_current(cursor) and views.is_current(cursor)):
                what = "was last used with another version, and is read-only: its tables cannot be brought up to date."
                raise ReadOnly(what, where=self.path, do="Copy the project to where you may write, and open the copy.")

    def __enter__(self) -> Store:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


def _prepare(cursor: Cursor) -> None:
    """Bring the schema and the views up to date in one transaction."""
    taken = migrations.migrate(cursor)
    views.refresh(cursor)
    if any(step.number == migrations.LEDGER for step in taken):
        labelling.label_all(cursor)
