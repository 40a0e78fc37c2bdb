"""Parts of the Train & evaluate page."""
