"""Checks without a model: format, figure references, agreement of answers, duplicates, contamination."""

from engine.checks import agreement, contamination, duplicates, figure, form

__all__ = ["agreement", "contamination", "duplicates", "figure", "form"]
