"""The judge of the truth table: what counts as right, and every way in which a report can be untrue."""

import pytest
from msgspec.structs import replace

from readycheck.model import Capability, CapabilityVerdict, Confidence, Owner, Standing, Status, Verdict
from tests.lab.catalogue import Case
from tests.unit.lab.small import cause, fault, healthy, judged, result, told, warned

SILENT = result("vpn_gateway", Status.FAIL)
FINE = result("dns", Status.PASS)
UNSURE = Case(
    name="behind-a-proxy", title="x", level="healthy", capabilities={Capability.CALLS: Standing.UNKNOWN}
)


def test_the_right_cause_with_the_right_owner_on_top_is_right() -> None:
    row = judged(fault(), report=told(SILENT, FINE, causes=(cause(),)))
    assert row.right and row.truthful and row.named == 1
    assert (row.cause_on_top, row.owner_on_top) == ("vpn.gateway_silent", "company")


def test_the_right_cause_of_another_owner_is_not_right() -> None:
    row = judged(fault(), report=told(SILENT, causes=(cause(owner=Owner.HOME),)))
    assert row.right_cause and not row.right_owner and not row.right and row.named == 0


def test_another_cause_of_the_right_owner_is_not_right() -> None:
    row = judged(fault(), report=told(SILENT, causes=(cause("vpn.gateway_refused"),)))
    assert not row.right_cause and not row.right_owner


def test_the_right_cause_in_the_second_place_is_named_and_not_right() -> None:
    row = judged(fault(), report=told(SILENT, causes=(cause("connection.dns_slow"), cause())))
    assert not row.right and row.named == 1


def test_a_fault_that_nobody_was_told_of_is_not_right() -> None:
    row = judged(fault(), report=told(FINE))
    assert not row.right and (row.cause_on_top, row.owner_on_top) == ("", "")


@pytest.mark.parametrize(
    ("said", "right"),
    [
        (cause("vpn.gateway_silent", Owner.UNKNOWN, Owner.HOME, Owner.COMPANY), True),
        (cause("vpn.gateway_silent", Owner.UNKNOWN, Owner.COMPANY, Owner.HOME), True),
        (cause("vpn.gateway_silent", Owner.UNKNOWN, Owner.COMPANY), False),
        (cause("vpn.gateway_silent", Owner.UNKNOWN), False),
        (cause("vpn.gateway_silent", Owner.COMPANY), False),
    ],
)
def test_where_it_cannot_be_told_whose_it_is_exactly_those_must_be_named(said: object, right: bool) -> None:
    undecided = fault(either=(Owner.COMPANY, Owner.HOME), why="nothing tells")
    row = judged(undecided, report=told(SILENT, causes=(said,)))  # type: ignore[arg-type]
    assert row.right_owner is right


def test_two_owners_are_written_as_such() -> None:
    said = cause("vpn.gateway_silent", Owner.UNKNOWN, Owner.HOME, Owner.COMPANY)
    assert judged(fault(), report=told(SILENT, causes=(said,))).owner_on_top == "home or company"


def test_of_two_faults_each_is_counted_that_is_named_with_its_owner() -> None:
    other = fault("router-names", cause=("connection.dns_slow",), whose=Owner.HOME, broken=("dns",))
    both = (cause(), cause("connection.dns_slow", Owner.HOME))
    assert judged(fault(), other, report=told(SILENT, causes=both)).named == 2
    one = (cause(), cause("connection.dns_slow", Owner.ISP))
    assert judged(fault(), other, report=told(SILENT, causes=one)).named == 1


def test_a_healthy_set_up_without_a_cause_is_right_and_with_one_it_is_not() -> None:
    assert judged(healthy(), report=told(FINE)).right
    assert not judged(healthy(), report=told(SILENT, causes=(cause(),))).right


@pytest.mark.parametrize(
    ("said", "blamed"),
    [
        (cause("x.y", Owner.HOME), ("home for x.y",)),
        (cause("x.y", Owner.HOME, confidence=Confidence.HIGH), ("home for x.y",)),
        (cause("x.y", Owner.HOME, confidence=Confidence.LOW), ()),
        (cause("x.y", Owner.UNKNOWN), ()),
        (cause("x.y", Owner.COMPANY), ()),
    ],
)
def test_a_party_with_nothing_to_mend_that_is_named_with_confidence_is_blamed_wrongly(
    said: object, blamed: tuple[str, ...]
) -> None:
    row = judged(fault(), report=told(SILENT, causes=(cause(), said)))  # type: ignore[arg-type]
    assert row.wrong_blame == blamed
    assert row.truthful is not bool(blamed)


@pytest.mark.parametrize(
    ("said", "blamed"),
    [
        (cause("x.y", Owner.UNKNOWN, Owner.HOME, Owner.ISP), ("home or isp for x.y",)),
        (cause("x.y", Owner.UNKNOWN, Owner.HOME, Owner.ISP, confidence=Confidence.LOW), ()),
        (cause("x.y", Owner.UNKNOWN, Owner.HOME, Owner.COMPANY), ()),
    ],
)
def test_several_parties_are_blamed_wrongly_where_none_of_them_has_anything_to_mend(
    said: object, blamed: tuple[str, ...]
) -> None:
    row = judged(fault(), report=told(SILENT, causes=(cause(), said)))  # type: ignore[arg-type]
    assert row.wrong_blame == blamed and row.truthful is not bool(blamed)


def test_whoever_is_among_those_that_it_can_be_is_not_blamed_wrongly() -> None:
    undecided = fault(either=(Owner.COMPANY, Owner.HOME), why="nothing tells")
    assert judged(undecided, report=told(SILENT, causes=(cause("x.y", Owner.HOME),))).wrong_blame == ()


def test_a_warning_that_no_cause_explains_is_told_too_and_can_blame_wrongly() -> None:
    slow = warned("dns", "connection.dns_slow", Owner.HOME)
    row = judged(healthy(), report=told(slow))
    assert row.cause_on_top == "connection.dns_slow" and row.wrong_blame == ("home for connection.dns_slow",)
    assert row.false_amber == ("dns",)
    explained = told(slow, SILENT, causes=(cause(explains=("dns", "vpn_gateway")),))
    assert judged(fault(), report=explained).wrong_blame == ()


def test_a_warning_says_between_whom_it_cannot_be_told() -> None:
    slow = fault(
        "slow",
        cause=("connection.dns_slow",),
        whose=Owner.HOME,
        either=(Owner.HOME, Owner.ISP),
        why="x",
        level="warn",
        broken=("dns",),
    )
    said = warned("dns", "connection.dns_slow", Owner.UNKNOWN, Owner.HOME, Owner.ISP)
    assert judged(slow, report=told(said)).right


@pytest.mark.parametrize(
    ("status", "lists"),
    [
        (Status.FAIL, {"false_red": ("dns",), "false_amber": ()}),
        (Status.WARN, {"false_red": (), "false_amber": ("dns",)}),
        (Status.UNKNOWN, {"false_red": (), "false_amber": ()}),
        (Status.SKIP, {"false_red": (), "false_amber": ()}),
    ],
)
def test_what_is_not_broken_may_be_neither_red_nor_amber(
    status: Status, lists: dict[str, tuple[str, ...]]
) -> None:
    row = judged(fault(), report=told(SILENT, result("dns", status), causes=(cause(),)))
    assert {name: getattr(row, name) for name in lists} == lists
    assert row.unknown == (("dns",) if status is Status.UNKNOWN else ())


def test_what_may_say_either_is_neither_falsely_red_nor_falsely_green() -> None:
    case = fault(uncertain=("dns",))
    for status in (Status.FAIL, Status.WARN, Status.PASS):
        row = judged(case, report=told(SILENT, result("dns", status), causes=(cause(),)))
        assert row.truthful and row.false_amber == ()


def test_what_is_broken_may_not_pass() -> None:
    row = judged(fault(), report=told(result("vpn_gateway", Status.PASS), causes=(cause(),)))
    assert row.false_green == ("vpn_gateway",) and not row.truthful


def test_a_pattern_without_an_instance_means_every_instance() -> None:
    case = fault(broken=("share",))
    row = judged(
        case, report=told(result("share:team", Status.PASS), result("share:docs", Status.FAIL), causes=())
    )
    assert (row.false_green, row.false_red) == (("share:team",), ())


def test_what_cannot_see_its_subject_may_neither_pass_nor_fail() -> None:
    case = fault(unseen=("clock",))
    seen = {
        status: judged(case, report=told(result("clock", status), causes=(cause(),))) for status in Status
    }
    assert {status for status, row in seen.items() if row.false_green} == {Status.PASS}
    assert {status for status, row in seen.items() if row.false_red} == {Status.FAIL}


def test_where_all_is_healthy_a_check_may_be_excused_for_a_warning_and_never_for_red() -> None:
    case = Case(name="at-home", title="x", level="healthy", uncertain=("dns",))
    assert judged(case, report=told(result("dns", Status.FAIL))).false_red == ("dns",)
    assert judged(case, report=told(warned("dns", "connection.dns_slow", Owner.UNKNOWN))).false_amber == ()


@pytest.mark.parametrize(
    ("cases", "true"),
    [
        ([fault()], {"not_ready"}),
        ([fault(), fault("limit", level="warn")], {"not_ready"}),
        ([fault(level="warn")], {"ready_with_warnings"}),
        ([healthy()], {"ready", "ready_with_warnings"}),
        ([UNSURE], {"ready", "ready_with_warnings", "unknown"}),
    ],
)
def test_whether_one_can_work_has_to_be_answered_as_it_is(cases: list[Case], true: set[str]) -> None:
    said = () if cases[0].level == "healthy" else (cause(),)
    for verdict in Verdict:
        row = judged(*cases, report=told(FINE, causes=said, verdict=verdict))
        assert bool(row.wrong_answer) is (verdict not in true), verdict
        assert row.right is (verdict in true), verdict
        assert row.truthful is (verdict in true or verdict is Verdict.UNKNOWN), verdict


def test_a_fault_that_makes_work_impossible_and_is_only_warned_of_is_not_right() -> None:
    said = warned("vpn_gateway", "vpn.gateway_silent", Owner.COMPANY)
    row = judged(fault(), report=told(said))
    assert (row.right_cause, row.right_owner, row.named) == (False, False, 0)
    assert judged(fault(level="warn"), report=told(said)).right


def test_what_must_be_on_hold_has_something_that_it_waits_for() -> None:
    case = fault(hold=("vpn_tunnel", "vpn_inside"))
    held = result("vpn_tunnel", Status.SKIP, behind=("vpn_gateway",))
    row = judged(case, report=told(held, result("vpn_inside", Status.UNKNOWN), causes=(cause(),)))
    assert row.not_held == ("vpn_inside",)


def test_a_capability_that_stands_otherwise_than_in_truth_is_listed_for_single_faults() -> None:
    case = fault(capabilities={Capability.VPN: Standing.NOT_WORKING})
    stands = {
        Capability.VPN: Standing.READY,
        Capability.CALLS: Standing.NOT_CHECKED,
        Capability.HELP: Standing.READY,
    }
    capabilities = tuple(
        CapabilityVerdict(id=id, title=str(id), status=status, required=True) for id, status in stands.items()
    )
    seen = replace(told(SILENT, causes=(cause(),)), capabilities=capabilities)
    assert judged(case, report=seen).standings == ("vpn ready, not not_working",)
    assert judged(case, fault("other"), report=seen).standings == ()


def test_a_check_that_crashed_is_trouble() -> None:
    row = judged(healthy(), report=told(result("dns", Status.UNKNOWN, crash="Traceback")))
    assert row.trouble == "crashed: dns" and not row.truthful


def test_a_run_without_a_report_is_trouble_and_not_right() -> None:
    row = judged(healthy(), report=None)
    assert row.trouble == "no report" and not row.right and not row.truthful
    assert judged(healthy(), report=None, trouble="exit 70").trouble == "exit 70"


@pytest.mark.parametrize(("seconds", "over"), [(119.9, False), (120.1, True)])
def test_a_run_that_takes_longer_than_its_limit_is_over_time(seconds: float, over: bool) -> None:
    row = judged(healthy(), report=told(FINE), seconds=seconds, limit_s=120.0)
    assert row.over_time is over and row.truthful is not over


def test_a_packet_to_elsewhere_is_untrue_however_right_the_rest() -> None:
    row = judged(healthy(), report=told(FINE))
    assert row.truthful and not replace(row, strays=1).truthful


def test_the_cause_may_be_any_of_those_that_are_as_true_as_the_other() -> None:
    case: Case = fault(cause=("vpn.gateway_silent", "vpn.port_blocked"))
    for code in case.cause:
        assert judged(case, report=told(SILENT, causes=(cause(code),))).right
