import asyncio

import pytest

from readycheck.api import ContactRoute, Owner, Status
from readycheck.errors import Silent, Where
from readycheck.model import CheckResult, Confidence
from readycheck.ports import HttpAnswer
from readycheck.testing import FakeHttp, http_answer, run_check
from readycheck_checks.contact_chat import check
from tests.checks.contact_desk import PHONE, card

URL = "https://chat.example/it"


def judged(came: HttpAnswer | Silent, value: str = URL) -> CheckResult:
    route = ContactRoute(kind="chat", title="IT chat", value=value)
    return asyncio.run(run_check(check, contact=card(route, PHONE), http=FakeHttp(pages={value: came})))


@pytest.mark.parametrize("status", [200, 302, 401])
def test_a_chat_that_answers_passes_also_where_it_asks_to_sign_in(status: int) -> None:
    assert judged(http_answer(URL, status)).status is Status.PASS


def test_a_chat_that_lets_nobody_in_may_be_a_filter() -> None:
    result = judged(http_answer(URL, 403))
    assert (result.status, result.findings[0].code) == (Status.UNKNOWN, "help.chat_unproved")


def test_what_is_said_without_tls_may_be_somebody_elses_word() -> None:
    plain = "http://chat.example/it"
    finding = judged(http_answer(plain, 503), plain).findings[0]
    assert finding.either == (Owner.SERVICE, Owner.HOME) and finding.confidence is Confidence.MEDIUM


def test_a_chat_that_is_out_of_order_belongs_to_the_service() -> None:
    result = judged(http_answer(URL, 502))
    assert (result.status, result.findings[0].code) == (Status.FAIL, "help.chat_down")
    assert result.findings[0].owner is Owner.SERVICE


def test_a_silent_chat_without_a_control_is_unknown_and_holds_nothing_up() -> None:
    result = judged(Silent(Where(host="chat.example")))
    assert (result.status, result.essential) == (Status.UNKNOWN, False)


def test_a_channel_name_is_left_to_the_person() -> None:
    result = judged(http_answer(URL), "#it-help in Slack")
    assert result.status is Status.SKIP
    assert "#it-help in Slack" in result.reason


def test_without_a_chat_it_is_skipped() -> None:
    assert asyncio.run(run_check(check, contact=card(PHONE))).status is Status.SKIP


def test_what_is_no_address_at_all_is_left_to_the_person() -> None:
    result = judged(http_answer(URL), value="https://[half")
    assert (result.status, result.crash) == (Status.SKIP, "")
