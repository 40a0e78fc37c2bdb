"""How many calls at a time: on a simulated server the limiter finds the knee, from wherever it begins."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.support.simulated_server import SimulatedServer, limiter

MIXED = (("write", 100), ("judge", 10), ("write", 140), ("judge", 8))
LAST = 800


@settings(deadline=None, max_examples=40)
@given(st.integers(1, 64), st.sampled_from([4, 8, 32]), st.sampled_from([MIXED, (("write", 100),)]), st.booleans())
def test_it_settles_between_the_slots_and_twice_as_many(slots: int, first: int, kinds: tuple, told: bool) -> None:
    server = SimulatedServer(slots, kinds=kinds)
    server.drive(limiter(64, told=slots if told else 0, first=first), 2400)
    levels = sorted(server.levels[-LAST:])
    # A trial now and then goes a step beyond; where it rests is what counts.
    rest = levels[LAST // 2]
    assert 0.97 * slots <= rest <= 2 * slots
    assert server.rate(LAST) >= 0.9 * server.best(64)


@settings(deadline=None, max_examples=25)
@given(st.integers(1, 48), st.integers(0, 1000))
def test_noise_leads_it_astray_only_a_little(slots: int, seed: int) -> None:
    server = SimulatedServer(slots, noise=0.3, kinds=MIXED, seed=seed)
    server.drive(limiter(64), 3000)
    assert server.rate(1500) >= 0.85 * server.best(64)
    mean = sum(server.levels[-1500:]) / 1500
    assert 0.8 * slots <= mean <= max(2 * slots, slots + 4)


def test_a_server_with_room_for_all_gets_all_quickly() -> None:
    """A service far away: 32 to begin with, twice as many each round."""
    server = SimulatedServer(1000, seconds=2.0)
    server.drive(limiter(256, first=32), 1500)
    assert server.levels[32 + 64 + 128 + 130] == 256
    assert min(server.levels[400:]) >= 204, "a trial of a step below now and then"


def test_where_throughput_still_grows_a_little_the_limit_goes_on_only_while_it_is_worth_it() -> None:
    """On a GPU each call more slows the others: beyond some number a few tokens more are not worth the wait."""
    server = SimulatedServer(1000, share=64.0)
    server.drive(limiter(256, first=32), 6000)
    assert server.rate(1500) >= 0.85 * server.best(256)
    assert max(server.levels[-1500:]) <= 256


def test_four_slots_never_see_33_calls() -> None:
    """A server of this machine that tells nothing: the queue is seen for what it is within some calls."""
    server = SimulatedServer(4)
    server.drive(limiter(64), 400)
    assert max(server.levels) <= 16
    assert max(server.levels[100:]) <= 8


@pytest.mark.parametrize("before", [24, 6])
def test_it_follows_a_server_that_gets_slower_or_faster(before: int) -> None:
    server = SimulatedServer(before)
    server.drive(limiter(64), 6000, slots_at={2000: 12})
    rest = sorted(server.levels[-LAST:])[LAST // 2]
    assert 11 <= rest <= 24
    assert server.rate(LAST) >= 0.9 * server.best(64)


def test_quick_replies_open_it_without_a_trial() -> None:
    server = SimulatedServer(1, seconds=0.005)
    server.drive(limiter(64), 300)
    assert server.levels[-1] == 64


def test_what_a_server_tells_is_where_it_begins_and_its_floor() -> None:
    server = SimulatedServer(6, noise=0.3, kinds=MIXED)
    server.drive(limiter(64, told=6), 2000)
    assert server.levels[0] == 6
    assert min(server.levels) >= 6
    assert max(server.levels) <= 12
