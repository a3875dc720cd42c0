import asyncio

import pytest

from readycheck.api import ContactRoute, Owner, Status
from readycheck.model import CheckResult
from readycheck.testing import run_check
from readycheck_checks.contact_phone import check
from tests.checks.contact_desk import card


def judged(*numbers: str, country: str = "DE") -> CheckResult:
    routes = [ContactRoute(kind="phone", title="Hotline", value=number) for number in numbers]
    return asyncio.run(run_check(check, contact=card(*routes, country=country)))


def test_a_valid_number_is_shown_as_it_is_dialled_and_left_to_the_person() -> None:
    result = judged("030/1234567")
    assert result.status is Status.PASS
    assert result.summary == "Hotline +49 30 1234567 is a valid number. Only you can call it"
    assert result.findings[0].detail == "Inside DE: 030 1234567"


def test_an_international_number_needs_no_country() -> None:
    assert judged("+44 20 7946 0958", country="").status is Status.PASS


def test_a_lower_case_country_is_understood() -> None:
    assert judged("030 1234567", country="de").status is Status.PASS


@pytest.mark.parametrize("number", ["12", "call me", "+49 30 12345678901234567", "+999 123 45678"])
def test_what_cannot_be_dialled_is_the_companys_to_mend(number: str) -> None:
    result = judged(number)
    (finding,) = result.findings
    assert (result.status, finding.code, finding.owner) == (Status.FAIL, "help.phone_number", Owner.COMPANY)
    assert number in finding.summary


@pytest.mark.parametrize("number", ["0900 123456", "4711"])
def test_a_number_of_no_known_range_is_a_warning_because_ranges_change(number: str) -> None:
    result = judged(number)
    assert (result.status, result.findings[0].code) == (Status.WARN, "help.phone_unusual")


def test_a_public_short_number_passes() -> None:
    assert judged("116117").status is Status.PASS


def test_a_local_number_without_a_country_is_a_warning() -> None:
    result = judged("030 1234567", country="")
    assert (result.status, result.findings[0].code) == (Status.WARN, "help.phone_no_country")


def test_one_wrong_number_among_two_is_named() -> None:
    result = judged("030 1234567", "12")
    assert result.status is Status.FAIL
    assert "(12)" in result.summary


def test_without_a_phone_it_is_skipped() -> None:
    assert judged().status is Status.SKIP
