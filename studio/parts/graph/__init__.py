"""Parts of the Knowledge graph page."""
