"""Whether a tab may be drawn at all, and who is signed in to a shared studio."""

from __future__ import annotations

import streamlit as st

from studio import session
from studio.access import hosting, hosts, members
from studio.text.markdown import escape

_LOOKS_ON = "You look on: what would change something is refused. An owner of this studio can give you another role."


def admitted() -> bool:
    """Return whether this tab may be drawn; say why not.

    The door has asked already. This asks again, in case that there is none (Streamlit started on the script itself),
    and because somebody who is signed out or removed may have left a page open.
    """
    if not hosting.guarded() and not _alone():
        st.error("This studio would be open to other machines. Start it with `lemma studio`.", icon=":material/lock:")
        return False
    if hosting.standing().login and session.person() is None:
        st.error("You are signed out. Load the page again to sign in.", icon=":material/lock:")
        return False
    return True


def signed_in() -> None:
    """Draw who is signed in, and the way out; nothing where nobody has to be."""
    one = session.person()
    if one is None:
        return
    st.caption(f"{escape(one.name)} · {escape(one.role)}")
    if one.role == "viewer":
        st.caption(_LOOKS_ON)
    if st.button("Sign out", icon=":material/logout:", type="tertiary", key="sidebar.out"):
        members.end_sessions(session.home(), one.name)
        # Streamlit has the browser leave the page, to where the door asks who it is.
        st.logout()


def _alone() -> bool:
    address = st.get_option("server.address")
    return isinstance(address, str) and (address == "localhost" or hosts.is_loopback(address))
