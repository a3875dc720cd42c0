"""What profiles tell every check of a server about others: one rule, whichever check it is."""

from typing import Any

import pytest

from readycheck.api import Owner
from readycheck_checks.blame.options import BesideOptions, ControlOptions, hosts_beside
from readycheck_checks.blame.trouble import Beside
from readycheck_checks.contact_email import EmailOptions
from readycheck_checks.declared.options import Asked
from readycheck_checks.mailbox import MailboxOptions
from readycheck_checks.proxy import ProxyOptions
from readycheck_checks.shares.options import ShareOptions
from readycheck_checks.sip_phone import SipPhoneOptions
from readycheck_checks.vpn.gateway_options import GatewayOptions

NEEDED: dict[type[Any], dict[str, Any]] = {
    ControlOptions: {},
    ProxyOptions: {},
    BesideOptions: {},
    Asked: {"title": "Time sheet"},
    EmailOptions: {},
    GatewayOptions: {"host": "vpn.example"},
    MailboxOptions: {"domain": "corp.example"},
    ShareOptions: {"url": "smb://files.example/team"},
    SipPhoneOptions: {"domain": "corp.example"},
}


@pytest.mark.parametrize("options", NEEDED)
def test_a_control_without_a_port_is_one_clear_sentence(options: type[Any]) -> None:
    with pytest.raises(ValueError, match="no host and port: write it like"):
        options(**NEEDED[options], tcp_controls=("control.example:0",))


@pytest.mark.parametrize("options", [kind for kind in NEEDED if "name_servers" in kind.__struct_fields__])
def test_a_name_server_that_is_given_by_name_is_one_clear_sentence(options: type[Any]) -> None:
    with pytest.raises(ValueError, match="write an address"):
        options(**NEEDED[options], name_servers=("dns.example:53",))


def test_they_are_asked_in_a_look_after_a_failure() -> None:
    options = BesideOptions(tcp_controls=("control.example:443",), name_servers=("192.0.2.53:53",))
    assert options.beside(Owner.SERVICE, inside=True) == Beside(
        far=Owner.SERVICE,
        tcp_controls=("control.example:443",),
        name_servers=("192.0.2.53:53",),
        inside=True,
    )


def test_they_stand_behind_the_checks_own_hosts_in_what_it_says_before_a_run() -> None:
    options = BesideOptions(tcp_controls=("control.example:443",), name_servers=("192.0.2.53:53",))
    named = hosts_beside(options, "https://own.example/", "other.example:1")
    assert named == ("own.example", "other.example", "control.example", "192.0.2.53")
