"""What the studio answers a browser that sends its acts again, while other people go on."""

from __future__ import annotations

from streamlit.testing.v1 import AppTest

from engine.store import Store


def _sent_twice() -> None:
    """Ask for a second opinion, have somebody take the card, and send the same act again."""
    import streamlit as st

    from studio import workspace
    from studio.parts.review import state
    from studio.parts.review.road import DeskMessage, SentAct, hear
    from studio.parts.review.spread import begin, spread

    at, lying = state.desk(), spread()
    card = state.card(at)
    begin(at, lying, card)
    ident, stamp = card.problem.id, lying.sheets[0].stamp
    said = DeskMessage(1, (SentAct("token", 1, stamp, "second-opinion", "", 0.0, None),))
    hear(at, lying, said)
    first = list(lying.told)
    taken = workspace.store().leases.take([ident], "Bob", session="his", skip_decided=False)
    hear(at, lying, said)
    st.session_state["told"] = (first, taken and taken.curator, list(lying.told))


def test_an_act_that_was_written_is_confirmed_though_somebody_else_has_the_card_by_now(store: Store) -> None:
    """Its answer was lost on the way; refused now, it would show as not saved and be in the store."""
    page = AppTest.from_function(_sent_twice, default_timeout=60).run()
    assert not page.exception
    first, taken, again = page.session_state["told"]
    assert [outcome for _, _, outcome, _ in first] == ["saved"]
    assert taken == "Bob"
    assert again == first
    assert [one.act for one in store.decisions.history()] == ["second-opinion"]


def _half_drawn() -> None:
    """A page of which one part was drawn, and a button that asks for a part that was not."""
    import streamlit as st

    from studio.parts.review.road import draw_again

    @st.fragment(key="there")
    def there() -> None:
        st.session_state["times"] = st.session_state.get("times", 0) + 1

    if st.session_state.get("whole"):
        st.fragment(lambda: st.caption("the rest"), key="rest")()
    there()
    st.button("both", on_click=lambda: draw_again(["rest", "there"]))


def test_a_page_that_was_cut_short_is_drawn_whole_where_a_part_of_it_is_missing() -> None:
    """The acts that came with the message were written; without a page, their answers would not arrive."""
    page = AppTest.from_function(_half_drawn, default_timeout=60).run()
    page.session_state["whole"] = True
    page.button[0].click().run()
    assert not page.exception
    assert [one.value for one in page.caption] == ["the rest"]
