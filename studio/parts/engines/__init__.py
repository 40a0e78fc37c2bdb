"""Parts of the Engines page."""
