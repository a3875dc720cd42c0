"""The verdict about a server of an app that no conversation came about with. Pure; asks nobody.

Hangs, refuses, cannot be reached, answers as something else, shows a wrong certificate, has an unknown name: all apart.
"""

from dataclasses import dataclass

from readycheck.api import (
    Blame,
    Closed,
    Finding,
    Garbled,
    NameUnknown,
    NoRoute,
    Owner,
    Refused,
    Silent,
    TlsFailed,
    clean,
    failed,
    unknown,
)
from readycheck_checks.blame.answering import HANGS
from readycheck_checks.blame.owners import NEAR
from readycheck_checks.blame.remedies import let_out
from readycheck_checks.conversation.server import Trouble


@dataclass(frozen=True, kw_only=True)
class App:
    """What is asked: ``code`` begins its finding codes ("apps.mail"), ``does_not`` its summaries ("Mail cannot be read"),
    ``meanwhile`` is a step that helps the person until it is mended, as a whole sentence; may be empty. ``name``: what a
    certificate has to prove, where that is another name than the host's."""

    code: str
    does_not: str
    meanwhile: str = ""
    name: str = ""


def judge_trouble(app: App, trouble: Trouble) -> Finding:
    """One finding about a conversation that did not come about."""
    match trouble.error:
        case TlsFailed():
            return _tls(app, trouble)
        case NameUnknown():
            return _name(app, trouble)
        case Garbled():
            return _garbled(app, trouble)
        case Silent() if not trouble.vouched and trouble.blame.owner is Owner.UNKNOWN:
            return _unproved(app, trouble, _alone(trouble))
        case Silent() if trouble.taken:
            return _far(app, trouble, "hangs", HANGS)
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
    parties = set(trouble.blame.parties)
    if parties and parties <= set(NEAR):
        return _found(app, trouble, "blocked", f"this network lets nothing out to {trouble.port}")
    return _found(app, trouble, kind, f"{trouble.where} {how}")


def _far(app: App, trouble: Trouble, kind: str, how: str) -> Finding:
    return _found(app, trouble, kind, f"{trouble.where} {how}")


def _garbled(app: App, trouble: Trouble) -> Finding:
    how = f"what answers at {trouble.where} is not the server that should be there"
    return _found(app, trouble, "garbled", how)


def _tls(app: App, trouble: Trouble) -> Finding:
    shown = trouble.looked.certificate
    if shown is None:
        how = f"{trouble.where} answers, and no safe connection comes about"
        return _found(app, trouble, "no_tls", how)
    name = clean(app.name, 80) or trouble.where.host
    how = f"{trouble.where.host} cannot prove who it is: {shown.told(name)}"
    return _found(app, trouble, "certificate", how, remedy=shown.remedy(name))


def _name(app: App, trouble: Trouble) -> Finding:
    lost = trouble.looked.name
    how = lost.says if lost else f"the name {trouble.where.host} is not known here"
    return _found(app, trouble, "name", how, remedy=lost.remedy if lost else "")


def _found(app: App, trouble: Trouble, kind: str, how: str, *, remedy: str = "") -> Finding:
    blame = trouble.blame
    return failed(
        f"{app.code}_{kind}",
        f"{app.does_not}: {how}",
        remedy=" ".join(filter(None, (remedy or remedy_for(blame, trouble), app.meanwhile))),
        blame=blame,
        detail=trouble.evidence,
    )


def remedy_for(blame: Blame, trouble: Trouble) -> str:
    """What this person can do, by whose it is."""
    port, name = trouble.port, trouble.where.host
    match blame.owner:
        case Owner.HOME | Owner.DEVICE | Owner.ISP:
            return f"{let_out(port, blame.owner)}."
        case Owner.COMPANY:
            return f"Tell IT support what is said here about {name}."
        case Owner.SERVICE:
            return f"Wait and try again later; look whether {name} has a page about its status."
    return (
        "Try once over a phone hotspot. If it works there, ask whoever runs this network about "
        f"{name} ({port}); if not, show this to IT support."
    )


def _unproved(app: App, trouble: Trouble, why: str) -> Finding:
    return unknown(
        f"{app.code}_unproved",
        f"{app.does_not.replace('cannot be', 'may not be')}: {why}",
        remedy=app.meanwhile,
        detail=trouble.evidence,
    )
