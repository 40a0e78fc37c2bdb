"""Words that stand in a column of answers and say that there is none: `proof`, `N/A`, `None`, `See solution`.

Nothing that mathematics can answer is among them: `no solution`, `undefined`, `does not exist` and an empty set in
braces of TeX are answers. One list for seeds, benchmarks and replies.
"""

from __future__ import annotations

import re

_WORDS = frozenset(
    [
        "proof",
        "notfound",
        "not_found",
        "n.a",
        "unanswerable",
        "to prove",
        "prove it",
        "#value!",
        "证明见解析",
        "na",
        "n/a",
        "#n/a",
        "none",
        "nan",
        "null",
        "nil",
        "unknown",
        "tbd",
        "todo",
        "omitted",
        "missing",
        "unanswered",
        "unavailable",
        "error",
        "无",
        "无答案",
        "暂无",
        "略",
        "答案略",
        "证明略",
        "解略",
        "见解析",
        "见详解",
        "证明",
        "没有答案",
        "未知",
    ]
)
_PHRASES = re.compile(
    r"(?:answer )?not (?:found|provided|available|applicable|given|known)"
    r"|no (?:final )?answer(?: (?:found|given|provided))?"
    r"|answers? (?:may|will|can) vary|(?:proof|answer|solution) (?:omitted|above|below|not \w+)|to be proved"
    r"|(?:please )?(?:see|refer to|check|cf\.?) (?:the )?(?:\w+ )?"
    r"(?:solution|explanation|proof|rationale|answer|above|below|graph|figure|text|analysis)s?(?: (?:above|below))?"
)
_DRESS = re.compile(r"\\(?:text|textbf|mathrm|mathbf|boxed|fbox)\s*\{([^{}]*)\}|\$|\*\*|\\[()]")
_NOTHING = re.compile(r"[\s\-–—_?？.…/]*|\[\s*\]|\{\s*\}|\(\s*\)|['\"]{2}")


def says_no_answer(text: str) -> bool:
    """Return whether a text says that there is no answer, or says nothing; signs around it do not count."""
    bare = _DRESS.sub(lambda hit: hit[1] or "", text).strip()
    if _NOTHING.fullmatch(bare):
        return True
    said = " ".join(bare.strip("\"'`()<> .。").casefold().split())
    return said in _WORDS or _PHRASES.fullmatch(said) is not None
