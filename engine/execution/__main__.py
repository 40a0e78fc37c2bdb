"""`python -m engine.execution RUN_DIR`."""

import os
import sys

from engine.execution.worker import main

if __name__ == "__main__":
    code = main()
    sys.stdout.flush()
    sys.stderr.flush()
    # Not sys.exit, which would wait for the thread of an abandoned computation.
    os._exit(code)
