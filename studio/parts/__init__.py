"""Parts that one page alone uses, a folder per page."""
