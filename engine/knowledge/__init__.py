"""Knowledge points: extraction from seeds, the dual filter, the graph and its combinations, the taxonomy."""

from engine.knowledge import extract, filter_quality, filter_synonyms, naming

KNOWLEDGE = (extract, filter_quality, filter_synonyms, naming)
"""Every module that talks to a model; each has a prompt file under prompts/ that it names."""
