"""The process behind a run: `python -m engine.execution RUN_DIR`.

worker.py  run_session.py  program.py    one start of the process; what is open while it runs; its phases
driver.py  client.py       conversations of items; one chat with cache, retry, deadline and budget
concurrency_limiter.py  endpoint_health.py  deadlines.py    how many calls an endpoint gets, and whether it answers
reply_cache.py  usage.py  run_control.py  heartbeat.py      replies paid for, what was spent, whether to go on
ray/                       the same over many machines

It reads the plan, walks through its program phase by phase, appends to the journal and says in status.json how it goes.
It never opens the database. What it leaves behind when it is killed is enough to go on from.
"""

from engine.execution.programs import PROGRAMS, Programs, programs
from engine.execution.run_session import RunSession
from engine.execution.worker import main, work

__all__ = ["PROGRAMS", "Programs", "RunSession", "main", "programs", "work"]
