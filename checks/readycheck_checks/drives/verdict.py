"""The verdict about one drive, from what was seen of it. Pure; asks nobody. Nothing here names the folder of a person."""

import errno
from typing import Final

from readycheck.api import (
    Confidence,
    Finding,
    NameUnknown,
    NoRoute,
    Owner,
    Refused,
    Silent,
    failed,
    passed,
    readable_size,
    unknown,
    warned,
)
from readycheck_checks.blame.lost_names import judge_lost_name
from readycheck_checks.blame.owners import Whose
from readycheck_checks.drives.seeing import DriveSeen, Look, Server

_NO_RIGHT: Final = (errno.EACCES, errno.EPERM)
_AGAIN: Final = "Disconnect the drive and connect it again. If programs hang on it, restart the computer."
_TELL: Final = "Tell IT support that {host} "
_CONNECT: Final = "Connect the drive in your file manager, with the VPN connected if these files need it."
_DEVICE: Final = Whose(Owner.DEVICE, confidence=Confidence.MEDIUM)
_COMPANY: Final = Whose(Owner.COMPANY, confidence=Confidence.MEDIUM)


def judge_drive(seen: DriveSeen) -> Finding | None:
    """None for a drive that nobody expects and that is not for this person."""
    if seen.look is Look.OPENS:
        room = readable_size(seen.free_bytes)
        return passed("files.drive_opens", f"{seen.wanted.label} opens, {room} free", detail=seen.evidence)
    if seen.came is not None:
        return _no_connection(seen)
    if seen.look is Look.NOT_THERE:
        return _not_there(seen)
    if seen.look is Look.NOT_BEGUN:
        return _unproved(seen, "this computer is too busy to look at it")
    if seen.look is Look.BROKEN and seen.errno in _NO_RIGHT:
        return _no_right(seen) if seen.wanted.expected else None
    return _does_not_answer(seen)


def _not_there(seen: DriveSeen) -> Finding:
    """Some drives vanish with their server: where it is not known, it cannot be asked whether it is there."""
    answers = seen.server is Server.ANSWERS
    return _said(
        seen,
        "files.drive_missing",
        f"{seen.wanted.label} is not connected" + ", while its server answers" * answers,
        f"{_CONNECT} If that does not work, ask IT support.",
        _DEVICE if answers else Whose(either=(Owner.DEVICE, Owner.COMPANY)),
    )


def _no_right(seen: DriveSeen) -> Finding:
    return _said(
        seen,
        "files.drive_denied",
        f"{seen.wanted.label} is connected, and you have no right to look into it",
        "Ask IT support for access to this drive.",
        _COMPANY,
    )


def _does_not_answer(seen: DriveSeen) -> Finding:
    """Mounted, and a look at it hangs or fails."""
    label, host = seen.wanted.label, seen.wanted.host
    how = "is connected and does not answer" if seen.look is Look.HANGS else "is connected and broken off"
    match seen.server:
        case Server.SPEAKS:
            says = f"{label} {how}, while its server does answer"
            return _said(seen, "files.drive_stale", says, _AGAIN, _DEVICE)
        case Server.MUTE if seen.vouched:
            says = f"{label} {how}: {host} takes connections and then says nothing"
            remedy = _TELL.format(host=host) + "takes connections and then says nothing."
            return _said(seen, "files.drive_server_hangs", says, remedy, seen.looked.whose)
        case Server.ELSE:
            says = f"{label} {how}: {host} ends the conversation, or answers something else"
            remedy = _TELL.format(host=host) + "no longer answers as a file server."
            return _said(seen, "files.drive_server_else", says, remedy, seen.looked.whose)
        case Server.MUTE:
            return _unproved(seen, f"{host} was silent, and nothing else answered at the same moment")
        case _:
            says = f"{label} {how}"
            either = Whose(either=(Owner.COMPANY, Owner.DEVICE), confidence=Confidence.MEDIUM)
            return _said(seen, "files.drive_dead", says, f"{_AGAIN} If it stays so, tell IT support.", either)


def _no_connection(seen: DriveSeen) -> Finding:
    """The server's port gave no connection."""
    label, host, port = seen.wanted.label, seen.wanted.host, seen.wanted.port
    vpn = "Connect the VPN if these files need it, and check again. If it stays like this, tell IT support that "
    match seen.came:
        case NameUnknown():
            lost = seen.looked.name or judge_lost_name(host, None, inside=True)
            says = f"{label} does not work: {lost.says}"
            return _said(seen, "files.drive_name", says, lost.remedy, lost.whose)
        case Refused():
            says = f"{label} does not work: its server {host} refuses connections on port {port}"
            return _said(
                seen, "files.drive_refused", says, f"{vpn}{host} refuses connections.", seen.looked.whose
            )
        case Silent() if seen.vouched:
            says = f"{label} does not work: its server {host} does not answer, while other servers do"
            return _said(seen, "files.drive_silent", says, f"{vpn}{host} does not answer.", seen.looked.whose)
        case Silent():
            return _unproved(seen, f"{host} was silent, and nothing else answered at the same moment")
        case NoRoute():
            return _unproved(seen, f"this computer knows no way to {host}")
        case _:
            return _unproved(seen, f"{host} could not be asked")


def _said(seen: DriveSeen, code: str, says: str, remedy: str, party: Whose) -> Finding:
    """A failure where the drive is expected; one that nobody expects is a warning, because programs stop at it."""
    say = failed if seen.wanted.expected else warned
    return say(
        code,
        says,
        remedy=remedy,
        owner=party.owner,
        confidence=party.confidence,
        either=party.either,
        detail=seen.evidence,
    )


def _unproved(seen: DriveSeen, why: str) -> Finding:
    return unknown(
        "files.drive_unproved",
        f"Whether {seen.wanted.label[0].lower()}{seen.wanted.label[1:]} works could not be told: {why}",
        detail=seen.evidence,
    )
