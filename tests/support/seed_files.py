"""Files as other programs write them, and what must be read from each: tables that several tests read."""

import json

ROWS = [{"question": "What is 2+3?", "answer": "5"}, {"question": "What is 4+5?", "answer": "9"}]
LINES = "\n".join(json.dumps(row) for row in ROWS)
CHINESE = "question,answer\n小明有2个苹果，又买了3个，一共有几个？,5\n一个三角形的内角和是多少度？,180\n"
FRENCH = 'question,answer\n"Léa a 2 pommes, elle en achète 3.",5\nÀ l\'école il y a 9 élèves.,9\n'

# name of the file, bytes: all hold the two rows of ROWS
READ = {
    "a wrapped list": ("a.json", json.dumps({"data": ROWS})),
    "wrapped rows": ("a.json", json.dumps({"rows": ROWS, "count": 2})),
    "wrapped with a version": ("a.json", json.dumps({"version": "1.1", "source": {"url": "x"}, "data": ROWS})),
    "rows of the hub's viewer": (
        "a.json",
        json.dumps(
            {
                "features": [{"name": "question"}],
                "rows": [{"row_idx": i, "row": row, "truncated_cells": []} for i, row in enumerate(ROWS)],
            }
        ),
    ),
    "examples": ("a.json", json.dumps({"examples": ROWS})),
    "questions": ("a.json", json.dumps({"title": "Sums", "questions": ROWS})),
    "wrapped twice": ("a.json", json.dumps({"result": {"items": ROWS}})),
    "splits": ("a.json", json.dumps({"train": ROWS, "test": [{"question": "What is 7+8?", "answer": "15"}]})),
    "rows by id": ("a.json", json.dumps({"Problem_1": ROWS[0], "Problem_2": ROWS[1]})),
    "rows by number": ("a.json", json.dumps({"0": ROWS[0], "1": ROWS[1]})),
    "columns": (
        "a.json",
        json.dumps({"question": [r["question"] for r in ROWS], "answer": [r["answer"] for r in ROWS]}),
    ),
    "columns by number": (
        "a.json",
        json.dumps(
            {
                "question": {str(i): r["question"] for i, r in enumerate(ROWS)},
                "answer": {str(i): r["answer"] for i, r in enumerate(ROWS)},
            }
        ),
    ),
    "pandas split": (
        "a.json",
        json.dumps(
            {"columns": ["question", "answer"], "index": [0, 1], "data": [[r["question"], r["answer"]] for r in ROWS]}
        ),
    ),
    "one line a row, each wrapped": (
        "a.jsonl",
        "\n".join(json.dumps({f"Problem_{i}": row}) for i, row in enumerate(ROWS)),
    ),
    "an array in .jsonl": ("a.jsonl", json.dumps(ROWS)),
    "a pretty array in .jsonl": ("a.jsonl", json.dumps(ROWS, indent=2)),
    "lines in .json": ("a.json", LINES),
    "pretty objects one after another": ("a.jsonl", "\n".join(json.dumps(row, indent=2) for row in ROWS)),
    "a wrapped list in .jsonl": ("a.jsonl", json.dumps({"data": ROWS}, indent=1)),
    "one wrapped line in .jsonl": ("a.jsonl", json.dumps({"data": ROWS})),
    "blank lines": ("a.jsonl", "\n\n" + LINES.replace("\n", "\n\n") + "\n\n"),
    "windows lines": ("a.jsonl", LINES.replace("\n", "\r\n") + "\r\n"),
    "a byte order mark": ("a.jsonl", "\ufeff" + LINES),
    "not a number": (
        "a.jsonl",
        "\n".join(line[:-1] + ', "score": NaN, "best": Infinity, "worst": -Infinity}' for line in LINES.split("\n")),
    ),
    "not a number in an array": (
        "a.json",
        "[" + ",".join(line[:-1] + ', "score": NaN}' for line in LINES.split("\n")) + "]",
    ),
    "UTF-16 little": ("a.jsonl", LINES.encode("utf-16")),
    "UTF-16 big": ("a.csv", b"\xfe\xff" + "question,answer\nWhat is 2+3?,5\nWhat is 4+5?,9\n".encode("utf-16-be")),
    "UTF-16 without a mark": ("a.csv", "question,answer\nWhat is 2+3?,5\nWhat is 4+5?,9\n".encode("utf-16-le")),
    "UTF-32": ("a.jsonl", LINES.encode("utf-32")),
    "sep=; of a spreadsheet": ("a.csv", "sep=;\nquestion;answer\nWhat is 2+3?;5\nWhat is 4+5?;9\n"),
    "sep=, of a spreadsheet": ("a.csv", "\ufeffsep=,\r\nquestion,answer\r\nWhat is 2+3?,5\r\nWhat is 4+5?,9\r\n"),
    "sep= in quotes": ("a.csv", '"sep=;"\nquestion;answer\nWhat is 2+3?;5\nWhat is 4+5?;9\n'),
    "sep= with a tab": ("a.csv", "sep=\t\nquestion\tanswer\nWhat is 2+3?\t5\nWhat is 4+5?\t9\n"),
    "semicolons": ("a.csv", "question;answer\nWhat is 2+3?;5\nWhat is 4+5?;9\n"),
    "tabs in .csv": ("a.csv", "question\tanswer\nWhat is 2+3?\t5\nWhat is 4+5?\t9\n"),
    "tabs": ("a.tsv", "question\tanswer\nWhat is 2+3?\t5\nWhat is 4+5?\t9\n"),
    "bars": ("a.csv", "question|answer\nWhat is 2+3?|5\nWhat is 4+5?|9\n"),
    "old Mac lines": ("a.csv", "question,answer\rWhat is 2+3?,5\rWhat is 4+5?,9\r"),
    "spaces in the header": ("a.csv", " question , answer \nWhat is 2+3?,5\nWhat is 4+5?,9\n"),
    "empty lines at the end": ("a.csv", "question,answer\nWhat is 2+3?,5\nWhat is 4+5?,9\n\n,\n\n"),
    "a line separator inside": (
        "a.jsonl",
        '{"question": "What is 2+3?", "answer": "5", "note": "a\u2028b"}\n{"question": "What is 4+5?", "answer": "9"}',
    ),
    "a comma too many": (
        "a.json",
        '[{"question": "What is 2+3?", "answer": "5"},\n {"question": "What is 4+5?", "answer": "9"},\n]',
    ),
    "rows of Python": ("a.jsonl", "\n".join(repr(row) for row in ROWS)),
}
# files in another alphabet: two rows each, the first statement begins with the text
ENCODED = {
    "GB18030": ("a.csv", CHINESE.encode("gb18030"), "小明有2个苹果"),
    "GBK lines": (
        "a.jsonl",
        "\n".join(
            json.dumps({"question": q, "answer": a}, ensure_ascii=False)
            for q, a in [("小明有2个苹果，又买了3个，一共有几个？", "5"), ("内角和是多少度？", "180")]
        ).encode("gbk"),
        "小明有2个苹果",
    ),
    "UTF-16 Chinese": ("a.csv", CHINESE.encode("utf-16"), "小明有2个苹果"),
    "UTF-8 Chinese with a mark": ("a.csv", CHINESE.encode("utf-8-sig"), "小明有2个苹果"),
    "Latin-1": ("a.csv", FRENCH.encode("cp1252"), "Léa a 2 pommes"),
}
# files that cannot be read: the message says what they are, or what to do
REFUSED = {
    "a web page": ("a.json", "<!DOCTYPE html><html><body>Sign in</body></html>", ("web page",)),
    "a pointer of Git LFS": (
        "a.parquet",
        "version https://git-lfs.github.com/spec/v1\noid sha256:abc\nsize 12\n",
        ("git lfs pull", "Git LFS"),
    ),
    "nothing": ("a.jsonl", "", ("empty",)),
    "only blanks": ("a.csv", "\n\n", ("empty",)),
    "a workbook": ("a.xlsx", b"PK\x03\x04", ("CSV",)),
    "a table without columns": ("a.csv", "just a sentence\nanother sentence\n", ("column", "statement", "problem")),
}
