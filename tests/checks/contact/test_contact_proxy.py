"""The pages of the support desk behind a proxy: what it does not pass on is no word of the page."""

import asyncio

import pytest

from readycheck.api import Closed, ContactRoute, NetError, NoRoute, Refused, Status
from readycheck.errors import Silent, Where
from readycheck.testing import FakeHttp, FakeNet, http_answer, run_check
from readycheck_checks.contact_portal import PortalOptions, check
from tests.checks.contact_desk import PHONE, card

URL = "https://help.example/"
THERE = Where(host="help.example", port=443)
DESK = card(ContactRoute(kind="portal", title="Portal", value=URL), PHONE)
CONTROL = FakeNet(ports={("control.example", 443): 12.0})
WITH_CONTROL = PortalOptions(tcp_controls=("control.example:443",))


@pytest.mark.parametrize("came", [Refused(THERE), Closed(THERE), Silent(THERE), NoRoute(THERE)], ids=str)
def test_what_the_proxy_of_this_computer_does_not_pass_on_is_not_held_against_the_portal(
    came: NetError,
) -> None:
    http = FakeHttp(pages={URL: came}, proxies={URL: "http://proxy.example:3128"})
    result = asyncio.run(run_check(check, WITH_CONTROL, contact=DESK, http=http, net=CONTROL))
    assert result.status is Status.UNKNOWN
    assert "proxy" in result.reason


def test_a_proxy_may_say_of_a_page_that_it_is_out_of_order_over_tls_too() -> None:
    plain = ContactRoute(kind="portal", title="Portal", value="http://help.example/")
    http = FakeHttp({plain.value: http_answer(plain.value, 503)}, {plain.value: "http://proxy.example:3128"})
    assert asyncio.run(run_check(check, contact=card(plain), http=http)).status is Status.UNKNOWN
    http = FakeHttp({URL: http_answer(URL, 503)}, {URL: "http://proxy.example:3128"})
    assert asyncio.run(run_check(check, contact=DESK, http=http)).status is Status.UNKNOWN
    http = FakeHttp({URL: http_answer(URL, 500)}, {URL: "http://proxy.example:3128"})
    assert asyncio.run(run_check(check, contact=DESK, http=http)).status is Status.FAIL
