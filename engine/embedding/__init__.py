"""Vectors of texts, and their maps."""

from engine.embedding import embedder, projection

__all__ = ["embedder", "projection"]
