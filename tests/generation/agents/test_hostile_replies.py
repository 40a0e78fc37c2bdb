"""What models send back may be anything: readers raise one named error, and never run away."""

import time
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.core.errors import UnreadableReply
from engine.generation.agents import (
    ask_me_anything,
    distraction_insertion,
    iqc,
    masking,
    self_verification,
    sentences,
    suggester_editor,
)
from engine.generation.judges import distraction

SEED = "Ida reads 12 pages a day for 3 days. How many pages does she read?"
READERS = {
    "suggestions": suggester_editor.read_suggestions,
    "edit": lambda text: suggester_editor.read(text, SEED),
    "composition": lambda text: iqc.read(text, SEED),
    "blocks": ask_me_anything.read,
    "statement": lambda text: self_verification.read(text, "36"),
    "distraction": lambda text: distraction_insertion.read(text, SEED),
    "ruling": distraction.read,
}
PIECES = [
    "Problem:", "Statement:", "Target:", "Question:", "Solution:", "Answer:", "Unchanged: yes", "\n", " ", "36", "{",
    "}", '{"problem": "', '"}', "\\boxed{", "\\frac", "12", "?", "。", "$", "1. ", "**", "小明有3个", SEED, "\x0b",
    "\x00", "\\",
]  # fmt: skip
SIZE = 40_000


@pytest.mark.parametrize("reader", READERS)
@given(text=st.lists(st.sampled_from(PIECES), max_size=25).map("".join))
def test_readers_understand_or_say_unreadable(reader, text):
    """X-03: no other error, whatever the reply."""
    with suppress(UnreadableReply):
        assert READERS[reader](text)


@pytest.mark.parametrize(
    "filling", ["\n", " ", "(", "$", ".", "?)", "[asy]", "\\boxed{", "1,", "*", "Target:\n", "a b ", "7 "]
)
def test_long_texts_are_read_in_time(filling):
    """A hostile reply or seed of 40,000 characters costs no reader more than a second."""
    text = "Statement: 36" + filling * (SIZE // len(filling)) + "x"
    pure = {"numbers": masking.masked, "cut": sentences.parted, "letter": masking.unused}
    for name, read in {**READERS, **pure}.items():
        begun = time.process_time()
        with suppress(UnreadableReply):
            read(text)
        assert time.process_time() - begun < 1.0, name
