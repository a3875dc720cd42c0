"""The verdicts about mail to support: the address and its domain, and the server that takes the mail. Pure; asks nobody."""

from collections.abc import Sequence
from typing import Final, Literal

from readycheck.api import (
    Closed,
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
from readycheck_checks.blame.answering import who_answers
from readycheck_checks.blame.certificates import is_bad_certificate
from readycheck_checks.blame.owners import Whose
from readycheck_checks.blame.trouble import Looked
from readycheck_checks.contact.routes import another_way
from readycheck_checks.contact.smtp import Talk, masks_starttls, offers_starttls

SURELY_THE_COMPANY: Final = Whose(Owner.COMPANY, confidence=Confidence.HIGH)
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
            return _takes_no_mail(route, card, why, lost.whose if lost is not None else Whose())
        case NetError():
            return unknown(
                "help.mail_domain_unproved", f"Whether {route.value} takes mail could not be told: {found}"
            )
    if not any(found):
        why = (
            "its domain has no mail server"
            if not found
            else "its domain says that it takes no mail (RFC 7505)"
        )
        return _takes_no_mail(route, card, why, SURELY_THE_COMPANY)
    return passed(
        "help.mail_address",
        f"{route.value} is a valid address, and its domain takes mail",
        detail=f"Mail exchangers: {', '.join(found)}",
    )


def valid_address(route: ContactRoute) -> Finding:
    return passed("help.mail_address", f"{route.value} is a valid address")


def no_address(route: ContactRoute, card: ContactCard) -> Finding:
    return _takes_no_mail(route, card, "it is no mail address", SURELY_THE_COMPANY, code="help.mail_address")


def _takes_no_mail(
    route: ContactRoute,
    card: ContactCard,
    why: str,
    party: Whose,
    *,
    code: str = "help.mail_domain",
) -> Finding:
    return failed(
        code,
        f"Mail to {route.value} will not arrive: {why}",
        remedy=another_way(card, route),
        owner=party.owner,
        confidence=party.confidence,
        either=party.either,
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
        case Refused() | Closed() | NameUnknown():
            return judged.down(seen, beside)
        case Silent() if beside.answered("tcp"):
            return judged.down(seen, beside)
        case _:
            return judged.unproved(seen, beside)


class _Server:
    """The findings about one server. Every finding that is not a pass ends in the same other way to reach support. ``says``:
    whose its words are."""

    def __init__(self, server: Endpoint, instead: str, looked: Looked, says: Whose) -> None:
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
                "help.mail_server",
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
            "help.mail_no_starttls",
            f"Mail cannot be sent safely through {self._server.host}: {why}",
            remedy=self._instead,
            owner=self._says.owner,
            confidence=self._says.confidence,  # others on the way take the line out without a trace
            detail=self._told(seen),
            either=self._says.either,
        )

    def answered_otherwise(self, seen: Talk) -> Finding:
        if seen.reply is not None and seen.reply.code == 0:
            return warned(
                "help.mail_unexpected",
                f"Mail may not leave: what answers at {self._server} does not speak like a mail server",
                remedy=self._instead,
                detail=self._told(seen),
                confidence=Confidence.LOW,
            )
        return failed(
            "help.mail_refused",
            f"Mail cannot be sent now: {self._server.host} {STEPS[seen.step]} {seen.reply}",
            remedy=self._instead,
            owner=self._says.owner,
            either=self._says.either,
            confidence=self._says.confidence,
            detail=self._told(seen),
        )

    def certificate(self, seen: Talk) -> Finding:
        found = self._looked.certificate
        says = found.told(self._server.host) if found is not None else "a safe connection did not come about"
        advice = f" {found.advice}." if found is not None and found.advice else ""
        remedy = f"Do not accept a warning about the mail server.{advice} {self._instead}"
        return self._unsafe("certificate", says, remedy, seen)

    def no_tls(self, seen: Talk) -> Finding:
        return self._unsafe("no_tls", "what answers there makes no secure connection", self._instead, seen)

    def _unsafe(self, kind: str, says: str, remedy: str, seen: Talk) -> Finding:
        return failed(
            f"help.mail_{kind}",
            f"Mail cannot be sent safely through {self._server.host}: {says}",
            remedy=remedy,
            owner=self._looked.whose.owner,
            confidence=self._looked.whose.confidence,
            detail="; ".join(filter(None, (self._told(seen), self._looked.ends))),
            either=self._looked.whose.either,
        )

    def down(self, seen: Talk, beside: Controls) -> Finding:
        silent = isinstance(seen.error, Silent)
        hangs = silent and (seen.step != "connect" or self._looked.hangs)
        told = (self._told(seen), str(beside) if silent else "", self._looked.ends)
        lost, party = self._looked.name, self._looked.whose
        advice = f"{lost.remedy} " if lost is not None and lost.hidden else ""
        return failed(
            "help.mail_hangs" if hangs else "help.mail_silent" if silent else "help.mail_down",
            f"Mail cannot be sent from here: {lost.says if lost is not None else self._how(seen, hangs=hangs)}",
            remedy=f"{advice}{self._instead}",
            owner=party.owner,
            confidence=party.confidence,
            detail="; ".join(filter(None, told)),
            either=party.either,
        )

    def _how(self, seen: Talk, *, hangs: bool) -> str:
        return (
            f"{self._server.host} takes connections and then says nothing, or next to nothing"
            if hangs
            else str(seen.error)
        )

    def unproved(self, seen: Talk, beside: Controls) -> Finding:
        return unknown(
            "help.mail_unproved",
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
