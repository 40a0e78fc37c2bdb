"""Sentence embeddings by ONNX Runtime, without torch (extra `minilm`): a graph, a tokenizer, and how tokens are pooled.

Texts go through the graph one at a time. Graphs with 8-bit weights scale what they compute by the largest value of a
batch, so a text's vector would depend on its company; alone it depends on the text, whatever was embedded before.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from engine.core.errors import BadSetting, MissingExtra
from engine.similarity.onnx_files import OnnxFiles, tokenizer_text

READABLE = 0.2
"""Share of pieces that the tokenizer does not know, from which a text counts as unread.

Of 1,301 English knowledge points and 32 MATH problems none had any with the vocabulary of MiniLM; of 256 Chinese
points 95 % had .49 and more.
"""
_FEEDS = frozenset(("input_ids", "attention_mask", "token_type_ids"))
_POOLED = "sentence_embedding"
"""What exports call an output that is pooled already."""


class OnnxModel:
    """A sentence embedding model as an ONNX graph; `name` holds a digest of its files."""

    def __init__(self, files: OnnxFiles) -> None:
        """Load the graph; MissingExtra without ONNX Runtime, BadSetting where the files are no such model."""
        self.name = f"{files.label} onnx {_digest(files)}"
        self._files = files
        self._tokenizer = _tokenizer(files)
        self._unknown = _unknown(self._tokenizer)
        self._session = _session(files)
        self._inputs = [one.name for one in self._session.get_inputs()]
        if strange := set(self._inputs) - _FEEDS:
            raise _unfit(files, f"its graph asks for {sorted(strange)[0]!r}")
        self._output = _output(self._session, files)
        self.dim = len(self._vector(self._tokenizer.encode("word")))

    def embed(self, texts: Sequence[str]) -> npt.NDArray[np.float32]:
        """Return (n, dim) float32 unit rows; a text that the model cannot read is the zero row, close to nothing."""
        made = np.zeros((len(texts), self.dim), np.float32)
        for row, text in enumerate(texts):
            pieces = self._tokenizer.encode(_clean(text))
            if self._unread(pieces) < READABLE:
                made[row] = self._vector(pieces)
        length = np.linalg.norm(made, axis=1, keepdims=True)
        np.divide(made, length, out=made, where=length > 0)
        return made

    def reads(self, texts: Sequence[str]) -> float:
        """Return the share of texts that the model can read; 1 where there are none."""
        if not len(texts):
            return 1.0
        return float(np.mean([self._unread(self._tokenizer.encode(_clean(text))) < READABLE for text in texts]))

    def _unread(self, pieces: Any) -> float:
        """Return the share of unknown pieces; 1 where nothing but the marks of begin and end is there."""
        own = [piece for piece, mark in zip(pieces.ids, pieces.special_tokens_mask, strict=True)
               if not mark or piece == self._unknown]  # fmt: skip
        return sum(piece == self._unknown for piece in own) / len(own) if own else 1.0

    def _vector(self, pieces: Any) -> npt.NDArray[np.float32]:
        ids = np.array([pieces.ids], np.int64)
        feed = {"input_ids": ids, "attention_mask": np.ones_like(ids), "token_type_ids": np.zeros_like(ids)}
        found = np.asarray(self._session.run([self._output], {name: feed[name] for name in self._inputs})[0][0])
        if found.ndim == 1:
            return found.astype(np.float32)
        return np.asarray(found[0] if self._files.pooling == "cls" else found.mean(axis=0), np.float32)


def _clean(text: str) -> str:
    """Return what can be encoded: half of a surrogate pair cannot."""
    return text.encode("utf-8", "replace").decode("utf-8")


def _digest(files: OnnxFiles) -> str:
    """Return a hash of everything that a vector depends on, so that another model never gets this one's vectors."""
    found = hashlib.blake2b(f"{files.pooling} {files.longest}{tokenizer_text(files)}".encode(), digest_size=4)
    for path in (files.graph, *files.beside):
        with path.open("rb") as opened:
            while block := opened.read(2**20):
                found.update(block)
    return found.hexdigest()


def _tokenizer(files: OnnxFiles) -> Any:
    try:
        from tokenizers import Tokenizer
    except ImportError as error:
        raise _missing(files) from error
    try:
        made = Tokenizer.from_str(tokenizer_text(files))
    except Exception as error:
        raise _unfit(files, f"its tokenizer cannot be read: {str(error).splitlines()[0]}") from error
    made.no_padding()
    made.enable_truncation(files.longest)
    return made


def _unknown(tokenizer: Any) -> int | None:
    """Return the piece that stands for what the vocabulary lacks; None where bytes stand for anything."""
    for name in ("[UNK]", "<unk>"):
        if (found := tokenizer.token_to_id(name)) is not None:
            return int(found)
    return None


def _session(files: OnnxFiles) -> Any:
    try:
        import onnxruntime
    except ImportError as error:
        raise _missing(files) from error
    onnxruntime.disable_telemetry_events()
    said = onnxruntime.SessionOptions()
    said.log_severity_level = 3
    # Threads that wait spin, which takes the other cores from whoever else works here.
    said.add_session_config_entry("session.intra_op.allow_spinning", "0")
    try:
        return onnxruntime.InferenceSession(str(files.graph), said, providers=["CPUExecutionProvider"])
    except Exception as error:
        raise _unfit(files, f"ONNX Runtime cannot load it: {str(error).splitlines()[0][:200]}") from error


def _output(session: Any, files: OnnxFiles) -> str:
    """Return the output that is taken: the pooled one where it is named, otherwise the vectors of the tokens."""
    shapes = {one.name: one.shape for one in session.get_outputs()}
    if len(shapes.get(_POOLED) or ()) == 2:
        return _POOLED
    tokens = [name for name, shape in shapes.items() if len(shape or ()) == 3]
    if len(tokens) != 1 and "last_hidden_state" not in tokens:
        raise _unfit(files, f"no output holds one vector for each token; it has {', '.join(shapes)}")
    if files.more:
        raise _unfit(files, f"its layer {files.more!r} is no part of the graph")
    return "last_hidden_state" if "last_hidden_state" in tokens else tokens[0]


def _missing(files: OnnxFiles) -> MissingExtra:
    return MissingExtra(f"embedder {files.label!r} needs ONNX Runtime.", do="pip install 'lemma-studio[minilm]'")


def _unfit(files: OnnxFiles, why: str) -> BadSetting:
    return BadSetting(
        f"embedder {files.label!r} cannot be used: {why}.",
        where=str(files.graph), do="Give a folder with a sentence embedding model as ONNX, or `hashing`.",
    )  # fmt: skip
