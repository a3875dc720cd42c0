"""Where a measurement goes: a literal address with the name it stands for, and how a connection there comes about or not.

Looks no name up; maps everything that can go wrong to a NetError.
"""

import asyncio
import errno
import ipaddress
import ssl
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final, TypeVar

from readycheck.errors import Closed, NetError, NoRoute, Refused, Silent, TlsFailed, Where
from readycheck.text import clean

P = TypeVar("P", bound=asyncio.BaseProtocol)
CONNECT_S: Final = 4.0
_NO_ROUTE: Final = (errno.ENETUNREACH, errno.EHOSTUNREACH, errno.ENETDOWN, errno.EADDRNOTAVAIL)
_NOT_ALLOWED: Final = (errno.EPERM, errno.EACCES)
_TLS_REASONS: Final = {9: "not_yet_valid", 10: "expired", 62: "wrong_name", 64: "wrong_name"}  # X509_V_ERR_*


@dataclass(frozen=True, kw_only=True)
class Endpoint:
    """``address`` is literal (ValueError otherwise); ``host`` names it in the Host header and in the certificate.

    ``tls`` is a verifying context, or None for plain TCP.
    """

    address: str
    port: int
    host: str
    tls: ssl.SSLContext | None = None

    def __post_init__(self) -> None:
        ipaddress.ip_address(self.address)

    @property
    def where(self) -> Where:
        return Where(host=self.host, port=self.port, address=self.address)

    @property
    def authority(self) -> str:
        """The value of the Host header (RFC 9110, 7.2): the port is left out where it is the scheme's own."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return host if self.port == (443 if self.tls else 80) else f"{host}:{self.port}"


async def connect(
    endpoint: Endpoint, protocol: Callable[[], P], *, timeout_s: float = CONNECT_S
) -> tuple[asyncio.Transport, P]:
    """A connection (with TLS where the endpoint says so), or NoRoute, Refused, Silent, Closed or TlsFailed."""
    loop = asyncio.get_running_loop()
    try:
        async with asyncio.timeout(timeout_s):
            return await loop.create_connection(
                protocol,
                endpoint.address,
                endpoint.port,
                ssl=endpoint.tls,
                server_hostname=endpoint.host if endpoint.tls else None,
            )
    except OSError as error:  # TimeoutError and ssl.SSLError are kinds of it
        raise net_error(endpoint.where, error) from None


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
            return NoRoute(where, "blocked on this computer")
        case _:
            return Closed(where, clean(error.strerror or type(error).__name__))
