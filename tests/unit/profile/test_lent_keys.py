"""A key of one check that stands for another check's where that is not given."""

from typing import Annotated, Any

import pytest
from msgspec import Meta

from readycheck.api import Capability, Check, Finding, NoOptions, Options, Says
from readycheck.profile.instances import decode_instances
from readycheck.profile.mistakes import Mistake


class Own(Options, frozen=True, kw_only=True):
    servers: Annotated[tuple[str, ...], Meta(extra={"same_as": "checks.names.servers"})] = ()


async def run(options: Own, ctx: object) -> Says:
    nothing: tuple[Finding, ...] = ()
    for each in nothing:
        yield each


BORROWING = Check(
    id="borrowing", title="Borrowing", capability=Capability.VPN, run=run, options=Own, many=True
)


def servers(**tables: Any) -> tuple[tuple[str, ...], list[Mistake]]:
    mistakes: list[Mistake] = []
    found = decode_instances(BORROWING, tables, mistakes)
    options = found[0].options if found else NoOptions()
    return (options.servers if isinstance(options, Own) else ()), mistakes


@pytest.mark.parametrize(
    ("own", "lender", "expected"),
    [
        ({}, {"servers": ["a"]}, ("a",)),
        ({"servers": ["b"]}, {"servers": ["a"]}, ("b",)),
        ({"servers": []}, {"servers": ["a"]}, ()),
        ({}, {}, ()),
    ],
)
def test_what_is_given_goes_before_what_is_lent(
    own: dict[str, Any], lender: dict[str, Any], expected: tuple[str, ...]
) -> None:
    assert servers(borrowing={"main": own}, names=lender) == (expected, [])


def test_without_the_lender_nothing_is_lent() -> None:
    assert servers(borrowing={"main": {}}) == ((), [])


def test_what_is_lent_is_judged_like_what_is_given() -> None:
    found, mistakes = servers(borrowing={"main": {}}, names={"servers": 7})
    assert found == () and "borrowing.main.servers" in mistakes[0].text
