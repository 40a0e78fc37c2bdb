"""What came of a project, as numbers: own figures in sections, and the published ones in tables of their own.

shapes.py                                          tables and charts without any drawing
yields.py  judging.py  spread.py  spending.py      the sections, by what they look at
audit.py  diversity.py  economy.py  seed_similarity.py  unions.py    figures that only the report asks for
report.py                                          all of them, in order
published.py  published.toml                       figures of the four methods' papers: never mixed with own ones
doctor.py                                          the machine: what is installed and reachable, and what to do
"""

from engine.reporting.report import CHAPTERS, Report, build

__all__ = ["CHAPTERS", "Report", "build"]
