"""Everything that stands and runs in a healthy lab: which servers, in one list, and how the person's VPN program was left."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Final

from tests.lab import tunnels
from tests.lab.lab import Lab
from tests.lab.servers import (
    caddy,
    chrony,
    coturn,
    dnsmasq,
    dovecot,
    iperf3,
    irtt,
    kamailio,
    nginx,
    ocserv,
    openvpn,
    postfix,
    samba,
    speedtest,
    squid,
    sshd,
    strongswan,
    unbound,
    webdav,
    wireguard,
)
from tests.lab.servers.base import Server

KIND: Final = "openvpn"  # the VPN of the company's profile


def open_lab() -> Lab:
    """The bare network, the internet and the company; done when every server answers."""
    lab = Lab()
    lab.start([*names(), *internet(lab), *edge(lab), *inside(lab)])
    return lab


def names() -> tuple[Server, ...]:
    """The name servers outside."""
    return dnsmasq.router(), dnsmasq.isp(), dnsmasq.operators()


def internet(lab: Lab) -> tuple[Server, ...]:
    """The vendors' sites, speed test, time servers and media relays."""
    return nginx.internet(lab), caddy.quic(lab), speedtest.server(), *chrony.public(), *coturn.public(lab)


def edge(lab: Lab) -> tuple[Server, ...]:
    """What the company shows to the world."""
    gateways = (openvpn.gateway(lab), ocserv.gateway(lab), wireguard.gateway(), strongswan.gateway(lab))
    mail = (postfix.mail(lab), dovecot.mailboxes(lab))
    voice = (kamailio.exchange(lab), *coturn.company(lab))
    return nginx.company(lab), *gateways, *mail, *voice, squid.proxy(), irtt.server(), iperf3.server()


def inside(lab: Lab) -> tuple[Server, ...]:
    """What only the VPN leads to."""
    return unbound.inside(lab), nginx.inside(lab), samba.files(), webdav.documents_server(lab), sshd.sftp()


@contextmanager
def vpn(lab: Lab, state: str) -> Iterator[None]:
    """The VPN of the person in this state: "none", or "split" or "full", with a kind before it if it is another ("wireguard
    full"), and behind it what it leaves out: "no-dns", "only=10.20.0.10/32" (the routes of a split tunnel).
    """
    if state == "none":
        yield
        return
    connected = tunnels.connect(lab, **terms(state))
    try:
        yield
    finally:
        connected.disconnect()


def terms(state: str) -> dict[str, Any]:
    """The state in the words of tunnels.connect()."""
    told: dict[str, Any] = {"kind": KIND}
    for word in state.split():
        key, _, value = word.partition("=")
        match key:
            case "split" | "full":
                told["tunnel"] = key
            case "no-dns":
                told["dns"] = False
            case "only":
                told["routes"] = tuple(value.split(","))
            case _:
                told["kind"] = key
    return told
