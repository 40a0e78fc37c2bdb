"""Plans runs: draws what will be done, writes it into a run directory, and registers it in the store.

ready.py     a run directory with its plan; what every plan shares
writing.py   points and their graph, problems by a method, maps
learning.py  trainings, evaluations, rounds

After this nothing needs the database until the journal is folded in again.
"""

from engine.planning.learning import choice, evaluation, loop, training, two_stages
from engine.planning.ready import Planned
from engine.planning.writing import RunPreview, generation, graph_of, knowledge, preview, redraw_map

__all__ = [
    "Planned",
    "RunPreview",
    "choice",
    "evaluation",
    "generation",
    "graph_of",
    "knowledge",
    "loop",
    "preview",
    "redraw_map",
    "training",
    "two_stages",
]
