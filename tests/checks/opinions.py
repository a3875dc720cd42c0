"""Name servers that know a name or do not: the computer's own, which does not, and those of others."""

from collections.abc import Callable
from typing import Any

import dns.message
import dns.rcode
import dns.rrset

OURS = "192.0.2.53"
OTHERS = ("198.51.100.1", "198.51.100.2")
NAME_SERVERS = tuple(f"{address}:53" for address in OTHERS)


def says(*, known: bool) -> Callable[[bytes], bytes]:
    """The answer to any question for an address."""

    def answer(request: bytes) -> bytes:
        question = dns.message.from_wire(request)
        reply = dns.message.make_response(question)
        if known:
            reply.answer.append(dns.rrset.from_text(question.question[0].name, 60, "IN", "A", "203.0.113.7"))
        else:
            reply.set_rcode(dns.rcode.NXDOMAIN)
        return reply.to_wire()

    return answer


def said_by(others: tuple[bool, ...]) -> dict[tuple[str, int], Any]:
    """FakeNet's replies: our own name server denies, each of the others knows the name or denies it too."""
    told = {(address, 53): says(known=known) for address, known in zip(OTHERS, others, strict=False)}
    return {(OURS, 53): says(known=False), **told}
