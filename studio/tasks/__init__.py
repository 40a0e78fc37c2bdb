"""Work that outlives a rerun: threads that import, launch, probe, fold in, export and report."""
