"""The table of faults: names, what excludes what, and what hides what."""

from dataclasses import asdict

import pytest
from msgspec import convert

from readycheck.errors import UsageError
from readycheck.office.faults import FAULTS, Manner, faults_named, manner_of


def test_every_fault_changes_something_and_says_what_must_show() -> None:
    for name, fault in FAULTS.items():
        assert fault.name == name and fault.title and fault.red
        manner = manner_of([fault])
        assert convert(asdict(manner), Manner) == manner != Manner()  # every state is one that Manner knows
        assert "." in fault.cause
        assert set(fault.red).isdisjoint(fault.holds)


def test_faults_add_up() -> None:
    manner = manner_of(faults_named(["vpn-silent", "slow-upload"]))
    assert (manner.vpn, manner.upload_bps, manner.share) == ("silent", 0.4e6, "open")
    assert manner_of(()) == Manner()


def test_an_unknown_fault_names_the_nearest_one() -> None:
    with pytest.raises(UsageError, match='Did you mean "vpn-silent"'):
        faults_named(["vpn-silence"])


def test_faults_that_decide_the_same_thing_exclude_each_other() -> None:
    with pytest.raises(UsageError, match='"vpn-silent" and "vpn-refused" exclude each other'):
        faults_named(["vpn-silent", "vpn-refused"])
    assert len(faults_named(["vpn-silent", "vpn-silent"])) == 1


@pytest.mark.parametrize(
    ("one", "other", "independent"),
    [
        ("portal-down", "slow-upload", True),
        ("vpn-silent", "share-denied", False),  # the share waits behind the VPN
        ("dns-broken", "portal-down", False),  # without names there is no portal to look at
        ("udp-blocked", "vpn-silent", False),  # no UDP control is left that could vouch for the gateway
        ("vpn-silent", "vpn-refused", False),
        (
            "clock-wrong",
            "certificate-expired",
            False,
        ),  # a clock that is off explains a certificate out of its time
    ],
)
def test_independence_is_mutual(one: str, other: str, independent: bool) -> None:
    assert FAULTS[one].independent_of(FAULTS[other]) is independent
    assert FAULTS[other].independent_of(FAULTS[one]) is independent
