"""The verdict about one drive, from what was seen of it. Pure; asks nobody. Nothing here names the folder of a person."""

import errno
from typing import Final

from readycheck.api import (
    Blame,
    Code,
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
from readycheck_checks.asking.controls import nothing_answered
from readycheck_checks.blame.lost_names import judge_lost_name
from readycheck_checks.blame.owners import between
from readycheck_checks.drives.codes import (
    DENIED,
    DRIVE_DEAD,
    DRIVE_NAME,
    DRIVE_OPENS,
    DRIVE_REFUSED,
    DRIVE_SERVER_ELSE,
    DRIVE_SERVER_HANGS,
    DRIVE_SILENT,
    DRIVE_STALE,
    DRIVE_UNPROVED,
    MISSING,
    RECONNECT,
)
from readycheck_checks.drives.seeing import DriveSeen, Look, Server
from readycheck_checks.shares.codes import VPN_FIRST

_NO_RIGHT: Final = (errno.EACCES, errno.EPERM)
_STAYS: Final = "If the problem stays, tell IT support."
_TELL: Final = "Tell IT support that {host} "
# A mount that has died here, a folder that is gone there, and a sign-in that has run out look the same to a program.
_HERE_OR_THERE: Final = Blame(either=(Owner.DEVICE, Owner.COMPANY), confidence=Confidence.MEDIUM)
_THERE_OR_HERE: Final = Blame(either=(Owner.COMPANY, Owner.DEVICE), confidence=Confidence.MEDIUM)


def judge_drive(seen: DriveSeen) -> Finding | None:
    """None for a drive that nobody expects and that is not for this person."""
    if seen.look is Look.OPENS:
        room = readable_size(seen.free_bytes)
        return passed(DRIVE_OPENS, f"{seen.wanted.label} opens, {room} free", detail=seen.evidence)
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
        MISSING,
        f"{seen.wanted.label} is not connected" + ", while its server answers" * answers,
        f"{MISSING.remedy}. If that does not work, ask IT support.",
        _HERE_OR_THERE if answers else Blame(either=(Owner.DEVICE, Owner.COMPANY)),
    )


def _no_right(seen: DriveSeen) -> Finding:
    return _said(
        seen,
        DENIED,
        f"{seen.wanted.label} is connected, and you have no right to look into it",
        DENIED.remedy,
        _THERE_OR_HERE,
    )


def _does_not_answer(seen: DriveSeen) -> Finding:
    """Mounted, and a look at it hangs or fails."""
    label, host = seen.wanted.label, seen.wanted.host
    how = "is connected and does not answer" if seen.look is Look.HANGS else "is connected and broken off"
    match seen.server:
        case Server.SPEAKS:
            says = f"{label} {how}, while its server does answer"
            return _said(seen, DRIVE_STALE, says, f"{RECONNECT}. {_STAYS}", _HERE_OR_THERE)
        case Server.MUTE if seen.vouched:
            says = f"{label} {how}: {host} takes connections and then says nothing"
            remedy = _TELL.format(host=host) + "takes connections and then says nothing."
            return _said(seen, DRIVE_SERVER_HANGS, says, remedy, seen.looked.blame)
        case Server.ELSE:
            says = f"{label} {how}: {host} ends the conversation, or answers something else"
            remedy = _TELL.format(host=host) + "no longer answers as a file server."
            return _said(seen, DRIVE_SERVER_ELSE, says, remedy, _whose(seen))
        case Server.MUTE:
            return _unproved(seen, nothing_answered(host))
        case _:
            return _said(seen, DRIVE_DEAD, f"{label} {how}", f"{RECONNECT}. {_STAYS}", _THERE_OR_HERE)


def _no_connection(seen: DriveSeen) -> Finding:
    """The server's port gave no connection."""
    label, host, port = seen.wanted.label, seen.wanted.host, seen.wanted.port
    vpn = f"{VPN_FIRST}. If the problem stays, tell IT support that "
    match seen.came:
        case NameUnknown():
            lost = seen.looked.name or judge_lost_name(host, None, inside=True)
            says = f"{label} does not work: {lost.says}"
            return _said(seen, DRIVE_NAME, says, lost.remedy, lost.blame)
        case Refused():
            says = f"{label} does not work: its server {host} refuses connections on port {port}"
            return _said(seen, DRIVE_REFUSED, says, f"{vpn}{host} refuses connections.", _whose(seen))
        case Silent() if seen.vouched:
            says = f"{label} does not work: its server {host} does not answer, while other servers do"
            return _said(seen, DRIVE_SILENT, says, f"{vpn}{host} does not answer.", _whose(seen))
        case Silent():
            return _unproved(seen, nothing_answered(host))
        case NoRoute():
            return _unproved(seen, f"this computer knows no way to {host}")
        case _:
            return _unproved(seen, f"{host} could not be asked")


def _whose(seen: DriveSeen) -> Blame:
    """What was seen of a port that the drive may not use at all, as with SSH, may as well be a drive that has died here."""
    blame = seen.looked.blame
    if seen.wanted.port_is_sure or seen.wanted.drive is None or not blame.parties:
        return blame
    return between(*blame.parties, Owner.DEVICE, confidence=blame.confidence)


def _said(seen: DriveSeen, code: Code, says: str, remedy: str, blame: Blame) -> Finding:
    """A failure where the drive is expected; one that nobody expects is a warning, because programs stop at it."""
    say = failed if seen.wanted.expected else warned
    return say(
        code,
        says,
        remedy=remedy,
        blame=blame,
        detail=seen.evidence,
    )


def _unproved(seen: DriveSeen, why: str) -> Finding:
    return unknown(
        DRIVE_UNPROVED,
        f"Whether {seen.wanted.label[0].lower()}{seen.wanted.label[1:]} works could not be told: {why}",
        detail=seen.evidence,
    )
