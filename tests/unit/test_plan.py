import pytest

from readycheck.api import Capability, Check, Context, Cost, NoOptions, Says, passed
from readycheck.errors import ProfileError, UsageError
from readycheck.plan import NOT_ASKED, SENDS_NOTHING, Plan, Selection, plan_of


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
        cost=Cost(bytes=size),
        **fields,  # type: ignore[arg-type]
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


def test_only_and_skip_take_ids_and_capabilities() -> None:
    plan = planned(
        check("dns"),
        check("tls"),
        check("disk", Capability.DEVICE),
        only=frozenset({"connection"}),
        skip=frozenset({"tls"}),
    )
    assert {p.check_id: p.skip for p in plan.checks} == {"dns": "", "tls": NOT_ASKED, "disk": NOT_ASKED}
    assert not plan.policies[Capability.DEVICE].asked


def test_a_name_that_means_nothing_is_refused_with_the_nearest() -> None:
    with pytest.raises(UsageError, match=r'no check or capability "dsn".* Did you mean "dns"'):
        planned(check("dns"), only=frozenset({"dsn"}))


def test_a_selection_that_leaves_nothing_is_wrong_use() -> None:
    with pytest.raises(UsageError, match="Nothing is left to check"):
        planned(check("dns"), only=frozenset({"dns"}), skip=frozenset({"connection"}))


def test_a_quick_run_states_at_most_three_megabytes() -> None:
    plan = planned(
        check("bandwidth", size=2_500_000), check("share", Capability.FILES, size=900_000), quick=True
    )
    assert plan.stated_bytes == 3_000_000


def test_offline_leaves_only_what_sends_nothing() -> None:
    plan = planned(check("dns"), check("disk", Capability.DEVICE, local=True), offline=True)
    assert [p.skip for p in plan.checks] == [SENDS_NOTHING, ""]
    assert plan.policies[Capability.CONNECTION].asked


def test_the_data_limit_is_shared_out_the_thrifty_first() -> None:
    plan = planned(check("bandwidth", size=50_000_000), check("dns", size=1000), max_bytes=20_000_000)
    assert {p.check_id: p.max_bytes for p in plan.checks} == {"bandwidth": 19_999_000, "dns": 1000}
    assert plan.stated_bytes == 20_000_000


def test_a_check_that_would_get_far_too_little_data_is_not_started_and_says_so() -> None:
    plan = planned(check("bandwidth", size=50_000_000), max_bytes=1_000_000)
    assert plan.checks[0].skip == "Not tried: it may use 50.0 MB, and 1.0 MB of the data limit are left"


def test_checking_again_takes_along_what_waits_for_it() -> None:
    plan = planned(check("a"), check("b", after=("a",)), check("c", after=("b",)), check("d"))
    assert plan.waiting_for("a") == ("a", "b", "c")
