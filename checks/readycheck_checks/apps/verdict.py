"""The verdict about a server of an app that no conversation came about with. Pure; asks nobody.

Hangs, refuses, cannot be reached, answers as something else, shows a wrong certificate, has an unknown name: all apart.
"""

from dataclasses import dataclass
from typing import Final

from readycheck.api import (
    Closed,
    Confidence,
    Finding,
    Garbled,
    NameUnknown,
    NoRoute,
    Owner,
    Refused,
    Silent,
    TlsFailed,
    failed,
    unknown,
)
from readycheck_checks.apps.opinions import whose_name
from readycheck_checks.apps.server import Trouble
from readycheck_checks.blame import Whose

NEAR: Final = (Owner.DEVICE, Owner.HOME, Owner.ISP)
_CERTIFICATES: Final = {
    "expired": "its certificate has run out",
    "wrong_name": "its certificate belongs to another name",
    "not_yet_valid": "its certificate is not valid yet; the clock of this computer may be wrong",
    "untrusted": "its certificate comes from an issuer that this computer does not trust",
}


@dataclass(frozen=True, kw_only=True)
class App:
    """What is asked: ``code`` begins its finding codes ("apps.mail"), ``does_not`` its summaries ("Mail cannot be read"),
    ``meanwhile`` is a step that helps the person until it is mended, as a whole sentence; may be empty."""

    code: str
    does_not: str
    meanwhile: str = ""


def judge_trouble(app: App, trouble: Trouble) -> Finding:
    """One finding about a conversation that did not come about."""
    match trouble.error:
        case TlsFailed():
            return _tls(app, trouble, trouble.error)
        case NameUnknown():
            return _name(app, trouble)
        case Garbled():
            return _garbled(app, trouble)
        case Silent() if not trouble.vouched and trouble.party.owner is Owner.UNKNOWN:
            return _unproved(app, trouble, _alone(trouble))
        case Silent() if trouble.taken:
            return _far(app, trouble, "hangs", "takes connections and then says nothing")
        case Silent():
            return _stopped(app, trouble, "silent", "does not answer")
        case Refused():
            return _stopped(app, trouble, "refused", "turns connections away")
        case Closed():
            return _far(app, trouble, "closed", "takes connections and closes them at once")
        case NoRoute() if trouble.vouched:
            return _stopped(app, trouble, "silent", "cannot be reached from here")
        case _:
            return _unproved(app, trouble, str(trouble.error))


def _alone(trouble: Trouble) -> str:
    if trouble.beside.all_silent(trouble.protocol.lower()):
        return f"{trouble.where} did not answer, and neither did any other host asked at the same moment"
    return f"{trouble.where} did not answer, and no other host was asked that could have shown why"


def _stopped(app: App, trouble: Trouble, kind: str, how: str) -> Finding:
    """Where packets end near this computer, the port is blocked there, whatever the server does."""
    party = trouble.party
    parties = {party.owner} if party.owner is not Owner.UNKNOWN else set(party.either)
    if parties and parties <= set(NEAR):
        return _found(app, trouble, "blocked", f"this network lets nothing out to {trouble.port}")
    return _found(app, trouble, kind, f"{trouble.where} {how}")


def _far(app: App, trouble: Trouble, kind: str, how: str) -> Finding:
    return _found(app, trouble, kind, f"{trouble.where} {how}")


def _garbled(app: App, trouble: Trouble) -> Finding:
    how = f"what answers at {trouble.where} is not the server that should be there"
    return _found(app, trouble, "garbled", how, whose=_of_who_answers(trouble))


def _of_who_answers(trouble: Trouble) -> Whose:
    """Something answers: unless it was seen who, it may be the server, or a box of this network in its place."""
    if trouble.party.owner is not Owner.UNKNOWN:
        return trouble.party
    return Whose(either=(trouble.far, Owner.HOME), confidence=Confidence.LOW)


def _tls(app: App, trouble: Trouble, error: TlsFailed) -> Finding:
    if error.reason == "handshake":
        how = f"{trouble.where} answers, and no safe connection comes about"
        return _found(app, trouble, "no_tls", how, whose=_of_who_answers(trouble))
    shown = f" ({error.issuer})" if error.issuer and error.reason == "untrusted" else ""
    how = f"{trouble.where.host} cannot prove who it is: {_CERTIFICATES[error.reason]}{shown}"
    return _found(app, trouble, "certificate", how, whose=whose_certificate(error.reason, trouble))


def whose_certificate(reason: str, trouble: Trouble) -> Whose:
    """Only the server's side lets a certificate run out or names another host in it. A signer whom nobody trusts is a box of this
    network, where that was seen to answer; else the server's, or one whose authority is not installed on this computer."""
    if reason in ("expired", "wrong_name"):
        return Whose(trouble.far, confidence=Confidence.MEDIUM)
    if reason == "not_yet_valid":
        return Whose(either=(Owner.DEVICE, trouble.far), confidence=Confidence.MEDIUM)
    if trouble.party.owner in NEAR:
        return trouble.party
    return Whose(either=(trouble.far, Owner.DEVICE), confidence=Confidence.MEDIUM)


def _name(app: App, trouble: Trouble) -> Finding:
    how = f"the name {trouble.where.host} is not known here"
    if trouble.opinions.know:
        how = f"this network does not know the name {trouble.where.host}, and others do"
    return _found(app, trouble, "name", how, whose=whose_name(trouble.opinions, trouble.far))


def _found(app: App, trouble: Trouble, kind: str, how: str, *, whose: Whose | None = None) -> Finding:
    party = whose or trouble.party
    return failed(
        f"{app.code}_{kind}",
        f"{app.does_not}: {how}",
        remedy=" ".join(filter(None, (remedy_for(party, trouble), app.meanwhile))),
        owner=party.owner,
        either=party.either,
        confidence=party.confidence,
        detail=trouble.evidence,
    )


def remedy_for(party: Whose, trouble: Trouble) -> str:
    """What this person can do, by whose it is."""
    port, name = trouble.port, trouble.where.host
    match party.owner:
        case Owner.HOME:
            return (
                "Connect over the hotspot of a phone. "
                f"If you look after this network, let {port} out in the settings of the router."
            )
        case Owner.DEVICE:
            return f"Ask IT support whether a firewall on this computer holds {port} back."
        case Owner.ISP:
            return f"Connect over the hotspot of a phone, and ask your internet provider why {port} is not passed on."
        case Owner.COMPANY:
            return f"Tell IT support what is said here about {name}."
        case Owner.SERVICE:
            return f"Wait and try again later; look whether {name} has a page about its status."
    return (
        "Try once over the hotspot of a phone. If it works there, ask whoever runs this network about "
        f"{name} ({port}); if not, show this to IT support."
    )


def _unproved(app: App, trouble: Trouble, why: str) -> Finding:
    return unknown(
        f"{app.code}_unproved",
        f"{app.does_not.replace('cannot be', 'may not be')}: {why}",
        remedy=app.meanwhile,
        detail=trouble.evidence,
    )
