"""Other tools that send many prompts to an endpoint, each on the job of the dispatch benchmark: one call per item.

`python peers.py NAME --items N --url URL` prints CPU and wall seconds and peak memory, workers included. These
packages need other versions of much that Lemma needs, so each may live in an interpreter of its own: name them in
LEMMA_PEERS, separated by colons. A peer that no interpreter knows is left out.
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

MODULES = {"curator": "bespokelabs.curator", "distilabel": "distilabel", "data-designer": "data_designer"}


def found() -> Iterator[tuple[str, str]]:
    """Yield each peer that is installed somewhere, with its interpreter."""
    interpreters = [sys.executable, *filter(None, os.environ.get("LEMMA_PEERS", "").split(os.pathsep))]
    for name, module in MODULES.items():
        looks = f"import importlib.util, sys; sys.exit(importlib.util.find_spec({module.split('.')[0]!r}) is None)"
        for interpreter in interpreters:
            if subprocess.run([interpreter, "-c", looks], capture_output=True).returncode == 0:
                yield name, interpreter
                break


def question(number: int) -> str:
    """The prompt of the dispatch benchmark."""
    return (
        f"Task: write a new problem from knowledge points.\n\n<points>\nNumber {number}.\n</points>\n\n"
        + "Be clear and correct. " * 40
    )


def distilabel(items: int, url: str) -> int:
    """A pipeline of two steps, batches of 64."""
    from distilabel.models import OpenAILLM
    from distilabel.pipeline import Pipeline
    from distilabel.steps import LoadDataFromDicts
    from distilabel.steps.tasks import TextGeneration

    with Pipeline(cache_dir=tempfile.mkdtemp()) as pipeline:
        load = LoadDataFromDicts(data=[{"instruction": question(n)} for n in range(items)], batch_size=64)
        llm = OpenAILLM(model="tiny", base_url=url, api_key="none", generation_kwargs={"max_new_tokens": 64})
        load >> TextGeneration(llm=llm, input_batch_size=64)
    rows = pipeline.run(use_cache=False)["default"]["train"]
    return sum(bool(row["generation"]) for row in rows)


def curator(items: int, url: str) -> int:
    """An LLM object on a list of rows, limits out of the way."""
    os.environ.update(OPENAI_API_KEY="none", CURATOR_DISABLE_RICH_DISPLAY="1", TELEMETRY_ENABLED="false")
    os.environ["CURATOR_CACHE_DIR"] = tempfile.mkdtemp()
    # It counts tokens by a table that it downloads; one of its dependencies brings that along.
    for folder in Path(sys.prefix).glob("lib/python*/site-packages/litellm/litellm_core_utils/tokenizers"):
        os.environ["TIKTOKEN_CACHE_DIR"] = str(folder)
    from bespokelabs import curator as package

    class Writer(package.LLM):  # type: ignore[misc]
        def prompt(self, row: dict[str, Any]) -> str:
            return question(row["number"])

        def parse(self, row: dict[str, Any], response: str) -> dict[str, Any]:
            return {"text": response}

    limits = {"max_requests_per_minute": 10**7, "max_tokens_per_minute": 10**10, "max_concurrent_requests": 64}
    writer = Writer(model_name="tiny", backend="openai", backend_params={"base_url": url, **limits})
    made = writer([{"number": number} for number in range(items)])
    return sum(bool(row["text"]) for row in getattr(made, "dataset", made))


def designer(items: int, url: str) -> int:
    """One sampled column, so that rows differ, and one text column; 64 requests at a time."""
    import data_designer.config as dd
    from data_designer.interface import DataDesigner

    models = [
        dd.ModelConfig(
            alias="writer",
            model="tiny",
            provider="local",
            skip_health_check=True,
            inference_parameters=dd.ChatCompletionInferenceParams(max_tokens=64, max_parallel_requests=64),
        )
    ]
    builder = dd.DataDesignerConfigBuilder(model_configs=models)
    builder.add_column(
        dd.SamplerColumnConfig(name="number", sampler_type=dd.SamplerType.UUID, params=dd.UUIDSamplerParams())
    )
    prompt = question(0).replace("Number 0", "Number {{ number }}")
    builder.add_column(dd.LLMTextColumnConfig(name="text", model_alias="writer", prompt=prompt))
    provider = dd.ModelProvider(name="local", endpoint=url, api_key="none")
    maker = DataDesigner(artifact_path=tempfile.mkdtemp(), model_providers=[provider])
    made = maker.create(builder, num_records=items, dataset_name="bench").load_dataset()
    return int((made["text"].str.len() > 0).sum())


PEERS: dict[str, Callable[[int, str], int]] = {"distilabel": distilabel, "curator": curator, "data-designer": designer}


def main() -> None:
    """Run one peer: a few calls first, so that imports and first connections are not counted."""
    parser = argparse.ArgumentParser()
    parser.add_argument("peer", choices=sorted(PEERS))
    parser.add_argument("--items", type=int, default=2_000)
    parser.add_argument("--url", required=True)
    options = parser.parse_args()
    peer = PEERS[options.peer]
    peer(20, options.url)
    began, cpu = time.perf_counter(), _cpu()
    made = peer(options.items, options.url)
    if made != options.items:
        raise RuntimeError(f"{options.peer} made {made} of {options.items}")
    used = {"cpu": _cpu() - cpu, "wall": time.perf_counter() - began, "peak_mb": _peak_mb()}
    print(json.dumps(used))


def _cpu() -> float:
    whose = (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)
    return sum(used.ru_utime + used.ru_stime for used in map(resource.getrusage, whose))


def _peak_mb() -> float:
    """The largest process; peers with workers hold more than that."""
    return max(resource.getrusage(whose).ru_maxrss for whose in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)) / 1024


if __name__ == "__main__":
    main()
