"""A second translation, read from the routers on the way."""

import pytest

from readycheck.measure.nat.double import Second, second_translation

HOME, PC, PUBLIC = "192.168.1.1", "192.168.1.10", "203.0.113.1"


@pytest.mark.parametrize(
    ("routers", "told"),
    [
        ((HOME, PUBLIC), Second.NO),
        ((HOME, "", PUBLIC), Second.UNKNOWN),
        ((HOME, "192.168.178.1", PUBLIC), Second.LIKELY),
        ((HOME, "10.0.0.1"), Second.LIKELY),
        ((HOME, "100.64.8.1", PUBLIC), Second.PROVIDER),
        ((HOME, "", "100.127.0.1"), Second.PROVIDER),
        ((HOME, HOME, PUBLIC), Second.NO),
        ((HOME,), Second.UNKNOWN),
        ((HOME, "", ""), Second.UNKNOWN),
        (("", "10.0.0.1"), Second.UNKNOWN),
        ((PUBLIC, "10.0.0.1"), Second.UNKNOWN),
        ((), Second.UNKNOWN),
    ],
)
def test_the_first_router_behind_the_homes_tells(routers: tuple[str, ...], told: Second) -> None:
    assert second_translation(routers, PC) is told


@pytest.mark.parametrize("source", ["203.0.113.9", "100.64.1.2", "2001:db8::10", "fe80::1%eth0"])
def test_without_a_private_address_of_our_own_there_is_nothing_to_tell(source: str) -> None:
    assert second_translation((HOME, "10.0.0.1"), source) is Second.UNKNOWN


def test_private_addresses_next_to_those_of_rfc_1918_are_not_among_them() -> None:
    assert second_translation((HOME, "172.32.0.1"), PC) is Second.NO
    assert second_translation((HOME, "172.31.0.1"), PC) is Second.LIKELY
