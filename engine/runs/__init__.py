"""A run is a directory: its plan, its journal, its status, and the process that works on it."""
