"""Judges beside people: rows that people judged before, put to the judges of the studio.

labelled_rows.py  files of such rows, as others write them
program.py        every row to every judge
"""
