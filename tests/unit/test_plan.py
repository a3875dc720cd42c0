from collections.abc import Callable
from typing import Any

import pytest

from readycheck.api import (
    Capability,
    Check,
    ContactCard,
    ContactRoute,
    Context,
    Cost,
    NoOptions,
    Says,
    passed,
)
from readycheck.errors import ProfileError, UsageError
from readycheck.run.plan import NOT_ASKED, SENDS_NOTHING, Plan, Selection, plan_of


async def run(options: NoOptions, ctx: Context) -> Says:
    yield passed("test.fine", "It works")


def check(
    name: str, capability: Capability = Capability.CONNECTION, size: int = 1000, **fields: object
) -> Check:
    return Check(
        id=name,
        title=name,
        capability=capability,
        run=run,
        **({"cost": Cost(bytes=size)} | fields),  # type: ignore[arg-type]
    )


def planned(*checks: Check, **selection: object) -> Plan:
    return plan_of(
        [(c, NoOptions()) for c in checks],
        selection=Selection(**selection),  # type: ignore[arg-type]
    )


def test_the_list_goes_from_the_ground_up_with_prerequisites_first() -> None:
    plan = planned(
        check("disk", Capability.DEVICE),
        check("dns", after=("internet",)),
        check("internet", after=("network",)),
        check("network"),
        check("share", Capability.FILES),
    )
    assert [p.check_id for p in plan.checks] == ["network", "internet", "dns", "share", "disk"]


def test_a_capability_as_prerequisite_stands_for_all_its_checks() -> None:
    plan = planned(check("dns"), check("tls"), check("share", Capability.FILES, after=("connection",)))
    assert plan.checks[-1].after == ("dns", "tls")


def test_a_circle_of_prerequisites_is_named() -> None:
    with pytest.raises(ProfileError, match="in a circle: "):
        planned(check("a", after=("b",)), check("b", after=("a",)))


def test_a_capability_that_nothing_here_is_checked_for_may_be_left_out_by_its_name() -> None:
    plan = planned(check("dns"), skip=frozenset({"apps"}))
    assert {p.check_id: p.skip for p in plan.checks} == {"dns": ""}


def test_only_and_skip_take_ids_and_capabilities() -> None:
    plan = planned(
        check("dns"),
        check("tls"),
        check("disk", Capability.DEVICE),
        only=frozenset({"connection"}),
        skip=frozenset({"tls"}),
    )
    assert {p.check_id: p.skip for p in plan.checks} == {"dns": "", "tls": NOT_ASKED, "disk": NOT_ASKED}
    assert not plan.rules[Capability.DEVICE].asked


def test_a_name_that_means_nothing_is_refused_with_the_nearest() -> None:
    with pytest.raises(UsageError, match=r'no check or capability "dsn".* Did you mean "dns"'):
        planned(check("dns"), only=frozenset({"dsn"}))


def test_a_selection_that_leaves_nothing_is_a_usage_error() -> None:
    with pytest.raises(UsageError, match="Nothing is left to check"):
        planned(check("dns"), only=frozenset({"dns"}), skip=frozenset({"connection"}))


def test_a_quick_run_states_less_than_three_megabytes() -> None:
    plan = planned(
        check("bandwidth", size=2_500_000),
        check("share", Capability.FILES, cost=Cost(bytes=900_000, least=200_000)),
        quick=True,
    )
    assert 900_000 <= plan.stated_bytes < 3_000_000


def test_what_is_stated_leaves_out_what_sends_nothing_and_what_does_not_run() -> None:
    plan = planned(
        check("dns"), check("tls"), check("disk", Capability.DEVICE, local=True), skip=frozenset({"tls"})
    )
    assert plan.stated_bytes == 1000
    assert [p.stated_bytes for p in plan.checks] == [1000, 0, 0]


def test_a_plan_tells_all_that_it_talks_to_who_gets_the_most_data_first_and_each_once() -> None:
    def names(*hosts: str) -> Callable[[NoOptions], tuple[str, ...]]:
        return lambda options: hosts

    plan = planned(
        check("dns", hosts_of=names("a.example", "b.example")),
        check(
            "bandwidth",
            cost=Cost(bytes=2_000_000, hosts="a server", unnamed=("the server that speed.example names",)),
            hosts_of=names("speed.example", "a.example"),
        ),
        check("gateway", cost=Cost(bytes=10, hosts="the router")),
        check("tls", hosts_of=names("never.example")),
        check("disk", Capability.DEVICE, local=True, hosts_of=names("nobody.example")),
        skip=frozenset({"tls"}),
    )
    assert plan.hosts == (
        "speed.example",
        "a.example",
        "the server that speed.example names",
        "b.example",
        "the router",
    )
    assert {p.check_id: p.hosts for p in plan.checks if p.hosts} == {
        "bandwidth": "a server: speed.example, a.example; also the server that speed.example names",
        "dns": "a.example, b.example",
        "gateway": "the router",
    }


def card(*routes: tuple[str, str]) -> ContactCard:
    return ContactCard(routes=tuple(ContactRoute(kind=kind, title="", value=value) for kind, value in routes))


@pytest.mark.parametrize(
    ("desk", "stated", "names"),
    [
        (card(), 0, ()),
        (card(("portal", "https://elsewhere.example")), 0, ()),
        (
            card(("chat", "https://chat.example/x"), ("chat", "https://b.example:8443")),
            2000,
            ("chat.example", "b.example"),
        ),
        (card(("chat", "help@example.com")), 1000, ("example.com",)),
        (card(("chat", "https://[broken")), 1000, ()),
    ],
)
def test_a_check_of_contacts_costs_for_each_of_them_and_nothing_where_there_is_none(
    desk: ContactCard, stated: int, names: tuple[str, ...]
) -> None:
    plan = plan_of([(check("chat", contacts="chat"), NoOptions())], contact=desk)
    assert plan.stated_bytes == stated
    assert plan.checks[0].names == names
    assert not plan.checks[0].skip


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        ({}, False),
        ({"only": frozenset({"dns"}), "max_seconds": 5.0}, False),
        ({"quick": True}, True),
        ({"full": True}, True),
        ({"offline": True}, True),
        ({"max_bytes": 0}, True),
    ],
)
def test_only_what_speaks_of_data_says_how_much_data(asked: dict[str, Any], said: bool) -> None:
    assert Selection(**asked).says_how_much is said


def test_offline_leaves_only_what_sends_nothing() -> None:
    plan = planned(check("dns"), check("disk", Capability.DEVICE, local=True), offline=True)
    assert [p.skip for p in plan.checks] == [SENDS_NOTHING, ""]
    assert plan.rules[Capability.CONNECTION].asked


def test_the_data_limit_is_shared_out_the_thrifty_first() -> None:
    frugal = check("bandwidth", cost=Cost(bytes=50_000_000, least=600_000))
    plan = planned(frugal, check("dns", size=1000), max_bytes=20_000_000)
    assert {p.check_id: p.max_bytes for p in plan.checks} == {"bandwidth": 19_999_000, "dns": 1000}
    assert plan.stated_bytes == 20_000_000


def two_plans(options: NoOptions, quick: bool) -> Cost:
    return Cost(bytes=400_000 if quick else 1_500_000)


@pytest.mark.parametrize(
    ("left", "used", "quick"),
    [
        (1_500_000, 1_500_000, False),
        (1_499_999, 400_000, True),
        (400_000, 400_000, True),
        (399_999, 0, False),
    ],
)
def test_a_check_that_needs_all_its_data_gets_a_plan_whole_or_is_not_started(
    left: int, used: int, quick: bool
) -> None:
    """A plan that does not fit would be exceeded: nobody stops a check that is at work."""
    (only,) = planned(check("call_path", cost=two_plans), max_bytes=left).checks
    assert (only.stated_bytes, only.quick, bool(only.skip)) == (used, quick, not used)
    assert (only.max_bytes or 0) == used


def test_a_check_whose_data_is_not_there_has_no_result_and_says_why() -> None:
    plan = planned(check("call_path", cost=two_plans), check("dns", size=1000), max_bytes=100_000)
    path = plan.checks[0]
    assert path.skip == "Not tried: it needs 400 kB of data, and the data limit leaves 99 kB"
    assert path.unjudged
    assert planned(check("dns"), max_bytes=0).checks[0].skip.endswith("and the data limit leaves none")


@pytest.mark.parametrize("limit", [0, 1, 999, 100_000, 450_000, 1_700_000, 3_000_000, 60_000_000])
def test_all_checks_together_never_get_more_than_the_limit(limit: int) -> None:
    plan = planned(
        check("call_path", cost=two_plans),
        check("bandwidth", cost=Cost(bytes=50_000_000, least=600_000)),
        check("dns", size=1000),
        check("tls", size=40_000),
        max_bytes=limit,
    )
    assert plan.stated_bytes <= limit
    assert all(p.max_bytes == p.cost.bytes for p in plan.running)


def test_what_getting_the_profile_used_is_a_part_of_the_limit_and_of_what_is_stated() -> None:
    plan = plan_of(
        [(check("a", size=1000, hosts_of=lambda options: ("a.example",)), NoOptions())],
        max_bytes=3000,
        fetched=2500,
        fetched_from=("it.example",),
    )
    assert plan.checks[0].skip and plan.stated_bytes == 2500 and plan.hosts == ("it.example",)
    plan = plan_of([(check("a", size=500), NoOptions())], max_bytes=3000, fetched=2500)
    assert not plan.checks[0].skip and plan.stated_bytes == 3000


def test_the_name_server_of_the_profile_is_named_only_where_something_is_sent() -> None:
    checks = [(check("dns", size=1000), NoOptions()), (check("disk", local=True), NoOptions())]
    asked = {"name_servers": ("192.0.2.53",), "fetched_from": ("it.example",)}
    assert plan_of(checks, **asked).hosts[-2:] == ("192.0.2.53", "it.example")
    assert plan_of(checks, selection=Selection(offline=True), **asked).hosts == ("it.example",)
    assert plan_of(checks, selection=Selection(only=frozenset({"disk"})), **asked).hosts == ("it.example",)


def test_checking_again_takes_along_what_waits_for_it() -> None:
    plan = planned(check("a"), check("b", after=("a",)), check("c", after=("b",)), check("d"))
    assert plan.waiting_for("a") == ("a", "b", "c")


def test_an_instance_counts_for_the_capability_that_its_options_say() -> None:
    declared = check("web", capability_of=lambda options: Capability.FILES)
    plan = planned(declared, check("dns"))
    assert [one.capability for one in plan.checks] == [Capability.CONNECTION, Capability.FILES]
    assert planned(declared, only=frozenset({"files"})).running
