"""A share whose address somebody in this network has too: what answers there says nothing about the company's server."""

import asyncio
from dataclasses import replace
from typing import Any

import pytest

from readycheck.errors import NetError, NoRoute, Refused, Silent, Where
from readycheck.model import CheckResult, Owner, Status
from readycheck.ports import Interface
from readycheck.testing import FakeChildren, FakeNet, FakeSystem, fake_context, run_check
from readycheck_checks.share import check
from readycheck_checks.shares.looking import looked_into
from readycheck_checks.shares.options import ShareOptions
from readycheck_checks.shares.outcome import Stage, Trouble, What
from readycheck_checks.shares.target import target_of

SERVER, HOME, CONTROL = "192.168.1.40", "192.168.1.23", ("other.example", 443)
WHERE = Where(host=SERVER, port=445)
TUNNEL = Interface(name="tun0", kind="tunnel", up=True, addresses=("10.8.0.2",), mtu=1400)
WIFI = Interface(name="wlan0", kind="wifi", up=True, addresses=(HOME,), mtu=1500)
ON, OFF = (TUNNEL, WIFI), (WIFI,)
WANTED = ShareOptions(url=f"smb://{SERVER}/team", user="anna", tcp_controls=("other.example:443",))


def visit(
    came: NetError,
    interfaces: tuple[Interface, ...],
    source: str = HOME,
    beside: float | NetError = 9.0,
) -> CheckResult:
    net = FakeNet(ports={(SERVER, 445): came, CONTROL: beside}, sources={SERVER: source})
    system = FakeSystem(network=interfaces)
    return asyncio.run(run_check(check, WANTED, net=net, system=system, children=FakeChildren()))


def looked(
    trouble: Trouble, interfaces: tuple[Interface, ...], url: str = WANTED.url, **more: Any
) -> Trouble:
    net = FakeNet(sources={SERVER: HOME}, ports={(SERVER, 445): 5.0, CONTROL: 9.0}, **more)
    context = fake_context(net=net, system=FakeSystem(network=interfaces))
    return asyncio.run(looked_into(trouble, WANTED, target_of(url), context))


@pytest.mark.parametrize("came", [Refused(WHERE), Silent(WHERE), NoRoute(WHERE)], ids=str)
def test_beside_a_vpn_that_is_on_it_is_said_that_both_networks_may_have_the_same_addresses(
    came: NetError,
) -> None:
    result = visit(came, ON)
    (finding,) = result.findings
    assert (result.status, finding.code) == (Status.FAIL, "files.same_addresses")
    assert finding.either == (Owner.HOME, Owner.COMPANY)
    assert "another network" in finding.remedy


def test_a_silence_beside_which_nobody_answers_proves_nothing_here_either() -> None:
    assert visit(Silent(WHERE), ON, beside=Silent(WHERE)).status is Status.UNKNOWN


def test_through_the_vpn_a_server_that_refuses_is_the_companys() -> None:
    (finding,) = visit(Refused(WHERE), ON, source="10.8.0.2").findings
    assert (finding.code, finding.owner) == ("files.port_refused", Owner.COMPANY)


def test_without_a_vpn_a_neighbour_that_refuses_may_be_the_companys_in_its_office_or_anybodys_at_home() -> (
    None
):
    (finding,) = visit(Refused(WHERE), OFF).findings
    assert (finding.code, finding.either) == ("files.port_refused", (Owner.HOME, Owner.COMPANY))


def test_a_neighbour_that_hangs_is_not_blamed_on_the_company_alone() -> None:
    found = looked(Trouble(stage=Stage.SERVER, what=What.SILENT), OFF, certificates={})
    assert found.what is What.SILENT
    assert found.looked is not None and found.looked.blame.either == (Owner.HOME, Owner.COMPANY)


@pytest.mark.parametrize("what", [What.PASSWORD, What.DENIED, What.LOCKED])
def test_a_stranger_that_turns_the_sign_in_down_does_not_make_the_person_type_the_password_again(
    what: What,
) -> None:
    found = looked(Trouble(stage=Stage.SIGN_IN, what=what), ON)
    assert found.what is What.NEARBY and str(what) in found.detail
    assert found.looked is not None
    assert found.looked.blame.either == (Owner.HOME, Owner.COMPANY, Owner.DEVICE)


@pytest.mark.parametrize("what", [What.NO_PASSWORD, What.KEY_UNKNOWN, What.NAME_UNKNOWN])
def test_what_proves_nothing_stays_unproved(what: What) -> None:
    stage = Stage.NAME if what is What.NAME_UNKNOWN else Stage.SIGN_IN
    assert looked(Trouble(stage=stage, what=what), ON).what is what


def test_what_breaks_after_the_sign_in_is_the_servers_that_let_the_person_in() -> None:
    assert looked(Trouble(stage=Stage.WRITE, what=What.FULL), ON).what is What.FULL


@pytest.mark.parametrize(
    ("url", "trouble"),
    [
        (f"sftp://{SERVER}/", Trouble(stage=Stage.SIGN_IN, what=What.PASSWORD)),
        (f"https://{SERVER}/team", Trouble(stage=Stage.SIGN_IN, what=What.PASSWORD)),
        (f"https://{SERVER}/team", Trouble(stage=Stage.SERVER, what=What.GARBLED)),
    ],
    ids=str,
)
def test_a_server_that_proved_who_it_is_speaks_for_itself(url: str, trouble: Trouble) -> None:
    assert looked(trouble, ON, url).what is trouble.what


def test_a_private_address_of_another_network_past_the_vpn_is_no_neighbour() -> None:
    other = replace(WIFI, addresses=("192.168.7.23",))
    (finding,) = visit(Refused(WHERE), (TUNNEL, other), source="192.168.7.23").findings
    assert finding.code == "files.port_refused"
