"""How good the kept rows are, and how far that is known."""
