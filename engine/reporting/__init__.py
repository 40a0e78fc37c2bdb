"""What came of a project, as numbers: own figures in sections, and the published ones in tables of their own.

shapes.py                                          tables and charts without any drawing
yields.py  topics.py  equal_sets.py  model_pairs.py what was made: the sections, by what they look at
kept_set.py  judging.py  judge_sets.py  audit.py   how good it is, by labels
filtering.py  thresholds.py                        how good it is, by models
spread.py  pairing.py                              how new it is
spending.py  hours.py                              what it cost
learning.py  measured.py  model_marks.py            what models learnt from it, what data are like
comparisons.py                                     own figures and published ones in one figure
diversity.py  economy.py  seed_similarity.py  told.py     figures and words that only the report asks for
report.py                                          all of them, in order
published.py  published.toml                       figures of the four methods' papers: never mixed with own ones
doctor.py                                          the machine: what is installed and reachable, and what to do
"""

from engine.reporting.report import CHAPTERS, Report, ReportOptions, build

__all__ = ["CHAPTERS", "Report", "ReportOptions", "build"]
