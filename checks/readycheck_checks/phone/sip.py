"""SIP's OPTIONS (RFC 3261, 11) as bytes, and what an answer says. Pure: parse() returns None for what is no SIP response.

No REGISTER and no INVITE. Max-Forwards is 0: whoever is asked answers himself, and nobody's telephone rings or is asked.
"""

import re
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final, Literal

from readycheck.api import clean

Transport = Literal["udp", "tcp", "tls"]
PORTS: Final[dict[Transport, int]] = {"udp": 5060, "tcp": 5060, "tls": 5061}
MAGIC: Final = "z9hG4bK"  # begins every branch (RFC 3261, 8.1.1.7)
MOST_BYTES: Final = 8_192
MOST_LINES: Final = 64
_STATUS_LINE: Final = re.compile(r"SIP/2\.0 ([1-6][0-9][0-9])(?: (.*))?\Z")
_COMPACT: Final = {"v": "via", "f": "from", "t": "to", "i": "call-id", "l": "content-length"}
_VIA: Final = re.compile(r"SIP\s*/\s*2\.0\s*/\s*(\w+)\s+([^\s;,]+)\s*((?:;[^,]*)?)", re.ASCII)


@dataclass(frozen=True, kw_only=True)
class Question:
    """One request. ``own``: address and port of this computer, as it sees them itself."""

    transport: Transport
    host: str
    own_address: str
    own_port: int
    token: str = field(default_factory=lambda: secrets.token_hex(8))

    @property
    def sent_by(self) -> str:
        host = f"[{self.own_address}]" if ":" in self.own_address else self.own_address
        return f"{host}:{self.own_port}"

    @property
    def branch(self) -> str:
        return f"{MAGIC}{self.token}"

    @property
    def call_id(self) -> str:
        return f"{self.token}@readycheck.invalid"

    def packet(self) -> bytes:
        host = f"[{self.host}]" if ":" in self.host else self.host
        target = f"sip:{host}" if self.transport == "udp" else f"sip:{host};transport={self.transport}"
        lines = (
            f"OPTIONS {target} SIP/2.0",
            f"Via: SIP/2.0/{self.transport.upper()} {self.sent_by};branch={self.branch};rport",
            "Max-Forwards: 0",
            f"From: <sip:readycheck@anonymous.invalid>;tag={self.token}",
            f"To: <{target}>",
            f"Call-ID: {self.call_id}",
            "CSeq: 1 OPTIONS",
            f"Contact: <sip:readycheck@{self.sent_by}>",
            "Accept: application/sdp",
            "User-Agent: readycheck",
            "Content-Length: 0",
        )
        return "\r\n".join((*lines, "", "")).encode("ascii")


@dataclass(frozen=True, kw_only=True)
class Via:
    """One Via value: ``received`` and ``rport`` are what the server saw (RFC 3581); empty where it does not tell."""

    sent_by: str
    branch: str = ""
    received: str = ""
    rport: str = ""


@dataclass(frozen=True, kw_only=True)
class Answer:
    """A response: ``vias`` from the top, ``headers`` by lower-case name (the first of each), texts cleaned."""

    status: int
    reason: str
    vias: tuple[Via, ...]
    headers: Mapping[str, str]

    @property
    def is_final(self) -> bool:
        return self.status >= 200

    def __str__(self) -> str:
        return f"{self.status} {self.reason}".strip()


def parse(data: bytes) -> Answer | None:
    """The head of a SIP response of at most 8 KiB and 64 lines; the body is not looked at."""
    head = data[:MOST_BYTES].split(b"\r\n\r\n", 1)[0].decode("utf-8", "replace")
    first, *lines = head.split("\r\n", MOST_LINES)[:MOST_LINES]
    match = _STATUS_LINE.match(first)
    if match is None:
        return None
    headers: dict[str, str] = {}
    vias: list[Via] = []
    for line in lines:
        name, colon, value = line.partition(":")
        key = _COMPACT.get(name.strip().lower(), name.strip().lower())
        if colon and key == "via":
            vias += _vias(value)
        elif colon:
            headers.setdefault(clean(key, 40), clean(value.strip(), 200))
    return Answer(
        status=int(match[1]), reason=clean(match[2] or "", 80), vias=tuple(vias[:8]), headers=headers
    )


def answers(data: bytes, question: Question) -> Answer | None:
    """The final answer to this question: by its Call-ID, or, where a box on the way changed that, by its branch."""
    said = parse(data)
    if said is None or not said.is_final:
        return None
    by_branch = any(via.branch == question.branch for via in said.vias)
    return said if by_branch or said.headers.get("call-id") == question.call_id else None


def changes(question: Question, said: Answer) -> tuple[str, ...]:
    """What came back otherwise than it was sent, in words. A server returns all of it as it got it (RFC 3261, 8.2.6.2)."""
    told = []
    top = said.vias[0] if said.vias else None
    if top is None:
        told.append("the line that says who asks (Via) is gone")
    elif top.sent_by.lower() != question.sent_by.lower():
        told.append(
            f"the address of this computer was rewritten ({question.sent_by} came back as {top.sent_by})"
        )
    if top is not None and top.branch != question.branch:
        told.append("the mark of the request (branch) was rewritten")
    if len(said.vias) > 1:
        told.append("a line that somebody else added (Via) came back")
    if said.headers.get("call-id") != question.call_id:
        told.append("the number of the conversation (Call-ID) was rewritten")
    if question.token not in said.headers.get("from", ""):
        told.append("the name of the caller (From) was rewritten")
    return tuple(told)


def _vias(value: str) -> list[Via]:
    found = []
    for match in _VIA.finditer(value[:1024]):
        parameters = dict(_parameter(part) for part in match[3].split(";") if part.strip())
        found.append(
            Via(
                sent_by=clean(match[2], 80),
                branch=parameters.get("branch", ""),
                received=parameters.get("received", "").strip("[]"),
                rport=parameters.get("rport", ""),
            )
        )
    return found


def _parameter(text: str) -> tuple[str, str]:
    name, _, value = text.partition("=")
    return name.strip().lower(), clean(value.strip(), 80)
