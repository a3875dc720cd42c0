"""The letter to the internet provider: what the provider may know, and nothing of the company or the person."""

from pathlib import Path

import msgspec
import pytest
from msgspec.structs import replace

from readycheck.cli import run_command
from readycheck.diagnose.codes import CAUSES
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
from readycheck.run.registry import load_all
from readycheck.ticket.complaints import ANYTHING_ELSE, COMPLAINTS, complaint_about
from readycheck.ticket.provider import NO_TUNNEL, THE_OTHER_END, TUNNEL_PERHAPS, TUNNEL_UP, for_the_provider
from readycheck.ticket.render import provider_file_name, provider_letter
from readycheck_checks.blame.ending import Place
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
        explains=("bandwidth", "call_path"),
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


@pytest.mark.parametrize(
    ("started", "finished", "told"),
    [
        ("2026-11-21T09:14:00+01:00", "2026-11-21T09:15:10+01:00", "21 Nov 2026, 09:14 to 09:15 (UTC+01:00)"),
        (
            "2026-11-21T23:59:50+00:00",
            "2026-11-22T00:01:00+00:00",
            "21 Nov 2026, 23:59 to 22 Nov 2026, 00:01 (UTC)",
        ),
        ("yesterday", "2026-11-22T00:01:00+00:00", "yesterday to 2026-11-22T00:01:00+00:00"),
    ],
)
def test_it_tells_the_times_as_people_write_them(started: str, finished: str, told: str) -> None:
    text = for_the_provider(report(BANDWIDTH, causes=(cause(),), started=started, finished=finished))
    assert f"Measured: {told}\n" in text


def test_an_interval_is_told_where_its_ends_read_differently() -> None:
    near = replace(BANDWIDTH.measurements[0], value=40, low=39.99, high=40.01)
    assert "- Upload: 40 Mbit/s\n" in letter(replace(BANDWIDTH, measurements=(near,)))
    wide = replace(near, low=31)
    assert "- Upload: 40 Mbit/s (between 31 Mbit/s and 40 Mbit/s)\n" in letter(
        replace(BANDWIDTH, measurements=(wide,))
    )


def test_it_tells_what_is_seen_when_by_which_figures_and_what_is_asked() -> None:
    told = letter()
    assert "- The upload is slower than what I need." in told
    assert "- Upload: 0.8 Mbit/s\n" in told
    assert "- Loss between computer and router: 0 %\n" in told
    assert "- How far packets were seen to get: the internet provider" in told
    assert "Measured: 23 Nov 2026, 09:14 (UTC+01:00)" in told
    assert "Connected by: network cable" in told
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
    assert "A destination does not answer over this line" in told


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


def by(kind: str) -> CheckResult:
    return result("interface", facts=(fact("interface_kind", kind, Privacy.PUBLIC),))


def said(check_id: str, code: str, status: Status = Status.FAIL, **fields: object) -> CheckResult:
    finding = Finding(code=code, status=status, summary=SECRET)
    return result(check_id, status, findings=(finding,), capability=Capability.VPN, **fields)


@pytest.mark.parametrize(
    "seen",
    [
        (by("virtual"),),
        (by("unknown"),),
        (),
        (by("wifi"), said("vpn_tunnel", "vpn.tunnel_not_told", Status.UNKNOWN)),
        (by("wifi"), said("vpn_tunnel", "vpn.route_missing")),
        (by("wifi"), result("vpn_tunnel", Status.SKIP, capability=Capability.VPN)),
        (by("wifi"), said("vpn_gateway:main", "vpn.gateway_silent")),
        (
            by("wifi"),
            said("vpn_tunnel", "vpn.not_connected"),
            said("vpn_client", "vpn.client_not_told", Status.UNKNOWN),
        ),
        (
            by("wired"),
            result(
                "public_address",
                findings=(
                    Finding(code="connection.public_addresses_differ", status=Status.PASS, summary=SECRET),
                ),
            ),
        ),
        (
            by("wired"),
            result("public_address", facts=(fact("public_address_udp", "198.51.100.77", Privacy.ADDRESS),)),
        ),
    ],
    ids=[
        *("a virtual adapter", "an unknown adapter", "no adapter", "a tunnel that cannot be told"),
        *("a tunnel without route", "a tunnel nobody looked for", "a VPN without a look at the tunnel"),
        *("a program that does not tell", "web pages see another", "servers see two"),
    ],
)
def test_no_address_is_told_where_it_may_be_a_vpns(seen: tuple[CheckResult, ...]) -> None:
    told = letter(*seen, BANDWIDTH, PATH)
    assert "203.0.113.9" not in told and "198.51.100.77" not in told
    assert "virtual" not in told


def test_the_address_is_told_where_the_vpn_was_seen_to_be_off_and_servers_agree() -> None:
    off = said("vpn_tunnel", "vpn.not_connected")
    web = result("public_address", facts=(fact("public_address_udp", "203.0.113.9", Privacy.ADDRESS),))
    sixth = result("call_path", facts=(fact("mapped_address", "[2001:db8::7]:4000", Privacy.ADDRESS),))
    told = letter(by("wifi"), off, web, sixth, PATH)
    assert told.count("Public address of the line: ") == 2
    assert "203.0.113.9" in told and "[2001:db8::7]:4000" in told and "Connected by: Wi-Fi" in told


def test_whose_the_address_is_said_to_be_is_told_with_it_and_not_without() -> None:
    whose = fact("public_organisation", "Example Telecom", Privacy.ADDRESS)
    address = fact("public_address_udp", "203.0.113.9", Privacy.ADDRESS)
    off = said("vpn_tunnel", "vpn.not_connected")
    told = letter(by("wifi"), off, result("public_address", facts=(address, whose)), BANDWIDTH)
    assert "Which is said to be of: Example Telecom" in told
    assert "Example Telecom" not in letter(
        by("wifi"), off, result("public_address", facts=(whose,)), BANDWIDTH
    )
    assert "Example Telecom" not in letter(
        by("tunnel"), result("public_address", facts=(address, whose)), BANDWIDTH
    )


def test_only_what_the_told_causes_explain_says_how_far_packets_get() -> None:
    ends = {
        name: result(name, facts=(fact("ends_at", place, Privacy.PUBLIC),))
        for name, place in (("bandwidth", "the target itself"), ("share:team", "the home router"))
    }
    told = letter(*ends.values(), PATH)
    assert told.count("How far packets were seen to get") == 1
    assert "the internet provider" in told


def test_its_words_for_places_and_tunnels_are_those_of_the_checks() -> None:
    declared = {code.name for check in load_all()[0] for code in check.codes}
    assert str(Place.TARGET) == THE_OTHER_END
    assert declared >= TUNNEL_UP | TUNNEL_PERHAPS | NO_TUNNEL


def test_no_limit_of_the_profile_is_in_it() -> None:
    assert "wanted" not in letter()


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
        ("apps.mail_silent", "A destination does not answer"),
        ("connection.company_silent", "A destination does not answer"),
        ("apps.mail_certificate", "does not prove whose it is"),
        ("vpn.gateway_refused", "refused or cut"),
        ("vpn.udp_silent", "over TCP, and not over UDP"),
        ("vpn.port_silent", "on one port, and not on another"),
        ("declared.ping_silent", "Echo requests (ping)"),
        ("declared.port_hangs", "takes connections, and then nothing"),
        ("connection.dns_encrypted_blocked", "encrypted lookups"),
        ("connection.quic_held_back", "QUIC (UDP port 443) does not come through, while TCP does"),
        ("calls.video_limited", "while voice does"),
        ("vpn.far", "take longer than what I need"),
        ("connection.mtu_small", "less than 1280 bytes"),
        ("somebody.elses_silent", "Something does not work as it should"),
    ],
)
def test_every_code_has_words_for_a_provider(code: str, seen: str) -> None:
    assert seen in letter(causes=(cause(code),))


def test_every_code_that_may_be_the_providers_has_a_sentence_of_its_own() -> None:
    checks, _ = load_all()
    declared = [*(code for check in checks for code in check.codes), *CAUSES]
    theirs = {code.name for code in declared if Owner.ISP in code.owners}
    assert len(theirs) > 100
    assert sorted(code for code in theirs if complaint_about(code) is ANYTHING_ELSE) == []


def test_the_sentences_are_for_codes_that_there_are_and_the_last_fits_all() -> None:
    checks, _ = load_all()
    declared = {code.name for code in (*(code for check in checks for code in check.codes), *CAUSES)}
    exact = {code for complaint in COMPLAINTS for code in complaint.codes if "*" not in code}
    assert exact <= declared
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
