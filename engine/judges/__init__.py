"""Judges: models that score problems and veto solutions."""
