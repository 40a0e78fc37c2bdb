"""A random model of Qwen2's shape with a tokenizer of its own, small enough to train in a test."""

from __future__ import annotations

from pathlib import Path

TEMPLATE = (
    "{% for message in messages %}{{ '<|' + message['role'] + '|>' + message['content'] + '<|end|>' }}{% endfor %}"
    "{% if add_generation_prompt %}{{ '<|assistant|>' }}{% endif %}"
)
_SENTENCES = [
    "Find the sum of 12 and 30. The sum is $12 + 30 = 42$. The answer is $\\boxed{42}$.",
    "What is 7 times 8? It is $7 \\cdot 8 = 56$, so the answer is $\\boxed{56}$.",
]


def make(folder: Path, *, template: bool = True, vocabulary: int | None = None, seed: int = 0) -> Path:
    """Write a model of two layers; `vocabulary` gives its embeddings another size than its tokenizer."""
    import torch
    from tokenizers import Regex, Tokenizer, decoders, models, pre_tokenizers, trainers
    from transformers import PreTrainedTokenizerFast, Qwen2Config, Qwen2ForCausalLM

    learnt = Tokenizer(models.BPE())
    learnt.pre_tokenizer = pre_tokenizers.Sequence(
        [pre_tokenizers.Split(Regex(r" ?\w+|\s|."), "isolated"), pre_tokenizers.ByteLevel(False, use_regex=False)]
    )
    learnt.decoder = decoders.ByteLevel()
    special = ["<|pad|>", "<|end|>", "<|system|>", "<|user|>", "<|assistant|>"]
    learnt.train_from_iterator(
        _SENTENCES * 4,
        trainers.BpeTrainer(
            vocab_size=340,
            special_tokens=special,
            initial_alphabet=pre_tokenizers.ByteLevel.alphabet(),
            show_progress=False,
        ),
    )
    words = PreTrainedTokenizerFast(
        tokenizer_object=learnt, eos_token="<|end|>", pad_token="<|pad|>", unk_token="<|pad|>"
    )
    if template:
        words.chat_template = TEMPLATE
    torch.manual_seed(seed)
    config = Qwen2Config(
        vocab_size=vocabulary or len(words),
        hidden_size=64,
        intermediate_size=128,
        num_hidden_layers=2,
        num_attention_heads=2,
        num_key_value_heads=2,
        max_position_embeddings=512,
        tie_word_embeddings=True,
        bos_token_id=None,
        eos_token_id=1,
        pad_token_id=0,
    )
    Qwen2ForCausalLM(config).save_pretrained(folder)
    words.save_pretrained(folder)
    return folder
