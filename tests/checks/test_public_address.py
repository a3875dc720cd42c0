import asyncio
from typing import Any

import pytest

from readycheck.model import CheckResult, Status
from readycheck.privacy import Privacy
from readycheck.testing import ADDRESS, FakeHttp, FakeNet, http_answer, run_check
from readycheck_checks.path.echoed import echoed_address, echoed_organisation
from readycheck_checks.public_address import Network, PublicAddressOptions, check
from tests.checks.stun_servers import HOME, success

PAGE = "https://echo.example/trace"
STUN = "198.51.100.1"
OPTIONS = PublicAddressOptions(
    udp=(f"{STUN}:3478",),
    web=(PAGE,),
    networks=(Network(range="198.51.100.0/24", name="ISP", source="its page", checked="2026-11-21"),),
)


def result(body: bytes = b"", options: PublicAddressOptions = OPTIONS, **world: Any) -> CheckResult:
    pages: Any = {PAGE: http_answer(PAGE, body=body)} if body else {}
    net = FakeNet(replies={(STUN, 3478): success}, sources={ADDRESS: "192.168.1.23"}, **world)
    return asyncio.run(run_check(check, options, net=net, http=FakeHttp(pages=pages)))


def test_the_address_is_in_personal_facts_and_in_no_sentence() -> None:
    outcome = result(f"ip={HOME[0]}\n".encode())
    assert (outcome.status, outcome.findings[0].code) == (Status.PASS, "connection.public_address")
    assert {each.privacy for each in outcome.facts if each.value == HOME[0]} == {Privacy.ADDRESS}
    assert HOME[0] not in outcome.findings[0].summary + outcome.findings[0].detail


def test_the_network_is_named_where_the_profile_names_it() -> None:
    assert [each.value for each in result().facts if each.name == "public_network"] == ["ISP"]


def test_whose_the_address_is_stands_in_a_personal_fact_where_the_page_says_it() -> None:
    outcome = result(f'{{"ip": "{HOME[0]}", "org": "AS64500 Example Telecom"}}'.encode())
    (told,) = [each for each in outcome.facts if each.name == "public_organisation"]
    assert (told.value, told.privacy) == ("AS64500 Example Telecom", Privacy.ADDRESS)
    assert "Example Telecom" not in outcome.findings[0].summary


def test_a_page_that_saw_no_address_is_not_asked_whose_it_is() -> None:
    assert "public_organisation" not in {each.name for each in result(b'{"org": "Example Telecom"}').facts}


@pytest.mark.parametrize(
    ("body", "name"),
    [
        (b'{"asn": 64500, "asOrganization": "Example Telecom"}', "Example Telecom"),
        (b'{"isp": "Example Telecom", "org": "A reseller"}', "Example Telecom"),
        (b'{"connection": {"isp": "Example Telecom"}}', "Example Telecom"),
        (b'{"org": "Ex\\u001b[31mample"}', r"Ex\u001b[31mample"),
        (b'{"org": 7, "connection": 8}', ""),
        (b'{"org": "   "}', ""),
        (b"ip=192.0.2.7", ""),
        (b'{"connection":' * 300, ""),
    ],
)
def test_an_organisation_is_read_from_json_and_cleaned(body: bytes, name: str) -> None:
    assert echoed_organisation(body) == name


def test_other_addresses_over_the_web_than_over_udp_are_told_and_healthy() -> None:
    outcome = result(b"203.0.113.9")
    assert (outcome.status, outcome.findings[0].code) == (Status.PASS, "connection.public_addresses_differ")
    assert "second line" in outcome.findings[0].summary  # a proxy or a VPN is not the only reason


def test_an_address_of_the_other_ip_version_is_not_another_one() -> None:
    assert result(b"2001:db8::9").findings[0].code == "connection.public_address"


def test_an_address_that_customers_share_is_told_and_healthy() -> None:
    outcome = result(hops={("udp", ADDRESS, 3478): ("192.168.1.1", "100.64.0.1", "198.51.100.9")})
    assert (outcome.status, outcome.findings[0].code) == (Status.PASS, "connection.public_address_shared")


def test_nobody_who_says_anything_is_unknown() -> None:
    assert result(b"<html>", PublicAddressOptions(web=(PAGE,))).status is Status.UNKNOWN


@pytest.mark.parametrize(
    ("body", "address"),
    [
        (b"192.0.2.7\n", "192.0.2.7"),
        (b"h=x\nip=2001:db8::1\nts=1\n", "2001:db8::1"),
        (b'{"ip": "192.0.2.7"}', "192.0.2.7"),
        (b'{"ip": 7}', ""),
        (b'{"ip": "999.1.1.1"}', ""),
        (b"[" * 4096, ""),
        (b'{"a":' * 800, ""),
        (b"\xff\xfe", ""),
        (b"ip=nonsense", ""),
    ],
)
def test_an_echo_is_read_in_its_forms_and_nothing_else(body: bytes, address: str) -> None:
    assert echoed_address(body) == address


def test_a_range_that_is_none_is_refused() -> None:
    with pytest.raises(ValueError, match="no range"):
        Network(range="192.0.2.1/24", name="x", source="y", checked="2026-11-21")
