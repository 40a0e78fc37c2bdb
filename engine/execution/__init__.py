"""The process behind a run: `python -m engine.execution RUN_DIR`.

Reads the plan, walks through its program phase by phase, appends to the journal and says in status.json how it goes.
It never opens the database. What it leaves behind when it is killed is enough to go on from.
"""

from engine.execution.programs import PROGRAMS, Programs, programs
from engine.execution.run_session import RunSession
from engine.execution.worker import main, work

__all__ = ["PROGRAMS", "Programs", "RunSession", "main", "programs", "work"]
