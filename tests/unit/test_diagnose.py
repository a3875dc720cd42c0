from readycheck.api import Capability, Confidence, Finding, Owner, Status
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


def test_two_independent_faults_are_two_causes_the_nearer_first() -> None:
    causes = diagnose([failing("share:team", "files.slow"), failing("dns", "connection.dns_broken")])
    assert [c.code for c in causes] == ["connection.dns_broken", "files.slow"]


def test_the_same_fault_in_two_shares_is_one_cause() -> None:
    causes = diagnose(
        [failing("share:a", "files.sign_in_refused"), failing("share:b", "files.sign_in_refused")]
    )
    assert len(causes) == 1
    assert causes[0].explains == ("share:a", "share:b")


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


def test_with_a_router_that_answers_no_internet_is_the_isps() -> None:
    assert no_internet(fine("gateway"))[:2] == ("connection.no_internet", Owner.ISP)


def test_without_knowing_about_the_router_nobody_is_blamed() -> None:
    assert no_internet()[:2] == ("connection.no_internet", Owner.UNKNOWN)


def test_a_router_that_does_not_answer_is_the_cause_of_no_internet() -> None:
    assert no_internet(failing("gateway", "connection.gateway_silent", owner=Owner.HOME))[:2] == (
        "connection.gateway_silent",
        Owner.HOME,
    )


def test_no_network_at_all_is_one_cause_called_no_internet() -> None:
    interface = failing("interface", "connection.not_connected", owner=Owner.DEVICE)
    causes = diagnose([interface, held("internet", "interface"), held("dns", "interface")])
    assert [(c.code, c.owner) for c in causes] == [("connection.no_internet", Owner.DEVICE)]
    assert causes[0].explains == ("interface", "internet", "dns")


def test_a_wrong_clock_explains_certificates_that_look_expired() -> None:
    causes = diagnose(
        [
            failing("clock", "connection.clock_off", owner=Owner.DEVICE),
            failing("contact_portal", "help.portal_certificate"),
        ]
    )
    assert [c.code for c in causes] == ["connection.clock_off"]
