"""Find the final answer of a text: where a mark stands, else where words announce it, else in its last sentence.

One reader for replies, seeds, benchmarks and exports. It says what speaks for the answer, and why there is none.
"""

from __future__ import annotations

import re
from dataclasses import replace
from functools import lru_cache
from itertools import islice

from engine.core import reasoning_marks
from engine.core.turn_marks import turn
from engine.verification.answers.announced import announced, openings
from engine.verification.answers.boxes import boxed, cut_box
from engine.verification.answers.conclusions import states
from engine.verification.answers.corrections import corrected
from engine.verification.answers.evidence import FoundAnswer, nothing
from engine.verification.answers.letters import letter_of
from engine.verification.answers.sentences import declines, last_sentence
from engine.verification.answers.sentinels import says_no_answer

_HEADING = re.compile(r"(?!(?:yes|no|true|false)\b)\W*(?:[^\W\d_]{2}|\d+[.)]\s+\S)", re.IGNORECASE)
"""How a Markdown heading of the fourth level begins, but no answer."""
_HASHES = re.compile(r"(?<!#)####(?!#)[ \t]*([^\s#][^\n#]*)")
_TAG = re.compile(r"<(final_?answer|answer|ans)>(.*?)</\1>", re.IGNORECASE | re.DOTALL)
_COMMAS = re.compile(r"(?<=\d),(?=\d{3}(?!\d))")
_SAYS = re.compile(r"\s*(?:[:：]|(?:the )?(?:final |correct )?answers?\b\s*(?:is|are|[:：=]))\s*", re.IGNORECASE)
"""What may stand between hashes and the answer."""
_FENCE = re.compile(r"```.*?(?:```|\Z)|~~~.*?(?:~~~|\Z)|`[^`\n]*`", re.DOTALL)
_IN_TICKS = re.compile(
    r"(?<!`)`(?!`)\s*([-+$(\[{\\]*\s*\d[^`\n=:;]{0,40}|[A-J]|\([A-J]\)|\\[^`\n]{1,60}|[a-z]\s*=\s*[^`\n]{1,40}"
    r"|(?=[^`]*[\d^])(?![^`]*[A-Za-z]{2})[\w\s^+*/().,-]{1,40})\s*`(?!`)"
)
"""A value in backticks; code that prints or assigns is longer, and stays unread."""
_NEXT = re.compile(r"\n[^\S\n]*(?:Q|Question|Human|User|### Instruction|问题|题目)\s*[:：]")
"""How a model without a mark for the end goes on with a question of its own."""
_MOST = 20
"""Questions of its own before which an answer is looked for."""


_STILL = "the text ends while the model still reasons"


@lru_cache(maxsize=64)
def find_answer(text: str) -> FoundAnswer:
    """Return the answer of `text`: its values, where they stand, what speaks for them, or why there is none.

    The last complete box wins, with those right before it that only "and" or a comma parts from it; a box that was
    cut off is passed over. Then answer tags, `#### x` anywhere in a line, a heading with the answer below, the last
    "the answer is x" in English or Chinese, and at last what the last sentence settles on: weak evidence.
    """
    view = _view(text)
    # A text that is nothing but reasoning, cut before its end: what is boxed in it was only tried.
    if reasoning_marks.begins(view):
        return nothing(_STILL)
    marked = _marked(view)
    if marked is None:
        if reasoning_marks.opens(view):
            return nothing(_STILL)
        words = _blank(_FENCE, view) if "`" in view or "~~~" in view else view
        shown = _with_values(view, words)
        marked = announced(shown) or _weak(words) or (_stated(shown) if shown != words else None)
    if marked is None:
        return nothing(_reason(view))
    read = _checked(marked)
    if read.evidence in (None, "sentence"):
        return read
    now = corrected(view, read)
    return now if now is read or not now.values else _checked(now)


def extract_answer(text: str) -> str | None:
    """Return the final answer of `text` where a mark or words announce it, None where it gives none.

    What a last sentence happens to say does not count here; `find_answer` tells that, too.
    """
    return find_answer(text).at_least("words")


def split_at_hashes(text: str) -> tuple[str, str]:
    """Return the work and the answer of a text in GSM8K's form: what stands before the last ####, and behind it.

    Thousands commas leave the answer. The whole text is the work where it has no such mark.
    """
    work, mark, answer = text.rpartition("####")
    return (work.strip(), _COMMAS.sub("", answer.strip())) if mark else (text.strip(), "")


def _view(text: str) -> str:
    """Return the text with blanks where no answer of this turn stands, so that places stay what they are."""
    text = reasoning_marks.only_final(text)
    begin, end = turn(text)
    view = text if not begin and end == len(text) else " " * begin + text[begin:end]
    view = reasoning_marks.blanked(view)
    for hit in islice(_NEXT.finditer(view), _MOST):
        before = view[: hit.start()]
        if _marked(before) or announced(before):
            return before
    return view


def _with_values(text: str, words: str) -> str:
    """Return words with the short values that stand in backticks, `42`, without which code would be no code."""
    if "`" not in text:
        return words
    shown = list(words)
    for hit in _IN_TICKS.finditer(text):
        if words[hit.start() : hit.end()].isspace():
            shown[hit.start(1) : hit.end(1)] = hit[1]
    return "".join(shown)


def _stated(text: str) -> FoundAnswer | None:
    """Return what the last sentence says that a value in backticks is, or the value alone where nothing else stands."""
    found = _weak(text)
    before = text[: found.span[0]] if found and found.span else ""
    return found if states(before) or not before.strip() else None


def _blank(pattern: re.Pattern[str], text: str) -> str:
    return pattern.sub(lambda hit: " " * len(hit[0]), text)


def _marked(text: str) -> FoundAnswer | None:
    """Return the answer that a mark gives: the box, else the tag, else the hashes; a tag behind the box comes first."""
    box = boxed(text) if "box" in text else None
    tag = next(iter(reversed(list(_TAG.finditer(text)))), None) if "</" in text else None
    if tag and (box is None or (box.span and box.span[1] <= tag.start())) and tag[2].strip():
        tagged = _tagged(tag)
        # A tag behind a box that says the same takes nothing from the box.
        return replace(tagged, evidence="box") if box and box.values == tagged.values else tagged
    return box or (_hashed(text) if "####" in text else None)


def _tagged(tag: re.Match[str]) -> FoundAnswer:
    inside = tag[2].strip()
    within = boxed(inside) or announced(inside)
    start = tag.start(2) + tag[2].index(inside)
    if within and within.span:
        start, end = start + within.span[0], start + within.span[1]
        return replace(within, span=(start, end), evidence="tag")
    bare = inside.strip("$ *").removeprefix("\\(").removesuffix("\\)").strip()
    return FoundAnswer((bare,), (start, start + len(inside)), "tag")


def _hashed(text: str) -> FoundAnswer | None:
    for hit in reversed(list(_HASHES.finditer(text))):
        said = hit[1].strip().rstrip(" .*")
        starts_line = not text[text.rfind("\n", 0, hit.start()) + 1 : hit.start()].strip()
        if starts_line and _HEADING.match(said) and text[hit.end() :].strip():
            continue
        start = hit.start(1)
        if lead := _SAYS.match(said):
            said, start = said[lead.end() :], start + lead.end()
        if said:
            return FoundAnswer((said,), (start, start + len(said)), "hashes")
    return None


def _weak(text: str) -> FoundAnswer | None:
    """Read the last sentence, unless the text meant to give its answer elsewhere and that was cut off or left open."""
    if cut_box(text) or any(not _says_something(text[at : at + 40]) for at in openings(text)):
        return None
    return last_sentence(text) if text.count("{") == text.count("}") else None


def _says_something(text: str) -> bool:
    return re.search(r"\w", text) is not None


def _checked(found: FoundAnswer) -> FoundAnswer:
    """Take words such as `None` for no answer, and `(B) 14` for the letter with its text."""
    kept = tuple(value for value in found.values if not says_no_answer(value))
    if not kept:
        return nothing(f"“{found.value}” stands where the answer should be")
    if len(kept) == 1 and found.evidence != "sentence" and (chosen := letter_of(kept[0])):
        return replace(found, values=(chosen[0],), option=chosen[1] or found.option)
    return replace(found, values=kept)


def _reason(text: str) -> str:
    if not text.strip():
        return "there is no text"
    if cut_box(text):
        return "the box is opened and never closed: the text was cut"
    if declines(text[-400:]):
        return "the text says that it gives no answer"
    return "no mark, no announcement, and the last sentence settles on no value"
