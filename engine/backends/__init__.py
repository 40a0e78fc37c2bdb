"""Engines that answer chats."""
