"""The names of the lab's internet: every host name of the shipped profiles and vendor data, and the company's own.

Read from the shipped data itself, so that a name added there exists in the lab from that day on. Each organisation (the last two
labels of a name) has an address of its own, which a fault can take away alone.
"""

import re
import tomllib
from collections.abc import Iterator, Mapping
from functools import cache
from typing import Any, Final

from tests.lab import topology
from tests.lab.sandbox import REPOSITORY

DOMAIN: Final = "corp.test"
SHIPPED: Final = REPOSITORY / "config" / "readycheck_profiles"
TENANT: Final = ("corp.sharepoint.com", "corp-my.sharepoint.com")  # the company's names at a vendor
SPEEDTEST: Final = ("www.speedtest.net", "c.speedtest.net", "speed.isp-lab.net")
# A public name server for encrypted lookups; at the end of the internet's addresses, which the shipped profiles' fill from 1 on.
OPERATOR: Final = "dns.operator.example"
OPERATOR_IP: Final = "192.88.99.62"
_HOST: Final = re.compile(r"^(?:[a-z+]+://)?((?:[a-z0-9-]+\.)+[a-z][a-z0-9-]+)(?::\d+)?(?:/.*)?$")
# Time and STUN servers and web pages of one operator are different machines: a fault can take one away alone.
_APART: Final = re.compile(r"^(?:stun|time)\.|relay|turn")

COMPANY: Final[Mapping[str, str]] = {
    f"vpn.{DOMAIN}": topology.COMPANY_IP,
    f"turn.{DOMAIN}": topology.COMPANY_TURN_IP,
    f"www.{DOMAIN}": topology.COMPANY_WEB_IP,
    f"helpdesk.{DOMAIN}": topology.COMPANY_WEB_IP,
    f"chat.{DOMAIN}": topology.COMPANY_WEB_IP,
    f"speed.{DOMAIN}": topology.COMPANY_WEB_IP,
    f"mail.{DOMAIN}": topology.COMPANY_MAIL_IP,
    f"sip.{DOMAIN}": topology.COMPANY_VOICE_IP,
    f"proxy.{DOMAIN}": topology.COMPANY_VOICE_IP,
    f"cloud.{DOMAIN}": topology.COMPANY_MAIL_IP,
    f"autodiscover.{DOMAIN}": topology.COMPANY_MAIL_IP,
    f"login.{DOMAIN}": topology.COMPANY_APPS_IP,
    f"im.{DOMAIN}": topology.COMPANY_APPS_IP,
    f"app.{DOMAIN}": topology.COMPANY_APPS_IP,
    f"status.{DOMAIN}": topology.COMPANY_WEB_IP,
}
INSIDE: Final[Mapping[str, str]] = {
    f"dns.{DOMAIN}": topology.INSIDE_DNS_IP,
    f"files.{DOMAIN}": topology.INSIDE_FILES_IP,
    f"webdav.{DOMAIN}": topology.INSIDE_WEBDAV_IP,
    f"intranet.{DOMAIN}": topology.INSIDE_WEB_IP,
    f"kdc.{DOMAIN}": topology.INSIDE_WEBDAV_IP,
}
# Where the company's services are (RFC 2782): service, target, port; a service without a target is not offered.
SERVICES: Final[tuple[tuple[str, str, int], ...]] = (
    ("_sip._udp", f"sip.{DOMAIN}", 5060),
    ("_sip._tcp", f"sip.{DOMAIN}", 5060),
    ("_sips._tcp", f"sip.{DOMAIN}", 5061),
    ("_imaps._tcp", f"mail.{DOMAIN}", 993),
    ("_imap._tcp", "", 0),
    ("_submissions._tcp", f"mail.{DOMAIN}", 465),
    ("_submission._tcp", f"mail.{DOMAIN}", 587),
)
INSIDE_SERVICES: Final = (("_kerberos._tcp", f"kdc.{DOMAIN}", 88),)


@cache
def vendor_names() -> tuple[str, ...]:
    """Every host name that the shipped profiles name, sorted."""
    found = {
        match[1]
        for file in SHIPPED.rglob("*.toml")
        if file.name != "demo.toml"
        for text in _texts(tomllib.loads(file.read_text(encoding="utf-8")).get("checks", {}))
        if (match := _HOST.match(text))
    }
    return tuple(sorted({*found, *SPEEDTEST, *TENANT, "example.com"}))


def _texts(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for key, each in value.items():
            if key not in ("source", "title", "media_note", "checked"):
                yield from _texts(each)
    elif isinstance(value, list):
        for each in value:
            yield from _texts(each)


@cache
def internet() -> Mapping[str, str]:
    """Name to IPv4 address of everything public that is not the company's."""
    machines = sorted({_machine(name) for name in vendor_names()})
    if len(machines) > 60:
        raise ValueError(f"the lab's internet has 60 addresses, the shipped profiles need {len(machines)}")
    addresses = {machine: f"192.88.99.{number}" for number, machine in enumerate(machines, start=1)}
    return {name: addresses[_machine(name)] for name in vendor_names()}


def _machine(name: str) -> str:
    return name if _APART.search(name) else ".".join(name.split(".")[-2:])


def public() -> Mapping[str, str]:
    """Name to IPv4 address of everything that the public name servers know."""
    return {**internet(), **COMPANY, DOMAIN: topology.COMPANY_WEB_IP, OPERATOR: OPERATOR_IP}


def address(name: str) -> str:
    """The IPv4 address of a public or inside name."""
    return {**public(), **INSIDE}[name]
