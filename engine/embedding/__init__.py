"""Vectors of texts, their neighbours and their maps."""
