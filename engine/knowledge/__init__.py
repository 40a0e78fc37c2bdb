"""Knowledge points: extraction from seeds, the dual filter, the graph and its combinations, the taxonomy."""

from engine.knowledge import extract, keep, naming, same

KNOWLEDGE = (extract, keep, same, naming)
"""Every module that talks to a model; each has a prompt file under prompts/ that it names."""
