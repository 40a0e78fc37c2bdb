"""From approved problems to files that train a model."""
