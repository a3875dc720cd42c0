"""Errors as the verification of Windows and macOS makes them (truststore), which OpenSSL never saw."""

import asyncio
import ssl
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest
import trustme

from readycheck.adapters.http import RealHttp
from readycheck.adapters.net import RealNet
from readycheck.adapters.tls import Shown, why
from readycheck.errors import TlsFailed, Where
from readycheck.ports import Meter
from tests.unit.adapters import listeners

HERE = Where(host="portal.example", port=443)
DAY = timedelta(days=1)
NOW = datetime.now(UTC)
OLD, EARLY, IN_TIME = (NOW - 9 * DAY, NOW - DAY), (NOW + DAY, NOW + 9 * DAY), (NOW - DAY, NOW + DAY)
EXPIRED_OF_WINDOWS = (
    "A required certificate is not within its validity period when verifying against the clock."
)


def by_system(message: str, code: int | None) -> ssl.SSLCertVerificationError:
    """As truststore builds it: without what OpenSSL sets; ``code`` None: where a server sent no certificate."""
    error = ssl.SSLCertVerificationError(message)
    if code is not None:
        error.verify_message, error.verify_code = message, code
    return error


@pytest.mark.parametrize(
    ("message", "code", "valid", "reason"),
    [
        (EXPIRED_OF_WINDOWS, 0x800B0101, OLD, "expired"),
        (EXPIRED_OF_WINDOWS, 0x800B0101, EARLY, "not_yet_valid"),
        (EXPIRED_OF_WINDOWS, 0x800B0101, IN_TIME, "expired"),  # another link of the chain
        (EXPIRED_OF_WINDOWS, 0x800B0101 - (1 << 32), None, "expired"),
        ("Der CN-Name des Zertifikats stimmt nicht", 0x800B010F, IN_TIME, "wrong_name"),
        ("Die Kette endet in einem Stamm ohne Vertrauen", 0x800B0109, OLD, "untrusted"),
        ("Das Zertifikat wurde gesperrt", 0x800B010C, IN_TIME, "untrusted"),
        ("Zertifikat abgelaufen", -67818, OLD, "expired"),
        ("Zertifikat abgelaufen", -67818, EARLY, "not_yet_valid"),
        ("Zertifikat noch nicht gültig", -67819, None, "not_yet_valid"),
        ("Anderer Name", -67602, IN_TIME, "wrong_name"),
        ("Nicht vertraut", -67843, OLD, "untrusted"),
        ("Recoverable trust failure occurred", 5, OLD, "expired"),  # macOS 10.13 gives no reason
        ("Recoverable trust failure occurred", 5, IN_TIME, "untrusted"),
        ("certificate is expired", 5, None, "expired"),
        ("Peer sent no certificates to verify", None, None, "untrusted"),
    ],
)
def test_what_a_system_says_of_a_certificate_is_told_by_number_then_dates_then_words(
    message: str, code: int | None, valid: tuple[datetime, datetime] | None, reason: str
) -> None:
    told = why(HERE, by_system(message, code), Shown("Issuer", valid))
    assert (told.reason, told.detail, told.issuer) == (reason, message, "Issuer")


def test_an_error_of_a_system_that_is_no_verdict_on_a_certificate_is_a_failed_handshake() -> None:
    told = why(HERE, ssl.SSLError("SecureTransport operation returned a non-zero OSStatus: -1"))
    assert told.reason == "handshake" and "OSStatus" in told.detail


def test_pages_tell_what_a_system_says_of_a_certificate_like_everything_else() -> None:
    meter = Meter()
    failed = httpx.ConnectError("[SSL]")
    failed.__cause__ = by_system(EXPIRED_OF_WINDOWS, 0x800B0101)
    told = asyncio.run(RealHttp(RealNet(meter), meter)._told(HERE, "", failed))
    assert isinstance(told, TlsFailed) and told.reason == "expired"


class JudgedBySystem(ssl.SSLObject):
    """The system judges once the handshake is done, as truststore has it."""

    def do_handshake(self) -> None:
        super().do_handshake()
        raise by_system(EXPIRED_OF_WINDOWS, 0x800B0101)


def shown_to(days: tuple[datetime, datetime]) -> Any:
    """What a real connection comes to whose certificate of these dates the system refuses."""

    async def attempt() -> Any:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
        context.sslobject_class = JudgedBySystem
        leaf = trustme.CA().issue_cert("portal.example", not_before=days[0], not_after=days[1])
        serving = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        leaf.configure_cert(serving)
        async with listeners.tcp(listeners.silence, serving) as port:
            net = RealNet(Meter(), context=context)
            with pytest.raises(TlsFailed) as caught:
                await net.tls("127.0.0.1", port, server_name="portal.example")
        return caught.value

    return asyncio.run(attempt())


@pytest.mark.parametrize(("days", "reason"), [(OLD, "expired"), (EARLY, "not_yet_valid")])
def test_a_connection_that_the_system_refuses_by_date_says_which_side_of_it(
    days: tuple[datetime, datetime], reason: str
) -> None:
    told = shown_to(days)
    assert (told.reason, told.valid is not None) == (reason, True)
