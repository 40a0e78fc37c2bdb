"""From verdicts to a selection: score curation, policies, what-if counts, reasons.

consensus.py  draws.py  transition.py  detection.py  curating.py    which ratings are wrong, and what they should be
rarity.py                                                           how rare an item is among the others
scores.py  policy.py  policy_file.py  explain.py                    limits, what they keep, and why
arrays.py  marks.py  whatif.py                                      what a limit that moves would keep, at once
intervals.py                                                        how sure a share is
"""

from engine.curation.ds2.curated import Curated, compressed, curate, rank
from engine.curation.ds2.rarity import long_tail

__all__ = ["Curated", "compressed", "curate", "long_tail", "rank"]
