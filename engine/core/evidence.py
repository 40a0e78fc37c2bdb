"""The kinds of evidence for an answer, by name: settings, readers and counts speak of the same ones."""

from typing import Literal

Evidence = Literal["box", "tag", "hashes", "heading", "words", "sentence"]
ORDER: tuple[Evidence, ...] = ("box", "tag", "hashes", "heading", "words", "sentence")
"""The strongest first: marks, then announcements, then what a last sentence happens to say."""
