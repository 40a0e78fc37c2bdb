"""Vectors of texts, and their maps."""

from engine.similarity import embedder, map_projection

__all__ = ["embedder", "map_projection"]
