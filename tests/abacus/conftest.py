"""Questions to Abacus, asked as the rest of the product asks them: with the prompts that ship."""

import asyncio
from collections.abc import Callable

import pytest

from engine.abacus.backend import Abacus
from engine.core import prompts
from engine.core.protocol import Chat, Completion, Sampling

Ask = Callable[..., list[Completion]]


@pytest.fixture
def ask() -> Ask:
    """Fill a prompt and ask it of a model, once for every seed."""

    def asked(prompt: str, model: str = "abacus-large", *, seeds=range(1), schema: str = "", **holes: object):
        template = prompts.load(prompt)
        messages = template.fill(**holes)
        backend = Abacus()

        async def all_of_them() -> list[Completion]:
            chats = (Chat("any", messages, template.ref, Sampling(seed=seed), schema) for seed in seeds)
            return [await backend.complete(chat, model) for chat in chats]

        return asyncio.run(all_of_them())

    return asked
