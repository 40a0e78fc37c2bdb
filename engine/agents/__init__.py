"""Agents that write problems. Each is a generator: it yields a chat, receives a reply, returns a record."""
