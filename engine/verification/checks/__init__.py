"""Checks without a model: form, figures, agreement of solutions, wrong steps, answers re-derived, counter-examples."""
