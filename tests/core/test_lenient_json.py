r"""Formulas survive JSON that forgot to double backslashes, and line ends survive beside them."""

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.core import reply_parsing
from engine.core.lenient_json import control_character, documents, loads
from engine.core.lost_backslashes import doubts
from engine.verification.checks.form import of_statement

SINGLE = [
    ('{"statement": "Find \\frac{1}{2}."}', "Find \\frac{1}{2}."),
    ('{"statement": "Find \\sum_{i=1}^n i."}', "Find \\sum_{i=1}^n i."),
    ('{"statement": "If \\(x=2\\), find \\(x^2\\)."}', "If \\(x=2\\), find \\(x^2\\)."),
    ('{"statement": "2 \\times 3"}', "2 \\times 3"),
    ('{"statement": "\\beta + 1"}', "\\beta + 1"),
    ('{"statement": "\\nu = 3 and \\nabla f"}', "\\nu = 3 and \\nabla f"),
    ('{"statement": "\\left( x \\right)"}', "\\left( x \\right)"),
    (
        '{"statement": "x \\neq 3, \\tan x, \\theta, \\text{km}, \\binom{5}{2}, \\rho"}',
        "x \\neq 3, \\tan x, \\theta, \\text{km}, \\binom{5}{2}, \\rho",
    ),
    ('{"statement": "\\underline{x} and \\u03b1 and \\union"}', "\\underline{x} and α and \\union"),
    ('{"statement": "\\begin{cases} x=1 \\\\\\\\ y=2 \\end{cases}"}', "\\begin{cases} x=1 \\\\ y=2 \\end{cases}"),
    ('{"statement": "$\\{1,2\\}$ and 5\\% and \\$3 and a\\_1"}', "$\\{1,2\\}$ and 5\\% and \\$3 and a\\_1"),
    ('{"statement": "\\[ x^2 \\]"}', "\\[ x^2 \\]"),
    ('{"statement": "a\\,b\\;c\\!d \\& e \\# f"}', "a\\,b\\;c\\!d \\& e \\# f"),
    ('{"statement": "x \\notin S, \\ni, \\not= , \\ne 4"}', "x \\notin S, \\ni, \\not= , \\ne 4"),
    ('{"statement": "\\bar{x}, \\bf y, \\big( , \\bmod 7"}', "\\bar{x}, \\bf y, \\big( , \\bmod 7"),
    (
        '{"statement": "\\forall x \\rightarrow \\tfrac12 \\to \\triangle ABC"}',
        "\\forall x \\rightarrow \\tfrac12 \\to \\triangle ABC",
    ),
]
KEPT = [
    ('{"statement": "First line.\\nThen find x."}', "First line.\nThen find x."),
    ('{"statement": "First line.\\nuntil noon"}', "First line.\nuntil noon"),
    ('{"statement": "Note:\\nnot all are even"}', "Note:\nnot all are even"),
    ('{"statement": "a\\tb"}', "a\tb"),
    ('{"statement": "Find \\\\frac{1}{2}.\\nequals what?"}', "Find \\frac{1}{2}.\nequals what?"),
    ('{"statement": "Find \\\\nu.\\nu is real."}', "Find \\nu.\nu is real."),
    ('{"statement": "1\\n2\\n3"}', "1\n2\n3"),
    ('{"statement": "say \\"hi\\" \\/ ok"}', 'say "hi" / ok'),
    ('{"statement": "\\u4e2d\\u6587"}', "中文"),
    ('{"statement": "a\\r\\nb"}', "a\nb"),
]


@pytest.mark.parametrize(("text", "statement"), SINGLE)
def test_a_single_backslash_of_a_formula_survives(text, statement):
    assert loads(text)["statement"] == statement


@pytest.mark.parametrize(("text", "statement"), KEPT)
def test_what_json_says_stays_where_nothing_speaks_against_it(text, statement):
    assert loads(text)["statement"].replace("\r\n", "\n") == statement


@pytest.mark.parametrize(("text", "statement"), SINGLE)
def test_a_reply_of_a_model_keeps_its_formulas(text, statement):
    assert reply_parsing.fields(f"Here it is:\n{text}", "statement") == {"statement": statement}


def test_entries_of_a_list_keep_their_formulas():
    assert reply_parsing.numbered(r'["\frac{1}{2}", "\times 3"]', 5) == (r"\frac{1}{2}", r"\times 3")


@settings(deadline=None)
@given(st.dictionaries(st.text(), st.text() | st.floats() | st.lists(st.text(alphabet='\\nutbrf"${} abc\n\t'))))
def test_what_a_program_wrote_without_commands_is_read_as_it_is(value):
    text = json.dumps(value)
    assert repr(loads(text)) == repr(json.loads(text)) or "\\" in text


@settings(deadline=None)
@given(st.lists(st.sampled_from([r"\frac{1}{2}", r"\nu", r"\times", "\n", "Then ", " ", "$", r"\sum", r"\\", "x"])))
def test_what_a_program_wrote_with_doubled_commands_is_read_as_it_is(parts):
    statement = r"$\frac12$ " + "".join(parts)
    assert loads(json.dumps({"s": statement}))["s"] == statement


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("Find \x0crac12", "U+000C"), ("\x08eta", "U+0008"), ("2 \times 3", "U+0009"), ("\right)", "U+000D"),
        ("\x00", "U+0000"), ("\x7f", "U+007F"), ("\nabla f", "U+000A"), ("\theta", "U+0009"), ("\x1b[0m", "U+001B"),
        ("a\tb", ""), ("a\r\nb", ""), ("a\nb", ""), ("First.\n\tThen", ""), ("x\teq", ""),
    ],
)  # fmt: skip
def test_what_a_lost_backslash_leaves_behind_is_named(text, name):
    assert control_character(text) == name


NEIGHBOURS = [
    (r"\frak g", r"\frak g", 0), (r"\fint f", r"\fint f", 0), (r"see \ref{a}", r"see \ref{a}", 0),
    (r"\tr(A)", r"\tr(A)", 0), (r"a \nRightarrow b", r"a \nRightarrow b", 0), (r"\rho x", r"\rho x", 0),
    (r"\\frac{1}{2} \theta", r"\frac{1}{2} \theta", 0), (r"\\alpha \notin S", r"\alpha \notin S", 0),
    (r"$a+\nu$", r"$a+\nu$", 0), (r"$\tan x$", r"$\tan x$", 0), (r"$$\nu = 3$$", r"$$\nu = 3$$", 0),
    (r"\langle u,v\rangle", r"\langle u,v\rangle", 0), (r"u\to\infty", r"u\to\infty", 0),
    (r"$$\nu = 3\n$$", "$$\nu = 3\n$$", 1), (r"x = 5\nu = 3", "x = 5\nu = 3", 1),
    (r"Find x.\ne is it", "Find x.\ne is it", 0), (r"a\nless than b", "a\nless than b", 0),
    (r"there\nexists one", "there\nexists one", 0), (r"l\nparallel to m", "l\nparallel to m", 0),
    (r"a row\tan apple", "a row\tan apple", 1), (r"1\t2\tto", "1\t2\tto", 0), (r"a\rb\rangle A", "a\rb\rangle A", 1),
    (r"$5\nu and $6", "$5\nu and $6", 1), (r"\\nu.\nu is real", "\\nu.\nu is real", 0),
]  # fmt: skip


@pytest.mark.parametrize(("written", "read", "count"), NEIGHBOURS)
def test_commands_come_back_line_ends_stay_and_doubts_are_counted(written, read, count):
    text = f'{{"s": "{written}"}}'
    assert loads(text)["s"] == read
    assert doubts(text) == count


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("{'a': 'b'}", {"a": "b"}),
        ("{'a': null, 'b': true, 'c': false}", {"a": None, "b": True, "c": False}),
        ("{'a': nan, 'b': 'nan'}", {"a": "NaN", "b": "nan"}),
        ("{'a': inf, 'b': -inf}", {"a": float("inf"), "b": float("-inf")}),
        ("{'a': np.float64(0.5), 'b': np.int64(3)}", {"a": 0.5, "b": 3}),
        ("{'a': array(['x', 'y'], dtype=object)}", {"a": ["x", "y"]}),
        ("{'a': \"it's\", 'b': 'say \"x\"'}", {"a": "it's", "b": 'say "x"'}),
        (r"{'a': 'it\'s'}", {"a": "it's"}),
        (r"{'a': '\\frac{1}{2}'}", {"a": r"\frac{1}{2}"}),
        (r"{'a': '\frac{1}{2} \alpha \xi \vec x'}", {"a": r"\frac{1}{2} \alpha \xi \vec x"}),
        (r"{'a': 'x\ny'}", {"a": "x\ny"}),
        ("[{'a': 1}, {'a': (2, 3)}]", [{"a": 1}, {"a": (2, 3)}]),
        ("{'true': 'null', 'a': None}", {"true": "null", "a": None}),
    ],
)
def test_rows_of_python_are_read_and_nothing_is_called(text, value):
    assert loads(text) == value


@pytest.mark.parametrize(
    "text", ["[" * 100_000, "{'a':" * 3_000 + "'x'", "{'a': open('x')}", "{'a': '" + "x" * (5 << 20) + "'}"]
)
def test_what_is_no_literal_or_too_deep_or_too_long_is_an_error(text):
    with pytest.raises(ValueError, match=r"\w"):
        loads(text)


@pytest.mark.parametrize(
    ("text", "values"),
    [
        ('{"a": 1}\n{"a": 2}', [{"a": 1}, {"a": 2}]),
        ('{\n "a": 1\n}\n\n{\n "a": 2\n}\n', [{"a": 1}, {"a": 2}]),
        ('{"a": NaN},\n{"a": Infinity}', [{"a": float("nan")}, {"a": float("inf")}]),
        ("[1]", [[1]]),
        ("  ", []),
    ],
)
def test_values_that_stand_one_after_the_other(text, values):
    assert repr(list(documents(text))) == repr(values)


@pytest.mark.parametrize("text", ["{'a': None, 'b': 'it'}", '{"a": null, "b": "it",}', '{"a": null, "b": "it"}'])
def test_small_slips_are_read(text):
    assert loads(text) == {"a": None, "b": "it"}


@pytest.mark.parametrize("text", ["", "{", "what?", '{"a": }', "{'a': __import__('os')}"])
def test_nothing_sensible_is_an_error(text):
    with pytest.raises(ValueError, match=r"\w"):
        loads(text)


@pytest.mark.parametrize("statement", ["Find \x0crac{1}{2} of this whole number.", "What is 2 \times 3, to the unit?"])
def test_a_control_character_is_a_fault_of_form(statement):
    assert any("control character" in fault for fault in of_statement(statement))
    assert not any("control" in fault for fault in of_statement(statement.replace("\x0c", "\\f").replace("\t", "\\t")))
