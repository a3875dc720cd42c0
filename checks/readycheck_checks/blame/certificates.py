"""One rule for certificates that are not believed, whoever shows them: what is wrong, and whose it is.

By itself a bad certificate does not tell whose it is: this computer's clock makes dates look wrong, and a box that opens secure
connections shows a stranger's certificate for every host. Another host at the same moment tells: where its certificate is
refused for the same reason, it is not the far side's; and where the certificate is valid by the time of that host, it is this
computer's clock. A clock that is off explains only the certificates whose dates it moves past: no stranger's, no other name's.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final

from readycheck.api import Blame, Confidence, Context, HttpAnswer, NetError, Owner, TlsAnswer, TlsFailed
from readycheck_checks.asking.attempts import attempt
from readycheck_checks.asking.endpoints import Endpoint, endpoint
from readycheck_checks.blame.owners import NEAR, between
from readycheck_checks.clock import Reading, by_date, duration

BESIDE_S: Final = 4.0
BY_DATE: Final = ("expired", "not_yet_valid")
_RIGHT_S: Final = 60.0  # beside what a web server's date leaves open: a clock this near to another's makes no date look wrong
_WORDS: Final = {
    "expired": "has run out",
    "wrong_name": "belongs to another name",
    "untrusted": "comes from an issuer that this computer does not trust",
    "not_yet_valid": "is not valid yet",
}
_STAY_AWAY: Final = "Type no password on this network. Connect over a phone hotspot and check again"
_SET_CLOCK: Final = "Set the date and time of this computer to automatic"
_SEE_CLOCK: Final = "Check the date and time of this computer"


@dataclass(frozen=True)
class BadCertificate:
    """``says`` completes "the certificate of HOST ..."; ``advice`` begins a remedy; ``everybody``: other hosts show the same."""

    says: str
    blame: Blame
    advice: str = ""
    everybody: bool = False

    def told(self, host: str) -> str:
        """A clause: "the certificate of mail.example has run out"."""
        return f"the certificate of {host} {self.says}" + ", and so do those of others" * self.everybody

    def remedy(self, host: str) -> str:
        """What this person can do, in whole sentences."""
        told = f"IT support that the certificate of {host} {self.says}. Do not accept a warning about it."
        return f"{self.advice}. If that does not help, tell {told}" if self.advice else f"Tell {told}"


@dataclass(frozen=True, kw_only=True)
class OthersClock:
    """The time of a host that proved who it is. ``explains``: the certificate is valid by it, and by this computer's is not."""

    reading: Reading
    explains: bool


def is_bad_certificate(trouble: NetError) -> bool:
    """A handshake can fail for other reasons than the certificate that was shown."""
    return isinstance(trouble, TlsFailed) and trouble.reason in _WORDS


def judge_certificate(
    reason: str,
    *,
    issuer: str = "",
    beside: TlsAnswer | NetError | None = None,
    far: Owner = Owner.COMPANY,
    answers: Blame | None = None,
    tunnelled: bool = False,
    astray: bool = False,
    clock: OthersClock | None = None,
) -> BadCertificate:
    """``reason``: errors.TlsFailed.reason. ``beside``: how a host of somebody else fared at the same moment. ``far``: whose the
    host is. ``answers``: who was seen to answer in its name. ``tunnelled``: the way there leads through a VPN. ``astray``: name
    servers of others lead its name elsewhere. ``clock``: another's time, where it was told.

    A handshake that failed for another reason than its certificate is not this function's (ValueError).
    """
    if reason not in _WORDS:
        raise ValueError(f"{reason} is no fault of a certificate")
    says = _WORDS[reason] + (f" ({issuer})" if issuer and reason == "untrusted" else "")
    if isinstance(beside, TlsFailed) and beside.reason == reason:  # no clock is both ahead and behind
        return _everybodys(reason, says)
    if reason in BY_DATE and clock is not None and clock.explains:
        return _by_our_clock(says, clock.reading)
    if reason in BY_DATE:
        cleared = isinstance(beside, TlsAnswer) and clock is not None
        return BadCertificate(says, *_by_date(reason, far, cleared=cleared))
    if reason == "wrong_name" and astray and (answers is None or answers.owner not in NEAR):
        return BadCertificate(says, *_of_another_place(far))
    return BadCertificate(says, *_strangers(reason, far, answers, tunnelled=tunnelled))


def _everybodys(reason: str, says: str) -> BadCertificate:
    if reason in BY_DATE:
        clock = Blame(Owner.DEVICE, confidence=Confidence.MEDIUM)
        return BadCertificate(says, clock, _SET_CLOCK, everybody=True)
    between = Blame(either=(Owner.HOME, Owner.DEVICE, Owner.ISP, Owner.COMPANY))
    return BadCertificate(says, between, _STAY_AWAY, everybody=True)


def _by_our_clock(says: str, clock: Reading) -> BadCertificate:
    off = f"{duration(abs(clock.ahead_s))} {'behind' if clock.ahead_s > 0 else 'ahead'}"
    says = f"{says} by the clock of this computer, which is {off}"
    return BadCertificate(says, Blame(Owner.DEVICE, confidence=Confidence.MEDIUM), _SET_CLOCK)


def _by_date(reason: str, far: Owner, *, cleared: bool) -> tuple[Blame, str]:
    """``cleared``: another's time clears the clock of this computer. A good certificate of another host does not by itself, for
    its dates are others. Servers run out of date more often than clocks run ahead, and clocks stand still more often than
    certificates come too early."""
    if cleared:
        return Blame(far, confidence=Confidence.MEDIUM), ""
    likely = (far, Owner.DEVICE) if reason == "expired" else (Owner.DEVICE, far)
    return between(*likely, confidence=Confidence.MEDIUM), _SEE_CLOCK


def _of_another_place(far: Owner) -> tuple[Blame, str]:
    """A network leads names that it blocks to a page of its own; a large service has other addresses for everybody who asks."""
    near = (Owner.HOME, Owner.ISP)
    return between(*((far, *near) if far is Owner.COMPANY else (*near, far))), _STAY_AWAY


def _strangers(reason: str, far: Owner, answers: Blame | None, *, tunnelled: bool) -> tuple[Blame, str]:
    """A box that opens a few hosts only is the network's, where it was seen to answer; else a certificate for another name is the
    far side's slip. A company's own issuer may be missing on this computer; the issuers of a service on the internet are trusted
    everywhere, so that a strange one is rather a filter's."""
    if answers is not None and answers.owner in NEAR:
        return answers, _STAY_AWAY
    if reason == "wrong_name":
        return Blame(far, confidence=Confidence.MEDIUM), ""
    if far is Owner.COMPANY:
        return Blame(either=(far, Owner.DEVICE), confidence=Confidence.MEDIUM), ""
    return Blame(either=(Owner.COMPANY if tunnelled else Owner.HOME, far)), _STAY_AWAY


def valid_by(valid: tuple[datetime, datetime], now: datetime, other: Reading) -> bool:
    """Whether a certificate of these dates (from, until) is valid by the other's clock, and not ``now`` by this computer's."""
    begins, ends = (each.timestamp() for each in valid)
    here = now.timestamp()
    there = here + other.ahead_s
    return begins <= there - other.within_s and there + other.within_s <= ends and not begins <= here <= ends


async def right_time(
    ctx: Context, where: Endpoint, error: TlsFailed, tcp_controls: Sequence[str]
) -> OthersClock | None:
    """The time of a control that proved who it is; None where none tells it, or it decides nothing. For BY_DATE only.

    An error without dates (of a conversation that became secure later) is completed from a handshake of its own.
    """
    beside = next(named(tcp_controls, but=where.host), None)
    told = await time_of(ctx, beside) if beside is not None else None
    if told is None:
        return None
    if error.valid is None:
        again = await attempt(ctx.net.tls(where.host, where.port, timeout_s=BESIDE_S))
        error = again if isinstance(again, TlsFailed) and again.reason == error.reason else error
    if error.valid is None:
        right = abs(told.ahead_s) <= _RIGHT_S + told.within_s
        return OthersClock(reading=told, explains=False) if right else None
    now = ctx.clock.now().astimezone(UTC)
    return OthersClock(reading=told, explains=valid_by(error.valid, now, told))


async def time_of(ctx: Context, where: Endpoint) -> Reading | None:
    """How far a host that proves who it is by certificate is ahead of this computer; None where it does not tell."""
    url = f"https://{where.host}:{where.port}/"
    page = await attempt(ctx.http.request("HEAD", url, timeout_s=BESIDE_S, max_bytes=1_024))
    return by_date(page, ctx.clock.now().astimezone(UTC)) if isinstance(page, HttpAnswer) else None


async def ask_beside(ctx: Context, tcp_controls: Sequence[str], but: str = "") -> TlsAnswer | NetError | None:
    """The secure connection of the first control (host:port) that is a name, ``but`` this one; None where there is none."""
    where = next(named(tcp_controls, but), None)
    return await attempt(ctx.net.tls(where.host, where.port, timeout_s=BESIDE_S)) if where else None


def named(tcp_controls: Sequence[str], but: str = "") -> Iterator[Endpoint]:
    """The controls (host:port) that are names, and can prove by certificate who they are."""
    for where in map(endpoint, tcp_controls):
        if any(letter.isalpha() for letter in where.host) and ":" not in where.host and where.host != but:
            yield where
