"""Final answers: find the one a text settles on, and tell whether two mean the same (X-04, FL-26).

Nothing here raises and nothing here can run away: what is compared is bounded in length, depth and size of numbers,
and the last resort, math-verify, is held to a number of steps, so that a verdict does not depend on the load.
"""

from engine.core.evidence import Evidence
from engine.verification.answers.comparison import Judged, compare, equivalent, judged
from engine.verification.answers.evidence import FoundAnswer
from engine.verification.answers.extraction import extract_answer, find_answer, split_at_hashes
from engine.verification.answers.grouping import Sorted, grouped, sorted_out

__all__ = [
    "Evidence",
    "FoundAnswer",
    "Judged",
    "Sorted",
    "compare",
    "equivalent",
    "extract_answer",
    "find_answer",
    "grouped",
    "judged",
    "sorted_out",
    "split_at_hashes",
]
