"""What can go wrong, as a small family. Each error is one sentence for a person; nothing here prints or exits."""

from dataclasses import dataclass
from datetime import datetime


class ReadycheckError(Exception):
    """An expected error: ``message`` says what, where, what was expected and what to do; ``title`` names it in a few words."""

    title = "readycheck cannot go on"

    def __init__(self, message: str, *, title: str | None = None) -> None:
        super().__init__(message)
        self.message = message
        if title is not None:
            self.title = title


class UsageError(ReadycheckError):
    title = "Usage error"


class ProfileError(ReadycheckError):
    """``problems`` holds every mistake that was found, one sentence pair each; ``message`` is the first of them."""

    title = "The profile cannot be used"

    def __init__(self, message: str, *, title: str | None = None, problems: tuple[str, ...] = ()) -> None:
        super().__init__(message, title=title)
        self.problems = problems or (message,)


class ReportError(ReadycheckError):
    title = "The report cannot be read"


class ToldToEnd(BaseException):
    """The system told this process to end, or the terminal is gone; ``kept`` says what was kept where. Nothing may hold it up."""

    def __init__(self, kept: tuple[str, ...] = ()) -> None:
        super().__init__(*kept)
        self.kept = kept


@dataclass(frozen=True, kw_only=True)
class Where:
    """The far end of a conversation that failed: ``host`` as named in the profile, ``address`` as tried (if it got that far)."""

    host: str
    port: int | None = None
    address: str | None = None

    def __str__(self) -> str:
        return self.host if self.port is None else f"{self.host}:{self.port}"


class NetError(Exception):
    """A conversation with another host that did not come about. The class says how it failed; that is evidence.

    Children, from near to far: NotAllowed, NoRoute, NameUnknown, NameSilent, NameRefused, Silent, TooBig, Refused, Closed,
    TlsFailed, Garbled.
    """

    says = "did not work"

    def __init__(self, where: Where, detail: str = "") -> None:
        super().__init__(f"{where} {self.says}" + (f": {detail}" if detail else ""))
        self.where = where
        self.detail = detail


class NoRoute(NetError):
    """The operating system knows no way there (ENETUNREACH, EHOSTUNREACH): our side or the next router said so."""

    says = "cannot be reached from here: no route"


class NotAllowed(NoRoute):
    """This computer itself refused to send (EPERM, EACCES): a firewall or a policy on it."""

    says = "cannot be reached: this computer does not let anything out to it"


class NameUnknown(NetError):
    """A DNS server answered that there is no such name or no address for it."""

    says = "is not a known name"


class NameSilent(NetError):
    """No DNS server answered."""

    says = "could not be looked up: no name server answered"


class NameRefused(NetError):
    """A DNS server answered SERVFAIL, REFUSED or nonsense: it is there and does not work."""

    says = "could not be looked up: the name server refused"


class Silent(NetError):
    """No answer within the time. Proves nothing by itself: a control must answer at the same moment."""

    says = "did not answer"


class TooBig(NetError):
    """A packet that may not be cut up was larger than this computer sends, or than somebody on the way says he passes on.

    ``mtu``: the largest IP packet that passes, in bytes with its headers; 0: not told.
    """

    says = "cannot be sent so large a packet"

    def __init__(self, where: Where, detail: str = "", *, mtu: int = 0) -> None:
        super().__init__(where, detail)
        self.mtu = mtu


class Refused(NetError):
    """The host answered that nothing listens there (TCP reset, ICMP port unreachable)."""

    says = "refused the connection"


class Closed(NetError):
    """The connection came about and was closed or reset before a proper answer."""

    says = "closed the connection"


class Garbled(NetError):
    """Something answered that does not speak the expected protocol."""

    says = "answered something unexpected"


class TlsFailed(NetError):
    """The TLS handshake failed; ``reason`` is one of expired, not_yet_valid, wrong_name, untrusted, handshake.

    ``issuer``, and ``valid`` (from when, until when, with zone): of the certificate that was shown, where they could be read.
    """

    says = "could not prove who it is"

    def __init__(
        self,
        where: Where,
        detail: str = "",
        *,
        reason: str = "handshake",
        issuer: str = "",
        valid: tuple[datetime, datetime] | None = None,
    ) -> None:
        if reason == "handshake":
            self.says = "makes no secure connection"
        super().__init__(where, detail)
        self.reason = reason
        self.issuer = issuer
        self.valid = valid


class ChildTimeout(Exception):
    """A child process did not finish in its time and was ended (or abandoned, where it does not die)."""


class ChildFailed(Exception):
    """A child process broke: the text is its last words, cleaned."""
