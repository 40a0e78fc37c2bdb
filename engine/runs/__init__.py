"""A run is a directory with processes of its own.

process    which process it is, one that outlives us, one worker per run directory
"""
