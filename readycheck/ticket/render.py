"""A ticket as bytes: Markdown, an e-mail draft, JSON. The same ticket gives the same bytes, always; nothing is sent.

No text of a ticket can become markup, a link, HTML or a header: in Markdown it stands inside fences, in e-mail it is plain text.
"""

import hashlib
import re
from collections.abc import Iterator
from datetime import datetime
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime
from textwrap import wrap
from typing import Final, NamedTuple

import msgspec

from readycheck.model import Redaction, Report
from readycheck.show.wording import plural
from readycheck.text import clean
from readycheck.ticket.card import card_lines
from readycheck.ticket.compose import Ticket
from readycheck.ticket.details import cause_lines
from readycheck.ticket.marker import marker_of
from readycheck.ticket.provider import for_the_provider

WIDTH: Final = 76  # characters: it is read in windows of 80 columns
NO_HOST: Final = "readycheck.invalid"  # RFC 2606: a Message-ID needs a domain, and no real one may be named
_NARROW: Final = SMTP.clone(max_line_length=74)  # 76 is the limit (RFC 2045, 6.7), _unmistakable() adds two
_ADDRESS: Final = re.compile(
    r"[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}@[A-Za-z0-9.-]{1,253}"
)  # RFC 5322, 3.4.1, ASCII
_TICKS: Final = re.compile(r"`+")
_MARKS: Final = re.compile(r"^(?:F(?=rom )|\.(?=\r?$))", re.MULTILINE)
_PSEUDONYM: Final = re.compile(r"(\[[a-z-]+) ([0-9]+\])")  # "[wi-fi 1]" stays on one line, as one name
_GLUE: Final = "\0"  # cannot be in a cleaned text


class Section(NamedTuple):
    """A heading in our own words, and lines that may hold anybody's."""

    heading: str
    lines: tuple[str, ...]


def sections(ticket: Ticket) -> tuple[Section, ...]:
    """The ticket in the order IT support reads it; sections without content are left out."""
    found = (
        Section("What does not work", ticket.cannot or ("Nothing: everything that was checked works",)),
        Section("Message", tuple(ticket.note.split("\n")) if ticket.note else ()),
        Section("Likely causes", tuple(line for cause in ticket.causes for line in cause_lines(cause))),
        Section("Steps tried", ticket.tried),
        Section("Evidence", ticket.evidence),
        Section("Environment", ticket.environment),
        Section("Contact", card_lines(ticket.contact, _moment(ticket.created))),
        Section("For the internet provider", tuple(ticket.isp_text.split("\n")) if ticket.isp_text else ()),
        Section("What was replaced", tuple(_manifest(ticket.redaction))),
    )
    return tuple(section for section in found if section.lines)


def file_name(ticket: Ticket, suffix: str) -> str:
    """``readycheck-rc-1a2b3c4d-support.eml``: which run and how much was replaced, nothing about the person."""
    level = re.sub(r"[^a-z]", "", ticket.redaction.level) or "unknown"
    return f"readycheck-{ticket.reference}-{level}{suffix}"


def markdown(ticket: Ticket) -> str:
    """CommonMark: our own words as headings, everything else in fenced blocks, which have neither markup nor links."""
    parts = [f"# Ticket {ticket.reference}", _fenced((ticket.title,))]
    for section in sections(ticket):
        parts += [f"## {section.heading}", _fenced(section.lines)]
    return "\n\n".join(parts) + "\n"


def _fenced(lines: tuple[str, ...]) -> str:
    """A fence longer than any run of backticks inside it cannot be closed from inside (CommonMark 0.31, 4.5)."""
    text = "\n".join(_wrapped(lines))
    longest = max((len(run) for run in _TICKS.findall(text)), default=0)
    fence = "`" * max(3, longest + 1)
    return f"{fence}text\n{text}\n{fence}"


def _wrapped(lines: tuple[str, ...]) -> Iterator[str]:
    for line in lines:
        safe = _PSEUDONYM.sub(rf"\1{_GLUE}\2", clean(line, 4000))
        indent = safe[: len(safe) - len(safe.lstrip(" "))]
        parts = wrap(safe, WIDTH, subsequent_indent=f"{indent}  ", break_on_hyphens=False) or [""]
        yield from (part.replace(_GLUE, " ") for part in parts)


def provider_letter(report: Report) -> bytes:
    """The text for the internet provider alone, with the public address of the line; empty where nothing is the provider's.

    ``report``: as it was measured. The letter takes from it only what the provider may know (readycheck.ticket.provider).
    """
    lines = for_the_provider(report).splitlines()
    return ("\n".join(_wrapped(tuple(lines))) + "\n").encode() if lines else b""


def provider_file_name(report: Report) -> str:
    return f"readycheck-{marker_of(report.run_id).strip('[]')}-provider.txt"


def eml(ticket: Ticket) -> bytes:
    """A draft (RFC 5322; ``X-Unsent: 1`` opens it for sending) to the first e-mail route, with the redacted report attached.

    It names no sender: the mail program of the person fills that in.
    """
    message = EmailMessage(policy=_NARROW)
    to = next(
        (r.value for r in ticket.contact.routes if r.kind == "email" and _ADDRESS.fullmatch(r.value)), ""
    )
    if to:
        message["To"] = to
    message["Subject"] = clean(ticket.title)
    moment = _moment(ticket.created)
    if moment is not None:
        message["Date"] = format_datetime(moment)
    message["Message-ID"] = f"<{_identity(ticket)}@{NO_HOST}>"
    message["X-Unsent"] = "1"
    message.set_content(_as_text(ticket), cte="quoted-printable")
    message.set_payload(_unmistakable(str(message.get_payload())))
    message.add_attachment(
        report_json(ticket), maintype="application", subtype="json", filename=file_name(ticket, ".json")
    )
    message.set_boundary(
        f"=_{_identity(ticket)}"
    )  # "=_" cannot occur in quoted-printable or base64 (RFC 2045, 6.7)
    return message.as_bytes()


def _unmistakable(encoded: str) -> str:
    """Lines that programs on the way take for marks of their own ("From " begins a mail in an mbox, a lone dot ends one for
    sendmail) begin with their first character encoded (RFC 2049, 3)."""
    return _MARKS.sub(lambda first: f"={ord(first[0]):02X}", encoded)


def _identity(ticket: Ticket) -> str:
    """Stable for a run, on every machine, and without its names."""
    return f"{ticket.reference}-{hashlib.sha256(ticket.report.run_id.encode('utf-8', 'replace')).hexdigest()[:24]}"


def _as_text(ticket: Ticket) -> str:
    blocks = [clean(ticket.title)]
    for section in sections(ticket):
        body = "\n".join(_wrapped(section.lines))
        blocks.append(f"{section.heading}\n{'-' * len(section.heading)}\n{body}")
    return "\n\n".join(blocks) + "\n"


def as_json(ticket: Ticket) -> bytes:
    """The whole ticket, report included; keys in the order of the format, those of maps sorted."""
    return _json(ticket)


def report_json(ticket: Ticket) -> bytes:
    """The redacted report alone, as it is attached."""
    return _json(ticket.report)


def _json(value: msgspec.Struct) -> bytes:
    return msgspec.json.format(msgspec.json.encode(value, order="deterministic"), indent=2) + b"\n"


def _manifest(redaction: Redaction) -> Iterator[str]:
    yield f"Level: {redaction.level}"
    if not redaction.replaced:
        yield "Nothing was replaced"
    for kind, places in sorted(redaction.replaced.items()):
        yield f"{kind}: {plural(places, '1 place', '{} places')}"


def _moment(text: str) -> datetime | None:
    """A time with zone; None where the report states none that can be read."""
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        return None
    return moment if moment.tzinfo else None
