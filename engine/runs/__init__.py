"""A run is a directory.

plan  status              what will be done, whole and resolved; how it goes, and what somebody asks of it
journal  offset_index     what was said and made, append-only, and where in it a reply stands
completed                 which items are done
process  launcher         the process that works on it: who it is, how it is started, watched, paused, resumed
held  sharing            what it holds while it goes on, what that costs, and who else holds the same
"""
