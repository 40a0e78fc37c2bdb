"""Vectors of texts, their neighbours and their maps."""

from engine.embedding import embedder, neighbours, projection, rarity

__all__ = ["embedder", "neighbours", "projection", "rarity"]
