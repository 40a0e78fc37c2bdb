"""Checks without a model: format, figures, agreement, repeats and variants, contamination, answers re-derived."""

from engine.checks import agreement, contamination, duplicates, figure, form, isomorphs, steps, symbolic

__all__ = ["agreement", "contamination", "duplicates", "figure", "form", "isomorphs", "steps", "symbolic"]
