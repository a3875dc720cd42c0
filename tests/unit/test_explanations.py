"""What explains what: one line of the table at a time."""

import pytest
from msgspec.structs import replace

from readycheck.diagnose.causes import Causes
from readycheck.diagnose.explanations import EXPLANATIONS, Explanation, what_explains_what
from readycheck.diagnose.work import (
    a_silent_company_is_one_cause,
    hidden_names_are_one_filter,
    one_mail_server_is_one_cause,
)
from readycheck.model import Capability, Cause, CheckResult, Confidence, Finding, Owner, Status


def cause(code: str, check: str = "some_check", owner: Owner = Owner.COMPANY) -> Cause:
    return Cause(
        code=code,
        owner=owner,
        confidence=Confidence.MEDIUM,
        summary=f"{code} happened",
        next_step="Do something",
        explains=(check,),
        evidence_for=(f"{code} happened",),
    )


def result(check_id: str, status: Status = Status.FAIL) -> CheckResult:
    return CheckResult(check_id=check_id, capability=Capability.APPS, title=check_id, status=status)


def codes(causes: Causes) -> list[str]:
    return [each.code for each in causes]


@pytest.mark.parametrize(
    ("root", "other"),
    [
        ("connection.dns_stand_ins_dead", "vpn.gateway_silent"),
        ("connection.dns_stand_ins_dead", "connection.tls_failed"),
        ("connection.big_packets_lost", "apps.chat_hangs"),
        ("connection.big_packets_lost", "files.cloud_hangs"),
        ("vpn.large_packets_lost", "help.portal_hangs"),
        ("connection.dns_forged", "connection.tls_led_elsewhere"),
        ("connection.big_packets_lost", "files.server_silent"),
        ("calls.udp_blocked", "vpn.port_silent"),
        ("calls.udp_blocked", "apps.phone_udp"),
        ("connection.dns_vpn", "files.drive_name"),
        ("connection.dns_vpn", "vpn.inside_names_silent"),
        ("vpn.large_packets_lost", "files.server_silent"),
        ("vpn.inside_name", "apps.kerberos_name"),
        ("vpn.inside_names_silent", "files.name_unknown"),
        ("vpn.inside_name_gone", "files.drive_name"),
        ("vpn.inside_no_route", "files.drive_silent"),
        ("vpn.slow", "files.slow"),
        ("vpn.route_missing", "files.drive_silent"),
        ("vpn.inside_silent", "apps.kerberos_silent"),
    ],
)
def test_what_is_explained_becomes_part_of_its_cause(root: str, other: str) -> None:
    found = what_explains_what((cause(other, "second"), cause(root, "first")), {})
    assert codes(found) == [root]
    assert found[0].explains == ("first", "second")
    assert f"{other} happened" in found[0].evidence_for


@pytest.mark.parametrize(
    ("root", "other"),
    [
        ("connection.clock_off", "connection.tls_intercepted"),
        ("connection.clock_off", "connection.tls_broken"),
        ("connection.big_packets_lost", "files.port_silent"),
        ("connection.big_packets_lost", "files.slow"),
        ("connection.big_packets_lost", "apps.mail_silent"),
        ("connection.big_packets_lost", "help.mail_silent"),
        ("connection.big_packets_lost", "declared.ping_silent"),
        ("connection.big_packets_lost", "vpn.inside_names_silent"),
        ("connection.clock_off", "declared.certificate_refused"),
        ("connection.tls_intercepted", "declared.certificate_silent"),
        ("connection.captive_portal", "connection.clock_off"),
        ("connection.dns_stand_ins_dead", "files.sign_in_refused"),
        ("vpn.route_missing", "files.drive_refused"),
        ("connection.dns_vpn", "apps.mail_silent"),
    ],
)
def test_what_is_another_fault_stays_a_cause_of_its_own(root: str, other: str) -> None:
    assert set(codes(what_explains_what((cause(root), cause(other)), {}))) == {root, other}


@pytest.mark.parametrize("other", ["apps.sign_in_clock", "files.clock_differs"])
def test_a_sign_in_that_stops_by_time_is_the_doing_of_a_wrong_clock_here_only(other: str) -> None:
    clock = cause("connection.clock_off", owner=Owner.DEVICE)
    unsure = replace(cause(other, owner=Owner.UNKNOWN), either=(Owner.COMPANY, Owner.DEVICE))
    assert codes(what_explains_what((clock, unsure), {})) == ["connection.clock_off"]
    assert len(what_explains_what((clock, cause(other, owner=Owner.COMPANY)), {})) == 2


SHARES_AND_DRIVES = [
    ("files.port_silent", "files.drive_silent"),
    ("files.port_refused", "files.drive_refused"),
    ("files.server_silent", "files.drive_server_hangs"),
    ("files.name_unknown", "files.drive_name"),
]


def of_server(code: str, host: str, port: int = 445) -> Cause:
    told = f"It does not work: its server {host} does not answer on port {port}, while 1.5 s are enough for others"
    return replace(cause(code, code), summary=told)


@pytest.mark.parametrize(("share", "drive"), SHARES_AND_DRIVES)
@pytest.mark.parametrize("host", ["files.corp.example", "192.0.2.7", "2001:db8::7"])
def test_a_drive_is_the_share_of_its_own_server_that_is_mounted(share: str, drive: str, host: str) -> None:
    both = of_server(share, host), of_server(drive, host)
    assert codes(what_explains_what(both, {})) == [share]
    unsure = replace(both[1], owner=Owner.UNKNOWN, either=(Owner.COMPANY, Owner.DEVICE))
    assert codes(what_explains_what((both[0], unsure), {})) == [share]
    another = of_server(drive, "nas.corp.example")
    assert len(what_explains_what((both[0], another), {})) == 2


def test_a_service_that_was_stopped_says_nothing_of_another_one_of_the_same_server() -> None:
    share, drive = (of_server(code, "files.corp.example") for code in SHARES_AND_DRIVES[1])
    web_drive = of_server(SHARES_AND_DRIVES[1][1], "files.corp.example", 443)
    assert len(what_explains_what((share, drive), {})) == 1
    assert len(what_explains_what((share, web_drive), {})) == 2


def test_a_cause_of_several_shares_explains_the_drive_of_each_of_their_servers() -> None:
    found = Finding(
        code="files.port_silent", status=Status.FAIL, summary="No way to two.example", remedy="Wait"
    )
    results = {"share:b": replace(result("share:b"), findings=(found,))}
    two = replace(of_server("files.port_silent", "one.example"), explains=("share:a", "share:b"))
    assert codes(what_explains_what((two, of_server("files.drive_silent", "two.example")), results)) == [
        "files.port_silent"
    ]


def test_the_fault_of_one_party_is_not_explained_by_what_is_anothers_alone() -> None:
    line = replace(cause("connection.big_packets_lost", owner=Owner.UNKNOWN), either=(Owner.HOME, Owner.ISP))
    for owner, causes in ((Owner.SERVICE, 2), (Owner.ISP, 1), (Owner.UNKNOWN, 1)):
        hangs = cause("files.cloud_hangs", owner=owner)
        assert len(what_explains_what((line, hangs), {})) == causes


def test_each_of_two_roots_of_one_code_explains_what_is_its_own() -> None:
    found = what_explains_what(
        (
            cause("calls.udp_blocked", "call_path", Owner.HOME),
            cause("calls.udp_blocked", "call_service:a", Owner.ISP),
            cause("vpn.port_blocked", "vpn_gateway:a", Owner.ISP),
        ),
        {},
    )
    assert {each.explains for each in found} == {("call_path",), ("call_service:a", "vpn_gateway:a")}


def test_a_slow_vpn_that_is_only_guessed_explains_no_slow_share() -> None:
    slow = cause("vpn.slow")
    assert len(what_explains_what((slow, cause("files.slow")), {})) == 1
    guessed = replace(slow, confidence=Confidence.LOW)
    assert len(what_explains_what((guessed, cause("files.slow")), {})) == 2


@pytest.mark.parametrize("root", ["vpn.not_connected", "vpn.client_off"])
def test_without_the_vpn_names_of_the_inside_are_not_a_fault_of_their_own(root: str) -> None:
    inside = replace(cause("files.name_unknown", owner=Owner.UNKNOWN), either=(Owner.DEVICE, Owner.COMPANY))
    assert codes(what_explains_what((cause(root), inside), {})) == [root]
    service = cause("declared.web_name", owner=Owner.SERVICE)
    hidden = replace(inside, code="declared.web_name", either=(Owner.ISP, Owner.DEVICE, Owner.HOME))
    for outside in (service, hidden):
        assert len(what_explains_what((cause(root, owner=Owner.DEVICE), outside), {})) == 2


@pytest.mark.parametrize("root", ["vpn.inside_silent", "vpn.route_missing", "vpn.inside_no_route"])
def test_a_tunnel_that_carries_nothing_is_one_cause(root: str) -> None:
    unsure = {"owner": Owner.UNKNOWN, "either": (Owner.COMPANY, Owner.DEVICE)}
    through = tuple(replace(cause(code), **unsure) for code in ("files.port_silent", "declared.web_silent"))
    assert codes(what_explains_what((cause(root), *through), {})) == [root]
    outside = replace(cause("declared.web_silent"), owner=Owner.UNKNOWN, either=(Owner.HOME, Owner.DEVICE))
    unseen = cause("declared.web_silent", owner=Owner.UNKNOWN)
    for other in (outside, unseen):
        assert len(what_explains_what((cause(root, owner=Owner.UNKNOWN), other), {})) == 2


@pytest.mark.parametrize("other", ["vpn.port_blocked", "apps.phone_udp"])
def test_udp_that_one_party_blocks_says_nothing_of_another_party(other: str) -> None:
    both = (cause("calls.udp_blocked", owner=Owner.HOME), cause(other, owner=Owner.COMPANY))
    assert len(what_explains_what(both, {})) == 2
    either = replace(cause(other, owner=Owner.UNKNOWN), either=(Owner.HOME, Owner.ISP))
    assert len(what_explains_what((both[0], either), {})) == 2


def test_every_line_of_the_table_explains_what_it_names_and_nothing_of_other_parties() -> None:
    for each in EXPLANATIONS:
        for pattern in each.codes:
            root, other = _both(each, pattern.replace("*", "some"))
            assert codes(what_explains_what((root, other), {})) == [each.root], (each.root, pattern)
            strangers = (
                replace(root, owner=Owner.HOME, either=()),
                replace(other, owner=Owner.SERVICE, either=()),
            )
            assert len(what_explains_what(strangers, {})) == 2, (each.root, pattern)


def _both(each: Explanation, code: str) -> tuple[Cause, Cause]:
    """Of the same parties and the same server."""
    root, other = (
        replace(
            of_server(code, "files.corp.example"), owner=Owner.UNKNOWN, either=(Owner.COMPANY, Owner.DEVICE)
        )
        for code in (each.root, code)
    )
    return root, other


def test_every_explanation_says_why() -> None:
    assert all(each.why and (each.codes or each.checks) for each in EXPLANATIONS)


def test_a_company_whose_mail_and_chat_and_sign_in_are_silent_is_off_the_net() -> None:
    silent = (
        cause("apps.mail_silent", "mailbox:work"),
        cause("apps.chat_silent", "chat:work"),
        cause("apps.sign_in_silent", "sign_in:work"),
    )
    results = {each.explains[0]: result(each.explains[0]) for each in silent}
    assert codes(a_silent_company_is_one_cause(silent, results)) == ["connection.company_silent"]


@pytest.mark.parametrize("answering", ["sip_phone:desk", "share:team", "vpn_inside", "web:intranet"])
def test_a_company_of_which_anything_answers_is_not_off_the_net(answering: str) -> None:
    silent = (
        cause("apps.mail_silent", "mailbox:work"),
        cause("apps.chat_silent", "chat:work"),
        cause("declared.web_silent", "web:wiki"),
    )
    results = {each.explains[0]: result(each.explains[0]) for each in silent}
    assert len(a_silent_company_is_one_cause(silent, results)) == 1
    answers = {**results, answering: result(answering, Status.PASS)}
    assert len(a_silent_company_is_one_cause(silent, answers)) == 3


def test_the_mail_of_the_desk_and_of_everybody_is_one_server() -> None:
    both = (cause("help.mail_refused", "contact_email"), cause("apps.mail_refused", "mailbox:work"))
    assert codes(one_mail_server_is_one_cause(both, {})) == ["help.mail_refused"]
    others = (both[0], cause("apps.mail_certificate", "mailbox:work"))
    assert len(one_mail_server_is_one_cause(others, {})) == 2


def test_names_that_one_filter_hides_are_one_cause() -> None:
    hidden = (
        cause("vpn.gateway_name_hidden", "vpn_gateway:main", Owner.HOME),
        cause("apps.mail_name", "mailbox:work", Owner.HOME),
        cause("files.cloud_name", "cloud_files:box", Owner.HOME),
        cause("apps.chat_name", "chat:work", Owner.COMPANY),
    )
    assert codes(hidden_names_are_one_filter(hidden, {})) == ["vpn.gateway_name_hidden", "apps.chat_name"]


def test_two_filters_that_hide_names_are_two_causes() -> None:
    hidden = (
        cause("apps.mail_name", "mailbox:work", Owner.HOME),
        cause("files.cloud_name", "cloud_files:a", Owner.DEVICE),
        cause("files.cloud_name", "cloud_files:b", Owner.DEVICE),
        cause("apps.chat_name", "chat:work", Owner.HOME),
    )
    found = hidden_names_are_one_filter(hidden, {})
    assert {each.explains for each in found} == {
        ("mailbox:work", "chat:work"),
        ("cloud_files:a", "cloud_files:b"),
    }


def test_two_names_that_the_company_lost_are_two_causes() -> None:
    lost = (cause("apps.mail_name", "mailbox:work"), cause("apps.chat_name", "chat:work"))
    assert codes(hidden_names_are_one_filter(lost, {})) == ["apps.mail_name", "apps.chat_name"]
    unsure = tuple(replace(each, owner=Owner.UNKNOWN) for each in lost)
    assert len(hidden_names_are_one_filter(unsure, {})) == 2
    services = tuple(replace(each, owner=Owner.SERVICE) for each in lost)
    assert len(hidden_names_are_one_filter(services, {})) == 2
