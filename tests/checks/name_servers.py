"""Name servers for tests: where they stand, what they answer as bytes, and one on loopback that answers so."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

import dns.flags
import dns.message
import dns.rcode
import dns.rrset

from readycheck.errors import NetError, NoRoute, Refused
from readycheck.model import Finding, Owner
from readycheck.ports import Interface
from readycheck.testing import Where
from readycheck_checks.dns import DnsOptions
from tests.checks.connection_listeners import LOOPBACK, udp_server

Said = tuple[int, str | None]  # rcode, and an address or none
Speaks = Callable[[bytes], bytes] | NetError


def reply(data: bytes, rcode: int, address: str | None = None) -> bytes:
    """The answer to this question."""
    query = dns.message.from_wire(data)
    question = query.question[0]
    response = dns.message.make_response(query)
    response.flags |= dns.flags.RA
    response.set_rcode(dns.rcode.Rcode(rcode))
    if address and question.rdtype == 1:
        response.answer.append(dns.rrset.from_text(question.name, 60, "IN", "A", address))
    return response.to_wire()


def says(rcode: int, address: str | None = None) -> Callable[[bytes], bytes]:
    """A name server that says this to everybody."""
    return lambda data: reply(data, rcode, address)


@contextmanager
def name_server(answer: Callable[[str], Said]) -> Iterator[str]:
    """A real DNS server over UDP: (rcode, address) for each name."""

    def serve(data: bytes) -> bytes:
        name = dns.message.from_wire(data).question[0].name.to_text(omit_final_dot=True)
        return reply(data, *answer(name))

    with udp_server(serve) as port:
        yield f"{LOOPBACK}:{port}"


NAMES = ("www.one.example", "www.two.example")
ROUTER, FAR, NEAR, STUB, INSIDE = "192.168.1.1", "192.88.99.250", "192.168.1.5", "127.0.0.53", "10.20.0.53"
OPINIONS = ("1.1.1.1", "9.9.9.9")
OPTIONS = DnsOptions(names=NAMES, second_opinion=tuple(f"{ip}:53" for ip in OPINIONS))
WIFI = Interface(name="wlan0", kind="wifi", up=True, addresses=("192.168.1.23",), mtu=1500)
VPN = Interface(name="tun0", kind="tunnel", up=True, addresses=("10.8.0.2",), mtu=1400)
HERE = Where(host="there", port=53)

GOOD = says(dns.rcode.NOERROR, "192.0.2.10")
REFUSES = says(dns.rcode.REFUSED)
FAILS = says(dns.rcode.SERVFAIL)
UNKNOWN = says(dns.rcode.NXDOMAIN)
CLOSED = Refused(HERE)
NO_ROUTE = NoRoute(HERE)
GOOD_OPINIONS = dict.fromkeys(OPINIONS, GOOD)


def whose(finding: Finding) -> tuple[Owner, ...]:
    return finding.either or (finding.owner,)
