"""TLS contexts and what a failed handshake means. Verification is never switched off for data; a second, unverified handshake
serves only to read issuer and dates of the certificate that was not believed, and is closed without a byte of payload.
"""

import asyncio
import os
import ssl
import sys
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final

from readycheck.errors import TlsFailed, Where
from readycheck.text import clean

LINUX_BUNDLES: Final = (
    "/etc/ssl/certs/ca-certificates.crt",  # Debian, Ubuntu, Arch, Gentoo
    "/etc/pki/tls/certs/ca-bundle.crt",  # Fedora, RHEL
    "/etc/ssl/ca-bundle.pem",  # openSUSE
    "/etc/ssl/cert.pem",  # Alpine
)
_32_BITS: Final = 0xFFFF_FFFF
# By the number of who judged, as 32 bits without a sign: OpenSSL's X509_V_ERR (x509_vfy.h), Windows' HRESULT (winerror.h), which
# truststore hands over as it comes, and macOS' OSStatus (Apple's SecBase.h). The systems do not all tell before from after.
REASONS: Final = {
    9: "not_yet_valid",
    10: "expired",
    62: "wrong_name",
    64: "wrong_name",
    0x800B_0101: "expired",  # CERT_E_EXPIRED: before its time as well as after it
    0x800B_0109: "untrusted",  # CERT_E_UNTRUSTEDROOT
    0x800B_010A: "untrusted",  # CERT_E_CHAINING
    0x800B_010F: "wrong_name",  # CERT_E_CN_NO_MATCH
    -67818 & _32_BITS: "expired",  # errSecCertificateExpired
    -67819 & _32_BITS: "not_yet_valid",  # errSecCertificateNotValidYet
    -67843 & _32_BITS: "untrusted",  # errSecNotTrusted
    -67602 & _32_BITS: "wrong_name",  # errSecHostNameMismatch
}


def verifying_context(ca_file: str = "") -> ssl.SSLContext:
    """The system's trust store (and ``ca_file`` beside it), host names checked, TLS 1.2 or newer."""
    context = _linux_context() if sys.platform == "linux" else _native_context()
    if ca_file:
        context.load_verify_locations(cafile=ca_file)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    return context


def public_context(ca_file: str = "") -> ssl.SSLContext:
    """The authorities of Mozilla's list (and ``ca_file`` beside them), whatever this computer trusts; takes 50 ms to read."""
    import certifi

    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.load_verify_locations(cafile=certifi.where())
    if ca_file:
        context.load_verify_locations(cafile=ca_file)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    return context


def _native_context() -> ssl.SSLContext:
    """Verification by the system itself: keychain and certificate store are more than a bundle of files."""
    import truststore

    return truststore.SSLContext(ssl.PROTOCOL_TLS_CLIENT)


def _linux_context() -> ssl.SSLContext:
    """The distribution's bundle, read once; truststore would read it again for each connection, 50 ms of CPU each."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.set_default_verify_paths()
    paths = ssl.get_default_verify_paths()
    if not paths.cafile and not paths.capath:  # an interpreter that was built for another distribution
        for bundle in filter(os.path.isfile, LINUX_BUNDLES):
            context.load_verify_locations(cafile=bundle)
            break
    return context


@dataclass(frozen=True)
class Shown:
    """What a certificate says of itself, whoever signed it; ``valid``: from when, until when, with zone."""

    issuer: str = ""
    valid: tuple[datetime, datetime] | None = None


def why(where: Where, error: ssl.SSLError, shown: Shown = Shown()) -> TlsFailed:
    """The TlsFailed for a handshake that ended in this error.

    Errors that a system's own verification makes have fewer attributes than those of OpenSSL: the reason is missing, and where
    no certificate came at all, the verdict too.
    """
    reason, message = "handshake", clean(getattr(error, "reason", None) or _said(error))
    if isinstance(error, ssl.SSLCertVerificationError):
        message = clean(getattr(error, "verify_message", None) or _said(error))
        reason = _reason_of(error, message, shown)
    return TlsFailed(where, message, reason=reason, issuer=shown.issuer, valid=shown.valid)


def _said(error: ssl.SSLError) -> str:
    return str(error.args[-1]) if error.args else str(error)


def retold(failed: TlsFailed, shown: Shown) -> TlsFailed:
    """The same failure with what the certificate says of itself, which may tell why it was not believed."""
    if isinstance(failed.__cause__, ssl.SSLError):
        return why(failed.where, failed.__cause__, shown)
    return TlsFailed(
        failed.where, failed.detail, reason=failed.reason, issuer=shown.issuer, valid=shown.valid
    )


def _reason_of(error: ssl.SSLCertVerificationError, message: str, shown: Shown) -> str:
    """By number; where that tells nothing, by the certificate's dates; by words last, for systems speak many languages."""
    told = REASONS.get(getattr(error, "verify_code", 0) & _32_BITS, "")
    by_openssl = (
        getattr(error, "reason", None) is not None
    )  # which tells dates by number, of every link of the chain
    if told not in ("", "expired") or by_openssl:
        return told or _reason_in_words(message)
    return _reason_by_dates(shown) or told or _reason_in_words(message)


def _reason_by_dates(shown: Shown) -> str:
    """By the clock that the system judged by; empty where the certificate is valid by it, or shows no dates."""
    if shown.valid is None:
        return ""
    begins, ends = shown.valid
    now = datetime.now(UTC)
    return "not_yet_valid" if now < begins else "expired" if now > ends else ""


def _reason_in_words(message: str) -> str:
    lowered = message.lower()
    if "expired" in lowered:
        return "expired"
    if "name" in lowered and ("match" in lowered or "mismatch" in lowered):
        return "wrong_name"
    return "untrusted"


async def shown_by(address: str, port: int, server_name: str, *, timeout_s: float = 3.0) -> Shown:
    """The certificate shown there, whoever signed it; empty where it cannot be read."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    try:
        async with asyncio.timeout(timeout_s):
            _, writer = await asyncio.open_connection(address, port, ssl=context, server_hostname=server_name)
            shown = writer.get_extra_info("ssl_object").getpeercert(binary_form=True)
            writer.transport.abort()
    except (OSError, TimeoutError):
        return Shown()
    return Shown(names_in(shown)[1], dates_in(shown)) if shown else Shown()


def names_in(der: bytes) -> tuple[str, str]:
    """(subject, issuer) of a certificate, common name first, else organisation."""
    from cryptography import x509
    from cryptography.x509.oid import NameOID

    def name(entries: Any) -> str:
        for oid in (NameOID.COMMON_NAME, NameOID.ORGANIZATION_NAME):
            found = entries.get_attributes_for_oid(oid)
            if found:
                return clean(found[0].value, 120)
        return ""

    try:
        certificate = x509.load_der_x509_certificate(der)
        return name(certificate.subject), name(certificate.issuer)
    except (ValueError, x509.InvalidVersion):
        return "", ""


def dates_in(der: bytes) -> tuple[datetime, datetime] | None:
    """notBefore and notAfter of a certificate; None where they cannot be read."""
    from cryptography import x509

    try:
        certificate = x509.load_der_x509_certificate(der)
        return certificate.not_valid_before_utc, certificate.not_valid_after_utc
    except (ValueError, x509.InvalidVersion):
        return None


def valid_until(certificate: Any) -> datetime | None:
    """notAfter of a certificate as ssl.getpeercert() gives it; None where it states no time that can be read."""
    text = (certificate or {}).get("notAfter")
    try:
        return datetime.fromtimestamp(ssl.cert_time_to_seconds(text), UTC) if text else None
    except (ValueError, OverflowError):
        return None
