"""Knowledge points: extraction from seeds, the dual filter, the graph and its combinations, the taxonomy."""

from typing import Any

from engine.contracts import Plugin, summary
from engine.knowledge import extract, keep, naming, same

KNOWLEDGE: tuple[Plugin[..., Any], ...] = (
    Plugin("extract", summary(extract), (extract.PROMPT,), extract.points),
    Plugin("keep", summary(keep), (keep.PROMPT,), keep.judge),
    Plugin("same", summary(same), (same.PROMPT,), same.judge),
    Plugin("naming", summary(naming), (naming.PROMPT,), naming.choose),
)
"""Every talk about knowledge points."""
