"""Final answers: find the one a text settles on, and tell whether two mean the same (X-04, FL-26).

Nothing here raises and nothing here can run away: what is compared is bounded in length, depth and size of numbers,
and the last resort, math-verify, is held to a number of steps, so that a verdict does not depend on the load.
"""

from engine.verification.answers.comparison import equivalent
from engine.verification.answers.evidence import Evidence, FoundAnswer
from engine.verification.answers.extraction import extract_answer, find_answer, split_at_hashes
from engine.verification.answers.grouping import grouped

__all__ = ["Evidence", "FoundAnswer", "equivalent", "extract_answer", "find_answer", "grouped", "split_at_hashes"]
