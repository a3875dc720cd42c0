"""The verdict about a cloud storage, from what its servers answered. Pure; asks nobody."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from readycheck.api import (
    Closed,
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
    TlsFailed,
    failed,
    passed,
    unknown,
)
from readycheck_checks.blame.answering import who_answers, who_is_in_trouble
from readycheck_checks.blame.certificates import judge_certificate
from readycheck_checks.blame.lost_names import judge_lost_name
from readycheck_checks.blame.owners import Whose
from readycheck_checks.blame.trouble import Looked
from readycheck_checks.shares import nextcloud

_OF_NETWORKS: Final = {
    407: "the proxy of this network asks to sign in",
    511: "this network asks to sign in first",
}
ASKS_TO_SIGN_IN: Final = 401
_AGAIN: Final = "Wait ten minutes and check again. If it stays like this, tell IT support."


@dataclass(frozen=True, kw_only=True)
class Asked:
    """One page and what came of it.

    ``good``: statuses that prove the service, beside 401; ``tenant``: the organisation's part of the name, empty where
    the name is the vendor's own; ``vouched``: at the moment of a silence something else answered; ``looked``: whose it is.
    """

    host: str
    came: HttpAnswer | NetError
    good: tuple[int, ...] = ()
    nextcloud: bool = False
    tenant: str = ""
    proxied: bool = False
    vouched: bool = False
    looked: Looked = Looked()
    detail: str = ""

    def far(self, own: bool) -> Owner:
        """Whose the far end is."""
        return Owner.COMPANY if own else Owner.SERVICE

    @property
    def evidence(self) -> str:
        told = f"HTTP {self.came.status}" if isinstance(self.came, HttpAnswer) else str(self.came)
        return f"{self.host}: {told}" + (f"; {self.detail}" if self.detail else "")


def judge_cloud(title: str, asked: Sequence[Asked], *, own: bool = False, no_tenant: bool = False) -> Finding:
    """One finding: the first page that does not work tells, as all of them are needed."""
    if no_tenant:
        return unknown(
            "files.cloud_unproved",
            f"Whether {title} works could not be told: the profile does not say under which name your organisation is there",
        )
    judged = [_judge(title, each, own) for each in asked]
    failures = [each for each in judged if each is not None]
    detail = "; ".join(each.evidence for each in asked)
    if not failures:
        return passed("files.cloud_reached", f"{title} is reached", detail=detail)
    proved = [each for each in failures if each.status != "unknown"]
    return (proved or failures)[0]


def _judge(title: str, asked: Asked, own: bool) -> Finding | None:
    """None where the page works."""
    if isinstance(asked.came, HttpAnswer):
        return _answer(title, asked, asked.came, own)
    if asked.proxied and isinstance(asked.came, Refused | Closed | Silent | NoRoute | Garbled):
        return _unproved(title, asked, "the proxy of this computer did not pass the request on")
    match asked.came:
        case NameUnknown():
            return _name(title, asked, own)
        case TlsFailed(reason="handshake") | Closed() | Garbled():
            return _cut(title, asked)
        case TlsFailed():
            return _certificate(title, asked, asked.came, own)
        case Refused():
            return _silent(title, asked, "refuses connections")
        case Silent() if asked.vouched and asked.looked.hangs:
            return _silent(title, asked, "takes connections and then says nothing, or next to nothing")
        case Silent() if asked.vouched:
            return _silent(title, asked, "does not answer, while other servers do")
        case Silent():
            return _unproved(
                title, asked, f"{asked.host} was silent, and nothing else answered at the same moment"
            )
        case _:
            return _unproved(title, asked, str(asked.came))


def _answer(title: str, asked: Asked, answer: HttpAnswer, own: bool) -> Finding | None:
    if answer.status in _OF_NETWORKS:
        return _unproved(title, asked, _OF_NETWORKS[answer.status])
    party = who_is_in_trouble(asked.far(own), answer.status, proved=True, proxied=asked.proxied)
    if party is None:
        return _unproved(title, asked, f"the proxy of this computer, or {asked.host}, is in trouble")
    if asked.nextcloud:
        return _nextcloud(title, asked, answer, own)
    if answer.status in (ASKS_TO_SIGN_IN, *asked.good):
        return None
    if answer.status >= 500:
        return _said(asked, "files.cloud_down", f"{title} does not work: {_told(asked, answer)}", _AGAIN, own)
    return _unproved(
        title, asked, f"{_told(asked, answer)}, which it is not known to do, and a filter might do too"
    )


def _nextcloud(title: str, asked: Asked, answer: HttpAnswer, own: bool) -> Finding | None:
    status = nextcloud.status_in(answer.body)
    if status is None and answer.status < 500:
        says = f"{title} does not work: {asked.host} answers, and is no Nextcloud"
        remedy = "Compare the address with the instructions of your IT support."
        party = who_answers(asked.far(own), proved=True, proxied=asked.proxied)
        return _stopped(asked, "files.cloud_else", says, remedy, party)
    if status is None:
        return _said(asked, "files.cloud_down", f"{title} does not work: {_told(asked, answer)}", _AGAIN, own)
    if status.maintenance or status.needs_upgrade or not status.installed:
        says = f"{title} is closed now: {asked.host} says that it is under maintenance"
        remedy = "Wait until the maintenance is over. Ask IT support how long it takes."
        return _said(asked, "files.maintenance", says, remedy, own, Confidence.HIGH)
    return None


def _told(asked: Asked, answer: HttpAnswer) -> str:
    return f"{asked.host} answers HTTP {answer.status}"


def _name(title: str, asked: Asked, own: bool) -> Finding:
    """The organisation's own part of a name can be wrong in the profile; a vendor's own name is filtered, or given up."""
    lost = asked.looked.name or judge_lost_name(asked.host, None, asked.far(own), inside=own)
    if lost.hidden or not (own or asked.tenant):
        return _stopped(
            asked, "files.cloud_name", f"{title} does not work: {lost.says}", lost.remedy, lost.whose
        )
    says = f"{title} does not work: {lost.says}"
    if not own:
        says += ", so the name of your organisation there may be wrong"
    return _stopped(asked, "files.cloud_tenant", says, lost.remedy, lost.whose)


def _certificate(title: str, asked: Asked, error: TlsFailed, own: bool) -> Finding:
    found = asked.looked.certificate
    if found is None:
        found = judge_certificate(error.reason, issuer=error.issuer, far=asked.far(own))
    says = f"{title} does not open safely: {found.told(asked.host)}"
    return _stopped(asked, "files.cloud_certificate", says, found.remedy(asked.host), found.whose)


def _cut(title: str, asked: Asked) -> Finding:
    """A conversation that is cut is cut by the server, or by a filter in between, which reads the name that is asked for."""
    says = f"{title} does not open: the conversation with {asked.host} is cut off"
    remedy = f"Try another network. If it works there, ask whoever runs this one to let {asked.host} through."
    return _stopped(asked, "files.cloud_cut", says, remedy)


def _silent(title: str, asked: Asked, how: str) -> Finding:
    quiet = "files.cloud_hangs" if asked.looked.hangs else "files.cloud_silent"
    code = quiet if isinstance(asked.came, Silent) else "files.cloud_refused"
    remedy = "Try another network. If it is the same there, wait, and tell IT support."
    return _stopped(asked, code, f"{title} does not open: {asked.host} {how}", remedy)


def _stopped(asked: Asked, code: str, says: str, remedy: str, whose: Whose | None = None) -> Finding:
    """No answer of the service: whose that is was looked into."""
    party = whose or asked.looked.whose
    return failed(
        code,
        says,
        remedy=remedy,
        owner=party.owner,
        either=party.either,
        confidence=party.confidence,
        detail=asked.evidence,
    )


def _said(
    asked: Asked, code: str, says: str, remedy: str, own: bool, confidence: Confidence = Confidence.MEDIUM
) -> Finding:
    return failed(
        code, says, remedy=remedy, owner=asked.far(own), confidence=confidence, detail=asked.evidence
    )


def _unproved(title: str, asked: Asked, why: str) -> Finding:
    return unknown(
        "files.cloud_unproved", f"Whether {title} works could not be told: {why}", detail=asked.evidence
    )
