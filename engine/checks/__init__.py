"""Checks without a model: format, agreement of answers, duplicates, contamination."""
