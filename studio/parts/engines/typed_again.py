"""What starts a program or opens a key is typed a second time before it counts.

A slip does not do that, nor a press that somebody else made happen.
"""

from __future__ import annotations

import shlex
from pathlib import Path

import streamlit as st

from engine.core.project import EngineSpec
from studio import session
from studio.access import hosting
from studio.text.markdown import escape
from studio.ui.settings_form import label_of

POWERFUL = ("python", "extra_args", "api_key_file", "trust_remote_code")
"""Fields that say which program is run, how, or which file is read and sent to an address."""
_PLACES = ("model", "chat_template")
"""Fields that may name a file; in a shared studio one outside the project is typed again, too."""


_YES = "yes"
"""What is typed for a switch that was turned on."""


def powerful(before: EngineSpec | None, said: EngineSpec) -> dict[str, str]:
    """Return the fields that need typing again, and what they say: those that changed and are not empty now."""
    start = before or EngineSpec()
    found = {name: _text(said, name) for name in POWERFUL if getattr(said, name) != getattr(start, name)}
    if hosting.standing().login:
        for name in _PLACES:
            if getattr(said, name) != getattr(start, name) and _outside(getattr(said, name)):
                found[name] = _text(said, name)
    return {name: text for name, text in found.items() if text}


def typed_again(before: EngineSpec | None, said: EngineSpec, *, key: str) -> bool:
    """Draw a line for each field that needs it; return whether all say the same again. True where none needs it."""
    needed = powerful(before, said)
    if not needed:
        return True
    if not session.may("engines"):
        st.error("Engines are edited by owners.", icon=":material/lock:")
        return False
    st.caption("This starts a program with your rights, or opens a key. Type it again, or set it in engines.toml.")
    return all([_again(name, text, key) for name, text in needed.items()])


def _again(name: str, text: str, key: str) -> bool:
    label = f"{escape(label_of(name))}: type {_YES}" if text == _YES else f"{escape(label_of(name))} again"
    typed = st.text_input(label, key=f"{key}.again.{name}").strip()
    if typed and typed != text:
        st.error(f"{escape(label_of(name))} is not what was typed first.", icon=":material/error:")
    return typed == text


def _text(spec: EngineSpec, name: str) -> str:
    value = getattr(spec, name)
    if isinstance(value, bool):
        return _YES if value else ""
    return shlex.join(value) if isinstance(value, tuple) else str(value).strip()


def _outside(said: str) -> bool:
    """Return whether a text names a file or folder that lies outside the project."""
    place = Path(said).expanduser()
    if not said or not (place.is_absolute() or place.exists()):
        return False
    return not place.resolve().is_relative_to(session.project().root.resolve())
