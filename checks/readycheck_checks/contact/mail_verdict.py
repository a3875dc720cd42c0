"""The verdicts about mail to support: the address and its domain, and the server that takes the mail. Pure; asks nobody."""

from collections.abc import Sequence
from typing import Final, Literal

from readycheck.api import (
    Blame,
    Closed,
    Code,
    Confidence,
    ContactCard,
    ContactRoute,
    Finding,
    NameUnknown,
    NetError,
    Owner,
    Refused,
    Silent,
    TlsFailed,
    failed,
    passed,
    unknown,
    warned,
)
from readycheck_checks.asking.controls import Controls
from readycheck_checks.asking.endpoints import Endpoint
from readycheck_checks.blame.answering import HANGS, who_answers
from readycheck_checks.blame.certificates import is_bad_certificate
from readycheck_checks.blame.trouble import Looked
from readycheck_checks.contact.codes import (
    MAIL_ADDRESS,
    MAIL_CERTIFICATE,
    MAIL_DOMAIN,
    MAIL_DOMAIN_UNPROVED,
    MAIL_DOWN,
    MAIL_HANGS,
    MAIL_NAME,
    MAIL_NO_STARTTLS,
    MAIL_NO_TLS,
    MAIL_REFUSED,
    MAIL_SERVER,
    MAIL_SILENT,
    MAIL_UNEXPECTED,
    MAIL_UNPROVED,
)
from readycheck_checks.contact.routes import another_way
from readycheck_checks.contact.smtp import Talk, masks_starttls, offers_starttls

SURELY_THE_COMPANY: Final = Blame(Owner.COMPANY, confidence=Confidence.HIGH)
StartTls = Literal["required", "optional", "implicit"]
STEPS: Final = {
    "greeting": "greets with",
    "ehlo": "answers the EHLO with",
    "starttls": "offers STARTTLS and answers it with",
}


def judge_address(
    route: ContactRoute, card: ContactCard, found: Sequence[str] | NetError, looked: Looked | None = None
) -> Finding:
    """``found``: the mail exchangers (the domain itself, where it has an address and no MX), or why none is known; ``looked``:
    whose it is that the domain is not known."""
    match found:
        case NameUnknown():
            lost = looked.name if looked is not None else None
            why = f"of its domain, {lost.says}" if lost is not None else f"its domain is not known: {found}"
            return _takes_no_mail(route, card, why, lost.blame if lost is not None else Blame())
        case NetError():
            return unknown(
                MAIL_DOMAIN_UNPROVED, f"Whether {route.value} takes mail could not be told: {found}"
            )
    if not any(found):
        why = (
            "its domain has no mail server"
            if not found
            else "its domain says that it takes no mail (RFC 7505)"
        )
        return _takes_no_mail(route, card, why, SURELY_THE_COMPANY)
    return passed(
        MAIL_ADDRESS,
        f"{route.value} is a valid address, and its domain takes mail",
        detail=f"Mail exchangers: {', '.join(found)}",
    )


def valid_address(route: ContactRoute) -> Finding:
    return passed(MAIL_ADDRESS, f"{route.value} is a valid address")


def no_address(route: ContactRoute, card: ContactCard) -> Finding:
    return _takes_no_mail(route, card, "it is no mail address", SURELY_THE_COMPANY, code=MAIL_ADDRESS)


def _takes_no_mail(
    route: ContactRoute,
    card: ContactCard,
    why: str,
    blame: Blame,
    *,
    code: Code = MAIL_DOMAIN,
) -> Finding:
    return failed(
        code,
        f"Mail to {route.value} will not arrive: {why}",
        remedy=another_way(card, route),
        blame=blame,
    )


def judge_server(
    server: Endpoint,
    starttls: StartTls,
    seen: Talk,
    beside: Controls,
    *,
    instead: str,
    looked: Looked | None = None,
    tunnelled: bool = False,
) -> Finding:
    """One finding about the submission server; ``instead`` is another way to reach support, as a step; ``looked``: whose it is
    that no conversation came about; ``tunnelled``: the way to it leads through a VPN."""
    proved = starttls == "implicit" or seen.certificate is not None
    says = who_answers(Owner.COMPANY, proved=proved, tunnelled=tunnelled, provider=True)
    judged = _Server(server, instead, looked or Looked(), says)
    if seen.step == "done":
        return judged.reached(starttls, seen)
    if seen.reply is not None:
        return judged.answered_otherwise(seen)
    match seen.error:
        case TlsFailed() if is_bad_certificate(seen.error):
            return judged.certificate(seen)
        case TlsFailed():
            return judged.no_tls(seen)
        case NameUnknown():
            return judged.name(seen)
        case Refused() | Closed():
            return judged.down(seen, beside)
        case Silent() if beside.answered("tcp"):
            return judged.down(seen, beside)
        case _:
            return judged.unproved(seen, beside)


class _Server:
    """The findings about one server. Every finding that is not a pass ends in the same other way to reach support. ``says``:
    whose its words are."""

    def __init__(self, server: Endpoint, instead: str, looked: Looked, says: Blame) -> None:
        self._says = says
        self._server = server
        self._instead = instead
        self._looked = looked

    def _told(self, seen: Talk) -> str:
        return f"{self._server}: {_evidence(seen)}"

    def reached(self, starttls: StartTls, seen: Talk) -> Finding:
        safe = seen.certificate is not None or starttls == "implicit"
        if safe or starttls == "optional":
            how = "over a safe connection" if safe else "without encryption, which the profile allows"
            return passed(
                MAIL_SERVER,
                f"The mail server {self._server.host} answers {how}",
                detail=self._told(seen),
            )
        return self._no_starttls(seen)

    def _no_starttls(self, seen: Talk) -> Finding:
        masked = masks_starttls(seen.offers)
        why = (
            "something on the way removes the offer to encrypt"
            if masked
            else "it offers no encryption (STARTTLS)"
        )
        return failed(
            MAIL_NO_STARTTLS,
            f"Mail cannot be sent safely through {self._server.host}: {why}",
            remedy=self._instead,
            blame=self._says,  # others on the way take the line out without a trace
            detail=self._told(seen),
        )

    def answered_otherwise(self, seen: Talk) -> Finding:
        if seen.reply is not None and seen.reply.code == 0:
            return warned(
                MAIL_UNEXPECTED,
                f"Mail may not leave: what answers at {self._server} does not speak like a mail server",
                remedy=self._instead,
                detail=self._told(seen),
                confidence=Confidence.LOW,
            )
        return failed(
            MAIL_REFUSED,
            f"Mail cannot be sent now: {self._server.host} {STEPS[seen.step]} {seen.reply}",
            remedy=self._instead,
            blame=self._says,
            detail=self._told(seen),
        )

    def certificate(self, seen: Talk) -> Finding:
        found = self._looked.certificate
        says = found.told(self._server.host) if found is not None else "a safe connection did not come about"
        advice = f" {found.advice}." if found is not None and found.advice else ""
        remedy = f"Do not accept a warning about the mail server.{advice} {self._instead}"
        return self._unsafe(MAIL_CERTIFICATE, says, remedy, seen)

    def no_tls(self, seen: Talk) -> Finding:
        return self._unsafe(MAIL_NO_TLS, "what answers there makes no secure connection", self._instead, seen)

    def _unsafe(self, code: Code, says: str, remedy: str, seen: Talk) -> Finding:
        return failed(
            code,
            f"Mail cannot be sent safely through {self._server.host}: {says}",
            remedy=remedy,
            blame=self._looked.blame,
            detail="; ".join(filter(None, (self._told(seen), self._looked.ends))),
        )

    def down(self, seen: Talk, beside: Controls) -> Finding:
        silent = isinstance(seen.error, Silent)
        hangs = silent and (seen.step != "connect" or self._looked.hangs)
        how = f"{self._server.host} {HANGS}" if hangs else str(seen.error)
        told = (self._told(seen), str(beside) if silent else "", self._looked.ends)
        return failed(
            MAIL_HANGS if hangs else MAIL_SILENT if silent else MAIL_DOWN,
            f"Mail cannot be sent from here: {how}",
            remedy=self._instead,
            blame=self._looked.blame,
            detail="; ".join(filter(None, told)),
        )

    def name(self, seen: Talk) -> Finding:
        """Whether there is such a server at all is not known from here: its name may be kept back on this line."""
        lost = self._looked.name
        advice = f"{lost.remedy} " if lost is not None and lost.hidden else ""
        return failed(
            MAIL_NAME,
            f"Mail cannot be sent from here: {lost.says if lost is not None else seen.error}",
            remedy=f"{advice}{self._instead}",
            blame=self._looked.blame,
            detail="; ".join(filter(None, (self._told(seen), self._looked.ends))),
        )

    def unproved(self, seen: Talk, beside: Controls) -> Finding:
        return unknown(
            MAIL_UNPROVED,
            f"Whether mail can be sent could not be told: {seen.error}",
            remedy=self._instead,
            detail=f"{self._told(seen)}; {beside}",
        )


def _evidence(seen: Talk) -> str:
    told = [f"step {seen.step}" if seen.step != "done" else "", seen.banner]
    told.append(f"offers {', '.join(seen.offers)}" if seen.offers else "")
    told.append(
        f"STARTTLS {'offered' if offers_starttls(seen.offers) else 'not offered'}" if seen.offers else ""
    )
    told.append(str(seen.reply or seen.error or ""))
    if seen.certificate is not None:
        told.append(f"{seen.certificate.version}, certificate by {seen.certificate.issuer}")
    return "; ".join(filter(None, told))
