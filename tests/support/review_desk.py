"""The review desk as a test drives it: opened as a curator, its buttons pressed by their keys."""

from __future__ import annotations

from pathlib import Path

from streamlit.testing.v1 import AppTest

PAGE = Path(__file__).resolve().parents[2] / "pages" / "review.py"
ME = "Ada"


def sit_down(curator: str = ME, **address: str) -> AppTest:
    """Open the desk as `curator`; `address` is its query string."""
    page = AppTest.from_file(str(PAGE), default_timeout=60)
    page.session_state["session.curator"] = curator
    for name, value in address.items():
        page.query_params[name] = value
    page.run()
    assert not page.exception
    return page


def save_twice(page: AppTest) -> None:
    """Save an edit that raises a doubt, as an edit of the statement alone does."""
    for _ in range(2):
        next(button for button in page.button if button.label == "Save and approve").click()
        page.run()
        assert not page.exception


def press(page: AppTest, key: str) -> None:
    """Press the button whose key begins so."""
    next(button for button in page.button if button.key and button.key.startswith(key)).click()
    page.run()
    assert not page.exception
