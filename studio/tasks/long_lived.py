"""What lives as long as the studio is left out when garbage is looked for.

Streamlit looks for garbage after every run of a page or of a part of one, and goes through all functions and classes
of all modules for it, while every other tab waits. They are set aside, so that it goes through what runs have made.
"""

from __future__ import annotations

import gc
import sys
import threading

MANY = 100
"""So many new modules are worth it. Each time sets aside what tabs hold at that moment, too, so it is done seldom."""
_lock = threading.Lock()
_known = 0


def set_aside() -> None:
    """Set aside all that there is, where many modules were loaded since this was done last."""
    global _known
    with _lock:
        if len(sys.modules) - _known < MANY:
            return
        _known = len(sys.modules)
        # Garbage that is set aside would stay for good.
        gc.collect()
        gc.freeze()
