"""Checks without a model: format, figures, agreement, repeats and variants, contamination, answers re-derived."""

from engine.similarity import contamination, duplicates, templates
from engine.verification.checks import agreement, figure, form, steps, symbolic

__all__ = ["agreement", "contamination", "duplicates", "figure", "form", "steps", "symbolic", "templates"]
