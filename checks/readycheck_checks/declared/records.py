"""One question for records of a name (RFC 1035), and what an answer holds. Sends nothing.

A module of its own, so that dnspython is loaded with the first question only. Whatever bytes come are read: none raises an error.
"""

import ipaddress
from typing import Final

import dns.edns
import dns.exception
import dns.flags
import dns.message
import dns.name
import dns.rcode
import dns.rdatatype
import dns.reversename

from readycheck.api import clean
from readycheck_checks.declared.answers import Answer, Said

PAYLOAD: Final = 1232  # bytes of a datagram that no path cuts up (DNS flag day 2020)
MOST_RECORDS: Final = 50
_HEADER: Final = 12
_IS_ANSWER: Final = 0x80  # first bit of the flags: RFC 1035, section 4.1.1


class Question:
    """Raises ValueError for what is no name; the name of a PTR may be an address."""

    def __init__(self, name: str, kind: str) -> None:
        self.kind = kind
        try:
            asked = _reverse(name) if kind == "PTR" else dns.name.from_text(name)
            self._asked = dns.message.make_query(
                asked, dns.rdatatype.from_text(kind), use_edns=0, payload=PAYLOAD
            )
            self.packet = self._asked.to_wire()
        except (dns.exception.DNSException, ValueError, UnicodeError):
            raise ValueError(f'"{clean(name, 80)}" is no name that can be asked for') from None

    def accepts(self, data: bytes) -> bool:
        """An answer to this question's number, whatever it is worth."""
        return len(data) >= _HEADER and data[:2] == self.packet[:2] and bool(data[2] & _IS_ANSWER)

    def read(self, data: bytes) -> Answer:
        """What was said; ODD for what cannot be read or answers another question."""
        try:
            message = dns.message.from_wire(data, ignore_trailing=True)
            if not self._asked.is_response(message):
                return Answer(said=Said.ODD)
            values = self._values(message)
        except (dns.exception.DNSException, ValueError, UnicodeError):
            return Answer(said=Said.ODD)
        if message.flags & dns.flags.TC or len(values) > MOST_RECORDS:
            return Answer(said=Said.CUT, values=values[:MOST_RECORDS])
        return Answer(said=_said(message.rcode(), bool(values)), values=values)

    def _values(self, message: dns.message.Message) -> tuple[str, ...]:
        wanted = dns.rdatatype.from_text(self.kind)
        found = [record for rrset in message.answer if rrset.rdtype == wanted for record in rrset]
        return tuple(sorted(_text(self.kind, record) for record in found[: MOST_RECORDS + 1]))


def _reverse(name: str) -> dns.name.Name:
    try:
        return dns.reversename.from_address(name)
    except (dns.exception.DNSException, ValueError):
        return dns.name.from_text(name)


def _said(code: dns.rcode.Rcode, found: bool) -> Said:
    match code:
        case dns.rcode.NOERROR:
            return Said.RECORDS if found else Said.NONE
        case dns.rcode.NXDOMAIN:
            return Said.UNKNOWN_NAME
        case dns.rcode.REFUSED | dns.rcode.NOTAUTH:
            return Said.REFUSES
    return Said.FAILING


def _text(kind: str, record: object) -> str:
    if kind == "TXT":
        return clean(b"".join(getattr(record, "strings", ())).decode("utf-8", errors="replace"))
    if kind in ("A", "AAAA"):
        return str(ipaddress.ip_address(str(record)))
    if kind == "CAA":
        return clean(str(record))
    return " ".join(word.rstrip(".").lower() for word in clean(str(record)).split())
