"""One rule for certificates that are not believed, whoever shows them: what is wrong, and whose it is.

By itself a bad certificate does not tell whose it is: this computer's clock makes dates look wrong, and a box that opens secure
connections shows a stranger's certificate for every host. Another host at the same moment tells: where its certificate is
refused for the same reason, it is not the far side's.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from readycheck.api import Confidence, Context, NetError, Owner, TlsAnswer, TlsFailed
from readycheck_checks.attempts import attempt
from readycheck_checks.blame import Whose
from readycheck_checks.endpoints import endpoint

BESIDE_S: Final = 4.0
BY_DATE: Final = ("expired", "not_yet_valid")
_WORDS: Final = {
    "expired": "has run out",
    "wrong_name": "belongs to another name",
    "untrusted": "comes from an issuer that this computer does not trust",
    "not_yet_valid": "is not valid yet",
}


@dataclass(frozen=True)
class BadCertificate:
    """``says`` completes "the certificate of HOST ..."; ``advice`` begins a remedy; ``everybody``: other hosts show the same."""

    says: str
    whose: Whose
    advice: str = ""
    everybody: bool = False


def judge_certificate(
    reason: str, *, issuer: str = "", beside: TlsAnswer | NetError | None = None, far: Owner = Owner.COMPANY
) -> BadCertificate:
    """``reason``: errors.TlsFailed.reason. ``beside``: how a host of somebody else fared at the same moment. ``far``: whose the
    host is. A handshake that failed for another reason than its certificate is not this function's (ValueError)."""
    if reason not in _WORDS:
        raise ValueError(f"{reason} is no fault of a certificate")
    says = _WORDS[reason] + (f" ({issuer})" if issuer and reason == "untrusted" else "")
    if isinstance(beside, TlsFailed) and beside.reason in (BY_DATE if reason in BY_DATE else (reason,)):
        return _everybodys(reason, says)
    return BadCertificate(says, *_far_side(reason, beside, far))


def _everybodys(reason: str, says: str) -> BadCertificate:
    if reason in BY_DATE:
        clock = Whose(Owner.DEVICE, confidence=Confidence.MEDIUM)
        return BadCertificate(
            says, clock, "Set the date and time of this computer to automatic", everybody=True
        )
    between = Whose(either=(Owner.HOME, Owner.DEVICE, Owner.ISP, Owner.COMPANY))
    advice = "Type no password on this network. Connect over the hotspot of a phone and check again"
    return BadCertificate(says, between, advice, everybody=True)


def _far_side(reason: str, beside: TlsAnswer | NetError | None, far: Owner) -> tuple[Whose, str]:
    """Another host's good certificate clears the clock of this computer, and boxes that open everything."""
    if reason == "not_yet_valid" and not isinstance(beside, TlsAnswer):
        return Whose(confidence=Confidence.MEDIUM), "Check the date and time of this computer"
    return Whose(far, confidence=Confidence.MEDIUM), ""


async def ask_beside(ctx: Context, tcp_controls: Sequence[str]) -> TlsAnswer | NetError | None:
    """The secure connection of the first control (host:port) that is a name; None where there is none."""
    for where in map(endpoint, tcp_controls):
        if any(letter.isalpha() for letter in where.host) and ":" not in where.host:
            return await attempt(ctx.net.tls(where.host, where.port, timeout_s=BESIDE_S))
    return None
