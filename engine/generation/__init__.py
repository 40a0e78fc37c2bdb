"""How a problem is made: agents write, judges score, solvers solve, and methods put them in order."""
