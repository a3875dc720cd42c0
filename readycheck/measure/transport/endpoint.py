"""Where a measurement goes: a literal address with the name it stands for, perhaps through a proxy; and what can go wrong.

Looks no name up and opens nothing (dial.py does); maps everything that can go wrong to a NetError.
"""

import errno
import ipaddress
import ssl
from dataclasses import dataclass, field
from typing import Final

from readycheck.errors import Closed, NetError, NoRoute, NotAllowed, Refused, Silent, TlsFailed, Where
from readycheck.text import clean

_NO_ROUTE: Final = (errno.ENETUNREACH, errno.EHOSTUNREACH, errno.ENETDOWN, errno.EADDRNOTAVAIL)
_NOT_ALLOWED: Final = (errno.EPERM, errno.EACCES)
_TLS_REASONS: Final = {9: "not_yet_valid", 10: "expired", 62: "wrong_name", 64: "wrong_name"}  # X509_V_ERR_*


@dataclass(frozen=True, kw_only=True)
class Proxy:
    """An HTTP proxy that is asked to CONNECT (RFC 9110, 9.3.6): ``address`` literal, ``host`` its name where it has one.

    Proxies that want a sign-in are not supported: their answer 407 becomes Refused.
    """

    address: str
    port: int
    host: str = ""

    def __post_init__(self) -> None:
        ipaddress.ip_address(self.address)

    @property
    def where(self) -> Where:
        return Where(host=self.host or self.address, port=self.port, address=self.address)


@dataclass(frozen=True, kw_only=True)
class Endpoint:
    """``address`` is literal (ValueError otherwise); ``host`` names it in the Host header and in the certificate.

    ``tls`` is a verifying context, or None for plain TCP; ``headers`` go with every request there (no repr shows them: they
    may hold a token). Behind a ``proxy`` the proxy is given host and port and looks the name up itself; ``address`` may then be
    empty.
    """

    address: str
    port: int
    host: str
    tls: ssl.SSLContext | None = None
    proxy: Proxy | None = None
    headers: tuple[tuple[str, str], ...] = field(default=(), repr=False)

    def __post_init__(self) -> None:
        if self.address or self.proxy is None:
            ipaddress.ip_address(self.address)

    @property
    def where(self) -> Where:
        return Where(host=self.host, port=self.port, address=self.address or None)

    @property
    def next_hop(self) -> tuple[str, int]:
        """The literal address and port that the TCP connection goes to: the proxy's, where there is one."""
        return (self.proxy.address, self.proxy.port) if self.proxy else (self.address, self.port)

    @property
    def authority(self) -> str:
        """The value of the Host header (RFC 9110, 7.2): the port is left out where it is the scheme's own."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return host if self.port == (443 if self.tls else 80) else f"{host}:{self.port}"


def net_error(where: Where, error: OSError) -> NetError:
    """The NetError that stands for what the operating system or OpenSSL said."""
    match error:
        case ConnectionRefusedError():
            return Refused(where)
        case TimeoutError():
            return Silent(where)
        case ssl.SSLCertVerificationError():
            reason = _TLS_REASONS.get(error.verify_code, "untrusted")
            return TlsFailed(where, clean(error.verify_message), reason=reason)
        case ssl.SSLError():
            return TlsFailed(where, clean(error.reason or error))
        case _ if error.errno in _NO_ROUTE:
            return NoRoute(where, clean(error.strerror))
        case _ if error.errno in _NOT_ALLOWED:
            return NotAllowed(where)
        case _:
            return Closed(where, clean(error.strerror or type(error).__name__))
