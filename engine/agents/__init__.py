"""Agents that write problems. Each is a generator: it yields a chat, receives a reply, returns a record."""

from engine.agents import graph_problem

AGENTS = (graph_problem,)
"""Every agent module; each has a prompt file of the same stem under prompts/."""
