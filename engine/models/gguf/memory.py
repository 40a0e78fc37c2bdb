"""How much memory llama.cpp takes for a file, from its header: weights, the cache of each slot, buffers to compute in.

The cache holds a key and a value of 16 bit for every token, layer and head that has its own (Shazeer 2019; Ainslie et
al. 2023, section 2: grouped heads share one). Layers that look back over a window keep no more than the window.
"""

from __future__ import annotations

from dataclasses import dataclass

from engine.models.gguf.header import GgufHeader

CELLS = 256
"""llama.cpp keeps contexts in multiples of this many tokens."""
BATCH = 512
"""Prompt tokens that are read in one step (llama.cpp's n_ubatch)."""
PROCESS = 110 << 20
"""Bytes of the process itself: interpreter and library."""
WORD = 160
"""Bytes that a word of the vocabulary takes in the tokenizer's tables."""
CANDIDATE = 16
"""Bytes of a word while the next token of a slot is drawn: its number, its score, its probability."""
_NUMBER = 2
"""Bytes of a number in the cache."""
_WINDOWED_EVERY = {"gemma2": 2, "gemma3": 6, "cohere2": 4, "gpt-oss": 2, "exaone4": 4}
"""Of so many layers one looks at everything and the others at a window, where the file does not say it itself."""


@dataclass(frozen=True, slots=True)
class Need:
    """Bytes that serving takes."""

    weights: int
    per_slot: int
    """Cache of one slot whose context is full."""
    slots: int
    buffers: int
    """What is computed with, the tokenizer's tables included."""

    @property
    def cache(self) -> int:
        """Cache of all slots; llama.cpp takes it at the start, however little of it is used."""
        return self.per_slot * self.slots

    @property
    def total(self) -> int:
        """Everything, with the process itself."""
        return self.weights + self.cache + self.buffers + PROCESS


def need(header: GgufHeader, context: int, slots: int) -> Need:
    """Return what `slots` replies at once take, each with `context` tokens of prompt and reply."""
    return Need(header.weights, cache(header, context), slots, _buffers(header, slots))


def cells(context: int) -> int:
    """Return the context that a slot really gets, in tokens."""
    return -(-context // CELLS) * CELLS


def cache(header: GgufHeader, context: int) -> int:
    """Return the bytes of one slot's cache."""
    layers, whole = header.number("block_count"), cells(context)
    window = header.number("attention.sliding_window")
    short = min(whole, cells(window + BATCH)) if window else whole
    heads = header.by_layer("attention.head_count_kv") or header.by_layer("attention.head_count")
    by_layer = heads if len(heads) == layers else (heads or (0,))[:1] * layers
    held = (short if local else whole for local in _windowed(header, layers))
    return sum(tokens * count for tokens, count in zip(held, by_layer, strict=True)) * _width(header) * _NUMBER


def _width(header: GgufHeader) -> int:
    """Return the numbers that a head keeps of a token: a key and a value."""
    heads = header.number("attention.head_count", 1) or 1
    usual = header.number("embedding_length") // heads
    return header.number("attention.key_length", usual) + header.number("attention.value_length", usual)


def _windowed(header: GgufHeader, layers: int) -> list[bool]:
    """Say of each layer whether it looks at a window only."""
    said = header.values.get(f"{header.architecture}.attention.sliding_window_pattern")
    if isinstance(said, tuple) and len(said) == layers:
        return [bool(one) for one in said]
    every = said if isinstance(said, int) and said > 1 else _WINDOWED_EVERY.get(header.architecture, 0)
    # Where nothing is known every layer counts in full: rather too much than too little.
    return [bool(every) and (layer + 1) % every != 0 for layer in range(layers)]


def _buffers(header: GgufHeader, slots: int) -> int:
    """Return the bytes of a layer's work on a batch, of the scores of each slot's next token, and of the vocabulary.

    llama.cpp reserves more, scores for every token of a batch, but touches only those of the last token of a prompt.
    """
    wide = 4 * header.number("embedding_length") + 3 * header.number("feed_forward_length")
    return BATCH * wide * 4 + header.vocabulary * (slots * CANDIDATE + WORD)
