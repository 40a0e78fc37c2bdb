"""The report on paper and on screen: figures, one file that stands alone, and the thread that counts.

figures.py    charts of sections in the house style
document.py   report.html without any request to the outside, from the files in templates/
files.py      everything that `lemma report` writes
counting.py   the count behind the page, away from reruns
"""
