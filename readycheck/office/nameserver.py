"""An authoritative name server for office.test over UDP and TCP. Knows a fixed list of names; the rest does not exist."""

import asyncio
import struct
from typing import Final

import dns.exception
import dns.flags
import dns.message
import dns.name
import dns.rcode
import dns.rdatatype
import dns.rrset

from readycheck.office.listeners import Address, Answer, Conversation
from readycheck.office.values import LOOPBACK, ZONE

HOSTS: Final = (
    "www",
    "sign-in",
    "vpn",
    "intranet",
    "files",
    "speed",
    "meetings",
    "stun1",
    "stun2",
    "time",
    "mail",
    "portal",
    "chat",
    "hotspot-check",
    "online-check",
)
_TTL_S: Final = 60


def server(*, works: bool = True) -> Answer:
    """Answers queries about the zone; with ``works=False`` every query gets SERVFAIL. Ignores what is no query."""

    def answer(data: bytes, _address: Address) -> bytes | None:
        try:
            query = dns.message.from_wire(data)
        except dns.exception.DNSException:
            return None
        if query.flags & dns.flags.QR or len(query.question) != 1:
            return None
        reply = dns.message.make_response(query, recursion_available=True)
        if works:
            _fill(reply)
        else:
            reply.set_rcode(dns.rcode.SERVFAIL)
        return reply.to_wire()

    return answer


def conversation(answer: Answer) -> Conversation:
    """The same over TCP: each message follows its length (RFC 1035 section 4.2.2)."""

    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        async with asyncio.timeout(30):
            while True:
                (length,) = struct.unpack("!H", await reader.readexactly(2))
                reply = answer(await reader.readexactly(length), (LOOPBACK, 0))
                if reply is None:
                    return
                writer.write(struct.pack("!H", len(reply)) + reply)
                await writer.drain()

    return talk


def _fill(reply: dns.message.Message) -> None:
    question = reply.question[0]
    reply.flags |= dns.flags.AA
    records = _records().get(question.name)
    if records is None:
        reply.set_rcode(dns.rcode.NXDOMAIN)
    for kind, text in records or ():
        if question.rdtype in (kind, dns.rdatatype.ANY):
            reply.answer.append(dns.rrset.from_text(question.name, _TTL_S, "IN", kind, text))
    if not reply.answer:
        soa = f"ns.{ZONE}. help.{ZONE}. 1 3600 600 86400 {_TTL_S}"
        reply.authority.append(dns.rrset.from_text(dns.name.from_text(ZONE), _TTL_S, "IN", "SOA", soa))


def _records() -> dict[dns.name.Name, tuple[tuple[dns.rdatatype.RdataType, str], ...]]:
    here = ((dns.rdatatype.A, LOOPBACK),)
    zone = ((dns.rdatatype.MX, f"10 mail.{ZONE}."), *here)
    return {dns.name.from_text(ZONE): zone} | {dns.name.from_text(f"{host}.{ZONE}"): here for host in HOSTS}
