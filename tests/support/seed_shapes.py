"""Rows as others write them, and what a seed must hold of each: tables that several tests read."""

import json

# rows -> for each row: texts that the statement holds, in this order; the answer
PARTS = {
    "instruction and input": (
        [
            {"instruction": "Solve for x.", "input": "3x=9", "output": "\\boxed{3}"},
            {"instruction": "Solve for x.", "input": "5x=9", "output": "\\boxed{9/5}"},
        ],
        [(["Solve for x.", "3x=9"], "3"), (["Solve for x.", "5x=9"], "9/5")],
    ),
    "an empty input": (
        [{"instruction": "What is 2+2?", "input": "", "output": "\\boxed{4}"}],
        [(["What is 2+2?"], "4")],
    ),
    "a null input": (
        [{"instruction": "What is 2+2?", "input": None, "output": "\\boxed{4}"}],
        [(["What is 2+2?"], "4")],
    ),
    "body and question": (
        [{"Body": "Each pack costs 76 dollars.", "Question": "What do 2 packs cost?", "Answer": 152.0}],
        [(["Each pack costs 76 dollars.", "What do 2 packs cost?"], "152")],
    ),
    "lower case body": (
        [{"body": "Tom has 3 pears.", "question": "He eats 1. How many are left?", "answer": "2 (pears)"}],
        [(["Tom has 3 pears.", "He eats 1. How many are left?"], "2")],
    ),
    "context": (
        [{"context": "Let p be a prime.", "question": "How many divisors has p?", "final_answer": ["2"]}],
        [(["Let p be a prime.", "How many divisors has p?"], "2")],
    ),
    "passage": (
        [{"passage": "The team won 12 of 20 games.", "question": "How many games did it lose?", "answer": "8"}],
        [(["The team won 12 of 20 games.", "How many games did it lose?"], "8")],
    ),
    "premise": (
        [{"premise": "A box holds 6 eggs.", "problem": "How many eggs are in 4 boxes?", "answer": 24}],
        [(["A box holds 6 eggs.", "How many eggs are in 4 boxes?"], "24")],
    ),
    "story": (
        [{"story": "Ann walks 3 km each day.", "question": "How far does she walk in a week?", "answer": "21"}],
        [(["Ann walks 3 km each day.", "How far does she walk in a week?"], "21")],
    ),
    "a table as text": (
        [{"question": "How many on Monday?", "table": "day | sold\nMonday | 14\nTuesday | 9", "answer": "14"}],
        [(["Monday | 14", "How many on Monday?"], "14")],
    ),
    "a table as rows": (
        [{"question": "How many on Monday?", "table": [["day", "sold"], ["Monday", "14"]], "answer": "14"}],
        [(["day", "sold", "Monday", "14", "How many on Monday?"], "14")],
    ),
    "a table with a header": (
        [
            {
                "question": "How many on Monday?",
                "table": {"header": ["day", "sold"], "rows": [["Monday", 14]]},
                "answer": "14",
            }
        ],
        [(["day", "sold", "Monday", "14", "How many on Monday?"], "14")],
    ),
    "a table for pandas": (
        [{"question": "How many on Monday?", "table_for_pd": {"day": ["Monday"], "sold": ["14"]}, "answer": "14"}],
        [(["day", "sold", "Monday", "14", "How many on Monday?"], "14")],
    ),
    "three parts": (
        [{"background": "Let $n>1$.", "context": "Let $p$ divide $n$.", "question": "Is $p\\le n$?", "answer": "yes"}],
        [(["Let $n>1$.", "Let $p$ divide $n$.", "Is $p\\le n$?"], "yes")],
    ),
    "the same text twice": (
        [{"problem": "What is 1+1?", "question": "What is 1+1?", "answer": "2"}],
        [(["What is 1+1?"], "2")],
    ),
    "an empty passage": ([{"passage": None, "question": "求1+1", "answer": "2"}], [(["求1+1"], "2")]),
    "one context of two questions": (
        [
            {"context": "A square has side 3.", "question": "Find its area.", "answer": "9"},
            {"context": "A square has side 4.", "question": "Find its area.", "answer": "16"},
        ],
        [(["side 3", "Find its area."], "9"), (["side 4", "Find its area."], "16")],
    ),
}

# row -> the options as (label, text); the answer's letter; its text
OPTIONS = {
    "list and letter": (
        {"question": "6*9?", "options": ["54", "55"], "answer": "A"},
        [("A", "54"), ("B", "55")],
        "A",
        "54",
    ),
    "list and index": (
        {"question": "6*9?", "choices": ["54", "55"], "answer": 0},
        [("A", "54"), ("B", "55")],
        "A",
        "54",
    ),
    "list and last index": (
        {"question": "6*9?", "choices": ["1", "2", "54"], "answer": 2},
        [("A", "1"), ("B", "2"), ("C", "54")],
        "C",
        "54",
    ),
    "arc": (
        {"question": "6*9?", "choices": {"text": ["54", "55"], "label": ["A", "B"]}, "answerKey": "B"},
        [("A", "54"), ("B", "55")],
        "B",
        "55",
    ),
    "arc with numbers": (
        {"question": "6*9?", "choices": {"text": ["54", "55"], "label": ["1", "2"]}, "answerKey": "1"},
        [("1", "54"), ("2", "55")],
        "1",
        "54",
    ),
    "mathqa": (
        {"Problem": "6*9?", "Rationale": "…", "options": "a ) 54 , b ) 55 , c ) none of these", "correct": "b"},
        [("A", "54"), ("B", "55"), ("C", "none of these")],
        "B",
        "55",
    ),
    "columns": (
        {"question": "6*9?", "A": "54", "B": "55", "C": "56", "D": "57", "answer": "C"},
        [("A", "54"), ("B", "55"), ("C", "56"), ("D", "57")],
        "C",
        "56",
    ),
    "a dict": (
        {"question": "6*9?", "options": {"A": "54", "B": "55"}, "label": "B"},
        [("A", "54"), ("B", "55")],
        "B",
        "55",
    ),
    "a dict with an empty one": (
        {"question": "6*9?", "options": {"A": "54", "B": "55", "C": None}, "answer": "B"},
        [("A", "54"), ("B", "55")],
        "B",
        "55",
    ),
    "aqua": (
        {"question": "6*9?", "options": ["A)54", "B)55", "C)None of these"], "rationale": "…", "correct": "A"},
        [("A", "54"), ("B", "55"), ("C", "None of these")],
        "A",
        "54",
    ),
    "records": (
        {"question": "6*9?", "choices": [{"label": "A", "text": "54"}, {"label": "B", "text": "55"}], "answerKey": "A"},
        [("A", "54"), ("B", "55")],
        "A",
        "54",
    ),
    "a stem": (
        {
            "question": {"stem": "6*9?", "choices": [{"label": "A", "text": "54"}, {"label": "B", "text": "55"}]},
            "answerKey": "B",
        },
        [("A", "54"), ("B", "55")],
        "B",
        "55",
    ),
    "the answer as text": (
        {"question": "6*9?", "options": ["54", "55"], "answer": "55"},
        [("A", "54"), ("B", "55")],
        "B",
        "55",
    ),
    "the answer in brackets": (
        {"question": "6*9?", "options": ["54", "55"], "answer": "(B)"},
        [("A", "54"), ("B", "55")],
        "B",
        "55",
    ),
    "the answer with its text": (
        {"question": "6*9?", "options": ["54", "55"], "answer": "B. 55"},
        [("A", "54"), ("B", "55")],
        "B",
        "55",
    ),
    "a small letter": (
        {"question": "6*9?", "options": ["54", "55"], "answer": "b"},
        [("A", "54"), ("B", "55")],
        "B",
        "55",
    ),
    "a line": (
        {"question": "6*9?", "options": "A) $54$ B) $55$ C) $f(0)=-6$", "Answer": "C"},
        [("A", "$54$"), ("B", "$55$"), ("C", "$f(0)=-6$")],
        "C",
        "$f(0)=-6$",
    ),
    "lines": (
        {"question": "6*9?", "options": "A. 54\nB. 55\nC. 56", "answer": "A"},
        [("A", "54"), ("B", "55"), ("C", "56")],
        "A",
        "54",
    ),
    "a list as text": (
        {"question": "6*9?", "options": "['54', '55']", "answer": "A"},
        [("A", "54"), ("B", "55")],
        "A",
        "54",
    ),
    "a list as JSON text": (
        {"question": "6*9?", "options": '["54", "55"]', "answer": "B"},
        [("A", "54"), ("B", "55")],
        "B",
        "55",
    ),
    "option_a": (
        {"question": "6*9?", "option_a": "54", "option_b": "55", "correct_answer": "b"},
        [("A", "54"), ("B", "55")],
        "B",
        "55",
    ),
    "opa and cop": (
        {"question": "6*9?", "opa": "54", "opb": "55", "opc": "56", "opd": "57", "cop": 3},
        [("A", "54"), ("B", "55"), ("C", "56"), ("D", "57")],
        "D",
        "57",
    ),
    "option1": (
        {"question": "6*9?", "option1": "54", "option2": "55", "answer": "A"},
        [("A", "54"), ("B", "55")],
        "A",
        "54",
    ),
    "a letter and an index": (
        {"question": "6*9?", "options": ["54", "55"], "answer": "B", "answer_index": 1},
        [("A", "54"), ("B", "55")],
        "B",
        "55",
    ),
    "only an index": (
        {"question": "6*9?", "options": ["54", "55"], "answer_index": 1},
        [("A", "54"), ("B", "55")],
        "B",
        "55",
    ),
    "truthful": (
        {"question": "6*9?", "mc1_targets": {"choices": ["54", "55"], "labels": [1, 0]}},
        [("A", "54"), ("B", "55")],
        "A",
        "54",
    ),
    "tal": (
        {
            "question": "6*9?",
            "answer_option_list": [[{"aoVal": "A", "content": "54 "}], [{"aoVal": "B", "content": "55 "}]],
            "answer_value": "A",
        },
        [("A", "54"), ("B", "55")],
        "A",
        "54",
    ),
    "chinese": ({"题目": "6*9?", "选项": ["54", "55"], "答案": "A"}, [("A", "54"), ("B", "55")], "A", "54"),
    "several right": (
        {"question": "even?", "options": ["2", "3", "4"], "answer": ["A", "C"]},
        [("A", "2"), ("B", "3"), ("C", "4")],
        "AC",
        "2, 4",
    ),
    "several right, glued": (
        {"question": "even?", "options": ["2", "3", "4"], "answer": "AC"},
        [("A", "2"), ("B", "3"), ("C", "4")],
        "AC",
        "2, 4",
    ),
}
# options that are known while the answer is not, or is none of them: nothing may be guessed
NO_CHOICE = {
    "an index out of range": {"question": "6*9?", "choices": ["54", "55"], "answer": 7},
    "a letter out of range": {"question": "6*9?", "choices": ["54", "55"], "answer": "E"},
    "none": {"question": "6*9?", "choices": ["54", "55"], "answer": None},
    "a number that may be an index or a text": {"question": "6*9?", "choices": ["0", "1", "2"], "answer": "1"},
}

SENTINELS = [
    "proof",
    "Proof.",
    "notfound",
    "not found",
    "N/A",
    "n/a",
    "NA",
    "#N/A",
    "None",
    "none.",
    "nan",
    "NaN",
    "null",
    "NULL",
    "-",
    "--",
    "—",
    "unknown",
    "Unknown",
    "?",
    "??",
    "[]",
    "{}",
    "See solution",
    "see the solution above",
    "See above.",
    "TBD",
    "...",
    "…",
    "answer not found",
    "No answer",
    "not provided",
    "omitted",
    "略",
    "见解析",
    "证明略",
    "无",
    "\\text{proof}",
    "$-$",
    "Answers may vary",
    "\\boxed{}",
    "$$",
]
REAL_ANSWERS = [
    "0",
    "no solution",
    "No solutions",
    "\\emptyset",
    "\\varnothing",
    "undefined",
    "does not exist",
    "DNE",
    "impossible",
    "-1",
    "(-)1",
    "no",
    "yes",
    "true",
    "False",
    "n",
    "N",
    "infinity",
    "{0}",
    "[0]",
    "none of these",
    "5?",
    "A",
    "E",
    "-x",
    "All of the above",
]

# row -> statement, what the solution holds, answer
CONVERSATIONS = {
    "messages": (
        {
            "messages": [
                {"role": "system", "content": "Be brief."},
                {"role": "user", "content": "What is 2+3?"},
                {"role": "assistant", "content": "It is \\boxed{5}."},
            ]
        },
        "What is 2+3?",
        "It is",
        "5",
    ),
    "from and value": (
        {"conversations": [{"from": "human", "value": "What is 2+3?"}, {"from": "gpt", "value": "It is \\boxed{5}."}]},
        "What is 2+3?",
        "It is",
        "5",
    ),
    "a system turn": (
        {
            "conversations": [
                {"from": "system", "value": "Be brief."},
                {"from": "user", "value": "What is 2+3?"},
                {"from": "assistant", "value": "\\boxed{5}"},
            ]
        },
        "What is 2+3?",
        "boxed",
        "5",
    ),
    "conversation": (
        {"conversation": [{"role": "user", "content": "What is 2+3?"}, {"role": "assistant", "content": "\\boxed{5}"}]},
        "What is 2+3?",
        "boxed",
        "5",
    ),
    "verl": (
        {
            "data_source": "gsm8k",
            "prompt": [{"role": "user", "content": "What is 2+3?"}],
            "ability": "math",
            "reward_model": {"style": "rule", "ground_truth": "5"},
            "extra_info": {"index": 0},
        },
        "What is 2+3?",
        "",
        "5",
    ),
    "verl as text": (
        {
            "prompt": json.dumps([{"role": "user", "content": "What is 2+3?"}]),
            "reward_model": json.dumps({"ground_truth": "5"}),
        },
        "What is 2+3?",
        "",
        "5",
    ),
    "a list of truths": (
        {"prompt": [{"role": "user", "content": "What is 2+3?"}], "reward_model": {"ground_truth": ["5"]}},
        "What is 2+3?",
        "",
        "5",
    ),
    "truth as JSON text": (
        {"prompt": [{"role": "user", "content": "What is 2+3?"}], "reward_model": {"ground_truth": '["5"]'}},
        "What is 2+3?",
        "",
        "5",
    ),
    "prompt and completion": (
        {"prompt": "What is 2+3?", "completion": "It is \\boxed{5}."},
        "What is 2+3?",
        "It is",
        "5",
    ),
    "prompt and completion as turns": (
        {
            "prompt": [{"role": "user", "content": "What is 2+3?"}],
            "completion": [{"role": "assistant", "content": "It is \\boxed{5}."}],
        },
        "What is 2+3?",
        "It is",
        "5",
    ),
    "chosen and rejected": (
        {"prompt": "What is 2+3?", "chosen": "It is \\boxed{5}.", "rejected": "It is \\boxed{6}."},
        "What is 2+3?",
        "It is",
        "5",
    ),
    "chosen and rejected as talks": (
        {
            "chosen": [{"role": "user", "content": "What is 2+3?"}, {"role": "assistant", "content": "\\boxed{5}"}],
            "rejected": [{"role": "user", "content": "What is 2+3?"}, {"role": "assistant", "content": "\\boxed{6}"}],
        },
        "What is 2+3?",
        "boxed",
        "5",
    ),
    "messages as text": (
        {
            "messages": json.dumps(
                [{"role": "user", "content": "What is 2+3?"}, {"role": "assistant", "content": "\\boxed{5}"}]
            )
        },
        "What is 2+3?",
        "boxed",
        "5",
    ),
    "parts of content": (
        {
            "messages": [
                {"role": "user", "content": [{"type": "text", "text": "What is 2+3?"}]},
                {"role": "assistant", "content": [{"type": "text", "text": "\\boxed{5}"}]},
            ]
        },
        "What is 2+3?",
        "boxed",
        "5",
    ),
    "input and output": (
        {"conversation": [{"system": "", "input": "What is 2+3?", "output": "\\boxed{5}"}]},
        "What is 2+3?",
        "boxed",
        "5",
    ),
    "contents": (
        {
            "contents": [
                {"role": "user", "parts": [{"text": "What is 2+3?"}]},
                {"role": "model", "parts": [{"text": "\\boxed{5}"}]},
            ]
        },
        "What is 2+3?",
        "boxed",
        "5",
    ),
    "no reply": ({"messages": [{"role": "user", "content": "What is 2+3?"}]}, "What is 2+3?", "", ""),
    "an answer beside": (
        {
            "messages": [{"role": "user", "content": "What is 2+3?"}, {"role": "assistant", "content": "Five."}],
            "answer": "5",
        },
        "What is 2+3?",
        "Five.",
        "5",
    ),
    "reasoning beside": (
        {
            "messages": [
                {"role": "user", "content": "What is 2+3?"},
                {"role": "assistant", "reasoning_content": "2+3=5", "content": "\\boxed{5}"},
            ]
        },
        "What is 2+3?",
        "boxed",
        "5",
    ),
    "query and response": ({"query": "What is 2+3?", "response": "The answer is: 5"}, "What is 2+3?", "answer is", "5"),
}

# a column of topics as it stands in a file -> the paths of each row
TOPICS = {
    "two hyphens": (
        ["College--Advanced Mathematics--Linear Algebra"],
        [["College", "Advanced Mathematics", "Linear Algebra"]],
    ),
    "an arrow": (["Overseas->Number Theory->Divisibility"], [["Overseas", "Number Theory", "Divisibility"]]),
    "a spaced arrow": (["Mathematics -> Algebra -> Equations"], [["Mathematics", "Algebra", "Equations"]]),
    "a wide arrow": (["Algebra → Equations → Linear"], [["Algebra", "Equations", "Linear"]]),
    "an angle": (["Algebra > Equations > Linear"], [["Algebra", "Equations", "Linear"]]),
    "a tight angle": (["Algebra>Equations>Linear"], [["Algebra", "Equations", "Linear"]]),
    "a guillemet": (["Algebra » Equations » Linear"], [["Algebra", "Equations", "Linear"]]),
    "colons": (["Algebra::Equations::Linear"], [["Algebra", "Equations", "Linear"]]),
    "slashes of a tree": (
        ["Algebra/Equations/Linear", "Algebra/Equations/Quadratic", "Geometry/Circles/Arcs"],
        [["Algebra", "Equations", "Linear"], ["Algebra", "Equations", "Quadratic"], ["Geometry", "Circles", "Arcs"]],
    ),
    "a slash that is no path": (
        ["Addition/Subtraction", "Ratio/Proportion", "Geometry"],
        [["Addition/Subtraction"], ["Ratio/Proportion"], ["Geometry"]],
    ),
    "a unit": (["Speed in km/h"], [["Speed in km/h"]]),
    "a hyphen": (["Pre-algebra"], [["Pre-algebra"]]),
    "an inequation": (["Solving $x > 2$"], [["Solving $x > 2$"]]),
    "a comparison": (["Inequalities a > b"], [["Inequalities a > b"]]),
    "a dash of a sentence": (["Geometry -- basics"], [["Geometry", "basics"]]),
}
