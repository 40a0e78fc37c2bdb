"""Everything that draws, nothing that decides; and the command line."""
