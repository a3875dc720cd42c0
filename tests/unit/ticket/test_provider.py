"""The letter to the internet provider: what the provider may know, and nothing of the company or the person."""

from pathlib import Path

import msgspec
import pytest
from msgspec.structs import replace

from readycheck.cli import run_command
from readycheck.exit_codes import ExitCode
from readycheck.export import json as json_export
from readycheck.model import (
    Capability,
    Cause,
    CheckResult,
    Confidence,
    Fact,
    Finding,
    Measurement,
    Owner,
    Report,
    Status,
)
from readycheck.privacy import Privacy
from readycheck.redact.fields import Leaf, rebuild
from readycheck.ticket.provider import COMPLAINTS, for_the_provider
from readycheck.ticket.render import provider_file_name, provider_letter
from tests.unit.sample_reports import report

SECRET = "zqsecret"
BOTH = (Owner.ISP, Owner.COMPANY)


def cause(code: str = "calls.upload_too_slow", owner: Owner = Owner.ISP, *either: Owner) -> Cause:
    return Cause(
        code=code,
        owner=owner,
        either=either,
        confidence=Confidence.MEDIUM,
        summary=f"The upload to {SECRET}.example is slow",
        next_step=f"Tell {SECRET}",
        explains=("bandwidth",),
        evidence_for=(SECRET,),
    )


def measured(name: str, title: str, value: float, unit: str = "Mbit/s") -> Measurement:
    return Measurement(
        name=name,
        title=title,
        value=value,
        unit=unit,
        plan_limit=4,
        fail_limit=1,
        source=f"Policy of {SECRET}",
    )


def result(check_id: str, status: Status = Status.PASS, **fields: object) -> CheckResult:
    given = {"summary": SECRET, "title": SECRET, "capability": Capability.CONNECTION} | fields
    return CheckResult(check_id=check_id, status=status, **given)  # type: ignore[arg-type]


def fact(name: str, value: str, privacy: Privacy) -> Fact:
    return Fact(name=name, title=name, value=value, privacy=privacy)


BANDWIDTH = result(
    "bandwidth",
    Status.FAIL,
    measurements=(measured("upload", "Upload", 0.8), measured("bytes", "Bytes moved", 9)),
    facts=(fact("speed_server", SECRET, Privacy.TEXT),),
)
PATH = result(
    "call_path",
    measurements=(measured("router_loss", "Loss between computer and router", 0, "%"),),
    facts=(
        fact("mapped_address", "203.0.113.9:4000", Privacy.ADDRESS),
        fact("stream_to", SECRET, Privacy.ORG),
        fact("ends_at", "the internet provider", Privacy.PUBLIC),
    ),
)
NEAR = (
    result("interface", facts=(fact("interface_kind", "wired", Privacy.PUBLIC),)),
    result("gateway"),
)
SHARE = result("share:team", measurements=(measured("read", f"Reading from {SECRET}", 3),))


def letter(*results: CheckResult, causes: tuple[Cause, ...] = (cause(),)) -> str:
    return for_the_provider(report(*(results or (*NEAR, BANDWIDTH, PATH, SHARE)), causes=causes))


def test_it_tells_what_is_seen_when_by_which_figures_and_what_is_asked() -> None:
    told = letter()
    assert "- The upload is slower than what I need." in told
    assert "- Upload: 0.8 Mbit/s, 4 wanted" in told
    assert "- Loss between computer and router: 0 %" in told
    assert "- How far packets were seen to get: the internet provider" in told
    assert f"Measured: {report().started} to {report().finished}" in told
    assert "Connected by: wired" in told
    assert "Public address of the line: 203.0.113.9:4000" in told
    assert "- the router here answers" in told
    assert "- Please check the line and its load at these times." in told


def test_nothing_of_the_company_or_the_person_is_in_it() -> None:
    told = letter()
    assert SECRET not in told
    assert "Reading from" not in told and "Bytes moved" not in told


def test_no_text_of_a_report_reaches_it_but_what_is_public_and_the_address_of_the_line() -> None:
    def planted(leaf: Leaf) -> object:
        open_to_all = leaf.privacy in (Privacy.PUBLIC, Privacy.ADDRESS)
        return leaf.value if open_to_all or not isinstance(leaf.value, str) else f"{leaf.value} {SECRET}"

    made = report(*NEAR, BANDWIDTH, PATH, causes=(cause(), cause("vpn.port_blocked", Owner.UNKNOWN, *BOTH)))
    assert for_the_provider(rebuild(made, planted)) == for_the_provider(made) != ""


def test_without_a_cause_of_the_provider_there_is_no_letter() -> None:
    assert letter(causes=()) == ""
    assert letter(causes=(cause("vpn.gateway_silent", Owner.COMPANY),)) == ""
    assert provider_letter(report(causes=())) == b""


def test_who_else_it_may_be_is_said_and_the_company_is_the_other_end() -> None:
    told = letter(
        causes=(cause("connection.company_silent", Owner.UNKNOWN, Owner.COMPANY, Owner.ISP, Owner.HOME),)
    )
    after = told.partition("What cannot be ruled out from here:")[2]
    assert "- the other end" in after and "- the network here" in after
    assert "A destination cannot be reached over this line" in told


@pytest.mark.parametrize(
    "vpn",
    [
        result("vpn_tunnel"),
        result("interface", facts=(fact("interface_kind", "tunnel", Privacy.PUBLIC),)),
        result(
            "vpn_client",
            findings=(Finding(code="vpn.client_connected", status=Status.PASS, summary=SECRET),),
        ),
    ],
)
def test_behind_a_vpn_no_address_is_told_for_it_may_be_the_companys(vpn: CheckResult) -> None:
    told = letter(vpn, BANDWIDTH, PATH)
    assert "203.0.113.9" not in told
    assert "A VPN was in use meanwhile" in told


def test_the_address_that_web_pages_see_is_not_told_for_it_may_be_a_proxys() -> None:
    web = result("public_address", facts=(fact("public_address_web", "198.51.100.7", Privacy.ADDRESS),))
    assert "198.51.100.7" not in letter(web, BANDWIDTH)


@pytest.mark.parametrize(
    ("code", "seen"),
    [
        ("connection.dns_hijack", "Names are not looked up"),
        ("connection.ipv6_broken", "IPv4 and IPv6"),
        ("connection.mtu_black_hole", "Large packets"),
        ("vpn.port_blocked", "certain ports"),
        ("apps.mail_silent", "A destination cannot be reached"),
        ("connection.company_silent", "A destination cannot be reached"),
        ("apps.mail_certificate", "looks changed on the way"),
        ("vpn.gateway_refused", "refused or cut"),
        ("somebody.elses_code", "do not work as they should"),
    ],
)
def test_every_code_has_words_for_a_provider(code: str, seen: str) -> None:
    assert seen in letter(causes=(cause(code),))


def test_the_complaints_end_with_one_that_fits_all() -> None:
    assert COMPLAINTS[-1].codes == ("*",)


def test_a_demonstration_is_called_one() -> None:
    made = replace(report(BANDWIDTH, causes=(cause(),)), simulated=("internet",))
    assert "demonstration" in for_the_provider(made)


def saved(made: Report, folder: Path) -> str:
    place = folder / "report.json"
    place.write_bytes(json_export.render(made))
    return str(place)


def test_the_command_writes_the_letter_as_it_is_and_refuses_where_there_is_none(
    tmp_path: Path, capfdbinary: pytest.CaptureFixture[bytes]
) -> None:
    made = report(*NEAR, BANDWIDTH, PATH, causes=(cause(),))
    file = saved(made, tmp_path)
    assert run_command(["ticket", file, "--for", "provider"]) == ExitCode.READY
    assert capfdbinary.readouterr().out == provider_letter(made)
    assert run_command(["ticket", file, "--for", "provider", "--format", "json"]) == ExitCode.USAGE
    assert run_command(["ticket", saved(report(causes=()), tmp_path), "--for", "provider"]) == ExitCode.USAGE
    assert b"no letter" in capfdbinary.readouterr().err


def test_the_letter_has_a_file_name_of_its_own_without_a_name_in_it() -> None:
    name = provider_file_name(report())
    assert name.startswith("readycheck-rc-") and name.endswith("-provider.txt")
    assert msgspec.json.encode(name)
