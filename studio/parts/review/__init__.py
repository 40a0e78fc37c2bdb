"""Parts of the Review desk."""
