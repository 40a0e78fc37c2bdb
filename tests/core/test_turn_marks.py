"""Marks of chat templates: what is the text of a turn, and which marks were there."""

import pytest

from engine.core import reply_parsing
from engine.core.turn_marks import marks, without_marks

SYSTEM = "<|im_start|>system\nBe kind.<|im_end|>\n"
LLAMA = "<|start_header_id|>system<|end_header_id|>\n\nBe kind<|eot_id|><|start_header_id|>user<|end_header_id|>\n\n"
USER = "<|im_start|>user\nWhat is 2?<|im_end|>"
TEXTS = [
    ("It is 4.<|im_end|>", "It is 4.", ("im_end",)),
    ("It is 4.<|eot_id|>", "It is 4.", ("eot_id",)),
    ("It is 4.</s>", "It is 4.", ("/s",)),
    ("It is 4.<end_of_turn>\n", "It is 4.", ("end_of_turn",)),
    ("It is 4.<｜end▁of▁sentence｜>", "It is 4.", ("end_of_sentence",)),
    ("It is 4.<|endoftext|>Human: And 5?", "It is 4.", ("endoftext",)),
    (USER + "\n<|im_start|>assistant\n4<|im_end|>", "What is 2?", ("im_start", "im_end")),
    (SYSTEM + USER, "What is 2?", ("im_start", "im_end")),
    (LLAMA + "What is 3?<|eot_id|>", "What is 3?", ("start_header_id", "eot_id")),
    ("<s>[INST] What is 2? [/INST] It is 2.</s>", "What is 2?", ("INST", "/INST", "/s")),
    ("<bos><start_of_turn>user\nWhat?<end_of_turn>\n<start_of_turn>model\nIt.", "What?",
     ("start_of_turn", "end_of_turn", "bos")),
    ("<|start|>assistant<|channel|>final<|message|>42<|return|>", "42", ("return", "start")),
    ("<|im_end|>", "", ("im_end",)),
]  # fmt: skip
PLAIN = ["Find |x|<|y|.", "a < b and c > d", "<s>old</s> new", "system\nof equations", "[1, 2] < [3]", "x<|2|", ""]


@pytest.mark.parametrize(("text", "said", "named"), TEXTS)
def test_a_text_is_that_of_its_first_turn(text, said, named):
    assert without_marks(text) == said
    assert set(marks(text)) >= set(named)
    assert not any(sign in name for name in marks(text) for sign in "<>|[]")
    assert without_marks(said) == said
    if said:
        assert reply_parsing.clean(text) == said


@pytest.mark.parametrize("text", PLAIN)
def test_mathematics_is_no_mark(text):
    assert without_marks(text) == text
    assert marks(text) == ()
