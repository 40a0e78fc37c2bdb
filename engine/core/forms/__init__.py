"""The form of a reply, declared once for each talk: the schema, the lines that are asked for, and the reader.

parts      one named part: a number of a scale, yes or no, one of several words, free words
form       a whole reply: labelled parts, a list, a shape of its own, or free text
"""

from engine.core.forms.form import Form, LabelledForm, ListForm, free, is_chinese, members
from engine.core.forms.parts import LONG, SHORT, ReplyPart, option, truth, unit, words, yes

__all__ = [
    "LONG", "SHORT", "Form", "LabelledForm", "ListForm", "ReplyPart", "free", "is_chinese", "members", "option",
    "truth", "unit", "words", "yes",
]  # fmt: skip
