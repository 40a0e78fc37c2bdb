"""The same problem in other words: another text of its family where one knows it, else other words and connections.

English and Chinese. Words between dollar signs and in drawings are never touched.
"""

from __future__ import annotations

import random
import re
from collections.abc import Callable

from engine.abacus import remarks, telling
from engine.abacus.reading import Reading, read

_KEPT = re.compile(r"(\$\$.*?\$\$|\$[^$]*\$|\\\[.*?\\\]|\\\(.*?\\\)|\[asy\].*?\[/asy\])", re.DOTALL)
_DRAWN = ("[asy]", "\\begin{")
_WORDS: dict[str, tuple[str, ...]] = {
    "how many": ("what number of",),
    "how much money": ("what amount of money",),
    "find": ("work out", "determine"),
    "determine": ("find", "work out"),
    "calculate": ("work out", "determine"),
    "compute": ("work out", "determine"),
    "buys": ("purchases",),
    "bought": ("purchased",),
    "wants to": ("would like to",),
    "in total": ("altogether", "all in all"),
    "altogether": ("in total", "all in all"),
    "each day": ("every day",),
    "every day": ("each day",),
    "each week": ("every week",),
    "every week": ("each week",),
    "each month": ("every month",),
    "each hour": ("every hour",),
    "begins": ("starts",),
    "starts": ("begins",),
    "suppose": ("assume",),
    "approximately": ("about",),
    "exactly": ("precisely",),
    "one another": ("each other",),
    "一共": ("总共", "合计"),
    "总共": ("一共", "合计"),
    "求": ("求出",),
    "计算": ("算出",),
    "剩下": ("余下",),
    "小朋友": ("孩子",),
    "已知": ("现知道",),
    "如果": ("假如", "要是"),
}
_SWAP = re.compile(
    rf"\b(?:{'|'.join(sorted((w for w in _WORDS if w.isascii()), key=len, reverse=True))})\b"
    r"|一共|总共|剩下|小朋友|已知|如果|(?<![要需请寻])求(?=[^出得解和证])|(?<!简便)计算(?![器机题方法])",
    re.IGNORECASE,
)
_LINKS = ("From these facts, {asked}", "Knowing this, {asked}", "With this given, {asked}")
_FRAMES = ("Work out the following. {text}", "Read carefully and then answer. {text}", "Consider what follows. {text}")
_LINKS_ZH = ("根据以上条件，{asked}", "由此可知，{asked}", "按照上述情况，{asked}")
_FRAMES_ZH = ("请解答下面的内容。{text}", "认真阅读后作答。{text}")
_ASKING = re.compile(r"(?:How|What|Which|Find|Determine|Compute|Calculate|Evaluate|Work|In|Who|When|Where)\b")
_DEFINED = re.compile(r"(?:Let (\$[A-Z]\$) (?:be|denote)|Denote by (\$[A-Z]\$)) ")
_ASKED = re.compile(r"(?:Find|What is|Determine|Calculate)(?: the value of)? (\$[^$]+\$)[.?]$")
_HAN = re.compile("[\u4e00-\u9fff]")
_FEW_HAN = 4
"""Chinese characters that an English text with a name or two does not reach."""
_NUMBER = re.compile(r"(?<![\w.,\\{^])[1-9]\d{0,5}(?![\w^}%]|[.,]\d)")


def reword(statement: str, rng: random.Random) -> str:
    """Return the statement in other words; where a family knows it, the answer is checked to be the same."""
    reading = read(statement)
    if reading is None or reading.worked is None:
        return _retold(statement, rng)
    ways: tuple[Callable[[], list[str]], ...] = (
        lambda: _other_texts(statement, reading, rng),
        lambda: [_rejoined(statement, rng) for _ in range(4)],
    )
    for way in ways:
        for text in way():
            again = read(text) if text != statement else None
            if again and again.worked and again.worked.answer == reading.worked.answer and not again.flaw:
                return text
    return _retold(statement, rng)


def misquote(statement: str, rng: random.Random) -> str | None:
    """Return the statement with one of its numbers changed; None where it has none that could be."""
    numbers = list(_NUMBER.finditer(statement))
    if not numbers:
        return None
    hit = rng.choice(numbers)
    return f"{statement[: hit.start()]}{int(hit[0]) + rng.randint(1, 3)}{statement[hit.end() :]}"


def _other_texts(statement: str, reading: Reading, rng: random.Random) -> list[str]:
    """Texts of the family with the same numbers, in random order; none where the statement says more than that."""
    bare = " ".join(statement.split())
    if len(reading.parts) != 1 or reading.reversed or remarks.clear(bare).text != bare:
        return []
    part = reading.parts[0]
    return [
        part.family.state(part.params, number) for number in rng.sample(range(part.family.texts), part.family.texts)
    ]


def _rejoined(statement: str, rng: random.Random) -> str:
    """Introduce quantities and ask for them with other words."""

    def defined(hit: re.Match[str]) -> str:
        letter = hit[1] or hit[2]
        return rng.choice((f"Let {letter} be ", f"Let {letter} denote ", f"Denote by {letter} "))

    text = _DEFINED.sub(defined, " ".join(statement.split()))
    asked = rng.choice(("Find {}.", "What is {}?", "Determine {}.", "Calculate the value of {}."))
    return _ASKED.sub(lambda hit: asked.format(hit[1]), text)


def _retold(statement: str, rng: random.Random) -> str:
    """Return an unknown statement with other words and another way into its question."""
    chinese = len(_HAN.findall(statement)) >= _FEW_HAN
    text = _swapped(statement.strip(), rng)
    parts = None if any(mark in text for mark in _DRAWN) else telling.cut(text)
    if parts and parts.told and parts.asked and (chinese or _ASKING.match(parts.asked)):
        asked = parts.asked if chinese else parts.asked[0].lower() + parts.asked[1:]
        link = rng.choice(_LINKS_ZH if chinese else _LINKS).format(asked=asked)
        return f"{parts.told}{'' if chinese else ' '}{link}"
    return rng.choice(_FRAMES_ZH if chinese else _FRAMES).format(text=text)


def _swapped(text: str, rng: random.Random) -> str:
    pieces = _KEPT.split(text)
    for at in range(0, len(pieces), 2):
        pieces[at] = _SWAP.sub(lambda hit: _cased(rng.choice(_WORDS[hit[0].lower()]), hit[0]), pieces[at])
    return "".join(pieces)


def _cased(word: str, like: str) -> str:
    return word[0].upper() + word[1:] if like[:1].isupper() else word
