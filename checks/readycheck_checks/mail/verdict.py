"""The verdict about mail servers that were talked to: each by itself, and together by what a person does with them. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from msgspec.structs import replace

from readycheck.api import Confidence, Finding, Owner, Status, failed, passed, warned
from readycheck_checks.blame.answering import who_answers
from readycheck_checks.contact.smtp import masks_starttls
from readycheck_checks.conversation.server import Trouble
from readycheck_checks.conversation.verdict import App, judge_trouble
from readycheck_checks.mail.servers import MailServer
from readycheck_checks.mail.session import IN_WORDS, Session

CODE: Final = "apps.mail"
MEANWHILE: Final = "Meanwhile use your mail in the browser, if your company offers that."
TELL_IT: Final = "Tell IT support what is said here about the mail server."
_NOT_NOW: Final = ("4", "BYE")  # 4xx of SMTP (RFC 5321, 4.2.1) is for now; BYE of IMAP ends the session


@dataclass(frozen=True, kw_only=True)
class Talked:
    """One server, how the session with it began, and what stood in the way where none came about; ``tunnelled``: where its words
    count, whether the way to it leads through a VPN."""

    server: MailServer
    session: Session
    trouble: Trouble | None = None
    tunnelled: bool = False

    @property
    def cannot(self) -> str:
        return f"Mail cannot be {'read' if self.server.reads else 'sent'}"

    @property
    def proved(self) -> bool:
        """Its words came under TLS. In clear a box on the way may speak for it, or take words out."""
        return self.session.certificate is not None

    @property
    def detail(self) -> str:
        return f"{self.server}: {self.session}"


def judge_all(talked: Sequence[Talked]) -> list[Finding]:
    """A finding a server. Where one server for reading (or sending) works, another that does not is a warning."""
    judged = [(each, judge(each)) for each in talked]
    works = {each.server.reads: each.server for each, finding in judged if finding.status is Status.PASS}
    return [_beside(each, finding, works.get(each.server.reads)) for each, finding in judged]


def judge(talked: Talked) -> Finding:
    """One server by itself."""
    if talked.trouble is not None:
        app = App(code=CODE, does_not=talked.cannot, meanwhile=MEANWHILE)
        return judge_trouble(app, talked.trouble)
    if talked.session.step != "done":
        return _refused(talked)
    if talked.session.certificate is None:
        return _no_starttls(talked)
    if _nobody_can_sign_in(talked):
        return _failed(talked, "no_sign_in", f"{talked.server.where} offers no way to sign in")
    return passed(
        CODE,
        f"The mail server {talked.server.where} answers over a safe connection",
        detail=talked.detail,
    )


def _beside(talked: Talked, finding: Finding, works: MailServer | None) -> Finding:
    """What fails beside one that works is no more than a choice less."""
    if finding.status is not Status.FAIL or works is None:
        return finding
    does = "read" if works.reads else "sent"
    return replace(
        finding,
        status=Status.WARN,
        summary=f"{finding.summary}; by {works.where} it can be {does}",
        remedy=f"Set your mail program to {works.where} ({_security(works)}). {finding.remedy}",
    )


def _security(server: MailServer) -> str:
    return "TLS from the start" if server.is_implicit else "STARTTLS"


def _refused(talked: Talked) -> Finding:
    """The server speaks the protocol and says no."""
    said, at = talked.session.refusal, IN_WORDS[talked.session.step]
    kind = "not_now" if said.startswith(_NOT_NOW) else "says_no"
    how = f"{talked.server.where} turns mail programs away: {at} is {said}"
    return _failed(talked, kind, how)


def _no_starttls(talked: Talked) -> Finding:
    """Who takes the offer out leaves no trace, unless he overwrites it."""
    how = f"{talked.server.where} offers no encryption (STARTTLS)"
    if masks_starttls(talked.session.offers):
        how = f"something on the way to {talked.server.where} removes the offer to encrypt"
    return _failed(talked, "no_starttls", how)


def _nobody_can_sign_in(talked: Talked) -> bool:
    """IMAP: LOGINDISABLED even under TLS, and no other way. A submission server without AUTH may know its people otherwise."""
    offers = [offer.upper() for offer in talked.session.offers_inside]
    return (
        talked.server.reads and "LOGINDISABLED" in offers and not any(o.startswith("AUTH=") for o in offers)
    )


def _failed(talked: Talked, kind: str, how: str) -> Finding:
    blame = who_answers(Owner.COMPANY, proved=talked.proved, tunnelled=talked.tunnelled, provider=True)
    elsewhere = "Try once over a phone hotspot. " if blame.either else ""
    return failed(
        f"{CODE}_{kind}",
        f"{talked.cannot}: {how}",
        remedy=f"{elsewhere}{TELL_IT} {MEANWHILE}",
        blame=blame,
        confidence=Confidence.HIGH if talked.proved else blame.confidence,
        detail=talked.detail,
    )


def submission_without_auth(talked: Talked) -> Finding | None:
    """A submission server that offers no AUTH under TLS takes mail from nobody who is at home."""
    done = talked.session.step == "done" and talked.session.certificate is not None
    offers = [offer.upper() for offer in talked.session.offers_inside]
    if talked.server.reads or not done or any(offer.startswith("AUTH") for offer in offers):
        return None
    return warned(
        f"{CODE}_no_sign_in",
        f"Mail may not be sent: {talked.server.where} offers no way to sign in",
        remedy=f"{TELL_IT} {MEANWHILE}",
        owner=Owner.COMPANY,
        detail=talked.detail,
    )
