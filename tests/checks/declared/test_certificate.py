import asyncio
from dataclasses import replace
from typing import Any

import pytest

from readycheck.api import Owner, Refused, Silent, Status, TlsAnswer, TlsFailed, Where
from readycheck.model import CheckResult
from readycheck.testing import FakeHttp, FakeNet, http_answer, run_check, tls_answer
from readycheck_checks.certificate import CertificateOptions, check

HOST = "www.corp.example"


def looked_at(shown: Any, **told: Any) -> CheckResult:
    net = FakeNet(
        certificates={HOST: shown, "control.example": tls_answer()}, ports={("control.example", 443): 9.0}
    )
    options = CertificateOptions(**{"title": "Site", "target": f"{HOST}:443", **told})
    return asyncio.run(run_check(check, options, net=net))


def shown(**changes: Any) -> TlsAnswer:
    return replace(tls_answer(HOST), **changes)


def codes(result: CheckResult) -> list[str]:
    return [finding.code for finding in result.findings]


def test_a_certificate_that_is_as_expected_says_until_when() -> None:
    result = looked_at(shown(), issuer="example ca", version="TLSv1.3", days_left=30)
    assert result.summary == "The certificate of Site is valid, until 2027-02-21"
    assert result.measurements[0].value == 89


@pytest.mark.parametrize(
    ("answer", "told", "expected"),
    [
        (tls_answer(HOST, days=10), {}, "declared.certificate_expires"),
        (shown(issuer="Other CA"), {"issuer": "Example CA"}, "declared.certificate_issuer"),
        (shown(version="TLSv1.2"), {"version": "TLSv1.3"}, "declared.certificate_version"),
        (shown(not_after=None), {}, "declared.certificate_unread"),
        (TlsFailed(Where(host=HOST), reason="expired"), {}, "declared.certificate_certificate"),
        (TlsFailed(Where(host=HOST), reason="wrong_name"), {}, "declared.certificate_certificate"),
        (TlsFailed(Where(host=HOST), reason="handshake"), {}, "declared.certificate_no_tls"),
        (Refused(Where(host=HOST)), {}, "declared.certificate_refused"),
        (Silent(Where(host=HOST)), {"tcp_controls": ("control.example:443",)}, "declared.certificate_silent"),
        (Silent(Where(host=HOST)), {}, "declared.certificate_unproved"),
    ],
)
def test_each_thing_that_can_be_wrong_has_its_own_finding(
    answer: Any, told: dict[str, Any], expected: str
) -> None:
    assert codes(looked_at(answer, **told)) == [expected]


def test_the_days_that_are_left_are_counted_by_anothers_clock_where_ours_makes_them_few() -> None:
    control = "https://control.example:443/"
    told = {control: http_answer(control, Date="Tue, 03 Nov 2026 09:14:00 GMT")}  # ours is 20 days ahead
    net = FakeNet(certificates={HOST: tls_answer(HOST, days=10), "control.example": tls_answer()})
    options = CertificateOptions(title="Site", target=f"{HOST}:443", tcp_controls=("control.example:443",))
    result = asyncio.run(run_check(check, options, net=net, http=FakeHttp(pages=told)))
    assert (result.status, result.measurements[0].value) == (Status.PASS, 29)


def test_a_certificate_is_told_by_the_name_that_it_was_asked_for() -> None:
    finding = looked_at(TlsFailed(Where(host=HOST), reason="wrong_name"), names=("alt.example",)).findings[0]
    assert "the certificate of alt.example belongs to another name" in finding.summary
    assert "alt.example" in finding.remedy and HOST not in finding.remedy


def test_another_issuer_is_nobodys_alone() -> None:
    finding = looked_at(shown(issuer="Box"), issuer="Example CA", owner="service").findings[0]
    assert finding.either == (Owner.SERVICE, Owner.COMPANY, Owner.DEVICE)


def test_several_things_are_said_one_by_one_and_nothing_passes_beside_them() -> None:
    result = looked_at(
        shown(issuer="Other", version="TLSv1.2"), issuer="Mine", version="TLSv1.3", level="warn"
    )
    assert codes(result) == ["declared.certificate_issuer", "declared.certificate_version"]
    assert result.status is Status.WARN


def test_every_name_is_asked_for_by_itself() -> None:
    result = looked_at(shown(), names=(HOST, "corp.example"))
    assert result.status is Status.PASS and len(result.measurements) == 2
