"""What the certificates of several hosts say together, and whose it is. Pure judgement.

One host that does not check out is that host's matter; all of them are this computer's, or of something on the way. Only a
certificate that was shown is judged as one: a handshake that was broken off showed none.
"""

from collections.abc import Mapping, Sequence

from readycheck.api import (
    Blame,
    Closed,
    Confidence,
    Finding,
    NetError,
    Owner,
    TlsAnswer,
    TlsFailed,
    failed,
    passed,
    skipped,
    unknown,
    warned,
)
from readycheck_checks.blame.certificates import BY_DATE, OthersClock, judge_certificate
from readycheck_checks.blame.owners import between
from readycheck_checks.names.around import Around
from readycheck_checks.names.verdict import Fault
from readycheck_checks.secure.codes import (
    BIG_PACKETS_LOST,
    BROKEN,
    BROKEN_OFF,
    DATES,
    HOST,
    NOT_MEASURED,
    TLS,
    TLS_BY_PROXY,
    TLS_INSPECTED,
    TLS_INTERCEPTED,
    TLS_LED_ELSEWHERE,
    UNTRUSTED,
)
from readycheck_checks.secure.inspection import Inspector, inspector_of

Outcome = TlsAnswer | NetError
_OLD_VERSION = ("UNSUPPORTED_PROTOCOL", "PROTOCOL_VERSION")  # as OpenSSL calls TLS below 1.2 (RFC 8996)
_REASONS = {
    "expired": "its certificate has run out",
    "not_yet_valid": "its certificate is not valid yet",
    "wrong_name": "its certificate is for another name",
    "untrusted": "its certificate comes from somebody this computer does not trust",
}


def big_packets_lost(outcomes: Mapping[str, Outcome], *, tunnelled: bool, sure: bool = True) -> Finding:
    """A path MTU black hole (RFC 2923): what is larger than some link takes is lost without a word. ``sure``: more than one host
    answered in small packets, while all were silent in large ones; one could be luck on a line that loses much."""
    if tunnelled:
        remedy = "Disconnect the VPN and check again; if pages open then, tell IT support that the VPN loses large packets"
        either = (Owner.COMPANY, Owner.ISP)
    else:
        remedy = (
            "Restart the router: unplug it for ten seconds, then wait two minutes. If the problem stays, "
            "tell your internet provider that large packets are lost (a path MTU black hole), and use a phone hotspot"
        )
        either = (Owner.HOME, Owner.ISP)
    return failed(
        BIG_PACKETS_LOST,
        "Pages and calls hang: small packets come through, large ones are lost on the way",
        remedy=remedy,
        confidence=Confidence.HIGH if sure else Confidence.MEDIUM,
        detail=f"{_detail(outcomes)}; in small packets a secure connection came about",
        either=either,
    )


def verdict(
    outcomes: Mapping[str, Outcome],
    proxied: bool,
    opener: str = "",
    known: Sequence[Inspector] = (),
    *,
    controlled: bool = True,
    clock: OthersClock | None = None,
) -> Finding:
    """``proxied``: this computer is set to use a proxy, so that direct connections may be closed on purpose. ``opener``: the
    authority that only this computer trusts and that vouches for hosts of others; ``known``: whose name says what it is.
    ``controlled``: a host checked out while the others did not. ``clock``: the time of that host, where dates look wrong."""
    good = [outcome for outcome in outcomes.values() if isinstance(outcome, TlsAnswer)]
    bad, broken = shown_bad(outcomes), _broken_off(outcomes)
    if bad and (good or len(bad) + len(broken) == 1):
        return _some_bad(bad, good[0] if good and controlled else None, clock)
    if broken and good and controlled:
        return _some_broken_off(broken)
    if good:
        return _inspected(outcomes, opener, known) if opener else _all_good(outcomes, good)
    if proxied:
        return skipped(TLS_BY_PROXY, "Secure connections go through the proxy of this network")
    if len(bad) + len(broken) > 1:
        return _all_bad(bad, broken, known)
    return unknown(NOT_MEASURED, NOT_MEASURED.meaning, detail=_detail(outcomes))


def shown_bad(outcomes: Mapping[str, Outcome]) -> dict[str, TlsFailed]:
    """The hosts that showed a certificate which was not believed."""
    return {
        host: outcome
        for host, outcome in outcomes.items()
        if isinstance(outcome, TlsFailed) and outcome.reason in _REASONS
    }


def _broken_off(outcomes: Mapping[str, Outcome]) -> dict[str, NetError]:
    shown = shown_bad(outcomes)
    return {
        host: outcome
        for host, outcome in outcomes.items()
        if isinstance(outcome, TlsFailed | Closed) and host not in shown
    }


def only_wrong_name(outcomes: Mapping[str, Outcome], *, controlled: bool) -> str:
    """The one host that showed the certificate of another name while a control checked out; empty where it is not so."""
    bad = shown_bad(outcomes)
    stray = [host for host, problem in bad.items() if problem.reason == "wrong_name"]
    return stray[0] if controlled and len(bad) == len(stray) == 1 else ""


def led_elsewhere(host: str, found: Fault, around: Around) -> Finding:
    """The certificate is another's because somebody else stands where the name leads."""
    return warned(
        TLS_LED_ELSEWHERE,
        f"{host} cannot prove who it is: its certificate is for another name, and {found.why}",
        remedy=found.remedy,
        blame=found.blame,
        detail=str(around),
    )


def _all_good(outcomes: Mapping[str, Outcome], good: list[TlsAnswer]) -> Finding:
    missed = len(outcomes) - len(good)
    left_out = f"; {missed} not reached" if missed else ""
    return passed(
        TLS,
        f"Secure connections check out ({len(good)} hosts asked{left_out})",
        detail=_detail(outcomes),
    )


def _some_bad(bad: Mapping[str, TlsFailed], control: TlsAnswer | None, clock: OthersClock | None) -> Finding:
    """``control``: another host checked out at the same moment, so this computer and the way to it are in order. A signer
    whom nobody trusts is no mistake of a service: boxes that open connections leave some hosts alone."""
    host, first = next(iter(bad.items()))
    more = f" and {len(bad) - 1} more" if len(bad) > 1 else ""
    says, blame = f"{host}{more} cannot prove who it is", Blame(confidence=Confidence.LOW)
    if control is None or len(bad) > 1 or first.reason == "untrusted":
        return warned(HOST, f"{says}: {_REASONS[first.reason]}", blame=blame, detail=_detail(bad))
    if first.reason not in BY_DATE:
        blame = Blame(Owner.SERVICE, confidence=Confidence.MEDIUM)
        return warned(HOST, f"{says}: {_REASONS[first.reason]}", blame=blame, detail=_detail(bad))
    found = judge_certificate(first.reason, beside=control, far=Owner.SERVICE, clock=clock)
    return warned(
        HOST,
        f"{says}: its certificate {found.says}",
        remedy=f"{found.advice}. {HOST.remedy}" if found.advice else HOST.remedy,
        blame=found.blame,
        detail=_detail(bad),
    )


def _some_broken_off(broken: Mapping[str, NetError]) -> Finding:
    """Services cut off who speaks an old TLS; filters cut off by the name that is asked for."""
    host, first = next(iter(broken.items()))
    more = f" and {len(broken) - 1} more" if len(broken) > 1 else ""
    return warned(
        BROKEN_OFF,
        f"No secure connection comes about with {host}{more}, twice, while another one does: {_why_broken(first)}",
        blame=between(Owner.HOME, Owner.ISP, Owner.SERVICE),
        detail=_detail(broken),
    )


def _why_broken(problem: NetError) -> str:
    if any(word in problem.detail.upper() for word in _OLD_VERSION):
        return "it offers only versions of TLS that are no longer safe"
    return "it is broken off while it begins"


def _all_bad(
    bad: Mapping[str, TlsFailed], broken: Mapping[str, NetError], known: Sequence[Inspector]
) -> Finding:
    reasons, detail = {problem.reason for problem in bad.values()}, _detail({**bad, **broken})
    if not broken and reasons == {"untrusted"}:
        return _untrusted(bad, known)
    if not broken and _one_clock_explains(bad):
        return failed(
            DATES,
            f"The certificates of all {len(bad)} hosts look out of date; most likely the clock of this computer is wrong",
            owner=Owner.DEVICE,
            detail=detail,
        )
    if not bad:
        summary = f"No secure connection comes about: {len(broken)} hosts answer, and each is broken off as it begins"
    else:
        summary = (
            f"No secure connection comes about: none of {len(bad) + len(broken)} hosts could prove who it is"
        )
    return failed(BROKEN, summary, confidence=Confidence.LOW, detail=detail)


def _one_clock_explains(bad: Mapping[str, TlsFailed]) -> bool:
    """All out of date in one direction; and where all of them show their dates, at some time all of them were valid."""
    reasons = {problem.reason for problem in bad.values()}
    if len(reasons) > 1 or not reasons <= {*BY_DATE}:
        return False
    dates = [problem.valid for problem in bad.values()]
    known = [each for each in dates if each is not None]
    return len(known) < len(dates) or max(begin for begin, _ in known) <= min(end for _, end in known)


def _untrusted(bad: Mapping[str, TlsFailed], known: Sequence[Inspector]) -> Finding:
    """One and the same stranger behind hosts that have nothing to do with each other opens the connections on the way."""
    issuers = {problem.issuer for problem in bad.values()}
    issuer = next(iter(issuers)) if len(issuers) == 1 else ""
    if issuer:
        return _intercepted(issuer, inspector_of(issuer, known), _detail(bad), len(bad))
    return failed(
        UNTRUSTED,
        f"This computer trusts the certificates of none of {len(bad)} hosts",
        confidence=Confidence.LOW,
        detail=_detail(bad),
    )


def _intercepted(issuer: str, known: Inspector | None, detail: str, hosts: int) -> Finding:
    """A protection program is installed on this computer; a box of a company, which some call by its maker's name, is not."""
    remedy = f'Type no password on this network. Ask IT support whether "{issuer}" belongs to the company'
    what, blame = (
        "something on the way opens",
        between(Owner.COMPANY, Owner.HOME, confidence=Confidence.MEDIUM),
    )
    if known is not None and known.kind == "program":
        what, blame = (
            f"{known.name}, a program of this computer, opens",
            Blame(Owner.DEVICE, confidence=Confidence.MEDIUM),
        )
        remedy = f"Restart this computer. If the problem stays, repair or switch off the check of secure pages in {known.name}"
    elif known is not None:
        what = f"a box of {known.name}, as companies use them, opens"
    return failed(
        TLS_INTERCEPTED,
        f'All {hosts} hosts show a certificate of "{issuer}", whom this computer does not trust; most likely {what} '
        "secure connections",
        remedy=remedy,
        blame=blame,
        detail=detail,
    )


def _inspected(outcomes: Mapping[str, Outcome], opener: str, known: Sequence[Inspector]) -> Finding:
    """Of companies and protection programs this is meant to be so, and it works: it is told, and no fault."""
    found = inspector_of(opener, known)
    kind = {"company": ", a box of companies", "program": ", a program of this computer"}
    if found is not None:
        told = (
            f'"{opener}" ({found.name}{kind[found.kind]}), whom this computer trusts, opens them on the way'
        )
    else:
        told = (
            f'"{opener}", whom this computer trusts and browsers by themselves do not, vouches for some: '
            "it opens them on the way, unless these hosts are its own"
        )
    return passed(TLS_INSPECTED, f"Secure connections check out; {told}", detail=_detail(outcomes))


def _detail(outcomes: Mapping[str, Outcome] | Mapping[str, TlsFailed] | Mapping[str, NetError]) -> str:
    return "; ".join(str(outcome) for outcome in outcomes.values() if isinstance(outcome, NetError))
