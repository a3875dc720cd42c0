"""Who has a place and how many bytes: shares of clients and neighbourhoods, what is kept for whom, and the budget of a minute."""

from hypothesis import given
from hypothesis import strategies as st

from readycheck.reflector.guests import CROWDED, CROWDED_NEARBY, Guests
from readycheck.reflector.limits import Limits
from tests.unit.reflector.service import Clock


def visit(guests: Guests, address: str, moved: int) -> str:
    """Come, move so much, and go; what entering was answered with."""
    reason = guests.enter(address)
    if not reason:
        guests.reserve(address, moved)
        guests.settle(address, moved, moved)
        guests.leave(address)
    return reason


def test_a_neighbourhood_has_a_quarter_of_the_places_however_many_addresses_it_has() -> None:
    guests = Guests(Limits(clients=40), clock=Clock())
    for nets in ("2001:db8:1:{}::1", "192.0.2.{}"):
        answers = [guests.enter(nets.format(n)) for n in range(1, 100)]
        assert answers == [""] * 10 + [CROWDED_NEARBY] * 89
    assert guests.enter("2001:db8:2::1") == guests.enter("198.51.100.1") == ""
    guests.leave("192.0.2.1")
    assert guests.enter("192.0.2.99") == ""


def test_who_showed_the_token_finds_a_place_as_if_there_were_nobody_else() -> None:
    guests = Guests(Limits(clients=40), clock=Clock())
    answers = [guests.enter(f"192.0.{n}.1") for n in range(100)]
    assert answers == [""] * 40 + [CROWDED] * 60
    assert not guests.overcrowded
    known = [guests.enter(f"198.51.100.{n}", knows_token=True) for n in range(50)]
    assert known == [""] * 40 + [CROWDED] * 10, "not even its neighbourhood counts"
    assert guests.overcrowded


def test_who_showed_the_token_takes_no_place_of_strangers_and_keeps_its_own() -> None:
    clock = Clock()
    guests = Guests(Limits(clients=8), clock=clock)
    for n in (1, 2):
        clock.now += 1
        assert guests.enter(f"192.0.2.{n}") == ""
        assert guests.who_makes_room() == "192.0.2.1"
    assert guests.enter("192.0.2.3") == CROWDED_NEARBY
    guests.trust("192.0.2.1")
    assert guests.enter("192.0.2.3") == ""
    assert guests.who_makes_room() == guests.who_makes_room("192.0.2.0/24") == "192.0.2.2"
    assert guests.who_makes_room("198.51.100.0/24") == ""


def test_nobody_makes_room_while_its_bytes_move() -> None:
    guests = Guests(Limits(), clock=Clock())
    guests.enter("192.0.2.1")
    guests.reserve("192.0.2.1", 1_000)
    assert guests.who_makes_room() == ""
    guests.settle("192.0.2.1", 1_000, 1_000)
    assert guests.who_makes_room() == "192.0.2.1"


def test_a_promise_that_is_not_used_gains_nothing_by_waiting() -> None:
    clock = Clock()
    guests = Guests(Limits(client_bytes=600), clock=clock)
    guests.enter("192.0.2.1")
    assert guests.reserve("192.0.2.1", 600) == 0
    clock.now += 100
    assert guests.reserve("192.0.2.1", 1) > 0
    guests.settle("192.0.2.1", 600, 0)
    assert guests.reserve("192.0.2.1", 600) == 0
    guests.settle("192.0.2.1", 600, 600)
    assert guests.reserve("192.0.2.1", 1) > 0


def test_a_budget_fills_up_again_in_a_minute() -> None:
    clock = Clock()
    guests = Guests(Limits(client_bytes=600), clock=clock)
    assert guests.reserve("192.0.2.1", 600) == 0
    guests.settle("192.0.2.1", 600, 600)
    assert guests.reserve("192.0.2.1", 100) == 11
    assert guests.reserve("192.0.2.2", 100) == 0
    clock.now += 11
    assert guests.reserve("192.0.2.1", 100) == 0


def test_who_left_with_a_full_budget_is_forgotten() -> None:
    clock = Clock()
    guests = Guests(Limits(), clock=clock)
    for n in range(200):
        visit(guests, f"192.0.2.{n}", 1_000_000)
    guests.sweep()
    assert len(guests._guests) == 200
    clock.now += 61
    guests.sweep()
    assert len(guests._guests) == 0


def test_even_clients_that_left_are_remembered_in_limited_number() -> None:
    guests = Guests(Limits(clients=2), clock=Clock())
    answers = [visit(guests, f"192.0.2.{n}", 1_000) for n in range(100)]
    assert answers[:40] == [""] * 40
    assert set(answers[40:]) == {CROWDED}


def test_of_who_used_nothing_nothing_is_remembered() -> None:
    guests = Guests(Limits(), clock=Clock())
    for n in range(200):
        assert visit(guests, f"192.0.2.{n}", 0) == ""
    assert len(guests._guests) == 0


@given(st.lists(st.tuples(st.sampled_from(["enter", "leave"]), st.integers(1, 4)), max_size=60))
def test_the_number_of_present_clients_is_right_whatever_comes(steps: list[tuple[str, int]]) -> None:
    guests = Guests(Limits(clients=3, per_client=2), clock=Clock())
    inside: list[str] = []
    for step, number in steps:
        address = f"192.0.{number}.1"
        if step == "enter" and guests.enter(address) == "":
            inside.append(address)
        elif step == "leave" and address in inside:
            inside.remove(address)
            guests.leave(address)
        assert guests.present == len(set(inside)) <= 3
        assert all(inside.count(each) <= 2 for each in inside)
        assert guests._strangers.total() == guests.present
