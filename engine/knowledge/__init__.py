"""Knowledge points: extraction from seeds, the dual filter, the graph and its combinations, the taxonomy."""

from typing import Any

from engine.core.protocol import Plugin, summary
from engine.knowledge import extract, filter_quality, filter_synonyms, naming

KNOWLEDGE: tuple[Plugin[..., Any], ...] = (
    Plugin("extract", summary(extract), (extract.PROMPT,), extract.points),
    Plugin("keep", summary(filter_quality), (filter_quality.PROMPT,), filter_quality.judge),
    Plugin("same", summary(filter_synonyms), (filter_synonyms.PROMPT,), filter_synonyms.judge),
    Plugin("naming", summary(naming), (naming.PROMPT,), naming.choose),
)
"""Every talk about knowledge points."""
