"""Rows and files as others write them that were read wrongly once, each with a dozen of its like."""

import json

Q = "What is 6*9?"
AB = {"A": "54", "B": "55"}
THREE = {"A": "54", "B": "55", "C": "56"}
YES_NO = {"A": "True", "B": "False"}

# row -> the options by label; the label of the right one, None where it can't be told
MARKED_OPTIONS = {
    "is_correct": ({"options": [{"text": "54", "is_correct": True}, {"text": "55", "is_correct": False}]}, AB, "A"),
    "isCorrect": ({"options": [{"text": "54", "isCorrect": False}, {"text": "55", "isCorrect": True}]}, AB, "B"),
    "correct": ({"choices": [{"content": "54", "correct": True}, {"content": "55", "correct": False}]}, AB, "A"),
    "correct as text": ({"choices": [{"text": "54", "correct": "false"}, {"text": "55", "correct": "true"}]}, AB, "B"),
    "one and zero": ({"options": [{"text": "54", "is_answer": 1}, {"text": "55", "is_answer": 0}]}, AB, "A"),
    "only the right one": ({"options": [{"text": "54"}, {"text": "55", "correct": True}]}, AB, "B"),
    "fraction": ({"answers": [{"text": "54", "fraction": 0}, {"text": "55", "fraction": 100}]}, AB, "B"),
    "with letters": (
        {"options": [{"label": "A", "text": "54", "right": False}, {"label": "B", "text": "55", "right": True}]},
        AB, "B",
    ),
    "by letter": ({"options": {"A": {"text": "54", "correct": True}, "B": {"text": "55", "correct": False}}}, AB, "A"),
    "answer as a flag": ({"options": [{"option": "54", "answer": True}, {"option": "55", "answer": False}]}, AB, "A"),
    "two right": (
        {"options": [{"text": "54", "is_correct": True}, {"text": "55", "is_correct": True}, {"text": "56"}]},
        THREE, "AB",
    ),
    "all right": ({"options": [{"text": "54", "is_correct": True}, {"text": "55", "is_correct": True}]}, AB, None),
    "none right": ({"options": [{"text": "54", "is_correct": False}, {"text": "55", "is_correct": False}]}, AB, None),
    "as JSON text": (
        {"options": '[{"text": "54", "is_correct": true}, {"text": "55", "is_correct": false}]'}, AB, "A",
    ),
    "flags beside": ({"choices": ["54", "55"], "is_correct": [False, True]}, AB, "B"),
    "labels beside": ({"choices": ["54", "55", "56"], "labels": [0, 0, 1]}, THREE, "C"),
    "a letter beside": ({"options": [{"text": "54"}, {"text": "55"}], "answer": "B"}, AB, "B"),
}  # fmt: skip
TRUTHS = {
    "true": ({"choices": ["True", "False"], "answer": True}, YES_NO, "A"),
    "false": ({"choices": ["True", "False"], "answer": False}, YES_NO, "B"),
    "the other order": ({"choices": ["False", "True"], "answer": True}, {"A": "False", "B": "True"}, "B"),
    "yes": ({"options": ["Yes", "No"], "answer": True}, {"A": "Yes", "B": "No"}, "A"),
    "no": ({"options": ["Yes", "No"], "label": False}, {"A": "Yes", "B": "No"}, "B"),
    "small": ({"options": ["yes", "no"], "answer": False}, {"A": "yes", "B": "no"}, "B"),
    "correct": ({"options": ["Correct", "Incorrect"], "answer": True}, {"A": "Correct", "B": "Incorrect"}, "A"),
    "Chinese": ({"选项": ["正确", "错误"], "答案": True}, {"A": "正确", "B": "错误"}, "A"),
    "right and wrong": ({"options": ["对", "错"], "answer": False}, {"A": "对", "B": "错"}, "B"),
    "as text": ({"choices": ["True", "False"], "answer": "true"}, YES_NO, "A"),
    "as text of another pair": ({"choices": ["Yes", "No"], "answer": "False"}, {"A": "Yes", "B": "No"}, "B"),
    "booleans": ({"choices": [True, False], "answer": False}, YES_NO, "B"),
    "a third": (
        {"options": ["True", "False", "Uncertain"], "answer": False}, {"A": "True", "B": "False", "C": "Uncertain"},
        "B",
    ),
    "columns": ({"A": "True", "B": "False", "answer": True}, YES_NO, "A"),
    "none of them": ({"options": ["54", "55"], "answer": True}, AB, None),
}  # fmt: skip
LISTED_OPTIONS = {
    "bars": ({"options": "54|55|56", "answer": "B"}, THREE, "B"),
    "bars with blanks": ({"options": "54 | 55 | 56", "answer": "56"}, THREE, "C"),
    "two bars": ({"choices": "54||55||56", "answer": "A"}, THREE, "A"),
    "semicolons": ({"options": "54; 55; 56", "answer": "A"}, THREE, "A"),
    "commas": ({"options": "54, 55, 56", "answer": "55"}, THREE, "B"),
    "tight commas": ({"options": "54,55,56", "answer": "c"}, THREE, "C"),
    "points": ({"options": "(1, 2), (3, 4)", "answer": "A"}, {"A": "(1, 2)", "B": "(3, 4)"}, "A"),
    "formulas": ({"options": "$|x|$ | $x^2$", "answer": "B"}, {"A": "$|x|$", "B": "$x^2$"}, "B"),
    "tabs": ({"options": "54\t55\t56", "answer": "C"}, THREE, "C"),
    "slashes": ({"options": "54 / 55 / 56", "answer": "C"}, THREE, "C"),
    "Chinese commas": ({"选项": "54、55、56", "答案": "B"}, THREE, "B"),
    "brackets": ({"options": "(A) 54 (B) 55 (C) 56", "answer": "B"}, THREE, "B"),
    "brackets under another name": ({"alternatives_shown": "(A) 54 (B) 55 (C) 56", "answer": "B"}, THREE, "B"),
    "small brackets": ({"mc_text": "(a) 54\n(b) 55", "answer": "b"}, AB, "B"),
    "numbers": ({"options": "1) 54 2) 55", "answer": "2"}, {"1": "54", "2": "55"}, "2"),
    "circles": ({"options": "① 54 ② 55", "answer": "①"}, {"1": "54", "2": "55"}, "1"),
    "candidates": ({"candidates": ["54", "55"], "answer": "55"}, AB, "B"),
    "answers and an index": ({"answers": ["54", "55"], "correct_index": 1}, AB, "B"),
}
APART = {
    "trivia": ({"correct_answer": "54", "incorrect_answers": ["55", "45", "63"]}, "54"),
    "camel case": ({"correctAnswer": "54", "incorrectAnswers": ["55", "45"]}, "54"),
    "numbered": ({"correct_answer": "54", "distractor1": "55", "distractor2": "45", "distractor3": "63"}, "54"),
    "distractors": ({"answer": "54", "distractors": ["55", "45"]}, "54"),
    "wrong answers": ({"answer": 54, "wrong_answers": [55, 45]}, "54"),
    "one text": ({"correct_answer": "54", "incorrect_answers": "55; 45; 63"}, "54"),
    "JSON text": ({"correct_answer": "54", "incorrect_answers": '["55", "45"]'}, "54"),
    "records": ({"correct_answer": "54", "distractors": [{"text": "55"}, {"text": "45"}]}, "54"),
    "best of several": (
        {"best_answer": "54", "correct_answers": ["54", "fifty-four"], "incorrect_answers": ["55", "45"]}, "54",
    ),
    "letters of columns": ({"correct": "54", "wrong_a": "55", "wrong_b": "45"}, "54"),
    "a worked answer": ({"answer": "6*9 = 54\n#### 54", "distractors": ["55", "45"]}, "54"),
    "the right one among them": ({"answer": "54", "distractors": ["54", "55"]}, "54"),
    "words": ({"correct_answer": "odd", "incorrect_answers": ["even", "both"]}, "odd"),
    "Chinese": ({"正确答案": "54", "干扰项": ["55", "45"]}, "54"),
}  # fmt: skip

# columns beside the answer -> texts that the statement holds, in this order; None: that one half is left out aloud
HALVES = {
    "problem and question": ({"problem": "Tom has 3 pears.", "question": "How many legs?"}, ["3 pears", "How many"]),
    "statement and question": ({"statement": "Let x=3.", "question": "Find x^2."}, ["Let x=3.", "Find x^2."]),
    "text and question": ({"text": "Tom has 3 pears.", "question": "How many?"}, ["3 pears", "How many?"]),
    "content and query": ({"content": "Tom has 3 pears.", "query": "How many?"}, ["3 pears", "How many?"]),
    "asked above given": ({"question": "How many?", "problem": "Tom has 3 pears."}, ["3 pears", "How many?"]),
    "solve and an equation": ({"problem": "Solve the equation.", "question": "3x = 9"}, ["Solve the", "3x = 9"]),
    "data as text": ({"question": "What is the mean?", "data": "3, 5, 7, 9"}, ["3, 5, 7, 9", "mean?"]),
    "data as words": ({"question": "How far?", "data": "Ann walks three miles daily"}, ["Ann walks", "How far?"]),
    "data as a list": ({"question": "What is the mean?", "data": [3, 5, 7]}, ["3\n5\n7", "mean?"]),
    "data as rows": ({"question": "How many?", "data": [["day", "sold"], ["Monday", 14]]}, ["Monday | 14", "How"]),
    "data as a mapping": ({"question": "How many?", "data": {"Monday": 14, "Tuesday": 9}}, ["Monday | 14", "How"]),
    "data by column": ({"question": "How many?", "data": {"day": ["Mo", "Tu"], "sold": [14, 9]}}, ["Mo | 14", "How"]),
    "context as paragraphs": ({"question": "How many?", "context": ["Tom has 3.", "Ann has 4."]}, ["3.\nAnn", "How"]),
    "context and problem": ({"problem": "How many?", "context": "Tom has 3 pears."}, ["3 pears", "How many?"]),
    "facts": ({"facts": ["Tom has 3.", "Ann has 4."], "question": "How many?"}, ["Tom has 3.", "Ann", "How many?"]),
    "given": ({"given": "x = 3", "question": "Find x^2."}, ["x = 3", "Find x^2."]),
    "passage and table": (
        {"passage": "A shop sells pears.", "table": [["Monday", 14]], "question": "How many?"}, ["shop", "| 14", "How"],
    ),
    "the passage holds the question": ({"text": "Tom has 3 pears. How many?", "question": "How many?"},
    ["3 pears", "How"]),
    "where it is from": ({"question": "How many is 3?", "data": "gsm8k"}, ["How many is 3?"]),
    "a rendering": ({"text": "Question: How many? Answer: 7", "question": "How many?"}, ["How many?"]),
}  # fmt: skip
BOTH_ASK = [
    {"problem": "What is 2+2?", "question": "What is 3+3?"},
    {"problem": "Tom has 3. How many has he?", "question": "How many pears are there in all?"},
    {"statement": "Find x if 3x = 9.", "question": "Solve 3x = 9."},
    {"problem": "Compute 3+3.", "query": "Evaluate 3+3!"},
]

ROWS = [{"question": f"What is {n}+3?", "answer": str(n + 3)} for n in range(6)]
# what a file holds -> how many rows seeds are made of, what is left out of seeds; the same of test problems
SPLITS = {
    "train and test": ({"train": ROWS[:4], "test": ROWS[4:]}, (4, {"test": 2}), (2, {"train": 4})),
    "test first": ({"test": ROWS[4:], "train": ROWS[:4]}, (4, {"test": 2}), (2, {"train": 4})),
    "three": (
        {"train": ROWS[:3], "validation": ROWS[3:4], "test": ROWS[4:]},
        (3, {"validation": 1, "test": 2}), (2, {"train": 3, "validation": 1}),
    ),
    "dev": ({"train": ROWS[:4], "dev": ROWS[4:]}, (4, {"validation": 2}), (2, {"train": 4})),
    "sets": ({"train_set": ROWS[:4], "test_set": ROWS[4:]}, (4, {"test": 2}), (2, {"train": 4})),
    "training": ({"training": ROWS[:4], "testing": ROWS[4:]}, (4, {"test": 2}), (2, {"train": 4})),
    "capitals": ({"Train": ROWS[:4], "Test": ROWS[4:]}, (4, {"test": 2}), (2, {"train": 4})),
    "wrapped": ({"dataset": {"train": ROWS[:4], "test": ROWS[4:]}}, (4, {"test": 2}), (2, {"train": 4})),
    "with a version": (
        {"version": "1", "data": {"train": ROWS[:4], "test": ROWS[4:]}}, (4, {"test": 2}), (2, {"train": 4}),
    ),
    "columns": (
        {
            "train": {"question": [r["question"] for r in ROWS[:4]], "answer": [r["answer"] for r in ROWS[:4]]},
            "test": {"question": [r["question"] for r in ROWS[4:]], "answer": [r["answer"] for r in ROWS[4:]]},
        },
        (4, {"test": 2}), (2, {"train": 4}),
    ),
    "no train": ({"validation": ROWS[:2], "test": ROWS[2:]}, (2, {"test": 4}), (4, {"validation": 2})),
    "rows by their column": (
        [row | {"split": "train" if n < 4 else "test"} for n, row in enumerate(ROWS)], (4, {"test": 2}), (2,
        {"train": 4}),
    ),
    "rows by another column": (
        [row | {"Partition": "TEST" if n < 2 else "TRAIN"} for n, row in enumerate(ROWS)],
        (4, {"test": 2}), (2, {"train": 4}),
    ),
    "only test": ({"test": ROWS}, (6, {}), (6, {})),
    "only train": ([row | {"split": "train"} for row in ROWS], (6, {}), (6, {})),
    "a column of another meaning": ([row | {"split": "algebra"} for row in ROWS], (6, {}), (6, {})),
}  # fmt: skip

BOX = "So it is \\boxed{54}."
# columns of a row -> the solution that is left, None for none
THOUGHTS = {
    "an assistant": (
        {"messages": [{"role": "user", "content": Q},
        {"role": "assistant", "content": f"<think>6*9</think>\n{BOX}"}]}, BOX,
    ),
    "a solution": ({"question": Q, "solution": f"<think>\n6*9\n</think>\n\n{BOX}"}, BOX),
    "a response": ({"question": Q, "response": f"<think>6*9</think>{BOX}"}, BOX),
    "another mark": ({"question": Q, "output": f"<thinking>6*9</thinking> {BOX}"}, BOX),
    "brackets": ({"question": Q, "output": f"[THINK]6*9[/THINK]{BOX}"}, BOX),
    "diamonds": ({"question": Q, "output": f"◁think▷6*9◁/think▷{BOX}"}, BOX),
    "the end alone": ({"question": Q, "output": f"6*9 is near 60.</think>\n{BOX}"}, BOX),
    "one that never ends": ({"question": Q, "output": "<think>6*9 is near \\boxed{60}"}, None),
    "nothing behind it": ({"question": Q, "output": "<think>6*9</think>"}, None),
    "parts": (
        {
            "messages": [
                {"role": "user", "content": Q},
                {"role": "assistant", "content": [{"type": "thinking", "thinking": "6*9"},
                {"type": "text", "text": BOX}]},
            ]
        },
        BOX,
    ),
    "reasoning beside": (
        {
            "messages": [
                {"role": "user", "content": Q},
                {"role": "assistant", "reasoning_content": "6*9", "content": BOX},
            ]
        },
        BOX,
    ),
    "the shape of GSM8K": ({"question": Q, "answer": "<think>near 60</think>6*9=54\n#### 54"}, "6*9=54"),
    "the shape of MATH": (
        {"problem": Q, "solution": f"<think>near 60</think>{BOX}", "type": "Algebra", "level": "Level 1"}, BOX,
    ),
    "in the answer": ({"question": Q, "answer": f"<think>near \\boxed{{60}}</think>{BOX}"}, BOX),
}  # fmt: skip

# the value of an answer as JSON -> the word that the note says
UNREAL = {
    "infinity": ("Infinity", "Infinity"),
    "minus infinity": ("-Infinity", "-Infinity"),
    "not a number": ("NaN", "NaN"),
    "in a list": ("[Infinity]", "Infinity"),
    "nan in a list": ("[NaN]", "NaN"),
    "too large a number": ("1e999", "Infinity"),
    "too small a number": ("-1e999", "-Infinity"),
    "nan as text": ('"nan"', "nan"),
    "NaN as text": ('"NaN"', "NaN"),
    "none as text": ('"None"', "None"),
}

LINES = {
    "ja": [
        "太郎くんはりんごを3個持っています。全部で何個ですか？",
        "次の方程式を解きなさい。",
        "三角形の面積を求めよ。",
    ],
    "zh": ["小明有2个苹果，又买了3个，一共有几个？", "一个三角形的内角和是多少度？", "解方程。"],
    "tw": ["小明有2個蘋果，又買了3個，一共有幾個？", "一個三角形的內角和是多少度？", "解方程式。"],
    "ko": ["철수는 사과 3개를 가지고 있습니다. 모두 몇 개입니까?", "다음 방정식을 푸시오.", "넓이를 구하시오."],
    "ru": ["У Пети 3 яблока. Сколько яблок у Пети?", "Решите уравнение.", "Найдите площадь треугольника."],
    "el": ["Πόσα μήλα έχει η Άννα;", "Να λύσετε την εξίσωση.", "Βρείτε το εμβαδόν."],
    "fr": ["Léa a 2 pommes, elle en achète 3.", "À l'école il y a 9 élèves.", "Où est le côté ?"],
    "de": ["Löse die Gleichung für x.", "Wie groß ist die Fläche?", "Zähle die Äpfel."],
    "es": ["¿Cuántas manzanas tiene José?", "Resuelve la ecuación.", "¿Qué área tiene?"],
    "tr": ["Denklemi çözünüz ve sonucu yazınız.", "Üçgenin alanı kaçtır?", "Kaç elması kaldı?"],
    "cs": ["Řešte rovnici a výsledek napište.", "Kolik jablek má žák?", "Žák má příklad."],
    "pl": ["Rozwiąż równanie.", "Ile wynosi pole trójkąta?", "Jaś ma pięć jabłek."],
}
# language and encoding -> its name, '' where it can't be told and must be named
ENCODINGS = {
    ("ja", "cp932"): "Shift-JIS", ("ja", "shift_jis"): "Shift-JIS", ("ja", "euc_jp"): "EUC-JP",
    ("zh", "gb18030"): "GB18030", ("zh", "gbk"): "GB18030", ("tw", "big5"): "Big5", ("tw", "gb18030"): "GB18030",
    ("ko", "cp949"): "EUC-KR", ("ko", "euc_kr"): "EUC-KR", ("ru", "cp1251"): "Windows-1251",
    ("ru", "koi8_r"): "KOI8-U", ("ru", "cp866"): "IBM866", ("el", "cp1253"): "Windows-1253",
    ("fr", "cp1252"): "Windows-1252", ("de", "cp1252"): "Windows-1252", ("es", "cp1252"): "Windows-1252",
    ("fr", "cp850"): "", ("tr", "cp1254"): "", ("cs", "cp1250"): "", ("pl", "iso8859_2"): "", ("pl", "cp1250"): "",
}  # fmt: skip


def encoded(language: str, encoding: str, kind: str) -> bytes:
    """The lines of a language as a file of this kind in this encoding."""
    if kind == "csv":
        body = "question,answer\n" + "\n".join(f'"{line}",{n}' for n, line in enumerate(LINES[language])) + "\n"
    else:
        rows = [{"question": line, "answer": str(n)} for n, line in enumerate(LINES[language])]
        body = "\n".join(json.dumps(row, ensure_ascii=False) for row in rows)
    return body.encode(encoding)
