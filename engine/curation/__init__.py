"""From verdicts to a selection: score curation, policies, what-if counts, reasons.

ds2/                                               which ratings are wrong, and what they should be
scores.py  table.py                                the scores that a limit can be laid on, as columns
methods.py                                        the published rules of each method
ratings.py  correction.py  correct_ratings.py      ratings as classes, corrected as a recipe says, and by command
policy.py  policy_file.py  apply_policy.py         limits, what they keep, and the selection that is remembered
strategies.py  sorting.py                          which solution is kept, which samples are learnt
explain.py                                         why a row is in or out
trust/                                             how good the kept set is, how sure that is, what to label next
table_page.py  lens_payload.py                     what the Tune page shows of all this
review/                                            queues, blind readings, repairs, agreement
"""

from engine.curation.ds2.curated import Curated, compressed, curate, rank
from engine.curation.ds2.rarity import long_tail

__all__ = ["Curated", "compressed", "curate", "long_tail", "rank"]
