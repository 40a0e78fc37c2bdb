"""From verdicts to a selection: score curation, policies, what-if counts, reasons.

consensus.py  draws.py  transition.py  detection.py  curating.py    which ratings are wrong, and what they should be
rarity.py                                                           how rare an item is among the others
scores.py  marks.py  policy.py  policy_file.py  explain.py          limits, what they keep, and why
arrays.py  whatif.py                                                the counts of a policy, move by move
narrow.py  payload.py                                               the same rows in bytes, for the browser
intervals.py                                                        how sure a share is
"""

from engine.curation.ds2.curated import Curated, compressed, curate, rank
from engine.curation.ds2.rarity import long_tail

__all__ = ["Curated", "compressed", "curate", "long_tail", "rank"]
