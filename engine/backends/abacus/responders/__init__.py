"""What Abacus can be asked: one module per task, each with its task line and a function from brief to answer."""

from engine.backends.abacus.responders import (
    check,
    compose,
    declare,
    edit,
    extract,
    hide,
    insert,
    keep,
    name,
    rate,
    same,
    score,
    solve,
    suggest,
    unchanged,
    write,
)
from engine.backends.abacus.tasks import Responder

RESPONDERS: tuple[Responder, ...] = (
    Responder(extract.TASK, extract.respond),
    Responder(keep.TASK, keep.respond),
    Responder(same.TASK, same.respond),
    Responder(name.TASK, name.respond),
    Responder(write.TASK, write.respond),
    Responder(rate.TASK, rate.respond),
    Responder(solve.TASK, solve.respond),
    Responder(score.TASK, score.respond),
    Responder(check.TASK, check.respond),
    Responder(suggest.TASK, suggest.respond),
    Responder(edit.TASK, edit.respond),
    Responder(compose.TASK, compose.respond),
    Responder(hide.TASK, hide.respond),
    Responder(declare.TASK, declare.respond),
    Responder(insert.TASK, insert.respond),
    Responder(unchanged.TASK, unchanged.respond),
)
"""Every task, explicitly; a task line is compared in lower case and without its full stop."""
