"""Reads a problem out of a reply that may greet, announce, decorate and explain: lead-ins go, what follows goes."""

from __future__ import annotations

import re
import unicodedata

from engine.core import forms, reply_parsing
from engine.core.echo import is_placeholder
from engine.core.errors import UnfitReply, UnreadableReply

FORM = forms.free(
    "A problem is one running text with formulas: the whole reply is read, so there is no form for a schema to hold, "
    "and a JSON string would have every backslash of a formula doubled."
)
SHORTEST = 20
"""Characters below which a text cannot be a whole problem; Chinese says in eight what English says in twenty."""
_CJK_SHORTEST = 8

_NOUN = r"(?:problem|question|exercise|version|rewording|paraphrase|variation|one(?=\s*[:：.\n]))"
_GREETING = re.compile(
    r"(?:sure(?: thing)?|certainly|of course|absolutely|gladly|no problem|understood)"
    r"(?:[ ,]+[a-z' ]{1,24}?)?\s*[!.:]\s*"
    r"|(?:okay|ok|great|alright|all right|sure|certainly|of course)[!.,:]\s+"
    r"|(?:好的|当然(?:可以)?|没问题|可以)\s*[,，!！。：:]\s*",
    re.IGNORECASE,
)
_ANNOUNCEMENT = re.compile(
    rf"(?:here(?:'s|’s| is| are| you go)|below is|this is|the following is|i(?:'ve|’ve| have)? (?:wrote|written|made"
    rf"|created|designed|came up with)|let me (?:write|offer|give|present))\b[^\n:：]{{0,120}}?\b{_NOUN}s?\b"
    rf"[^\n:：.?!$\d]{{0,100}}(?:[:：.!][*_]*\s*|[*_]*[ \t]*\n\s*)"
    r"|(?:以下|下面|这里|这)是?[^\n：:？?]{0,40}(?:题目?|问题|改写|版本)[^\n：:？?]{0,20}[：:]\s*",
    re.IGNORECASE,
)
_LABEL = re.compile(
    r"(?:[#>*_]+[ \t]*)?(?:(?:the|a|my|your|new|novel|original|similar|generated|rewritten|reworded|rephrased"
    r"|paraphrased|math|mathematics|mathematical|word|final|synthetic|practice|exam)[ \t]+){0,5}"
    r"(?:problem|question|exercise|version|problem statement|新?题目|新题|问题|改写后的题目|改写)(?:[ \t]+\d{1,3})?"
    r"[*_]*[ \t]*(?:[:：][*_]*\s*|\n\s*)",
    re.IGNORECASE,
)
_RULE = re.compile(r"(?:-{3,}|\*{3,}|_{3,}|={3,})[ \t]*\n\s*")
_LEADS = (_GREETING, _ANNOUNCEMENT, _RULE, _LABEL)
_TAIL = re.compile(
    r"\n[ \t]*(?:-{3,}|\*{3,}|={3,})[ \t]*(?:\n|\Z)"
    r"|\n[ \t]*(?:[#>*_]+[ \t]*)?(?:(?:worked|step-by-step|final|expected)[ \t]+)?"
    r"(?:solution|answer|explanation|解答|解析|答案|解法)[*_]*[ \t]*(?:[:：]|\n)",
    re.IGNORECASE,
)
_QUOTES = {'"': '"', "“": "”", "「": "」"}
_MEANS_NOTHING = re.compile(r"[^\w+\-*/^=<>\\]|_")


def read(text: str, least: int = SHORTEST) -> str:
    """Return the problem that a reply holds; UnreadableReply where it is shorter than `least` characters."""
    statement = stripped(text)
    if statement and is_placeholder(statement):
        raise UnfitReply(f"the problem is a placeholder: {statement[:60]!r}", raw=text)
    if len(statement) < least and cjk(statement) < min(least, _CJK_SHORTEST):
        raise UnreadableReply(f"the problem has only {len(statement)} characters", raw=text)
    return statement


def stripped(text: str) -> str:
    """Return the problem behind its marker or lead-in phrases and before any solution; '' where none is left."""
    body = reply_parsing.after(text, "Problem").strip()
    while lead := next((hit for pattern in _LEADS if (hit := pattern.match(body)) and hit.end()), None):
        body = body[lead.end() :].strip()
    if tail := _TAIL.search(f"{body}\n"):
        body = body[: tail.start()].strip()
    return _unquoted(body)


def fold(text: str) -> str:
    """Return what two writings of one problem share: no case, blanks or punctuation, but signs of arithmetic."""
    return _MEANS_NOTHING.sub("", unicodedata.normalize("NFKC", text).casefold())


def cjk(text: str) -> int:
    """Return how many Chinese characters the text has."""
    return sum("\u4e00" <= letter <= "\u9fff" for letter in text)


def _unquoted(body: str) -> str:
    """Take off bold marks and quotation marks that stand around the whole."""
    for mark in ("**", "__"):
        if body.startswith(mark) and body.endswith(mark) and body.count(mark) == 2:
            body = body[2:-2].strip()
    closing = _QUOTES.get(body[:1])
    if closing and len(body) > 1 and body.endswith(closing) and body[1:-1].count(closing) == 0:
        return body[1:-1].strip()
    return body
