"""The servers of a mailbox: as a profile names them, and as a domain tells of them (RFC 6186, RFC 8314). Pure but for find()."""

import asyncio
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final, Literal
from urllib.parse import urlsplit

from readycheck.api import Context, Fact, NameUnknown, NetError, Privacy, SrvRecord, clean, fact
from readycheck_checks.asking.attempts import attempt
from readycheck_checks.asking.endpoints import Endpoint

Scheme = Literal["imaps", "imap", "submissions", "submission"]
PORTS: Final[dict[Scheme, int]] = {"imaps": 993, "imap": 143, "submissions": 465, "submission": 587}
TRANSFER_PORT: Final = (
    25  # between mail servers: home networks block it, and mail programs have no business there
)
OTHER_SERVICES: Final = ("_autodiscover._tcp", "_pop3s._tcp", "_jmap._tcp")


@dataclass(frozen=True, kw_only=True)
class MailServer:
    """``scheme``: imaps and submissions speak TLS from the start, imap and submission by STARTTLS."""

    scheme: Scheme
    where: Endpoint

    @property
    def is_implicit(self) -> bool:
        return self.scheme.endswith("s")

    @property
    def reads(self) -> bool:
        """Mail is read there; else sent."""
        return self.scheme.startswith("imap")

    @property
    def greets(self) -> tuple[bytes, ...]:
        """How its first word begins."""
        return (b"* ",) if self.reads else (b"2", b"4", b"5")

    def __str__(self) -> str:
        return f"{self.scheme}://{self.where}"


def mail_server(url: str) -> MailServer:
    """``imaps://mail.example.com`` or ``submission://mail.example.com:587``. Raises ValueError with what was expected."""
    try:
        parts = urlsplit(url)
        host, port = parts.hostname, parts.port
    except ValueError:
        host, port, parts = None, None, urlsplit("")
    scheme = next((known for known in PORTS if known == parts.scheme), None)
    if scheme is None or not host or parts.path.strip("/") or parts.query or "@" in parts.netloc:
        raise ValueError(f'"{url}" is no mail server: write it like "imaps://mail.example.com"')
    if port == TRANSFER_PORT:
        raise ValueError(
            f'"{url}": port 25 is for mail servers among themselves; mail programs send by 465 or 587'
        )
    return MailServer(scheme=scheme, where=Endpoint(host, port or PORTS[scheme]))


async def find(ctx: Context, domain: str) -> tuple[tuple[MailServer, ...], list[Fact], NetError | None]:
    """The servers that the domain names, what it tells beside them, and why nothing could be looked up, where that is so."""
    services = [f"_{scheme}._tcp" for scheme in PORTS]
    asked = [*services, *OTHER_SERVICES]
    answers = await asyncio.gather(*(attempt(ctx.net.srv(f"{name}.{domain}")) for name in asked))
    told = dict(zip(asked, answers, strict=True))
    facts = [_told(name, records) for name, records in told.items() if isinstance(records, tuple) and records]
    troubles = [a for a in answers if isinstance(a, NetError) and not isinstance(a, NameUnknown)]
    found = [server for scheme in PORTS for server in _offered(scheme, told[f"_{scheme}._tcp"])]
    return tuple(found), facts, troubles[0] if troubles and not found else None


def _offered(scheme: Scheme, records: tuple[SrvRecord, ...] | NetError) -> Iterable[MailServer]:
    """The preferred one. An empty target says that the service is not offered (RFC 6186, 3.4)."""
    if isinstance(records, NetError):
        return
    for record in records[:1]:
        if record.target and record.port != TRANSFER_PORT:
            yield MailServer(scheme=scheme, where=Endpoint(clean(record.target, 253), record.port))


def _told(service: str, records: tuple[SrvRecord, ...]) -> Fact:
    said = ", ".join(f"{r.target}:{r.port}" if r.target else "not offered" for r in records[:4])
    return fact("mail_service", f"The domain says of {service}", clean(said, 300), Privacy.ORG)
