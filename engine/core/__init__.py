"""What every part of the engine stands on: files that are read and written whole.

files    replace a file atomically, read its end, hold a lock on it
toml     read and write TOML, with errors that name file, line and what to do
"""
