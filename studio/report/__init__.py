"""The report on paper and on screen: figures, and one file that stands alone.

figures.py    charts of sections in the house style
document.py   report.html without any request to the outside, from the files in templates/
files.py      everything that `lemma report` writes
"""
