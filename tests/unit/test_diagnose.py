from msgspec.structs import replace

from readycheck.api import Capability, Confidence, Finding, Owner, Status, fact
from readycheck.diagnose import diagnose
from readycheck.model import CheckResult


def failing(
    check_id: str,
    code: str,
    *,
    owner: Owner = Owner.COMPANY,
    capability: Capability = Capability.CONNECTION,
) -> CheckResult:
    finding = Finding(
        code=code, status=Status.FAIL, summary=f"{code} happened", remedy="Do something", owner=owner
    )
    return CheckResult(
        check_id=check_id,
        capability=capability,
        title=check_id,
        status=Status.FAIL,
        summary=finding.summary,
        findings=(finding,),
    )


def fine(check_id: str) -> CheckResult:
    return CheckResult(
        check_id=check_id,
        capability=Capability.CONNECTION,
        title=check_id,
        status=Status.PASS,
        summary=f"{check_id} is fine",
    )


def held(check_id: str, *behind: str) -> CheckResult:
    return CheckResult(
        check_id=check_id,
        capability=Capability.FILES,
        title=check_id,
        status=Status.SKIP,
        behind=behind,
    )


def test_a_healthy_run_has_no_cause() -> None:
    assert diagnose([fine("internet"), held("share")]) == ()


def test_a_cause_explains_its_check_and_all_that_waits_for_it() -> None:
    causes = diagnose(
        [
            failing("vpn_gateway:main", "vpn.gateway_silent"),
            held("vpn_tunnel", "vpn_gateway:main"),
            fine("dns"),
        ]
    )
    assert [(c.code, c.owner, c.explains) for c in causes] == [
        ("vpn.gateway_silent", Owner.COMPANY, ("vpn_gateway:main", "vpn_tunnel"))
    ]
    assert causes[0].next_step == "Do something"


def test_a_program_of_this_computer_that_looks_no_names_up_stays_at_fault_beside_a_filter() -> None:
    refused = Finding(
        code="connection.internet_refused", status=Status.WARN, summary="refused", remedy="Ask who runs it"
    )
    internet = replace(fine("internet"), status=Status.WARN, findings=(refused,))
    for owner in (Owner.DEVICE, Owner.COMPANY):
        (cause,) = diagnose([internet, failing("dns", "connection.dns_broken", owner=owner)])
        assert (cause.owner, cause.next_step) == (owner, "Do something")


def test_two_independent_faults_are_two_causes_the_nearer_first() -> None:
    causes = diagnose([failing("share:team", "files.slow"), failing("dns", "connection.dns_broken")])
    assert [c.code for c in causes] == ["connection.dns_broken", "files.slow"]


def test_the_same_fault_in_two_shares_is_one_cause() -> None:
    causes = diagnose(
        [failing("share:a", "files.sign_in_refused"), failing("share:b", "files.sign_in_refused")]
    )
    assert len(causes) == 1
    assert causes[0].explains == ("share:a", "share:b")


def test_a_cause_of_two_servers_names_both_in_its_sentence() -> None:
    one, other = (failing(f"share:{name}", "files.sign_in_refused") for name in "ab")
    refused = [
        replace(one, findings=(replace(one.findings[0], summary="files1 refuses the password"),)),
        replace(other, title="Archive", findings=(replace(other.findings[0], summary="files2 refuses"),)),
    ]
    assert diagnose(refused)[0].summary == "files1 refuses the password. The same is so with Archive"
    assert "Archive" not in diagnose([one, replace(other, title="Archive")])[0].summary


def test_what_one_check_found_of_two_servers_is_one_cause_that_names_both() -> None:
    drives = failing("drive", "files.drive_silent")
    (one,) = drives.findings
    two = (
        replace(one, summary="Team does not work: its server files1.example does not answer"),
        replace(one, summary="Archive does not work: its server files2.example does not answer"),
    )
    (cause,) = diagnose([replace(drives, findings=two)])
    assert "files1.example" in cause.summary and "files2.example" in cause.summary
    assert cause.explains == ("drive",)


def test_what_one_check_found_of_two_owners_is_two_causes() -> None:
    drives = failing("drive", "files.drive_silent")
    (one,) = drives.findings
    two = (one, replace(one, owner=Owner.UNKNOWN, either=(Owner.HOME, Owner.ISP)))
    assert [c.owner for c in diagnose([replace(drives, findings=two)])] == [Owner.COMPANY, Owner.UNKNOWN]


def test_behind_a_portal_a_network_that_fails_is_the_portals_doing() -> None:
    causes = diagnose(
        [
            failing("internet", "connection.no_internet", owner=Owner.UNKNOWN),
            failing("captive_portal", "connection.captive_portal", owner=Owner.HOME),
            failing("tls", "connection.tls_untrusted"),
        ]
    )
    assert [c.code for c in causes] == ["connection.captive_portal"]
    assert set(causes[0].explains) == {"captive_portal", "internet", "tls"}


def test_a_fault_behind_a_portal_that_is_not_the_networks_stays_a_cause() -> None:
    causes = diagnose(
        [failing("captive_portal", "connection.captive_portal"), failing("disk", "device.disk_full")]
    )
    assert [c.code for c in causes] == ["connection.captive_portal", "device.disk_full"]


def no_internet(*others: CheckResult) -> tuple[str, Owner, Confidence]:
    causes = diagnose([failing("internet", "connection.no_internet", owner=Owner.UNKNOWN), *others])
    assert len(causes) == 1
    return causes[0].code, causes[0].owner, causes[0].confidence


def test_with_a_router_that_answers_no_internet_is_the_isps_or_the_routers_own() -> None:
    dead = failing("internet", "connection.no_internet", owner=Owner.UNKNOWN)
    (cause,) = diagnose([dead, fine("gateway")])
    assert (cause.owner, cause.either) == (Owner.UNKNOWN, (Owner.ISP, Owner.HOME))


def test_without_knowing_about_the_router_nobody_is_blamed() -> None:
    assert no_internet()[:2] == ("connection.no_internet", Owner.UNKNOWN)


def test_a_router_that_does_not_answer_is_the_cause_of_no_internet() -> None:
    assert no_internet(failing("gateway", "connection.gateway_silent", owner=Owner.HOME))[:2] == (
        "connection.gateway_silent",
        Owner.HOME,
    )


def test_a_line_that_ends_at_the_provider_is_not_dead_by_a_router_that_keeps_silent() -> None:
    router = failing("gateway", "connection.gateway_silent", owner=Owner.HOME)
    for owner, causes in ((Owner.ISP, 2), (Owner.UNKNOWN, 1), (Owner.HOME, 1)):
        assert len(diagnose([router, failing("internet", "connection.no_internet", owner=owner)])) == causes


def test_no_network_at_all_is_one_cause_called_no_internet() -> None:
    interface = failing("interface", "connection.not_connected", owner=Owner.DEVICE)
    causes = diagnose([interface, held("internet", "interface"), held("dns", "interface")])
    assert [(c.code, c.owner) for c in causes] == [("connection.no_internet", Owner.DEVICE)]
    assert causes[0].explains == ("interface", "internet", "dns")


def test_test_pages_that_come_back_show_that_secure_connections_are_held_back() -> None:
    dead = failing("internet", "connection.no_internet", owner=Owner.UNKNOWN)
    silent = replace(dead, facts=(fact("asked_by_name", "Asked by name", "www.one.example:443"),))
    causes = diagnose([fine("gateway"), fine("captive_portal"), silent, held("dns", "internet")])
    assert diagnose([fine("captive_portal"), dead])[0].code == "connection.no_internet", (
        "no everyday host was asked"
    )
    assert [(c.code, c.owner) for c in causes] == [("connection.secure_held_back", Owner.UNKNOWN)]
    assert causes[0].explains == ("internet", "dns")


def test_a_dead_vpn_in_the_way_is_not_the_isps_although_the_router_answers() -> None:
    causes = diagnose(
        [fine("gateway"), failing("internet", "connection.no_internet_vpn", owner=Owner.UNKNOWN)]
    )
    assert [(c.code, c.owner) for c in causes] == [("connection.no_internet_vpn", Owner.UNKNOWN)]


def test_what_the_packets_told_about_a_dead_line_stands_against_a_guess_by_the_router() -> None:
    dead = failing("internet", "connection.no_internet", owner=Owner.UNKNOWN)
    told = replace(dead.findings[0], either=(Owner.HOME, Owner.ISP))
    (cause,) = diagnose([fine("gateway"), replace(dead, findings=(told,))])
    assert (cause.owner, cause.either) == (Owner.UNKNOWN, (Owner.HOME, Owner.ISP))
    home = replace(dead.findings[0], owner=Owner.HOME, confidence=Confidence.HIGH)
    (cause,) = diagnose([fine("gateway"), replace(dead, findings=(home,))])
    assert (cause.owner, cause.confidence) == (Owner.HOME, Confidence.HIGH)


def test_a_network_without_udp_and_the_vpn_port_that_it_blocks_are_one_cause() -> None:
    calls = failing("call_path", "calls.udp_blocked", owner=Owner.HOME, capability=Capability.CALLS)
    vpn = failing("vpn_gateway:main", "vpn.port_blocked", owner=Owner.HOME, capability=Capability.VPN)
    (cause,) = diagnose([calls, vpn, held("vpn_tunnel", "vpn_gateway:main")])
    assert (cause.code, cause.explains) == (
        "calls.udp_blocked",
        ("call_path", "vpn_gateway:main", "vpn_tunnel"),
    )
    here = failing("vpn_gateway:main", "vpn.port_blocked", owner=Owner.DEVICE, capability=Capability.VPN)
    assert len(diagnose([calls, here])) == 2


def test_two_faults_of_one_code_with_different_suspects_stay_two_causes() -> None:
    one = failing("vpn_gateway:a", "vpn.gateway_silent", owner=Owner.UNKNOWN)
    other = failing("vpn_gateway:b", "vpn.gateway_silent", owner=Owner.UNKNOWN)
    suspects = replace(other.findings[0], either=(Owner.COMPANY, Owner.HOME))
    assert len(diagnose([one, replace(other, findings=(suspects,))])) == 2


def test_a_filter_that_refuses_everybody_is_not_blamed_on_the_router() -> None:
    refused = Finding(
        code="connection.internet_refused", status=Status.WARN, summary="refused", remedy="Ask who runs it"
    )
    internet = replace(fine("internet"), status=Status.WARN, findings=(refused,))
    (cause,) = diagnose([internet, failing("dns", "connection.dns_broken", owner=Owner.HOME)])
    assert (cause.code, cause.owner) == ("connection.dns_broken", Owner.UNKNOWN)
    assert cause.next_step == "Ask who runs it"


def silent(check_id: str, code: str, *either: Owner) -> CheckResult:
    result = failing(check_id, code, owner=Owner.UNKNOWN, capability=Capability.HELP)
    return replace(result, findings=(replace(result.findings[0], either=either),))


def test_a_company_of_which_nothing_answers_is_one_cause_of_the_company_or_of_the_way_to_it() -> None:
    gateway = silent("vpn_gateway:main", "vpn.gateway_silent", Owner.COMPANY, Owner.ISP)
    portal = silent("contact_portal", "help.portal_silent", Owner.COMPANY, Owner.HOME, Owner.ISP)
    (cause,) = diagnose([fine("internet"), gateway, portal, held("share", "vpn_gateway:main")])
    assert (cause.code, cause.either) == ("connection.company_silent", (Owner.COMPANY, Owner.ISP))
    assert set(cause.explains) == {"vpn_gateway:main", "contact_portal", "share"}


def test_a_company_of_which_something_answers_is_not_called_silent() -> None:
    gateway = silent("vpn_gateway:main", "vpn.gateway_silent", Owner.COMPANY, Owner.ISP)
    portal = silent("contact_portal", "help.portal_silent", Owner.COMPANY, Owner.ISP)
    assert len(diagnose([gateway, portal, fine("contact_email")])) == 2
    assert len(diagnose([gateway, portal, failing("contact_email", "help.mail_down")])) == 3


def test_what_answers_for_another_owner_does_not_show_that_the_company_is_there() -> None:
    gateway = silent("vpn_gateway:main", "vpn.gateway_silent", Owner.COMPANY, Owner.ISP)
    portal = silent("contact_portal", "help.portal_silent", Owner.COMPANY, Owner.ISP)
    for owner, causes in (("service", 1), ("company", 2)):
        page = replace(fine("web:code"), facts=(fact("declared_owner", "Whose it is", owner),))
        assert len(diagnose([gateway, portal, page])) == causes


def test_silence_that_was_placed_at_home_is_not_the_companys() -> None:
    blocked = failing("contact_email", "help.mail_silent", owner=Owner.HOME)
    gateway = silent("vpn_gateway:main", "vpn.gateway_silent", Owner.COMPANY, Owner.ISP)
    assert len(diagnose([gateway, blocked])) == 2


def test_a_vpn_that_is_not_connected_is_the_persons_only_where_its_gateway_was_seen() -> None:
    off = failing("vpn_tunnel", "vpn.not_connected", owner=Owner.DEVICE, capability=Capability.VPN)
    unproved = replace(fine("vpn_gateway:main"), status=Status.UNKNOWN, summary="could not be told")
    (cause,) = diagnose([unproved, off])
    assert (cause.owner, cause.confidence) == (Owner.UNKNOWN, Confidence.LOW)
    assert cause.evidence_against == ("could not be told",)
    for seen in ([fine("vpn_gateway:main"), off], [off]):
        assert diagnose(seen)[0].owner is Owner.DEVICE


def test_lost_large_packets_explain_the_silence_of_everybody() -> None:
    lost = failing("tls", "connection.big_packets_lost", owner=Owner.UNKNOWN)
    portal = silent("contact_portal", "help.portal_hangs")
    zoom = failing("call_service:zoom", "calls.service_unreachable", owner=Owner.UNKNOWN)
    down = failing("contact_email", "help.mail_down")
    causes = diagnose([lost, portal, zoom, down])
    assert [cause.code for cause in causes] == ["connection.big_packets_lost", "help.mail_down"]


def test_portal_and_chat_of_a_company_that_fail_alike_are_its_web_server() -> None:
    portal = failing("contact_portal", "help.portal_down", capability=Capability.HELP)
    chat = failing("contact_chat", "help.chat_down", capability=Capability.HELP)
    (cause,) = diagnose([chat, portal])
    assert (cause.code, cause.explains) == ("help.portal_down", ("contact_portal", "contact_chat"))
    elsewhere = failing("contact_chat", "help.chat_down", owner=Owner.SERVICE, capability=Capability.HELP)
    assert len(diagnose([elsewhere, portal])) == 2


def test_a_second_party_behind_the_same_code_stays_a_cause_beside_what_is_joined() -> None:
    calls = failing("call_path", "calls.udp_blocked", owner=Owner.HOME)
    service = failing("call_service:zoom", "calls.udp_blocked", owner=Owner.ISP)
    vpn = failing("vpn_gateway:main", "vpn.port_blocked", owner=Owner.HOME)
    told = {(cause.owner, cause.explains) for cause in diagnose([calls, service, vpn])}
    assert told == {(Owner.HOME, ("call_path", "vpn_gateway:main")), (Owner.ISP, ("call_service:zoom",))}


def test_two_silent_gateways_and_a_silent_portal_are_one_silent_company() -> None:
    gateways = [
        silent(f"vpn_gateway:{name}", "vpn.gateway_silent", Owner.COMPANY, Owner.ISP) for name in "ab"
    ]
    (cause,) = diagnose([*gateways, silent("contact_portal", "help.portal_silent", Owner.COMPANY, Owner.ISP)])
    assert cause.code == "connection.company_silent"


def test_lost_large_packets_do_not_explain_what_never_began() -> None:
    lost = failing("tls", "connection.big_packets_lost", owner=Owner.UNKNOWN)
    causes = diagnose([lost, silent("share:team", "files.port_silent")])
    assert [cause.code for cause in causes] == ["connection.big_packets_lost", "files.port_silent"]
