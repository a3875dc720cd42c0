"""One question for the IPv4 addresses of a name, and what an answer says.

A module of its own, so that dnspython is loaded with the first question only: most runs never ask one.
"""

import dns.exception
import dns.flags
import dns.message
import dns.rcode
import dns.rdatatype

from readycheck.api import clean
from readycheck_checks.names.around import Reply

_HEADER = 12
_MOST_BYTES = (
    4_096  # eight times of what a question without EDNS may be answered with (RFC 1035, section 4.2.1)
)
_IS_ANSWER = 0x80  # first bit of the flags: RFC 1035, section 4.1.1


class Question:
    """Raises ValueError for what is no name: an empty label, one of more than 63 letters, more than 255 in all."""

    def __init__(self, name: str) -> None:
        try:
            self._asked = dns.message.make_query(name, dns.rdatatype.A)
            self.packet = self._asked.to_wire()
        except (dns.exception.DNSException, ValueError, UnicodeError):
            raise ValueError(f'"{clean(name, 80)}" is no name that can be asked for') from None

    def accepts(self, data: bytes) -> bool:
        """An answer to this question's number, whatever it is worth."""
        return len(data) >= _HEADER and data[:2] == self.packet[:2] and bool(data[2] & _IS_ANSWER)

    def read(self, data: bytes) -> tuple[Reply, tuple[str, ...]]:
        """What was said, and the addresses. An answer that does not fit into a datagram is one."""
        if len(data) > _MOST_BYTES:
            return Reply.ODD, ()
        try:
            said = dns.message.from_wire(data, ignore_trailing=True)
        except (dns.exception.DNSException, ValueError):
            return Reply.ODD, ()
        if not self._asked.is_response(said):
            return Reply.ODD, ()
        records = [rrset for rrset in said.answer if rrset.rdtype == dns.rdatatype.A]
        addresses = tuple(record.to_text() for rrset in records for record in rrset)
        return self._meaning(said, bool(addresses)), addresses

    @staticmethod
    def _meaning(said: dns.message.Message, found: bool) -> Reply:
        match said.rcode():
            case dns.rcode.NOERROR if found or said.flags & dns.flags.TC:
                return Reply.ANSWERED
            case dns.rcode.NOERROR | dns.rcode.NXDOMAIN:
                return Reply.UNKNOWN_NAME
            case dns.rcode.REFUSED:
                return Reply.REFUSES
        return Reply.FAILING
