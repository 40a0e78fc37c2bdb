"""Makes tests/assets/tiny: `python -m tests.support.tiny_model.make [--seconds 1200] [--out DIR]`.

A causal model of about 1.9 M parameters, trained from scratch on lessons of our own, measured on held-out problems.
"""

from __future__ import annotations

import argparse
import json
import random
import time
from pathlib import Path
from typing import Any

from tests.support.tiny_model import word_problems
from tests.support.tiny_model.schooling import Schooling, shape, taught
from tests.support.tiny_model.vocabulary import tokenizer

ASSET = Path(__file__).resolve().parents[2] / "assets" / "tiny"


def main() -> None:
    """Make, measure and save the model."""
    parser = argparse.ArgumentParser(description="Make the tiny model.")
    parser.add_argument("--seconds", type=float, default=1200.0, help="how long it learns")
    parser.add_argument("--out", type=Path, default=ASSET)
    chosen = parser.parse_args()
    import torch
    from transformers import AutoTokenizer, Qwen2ForCausalLM

    torch.manual_seed(0)
    learnt = tokenizer()
    config = shape(len(learnt))
    learnt.save_pretrained(chosen.out)
    config.save_pretrained(chosen.out)
    # As everybody else will load it: a tokenizer that cuts otherwise would make a model that nobody can use.
    words = AutoTokenizer.from_pretrained(chosen.out)
    model = Qwen2ForCausalLM(config)
    print(f"{model.num_parameters():,} parameters, {len(words)} tokens", flush=True)
    started = time.monotonic()
    schooling = Schooling(seconds=chosen.seconds)
    seen = taught(model, words, schooling, lambda line: print(line, flush=True))
    model = model.to(torch.bfloat16)
    figures = measured(model.eval(), words)
    figures |= {
        "lessons": seen,
        "seconds": round(time.monotonic() - started),
        "parameters": model.num_parameters(),
        "torch": torch.__version__,
    }
    model.generation_config.max_new_tokens = 256
    model.save_pretrained(chosen.out)
    (chosen.out / "measured.json").write_text(json.dumps(figures, indent=2) + "\n", encoding="utf-8")
    print(json.dumps(figures, indent=2))


def measured(model: Any, words: Any, count: int = 400, seed: int = 99) -> dict[str, Any]:
    """Return held-out accuracy, and how well the model answers requests."""
    rng = random.Random(seed)
    held = [word_problems.drawn(rng, held_out=True) for _ in range(count)]
    solved = replies(model, words, [word_problems.solving(one.statement) for one in held])
    right = [rf"\boxed{{{one.answer}}}" in text for one, text in zip(held, solved, strict=True)]
    asked = [word_problems.request(rng) for _ in range(count)]
    written = replies(model, words, [word_problems.asking(one) for one in asked], temperature=0.7)
    return {
        "held_out_accuracy": sum(right) / count,
        "by_family": {
            name: round(sum(r for r, o in zip(right, held, strict=True) if o.family.name == name)
                        / max(1, sum(o.family.name == name for o in held)), 3)
            for name in word_problems.NAMES
        },
        **_written(written),
    }  # fmt: skip


def _written(texts: list[str]) -> dict[str, float]:
    """Return the shares of replies that can be read, that pose a known problem, and that solve it rightly."""
    from engine.core.errors import UnreadableReply
    from engine.generation.agents import request_problem
    from engine.verification.answers import extract_answer

    formed = known = right = 0
    for text in texts:
        try:
            question, solution = request_problem.read(text)
        except UnreadableReply:
            continue
        boxed = extract_answer(solution) if "boxed" in solution else None
        formed += boxed is not None
        params = next((p for f in word_problems.FAMILIES if (p := f.read(question)) is not None), None)
        if params is None:
            continue
        known += 1
        family = next(f for f in word_problems.FAMILIES if f.read(question) is not None)
        right += boxed == family.solve(params).answer
    count = len(texts)
    return {"requests_well_formed": formed / count, "requests_sound": known / count, "requests_right": right / count}


def replies(
    model: Any, words: Any, chats: list[tuple[tuple[str, str], ...]], temperature: float = 0.0, batch: int = 100
) -> list[str]:
    """Return what the model says to each chat."""
    import torch

    words.padding_side = "left"
    said: list[str] = []
    torch.manual_seed(0)
    for start in range(0, len(chats), batch):
        texts = [
            words.apply_chat_template(
                [{"role": role, "content": content} for role, content in chat],
                tokenize=False,
                add_generation_prompt=True,
            )
            for chat in chats[start : start + batch]
        ]
        given = words(texts, return_tensors="pt", padding=True, add_special_tokens=False)
        given.pop("token_type_ids", None)
        how = {"do_sample": True, "temperature": temperature, "top_p": 0.9} if temperature else {"do_sample": False}
        with torch.inference_mode():
            made = model.generate(**given, max_new_tokens=200, pad_token_id=0, eos_token_id=1, **how)
        said += words.batch_decode(made[:, given["input_ids"].shape[1] :], skip_special_tokens=True)
    words.padding_side = "right"
    return said


if __name__ == "__main__":
    main()
