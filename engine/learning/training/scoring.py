"""Loss per example of a model: `python -m engine.learning.training.scoring MODEL ROWS OUT`, a process of its own.

Loss is the mean negative log-likelihood of the answer's tokens given the request, in nats (continual learning, eq. 1).
ROWS is a JSONL file of conversational prompt-completion rows, OUT gets one number a line, in their order; a process
that is started again goes on behind the numbers that are there.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import orjson

BATCH = 16


def main(arguments: list[str] | None = None) -> int:
    """Score the rows that have no number yet."""
    parser = argparse.ArgumentParser(prog="python -m engine.learning.training.scoring")
    parser.add_argument("model", type=Path)
    parser.add_argument("rows", type=Path)
    parser.add_argument("out", type=Path)
    parser.add_argument("--max-length", type=int, default=2048)
    options = parser.parse_args(arguments)
    rows = [orjson.loads(line) for line in options.rows.read_bytes().splitlines()]
    done = len(read(options.out))
    with options.out.open("ab") as file:
        for losses in score(options.model, rows[done:], options.max_length):
            file.write(b"".join(b"%.8f\n" % loss for loss in losses))
            file.flush()
    return 0


def read(path: Path) -> list[float]:
    """Return the numbers of a file of losses; none where there is no file. A torn last line is cut off."""
    if not path.exists():
        return []
    body = path.read_bytes()
    whole = body[: body.rfind(b"\n") + 1]
    if whole != body:
        path.write_bytes(whole)
    return [float(line) for line in whole.splitlines()]


def score(model: Path, rows: list[dict[str, Any]], max_length: int = 2048) -> Iterator[list[float]]:
    """Yield the losses of `rows`, a batch at a time, in nats per answer token; NaN where no answer token is left."""
    import torch
    from transformers import AutoModelForCausalLM, AutoTokenizer

    tokenizer = AutoTokenizer.from_pretrained(model)
    device = "cuda" if torch.cuda.is_available() else "cpu"
    scorer = AutoModelForCausalLM.from_pretrained(model).to(device).eval()
    for start in range(0, len(rows), BATCH):
        encoded = [_encoded(tokenizer, row, max_length) for row in rows[start : start + BATCH]]
        yield _losses(torch, scorer, encoded, device)


def _encoded(tokenizer: Any, row: dict[str, Any], max_length: int) -> tuple[list[int], int]:
    """Return the token ids of a whole row, cut at `max_length`, and how many of them are the request."""
    turns = row["prompt"] + row["completion"]
    asked = tokenizer.apply_chat_template(row["prompt"], add_generation_prompt=True, return_dict=False)
    whole = tokenizer.apply_chat_template(turns, return_dict=False)
    return whole[:max_length], min(len(asked), max_length)


def _losses(torch: Any, scorer: Any, encoded: list[tuple[list[int], int]], device: str) -> list[float]:
    longest = max(len(ids) for ids, _ in encoded)
    ids = torch.zeros((len(encoded), longest), dtype=torch.long)
    seen, answer = torch.zeros_like(ids), torch.zeros_like(ids)
    for row, (tokens, asked) in enumerate(encoded):
        ids[row, : len(tokens)] = torch.tensor(tokens)
        seen[row, : len(tokens)] = 1
        answer[row, asked : len(tokens)] = 1
    ids, seen, answer = ids.to(device), seen.to(device), answer.to(device)
    with torch.no_grad():
        logits = scorer(input_ids=ids, attention_mask=seen).logits[:, :-1].float()
    each = torch.nn.functional.cross_entropy(logits.transpose(1, 2), ids[:, 1:], reduction="none") * answer[:, 1:]
    return [float(loss) for loss in each.sum(1) / answer[:, 1:].sum(1)]


if __name__ == "__main__":
    sys.exit(main())
