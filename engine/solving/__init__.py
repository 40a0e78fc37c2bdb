"""Difficulty rating, routing and chain-of-thought solutions."""
