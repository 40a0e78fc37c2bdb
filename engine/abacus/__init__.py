"""Abacus, the embedded engine: deterministic, offline, for trying things out. Not a language model."""
