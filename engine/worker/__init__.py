"""The process behind a run: `python -m engine.worker RUN_DIR`.

Reads the plan, walks through its program phase by phase, appends to the journal and says in status.json how it goes.
It never opens the database. What it leaves behind when it is killed is enough to go on from.
"""

from engine.worker.process import main, work
from engine.worker.programs import PROGRAMS, Programs, programs
from engine.worker.shift import Shift

__all__ = ["PROGRAMS", "Programs", "Shift", "main", "programs", "work"]
