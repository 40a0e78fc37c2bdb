"""Score curation by DS2: how raters err, which ratings are wrong, what lies far from everything else."""
