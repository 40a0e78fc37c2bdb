"""A local reward model that scores an answer to a request (FL-22, CL-30).

Two kinds are known: a sequence classifier of transformers, and a model that brings code and a `get_score` of its own,
as InternLM2-Reward does. Foreign code runs only where a person has said so.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from importlib.util import find_spec
from pathlib import Path
from typing import Any, Literal

import orjson

from engine.core.errors import BadInput, MissingExtra

NAME = "reward"
"""Name of the engine for reward models, in every project that names no other engine so."""
Scorer = Callable[[Sequence[tuple[str, str]]], Sequence[float]]
"""Requests with their answers to rewards; higher is better."""
Kind = Literal["classifier", "own code"]
_DO = "pip install 'lemma-studio[train]'"
_TRUST = (
    "Read the Python files of the folder: they run with all your rights. Then set trust_remote_code for the engine, or "
    "give --trust-remote-code to `lemma evaluate quality`."
)


def kind(folder: str | Path) -> Kind:
    """Return which kind of reward model lies in a folder; BadInput where it has no config.json that can be read.

    A model whose `AutoModel` is code of its own has its own interface; transformers knows every other one itself.
    """
    path = Path(folder).expanduser() / "config.json"
    try:
        config = orjson.loads(path.read_bytes())
    except FileNotFoundError:
        do = "Give a model's folder."
        raise BadInput("is no reward model: it has no config.json.", where=str(folder), do=do) from None
    except (OSError, ValueError) as error:
        raise BadInput(f"is no reward model: config.json cannot be read: {error}", where=str(folder)) from error
    auto = config.get("auto_map") if isinstance(config, dict) else None
    return "own code" if isinstance(auto, dict) and "AutoModel" in auto else "classifier"


def require(folder: str | Path, *, trust: bool = False) -> None:
    """Say before a run what would stop it.

    MissingExtra without transformers; BadInput where `folder` has no model, or one whose code nobody trusts yet.
    """
    if find_spec("transformers") is None or find_spec("torch") is None:
        raise MissingExtra("a reward model needs transformers.", do=_DO)
    if kind(folder) == "own code" and not trust:
        raise BadInput("brings Python code of its own, which is not trusted.", where=str(folder), do=_TRUST)


def reward_model(folder: str | Path, max_length: int = 2048, *, trust: bool = False) -> Scorer:
    """Return the scorer of a local model: a sequence classifier with one output, or one with an interface of its own.

    Of a classifier with several outputs the last is read. `trust` lets the code in the folder run.
    """
    folder = Path(folder).expanduser()
    own = kind(folder) == "own code"
    require(folder, trust=trust)
    import torch
    from transformers import AutoModel, AutoModelForSequenceClassification, AutoTokenizer

    loader = AutoModel if own else AutoModelForSequenceClassification
    try:
        # Said in either case: where nothing is said transformers asks on the terminal.
        tokenizer = AutoTokenizer.from_pretrained(folder, trust_remote_code=trust)
        model = loader.from_pretrained(folder, trust_remote_code=trust).eval()
    except (OSError, ValueError, ImportError, AttributeError) as error:
        first = next(iter(str(error).splitlines()), type(error).__name__)
        raise BadInput(f"is no reward model: {first}", where=str(folder)) from error
    model.to("cuda" if torch.cuda.is_available() else "cpu")
    if own:
        return by_own_interface(model, tokenizer, folder)

    def score(asked: Sequence[tuple[str, str]]) -> list[float]:
        # One by one: models of this kind find the last token by their padding token, which some do not have.
        with torch.no_grad():
            return [float(model(**_encoded(tokenizer, *one, max_length, model)).logits[0, -1]) for one in asked]

    return score


def by_own_interface(model: Any, tokenizer: Any, where: str | Path) -> Scorer:
    """Return the scorer of a model with `get_score(tokenizer, conversation)` (InternLM2-Reward, model card).

    The model writes the conversation with the tokenizer's template and adds its own token; nothing is cut off here.
    BadInput where there is no such method.
    """
    if not callable(getattr(model, "get_score", None)):
        raise BadInput("is no reward model: its code has no get_score.", where=str(where))

    def score(asked: Sequence[tuple[str, str]]) -> list[float]:
        return [float(model.get_score(tokenizer, conversation(*one))) for one in asked]

    return score


def conversation(prompt: str, answer: str) -> list[dict[str, str]]:
    """Return a request and its answer as the turns of a chat."""
    return [{"role": "user", "content": prompt}, {"role": "assistant", "content": answer}]


def _encoded(tokenizer: Any, prompt: str, answer: str, max_length: int, model: Any) -> Any:
    """Return a conversation as the model's template writes it, or both texts as a pair where it has none."""
    limits = {"truncation": True, "max_length": max_length, "return_tensors": "pt"}
    if not tokenizer.chat_template:
        return tokenizer(prompt, answer, **limits).to(model.device)
    text = tokenizer.apply_chat_template(conversation(prompt, answer), tokenize=False)
    return tokenizer(text, add_special_tokens=False, **limits).to(model.device)
