"""The tiny model's tokenizer: words, single digits, and the fixed parts of the studio's prompts as one token each."""

from __future__ import annotations

import re
from itertools import islice
from typing import Any

from engine.core import prompts
from engine.core.records import Request
from engine.knowledge import requests
from tests.support.tiny_model.word_problems import lessons

SIZE = 1500
PAD, END = "<|pad|>", "<|end|>"
TEMPLATE = (
    "{% for message in messages %}{{ '<|' + message['role'] + '|>' + message['content'] + '<|end|>' }}{% endfor %}"
    "{% if add_generation_prompt %}{{ '<|assistant|>' }}{% endif %}"
)
_PROMPTS = ("solving/solve", "solving/self_play", "agents/request_problem", "agents/self_refine")
_HOLE = re.compile(r"\{\{[a-z_]+\}\}")
_LEARNT_FROM = 8_000


def tokenizer() -> Any:
    """Return the tokenizer, learnt anew; the same code gives the same one.

    Text is cut into words as Qwen2 does it, digit by digit: whoever loads a model of that type cuts it so, whatever
    the files of its tokenizer say.
    """
    from tokenizers import AddedToken, Regex, Tokenizer, decoders, models, pre_tokenizers, trainers
    from transformers import PreTrainedTokenizerFast
    from transformers.models.qwen2.tokenization_qwen2 import PRETOKENIZE_REGEX

    lines = _lines()
    learnt = Tokenizer(models.BPE())
    learnt.pre_tokenizer = pre_tokenizers.Sequence(
        [
            pre_tokenizers.Split(Regex(PRETOKENIZE_REGEX), "isolated"),
            pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=False),
        ]
    )
    learnt.decoder = decoders.ByteLevel()
    special = [PAD, END, "<|system|>", "<|user|>", "<|assistant|>"]
    trainer = trainers.BpeTrainer(
        vocab_size=SIZE - len(lines),
        special_tokens=special,
        initial_alphabet=pre_tokenizers.ByteLevel.alphabet(),
        show_progress=False,
    )
    learnt.train_from_iterator(_texts(lines), trainer)
    learnt.add_tokens([AddedToken(line, normalized=False) for line in lines])
    made = PreTrainedTokenizerFast(
        tokenizer_object=learnt,
        eos_token=END,
        pad_token=PAD,
        # Qwen2's tokenizer would add one of its own, beyond the model's embeddings.
        unk_token=PAD,
        model_max_length=1024,
        clean_up_tokenization_spaces=False,
    )
    made.chat_template = TEMPLATE
    return made


def _lines() -> list[str]:
    """Return what stands between the holes of the prompts and of a request, longest first: it is always the same."""
    turns = [turn.content for name in _PROMPTS for turn in prompts.load(name).turns]
    parts = {part for turn in turns for part in _HOLE.split(turn)}
    asked = requests.text(Request.make("@", ("@",), 0.5)).replace("0.5", "@").replace("medium", "@")
    parts |= set(asked.split("@"))
    return sorted((part for part in parts if len(part) > 5), key=lambda part: (-len(part), part))


def _texts(lines: list[str]) -> list[str]:
    fixed = re.compile("|".join(map(re.escape, lines)))
    found = []
    for lesson in islice(lessons(seed=10), _LEARNT_FROM):
        whole = "\n".join([*(content for _, content in lesson.turns), lesson.answer])
        found += fixed.split(whole)
    return found
