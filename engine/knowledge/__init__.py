"""Knowledge points: extraction from seeds, the dual filter, the graph and its combinations, the taxonomy."""
