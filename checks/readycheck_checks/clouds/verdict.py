"""The verdict about a cloud storage, from what its servers answered. Pure; asks nobody."""

from collections.abc import Sequence
from dataclasses import dataclass

from readycheck.api import (
    Blame,
    Closed,
    Code,
    Confidence,
    Finding,
    Garbled,
    HttpAnswer,
    NameUnknown,
    NetError,
    NoRoute,
    Owner,
    Refused,
    Silent,
    Status,
    TlsFailed,
    failed,
    passed,
    unknown,
)
from readycheck_checks.asking.controls import nothing_answered
from readycheck_checks.blame.answering import (
    ASKS_TO_SIGN_IN,
    HANGS,
    NETWORK_SAYS,
    PROXY_SAYS,
    who_answers,
    who_is_in_trouble,
)
from readycheck_checks.blame.certificates import judge_certificate
from readycheck_checks.blame.lost_names import judge_lost_name
from readycheck_checks.blame.remedies import OTHER_NETWORK
from readycheck_checks.blame.trouble import Looked
from readycheck_checks.clouds.codes import (
    CLOUD_CERTIFICATE,
    CLOUD_CUT,
    CLOUD_HANGS,
    CLOUD_NAME,
    CLOUD_REACHED,
    CLOUD_REFUSED,
    CLOUD_SILENT,
    CLOUD_TENANT,
    CLOUD_UNPROVED,
    DOWN,
    ELSE,
)
from readycheck_checks.shares import nextcloud
from readycheck_checks.shares.codes import MAINTENANCE


@dataclass(frozen=True, kw_only=True)
class Asked:
    """One page and what came of it.

    ``good``: statuses that prove the service, beside 401; ``tenant``: the organisation's part of the name, empty where
    the name is the vendor's own; ``far``: whose the far end is; ``vouched``: at the moment of a silence something else answered;
    ``looked``: whose it is.
    """

    host: str
    came: HttpAnswer | NetError
    far: Owner = Owner.SERVICE
    good: tuple[int, ...] = ()
    nextcloud: bool = False
    tenant: str = ""
    proxied: bool = False
    vouched: bool = False
    looked: Looked = Looked()
    detail: str = ""

    @property
    def evidence(self) -> str:
        told = f"HTTP {self.came.status}" if isinstance(self.came, HttpAnswer) else str(self.came)
        return f"{self.host}: {told}" + (f"; {self.detail}" if self.detail else "")


def judge_cloud(title: str, asked: Sequence[Asked], *, no_tenant: bool = False) -> Finding:
    """One finding: the first page that does not work tells, as all of them are needed."""
    if no_tenant:
        return unknown(
            CLOUD_UNPROVED,
            f"Whether {title} works could not be told: the profile does not say under which name your organisation is there",
        )
    judged = [_judge(title, each) for each in asked]
    failures = [each for each in judged if each is not None]
    detail = "; ".join(each.evidence for each in asked)
    if not failures:
        return passed(CLOUD_REACHED, f"{title} is reached", detail=detail)
    proved = [each for each in failures if each.status is not Status.UNKNOWN]
    return (proved or failures)[0]


def _judge(title: str, asked: Asked) -> Finding | None:
    """None where the page works."""
    if isinstance(asked.came, HttpAnswer):
        return _answer(title, asked, asked.came)
    if asked.proxied and isinstance(asked.came, Refused | Closed | Silent | NoRoute | Garbled):
        return _unproved(title, asked, PROXY_SAYS)
    match asked.came:
        case NameUnknown():
            return _name(title, asked)
        case TlsFailed(reason="handshake") | Closed() | Garbled():
            return _cut(title, asked)
        case TlsFailed():
            return _certificate(title, asked, asked.came)
        case Refused():
            return _silent(title, asked, "refuses connections")
        case Silent() if asked.vouched and asked.looked.hangs:
            return _silent(title, asked, HANGS)
        case Silent() if asked.vouched:
            return _silent(title, asked, "does not answer, while other servers do")
        case Silent():
            return _unproved(title, asked, nothing_answered(asked.host))
        case _:
            return _unproved(title, asked, str(asked.came))


def _answer(title: str, asked: Asked, answer: HttpAnswer) -> Finding | None:
    if answer.status in NETWORK_SAYS:
        return _unproved(title, asked, NETWORK_SAYS[answer.status])
    blame = who_is_in_trouble(asked.far, answer.status, proved=True, proxied=asked.proxied)
    if blame is None:
        return _unproved(title, asked, f"the proxy of this computer, or {asked.host}, is in trouble")
    if asked.nextcloud:
        return _nextcloud(title, asked, answer)
    if answer.status in (ASKS_TO_SIGN_IN, *asked.good):
        return None
    if answer.status >= 500:
        return _down(title, asked, answer)
    return _unproved(
        title, asked, f"{_told(asked, answer)}, which it is not known to do, and a filter might do too"
    )


def _nextcloud(title: str, asked: Asked, answer: HttpAnswer) -> Finding | None:
    status = nextcloud.status_in(answer.body)
    if status is None and answer.status < 500:
        says = f"{title} does not work: {asked.host} answers, and is no Nextcloud"
        blame = who_answers(asked.far, proved=True, proxied=asked.proxied)
        return _stopped(asked, ELSE, says, ELSE.remedy, blame)
    if status is None:
        return _down(title, asked, answer)
    if status.maintenance or status.needs_upgrade or not status.installed:
        says = f"{title} is closed now: {asked.host} says that it is under maintenance"
        return _said(asked, MAINTENANCE, says, MAINTENANCE.remedy, Confidence.HIGH)
    return None


def _down(title: str, asked: Asked, answer: HttpAnswer) -> Finding:
    return _said(asked, DOWN, f"{title} does not work: {_told(asked, answer)}", DOWN.remedy)


def _told(asked: Asked, answer: HttpAnswer) -> str:
    return f"{asked.host} answers HTTP {answer.status}"


def _name(title: str, asked: Asked) -> Finding:
    """The organisation's own part of a name can be wrong in the profile; a vendor's own name is filtered, or given up."""
    own = asked.far is Owner.COMPANY
    lost = asked.looked.name or judge_lost_name(asked.host, None, asked.far, inside=own)
    if lost.hidden or not (own or asked.tenant):
        return _stopped(asked, CLOUD_NAME, f"{title} does not work: {lost.says}", lost.remedy, lost.blame)
    says = f"{title} does not work: {lost.says}"
    if not own:
        says += ", so the name of your organisation there may be wrong"
    return _stopped(asked, CLOUD_TENANT, says, lost.remedy, lost.blame)


def _certificate(title: str, asked: Asked, error: TlsFailed) -> Finding:
    found = asked.looked.certificate
    if found is None:
        found = judge_certificate(error.reason, issuer=error.issuer, far=asked.far)
    says = f"{title} does not open safely: {found.told(asked.host)}"
    return _stopped(asked, CLOUD_CERTIFICATE, says, found.remedy(asked.host), found.blame)


def _cut(title: str, asked: Asked) -> Finding:
    """A conversation that is cut is cut by the server, or by a filter in between, which reads the name that is asked for."""
    says = f"{title} does not open: the conversation with {asked.host} is cut off"
    remedy = f"Try another network. If it works there, ask whoever runs this one to let {asked.host} through."
    return _stopped(asked, CLOUD_CUT, says, remedy)


def _silent(title: str, asked: Asked, how: str) -> Finding:
    quiet = CLOUD_HANGS if asked.looked.hangs else CLOUD_SILENT
    code = quiet if isinstance(asked.came, Silent) else CLOUD_REFUSED
    return _stopped(asked, code, f"{title} does not open: {asked.host} {how}", OTHER_NETWORK)


def _stopped(asked: Asked, code: Code, says: str, remedy: str, blame: Blame | None = None) -> Finding:
    """No answer of the service: whose that is was looked into."""
    return failed(
        code,
        says,
        remedy=remedy,
        blame=blame or asked.looked.blame,
        detail=asked.evidence,
    )


def _said(
    asked: Asked, code: Code, says: str, remedy: str, confidence: Confidence = Confidence.MEDIUM
) -> Finding:
    return failed(code, says, remedy=remedy, owner=asked.far, confidence=confidence, detail=asked.evidence)


def _unproved(title: str, asked: Asked, why: str) -> Finding:
    return unknown(CLOUD_UNPROVED, f"Whether {title} works could not be told: {why}", detail=asked.evidence)
