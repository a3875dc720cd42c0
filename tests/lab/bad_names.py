"""A name server that stands in front of a good one and misbehaves: late, refusing, lying, cut short. A program of its own, run on
a host.

Every question that no option is about goes to the good server, and its answer comes back unchanged.
"""

import argparse
import socket
import socketserver
import struct
import sys
import threading
import time
from dataclasses import dataclass
from typing import Any

import dns.exception
import dns.flags
import dns.message
import dns.name
import dns.query
import dns.rcode
import dns.rdatatype
import dns.rrset

LIMIT_S = 5.0
SHORT_BYTES = 512  # what UDP takes where a question does not say more (RFC 1035, section 4.2.1)
LIFE_S = 0  # nobody remembers a lie longer than it is told


@dataclass(frozen=True)
class Behaviour:
    """``lies``: addresses for a name and all below it; no address says NXDOMAIN. ``code``: said of the names ``of``, no more.
    ``cut``: over UDP an answer is cut. ``long``: so it is where UDP takes no more than SHORT_BYTES; else it is lost."""

    upstream: str
    delay_s: float
    code: str
    of: tuple[dns.name.Name, ...]
    lies: dict[dns.name.Name, tuple[str, ...]]
    instead: str
    cut: bool = False
    long: bool = False

    def answer(self, wire: bytes, tcp: bool) -> bytes:
        """Empty where it never arrives."""
        time.sleep(self.delay_s)
        if not tcp and (self.cut or self.long):
            return self._over_udp(dns.message.from_wire(wire))
        query = dns.message.from_wire(wire)
        asked = query.question[0]
        if self.code and any(asked.name.is_subdomain(name) for name in self.of):
            return _bare(query, self.code).to_wire()
        for name, addresses in self.lies.items():
            if asked.name.is_subdomain(name):
                return _told(query, addresses).to_wire()
        return self._honest(query, wire, tcp)

    def _over_udp(self, query: dns.message.Message) -> bytes:
        if self.long and query.edns >= 0 and query.payload > SHORT_BYTES:
            return b""
        reply = dns.message.make_response(query, recursion_available=True)
        reply.flags |= dns.flags.TC
        return reply.to_wire()

    def _honest(self, query: dns.message.Message, wire: bytes, tcp: bool) -> bytes:
        ask = dns.query.tcp if tcp else dns.query.udp
        try:
            answer = ask(dns.message.from_wire(wire), self.upstream, timeout=LIMIT_S)
        except (OSError, dns.exception.DNSException):
            return _bare(query, "SERVFAIL").to_wire()
        if self.instead and answer.rcode() == dns.rcode.NXDOMAIN:
            answer = _told(query, (self.instead,))
        return answer.to_wire()


def _bare(query: dns.message.Message, code: str) -> dns.message.Message:
    reply = dns.message.make_response(query, recursion_available=True)
    reply.set_rcode(dns.rcode.from_text(code))
    return reply


def _told(query: dns.message.Message, addresses: tuple[str, ...]) -> dns.message.Message:
    reply = _bare(query, "NOERROR" if addresses else "NXDOMAIN")
    asked = query.question[0]
    kinds = {"A": [ip for ip in addresses if ":" not in ip], "AAAA": [ip for ip in addresses if ":" in ip]}
    if found := kinds.get(dns.rdatatype.to_text(asked.rdtype)):
        reply.answer.append(
            dns.rrset.from_text(asked.name, LIFE_S, "IN", dns.rdatatype.to_text(asked.rdtype), *found)
        )
    return reply


def serve(behaviour: Behaviour, port: int) -> None:
    """On all addresses of the host, UDP and TCP, each question in a thread of its own: a late answer holds up no other."""

    class Udp(socketserver.BaseRequestHandler):
        def handle(self) -> None:
            wire, asked_on = self.request
            if answer := behaviour.answer(wire, tcp=False):
                asked_on.sendto(answer, self.client_address)

    class Tcp(socketserver.StreamRequestHandler):
        def handle(self) -> None:
            while len(head := self.rfile.read(2)) == 2:
                answer = behaviour.answer(self.rfile.read(struct.unpack("!H", head)[0]), tcp=True)
                self.wfile.write(struct.pack("!H", len(answer)) + answer)

    servers = [_Udp(("::", port), Udp), _Tcp(("::", port), Tcp)]
    for server in servers:
        threading.Thread(target=server.serve_forever).start()
    print("ready", flush=True)


class _Udp(socketserver.ThreadingUDPServer):
    address_family = socket.AF_INET6
    allow_reuse_address = True
    daemon_threads = True


class _Tcp(socketserver.ThreadingTCPServer):
    address_family = socket.AF_INET6
    allow_reuse_address = True
    daemon_threads = True


def main(arguments: list[str]) -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--upstream", required=True, help="address of the good server")
    parser.add_argument("--delay-ms", type=float, default=0.0)
    parser.add_argument("--code", default="", help="REFUSED, SERVFAIL ...")
    parser.add_argument(
        "--of", nargs="*", default=["."], help="names that the code is for, with all below them"
    )
    parser.add_argument(
        "--lie", action="append", default=[], help="NAME=ADDRESS,ADDRESS; no address: there is no such name"
    )
    parser.add_argument("--instead", default="", help="address that is told where there is no such name")
    parser.add_argument("--cut", action="store_true", help="over UDP an answer is cut")
    parser.add_argument(
        "--long", action="store_true", help="answers are long, and lost where UDP may take them"
    )
    asked: Any = parser.parse_args(arguments)
    lies = (lie.partition("=") for lie in asked.lie)
    behaviour = Behaviour(
        upstream=asked.upstream,
        delay_s=asked.delay_ms / 1000,
        code=asked.code,
        of=tuple(map(dns.name.from_text, asked.of)),
        lies={dns.name.from_text(name): tuple(filter(None, ips.split(","))) for name, _, ips in lies},
        instead=asked.instead,
        cut=asked.cut,
        long=asked.long,
    )
    serve(behaviour, asked.port)


if __name__ == "__main__":
    main(sys.argv[1:])
