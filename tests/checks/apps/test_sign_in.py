from typing import Any

import pytest

from readycheck.api import (
    HttpAnswer,
    NetError,
    Owner,
    Refused,
    Silent,
    Status,
    TlsAnswer,
    TlsFailed,
    Where,
)
from readycheck.errors import NameUnknown
from readycheck.testing import (
    FakeNet,
    tls_answer,
)
from readycheck_checks.identity import openid
from readycheck_checks.identity.options import SignInOptions
from readycheck_checks.identity.realm import realm
from tests.checks.apps.sign_ins import DOCUMENT, ISSUER, TOLD, code, looked, page

# ---- The documents ----


def test_a_provider_whose_parts_fit_passes() -> None:
    assert (looked().status, code(looked())) == (Status.PASS, "apps.sign_in")


@pytest.mark.parametrize(
    ("pages", "status", "expected"),
    [
        ({DOCUMENT: page(DOCUMENT, b"<h1>Hello</h1>")}, Status.FAIL, "apps.sign_in_document"),
        ({DOCUMENT: page(DOCUMENT, [1])}, Status.FAIL, "apps.sign_in_document"),
        (
            {DOCUMENT: page(DOCUMENT, TOLD | {"jwks_uri": "http://login.example/"})},
            Status.FAIL,
            "apps.sign_in_document",
        ),
        ({DOCUMENT: page(DOCUMENT, {}, 404)}, Status.FAIL, "apps.sign_in_not_found"),
        ({DOCUMENT: page(DOCUMENT, {}, 503)}, Status.FAIL, "apps.sign_in_down"),
        ({DOCUMENT: page(DOCUMENT, {}, 302)}, Status.FAIL, "apps.sign_in_unexpected"),
        (
            {DOCUMENT: page(DOCUMENT, TOLD | {"issuer": "https://old.example"})},
            Status.FAIL,
            "apps.sign_in_issuer",
        ),
        ({f"{ISSUER}/keys": page(ISSUER, {"keys": []})}, Status.WARN, "apps.sign_in_keys"),
        ({f"{ISSUER}/keys": page(ISSUER, {}, 404)}, Status.WARN, "apps.sign_in_keys"),
        ({DOCUMENT: Refused(Where(host="login.example"))}, Status.FAIL, "apps.sign_in_refused"),
        ({DOCUMENT: Silent(Where(host="login.example"))}, Status.FAIL, "apps.sign_in_silent"),
        ({DOCUMENT: NameUnknown(Where(host="login.example"))}, Status.FAIL, "apps.sign_in_name"),
        (
            {DOCUMENT: TlsFailed(Where(host="login.example"), reason="expired")},
            Status.FAIL,
            "apps.sign_in_certificate",
        ),
    ],
)
def test_what_is_wrong_with_a_provider_is_told_apart(
    pages: dict[str, HttpAnswer | NetError], status: Status, expected: str
) -> None:
    result = looked(pages)
    assert (result.status, code(result)) == (status, expected)


def test_a_provider_that_takes_connections_and_says_nothing_hangs() -> None:
    net = FakeNet(ports={("login.example", 443): 9.0, ("control.example", 443): 9.0})
    assert code(looked({DOCUMENT: Silent(Where(host="login.example"))}, net=net)) == "apps.sign_in_hangs"


@pytest.mark.parametrize(
    ("answer", "expected", "owner"),
    [
        (("control.example", "login.example"), "apps.sign_in_hangs", Owner.COMPANY),
        ((), "apps.sign_in_unproved", Owner.UNKNOWN),
    ],
)
def test_keys_that_do_not_come_are_the_providers_matter_only_where_others_answer(
    answer: tuple[str, ...], expected: str, owner: Owner
) -> None:
    certificates: dict[str, Any] = {name: tls_answer(name) for name in ("token.example", *answer)}
    net = FakeNet(certificates=certificates, ports=dict.fromkeys(((name, 443) for name in answer), 9.0))
    result = looked({f"{ISSUER}/keys": Silent(Where(host="login.example"))}, net=net)
    finding = next(f for f in result.findings if f.code == expected)
    assert (finding.status is Status.WARN) is bool(answer) and finding.owner is owner


def test_keys_that_a_proxy_did_not_pass_on_prove_nothing_against_the_provider() -> None:
    keys = f"{ISSUER}/keys"
    for came in (Silent(Where(host="login.example")), page(keys, b"", 502)):
        result = looked({keys: came}, proxies={keys: "http://proxy.example:3128"})
        assert (result.status, code(result)) == (Status.UNKNOWN, "apps.sign_in_unproved")


def test_a_host_that_the_provider_names_and_that_is_not_there_fails() -> None:
    net = FakeNet(certificates={"token.example": NameUnknown(Where(host="token.example"))})
    assert code(looked(net=net)) == "apps.sign_in_name"


def test_what_a_proxy_did_not_pass_on_proves_nothing_against_the_provider() -> None:
    result = looked(
        {DOCUMENT: Silent(Where(host="login.example"))}, proxies={DOCUMENT: "http://proxy.example:3128"}
    )
    assert (result.status, code(result)) == (Status.UNKNOWN, "apps.sign_in_unproved")


@pytest.mark.parametrize(
    ("told", "expected", "fits"),
    [
        ("https://a.example", "https://a.example", True),
        ("https://a.example/", "https://a.example", False),
        ("https://l.example/12345678-1234-1234-1234-123456789abc/v2", "https://l.example/{tenant}/v2", True),
        ("https://l.example/common/v2", "https://l.example/{tenant}/v2", False),
        ("https://aXexample", "https://a.example", False),
    ],
)
def test_an_issuer_is_exactly_the_expected_one(told: str, expected: str, fits: bool) -> None:
    assert openid.is_issuer(told, expected) is fits


# ---- Tenants and pages ----

TENANT = SignInOptions(
    issuer="https://directory.example/{tenant}/v2.0",
    discovery="https://directory.example/{domain}/openid",
    realm_page="https://directory.example/realm?login={address}",
    domain="corp.example",
    run_by="service",
)
REALM = "https://directory.example/realm?login=x@corp.example"


def test_a_tenant_is_found_by_its_domain_and_nobodys_name() -> None:
    told = {key: value.replace(ISSUER, "https://directory.example") for key, value in TOLD.items()}
    told |= {"issuer": "https://directory.example/12345678-1234-1234-1234-123456789abc/v2.0"}
    pages = {
        "https://directory.example/corp.example/openid": page("https://d.example", told),
        "https://directory.example/keys": page("https://d.example", {"keys": [{}]}),
        REALM: page(REALM, {"NameSpaceType": "Federated", "AuthURL": "https://adfs.corp.example/adfs/ls/"}),
    }
    certificates: dict[str, TlsAnswer | NetError] = {
        "token.example": tls_answer(),
        "adfs.corp.example": TlsFailed(Where(host="a"), reason="expired"),
    }
    result = looked({**pages}, options=TENANT, net=FakeNet(certificates=certificates))
    assert code(result) == "apps.sign_in_certificate"
    finding = next(f for f in result.findings if f.status is Status.FAIL)
    assert finding.either == (Owner.COMPANY, Owner.DEVICE), (
        "the federated server is the company's, whoever runs the directory"
    )


def test_a_domain_that_the_directory_does_not_know_fails() -> None:
    pages = {REALM: page(REALM, {"NameSpaceType": "Unknown"})}
    result = looked(
        {**pages, "https://directory.example/corp.example/openid": page("x", {}, 400)}, options=TENANT
    )
    assert {f.code for f in result.findings} == {"apps.sign_in_not_found"}


@pytest.mark.parametrize(
    "body", [b"", b"[]", b"{}", b'{"NameSpaceType": "F", "AuthURL": "http://x"}', b"[" * 9000]
)
def test_what_is_no_word_about_a_domain_is_refused(body: bytes) -> None:
    with pytest.raises(ValueError):
        realm(body)


@pytest.mark.parametrize(
    ("status", "expected"),
    [
        (200, Status.PASS),
        (401, Status.PASS),
        (302, Status.UNKNOWN),
        (403, Status.UNKNOWN),
        (404, Status.FAIL),
        (500, Status.FAIL),
    ],
)
def test_a_page_to_sign_in_at_has_to_answer_as_it_is_known_to(status: int, expected: Status) -> None:
    url = "https://adfs.example/adfs/ls/"
    options = SignInOptions(pages=(url,), pages_answer=(200,))
    assert looked({url: page(url, b"", status)}, options=options).status is expected


@pytest.mark.parametrize(("status", "body"), [(429, b""), (200, b"<html>Blocked</html>")])
def test_what_is_said_in_place_of_a_services_document_may_be_a_filters(status: int, body: bytes) -> None:
    told = {DOCUMENT: page(DOCUMENT, body, status)}
    finding = looked(told, options=SignInOptions(issuer=ISSUER, run_by="service")).findings[0]
    assert finding.either == (Owner.SERVICE, Owner.COMPANY)
    assert looked(told, options=SignInOptions(issuer=ISSUER)).findings[0].owner is Owner.COMPANY


# ---- Clocks ----


@pytest.mark.parametrize(
    ("provider_s", "other_s", "status", "owner"),
    [
        (30, 0, Status.PASS, None),
        (120, 0, Status.WARN, Owner.COMPANY),
        (600, 0, Status.FAIL, Owner.COMPANY),
        (600, 600, Status.FAIL, Owner.DEVICE),
        (-600, -600, Status.FAIL, Owner.DEVICE),
        (600, 3000, Status.FAIL, Owner.UNKNOWN),
    ],
)
def test_whose_clock_is_off_is_decided_by_a_third_one(
    provider_s: float, other_s: float, status: Status, owner: Owner | None
) -> None:
    result = looked(
        {
            DOCUMENT: page(DOCUMENT, TOLD, ahead_s=provider_s),
            "https://other.example/": page("https://other.example/", b"", ahead_s=other_s),
        }
    )
    assert result.status is status
    found = [finding.owner for finding in result.findings if finding.code == "apps.sign_in_clock"]
    assert found == ([] if owner is None else [owner])


# ---- Options ----


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ({"issuer": "http://login.example"}, "https"),
        ({"discovery": "ftp://x/{domain}", "domain": "x"}, "https"),
        ({"clock_plan_s": 300.0, "clock_fail_s": 60.0}, "clock"),
    ],
)
def test_a_mistake_in_the_options_is_one_sentence(wrong: dict[str, Any], words: str) -> None:
    with pytest.raises(ValueError, match=words):
        SignInOptions(**wrong)
