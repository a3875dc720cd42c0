"""What of the inside was asked and nothing is proved about: one that is out of order does not hide another. Pure; asks nobody."""

from collections.abc import Sequence
from typing import Final

from readycheck.api import Finding, unknown
from readycheck_checks.asking.replies import Reply
from readycheck_checks.vpn.inside_codes import INSIDE_UNPROVED
from readycheck_checks.vpn.inside_seen import Asked, Inside
from readycheck_checks.vpn.inside_tunnel import unheard

_NAMES: Final = (Reply.NAME_UNKNOWN, Reply.NAME_TROUBLE)


def what_is_left(seen: Inside, *, names_told: bool) -> list[Asked]:
    """``names_told``: a finding says that names are not found. Where all is told and nothing came through a VPN that is up, what
    answers says nothing about it."""
    left = [one for one in seen.everything if not _is_told(one, seen, names_told)]
    good = all(one.reply is Reply.ANSWERED for one in seen.everything)
    return list(seen.everything) if good and seen.tunnel and not seen.carried else left


def _is_told(one: Asked, seen: Inside, names_told: bool) -> bool:
    """It is proved that it works, or a finding says that it does not."""
    if one.reply in _NAMES:
        return names_told
    if one.reply is Reply.ANSWERED:
        return _is_companys(one, seen)
    if one.reply is Reply.NOT_ALLOWED:
        return seen.tunnel is not False
    if one in seen.beside:
        return True
    if one in seen.beyond:
        return one.reply in (Reply.SILENT, Reply.REFUSED) and bool(seen.controls.answered("tcp"))
    match one.reply:
        case Reply.SILENT:
            return seen.carried or bool(unheard(seen))
        case Reply.REFUSED:
            return bool(seen.tunnel) or seen.answering
        case Reply.NO_ROUTE:
            return bool(seen.tunnel and one.through and one.turned_by)
    return False


def _is_companys(one: Asked, seen: Inside) -> bool:
    """Names are found in caches, files and public name servers too; a private address of this very network, or past a VPN that is
    up, may be anybody's."""
    if one.port is None:
        return seen.carried or any(each.reply is Reply.ANSWERED for each in seen.servers)
    return not (one.near or one in seen.beside)


def unproved(seen: Inside, left: Sequence[Asked], *, alone: bool) -> Finding:
    """``alone``: there is no other finding."""
    what = "the company network" if alone else ", ".join(dict.fromkeys(map(str, left)))
    return unknown(
        INSIDE_UNPROVED,
        f"Whether {what} works could not be told: {_doubt(seen, left)}",
        detail=seen.evidence,
    )


def _doubt(seen: Inside, left: Sequence[Asked]) -> str:
    """The most telling reason first."""
    replies = {one.reply for one in left}
    if seen.tunnel is False and replies != {Reply.ANSWERED}:
        return "the VPN is not connected"
    if past := [one for one in left if one.past or one in seen.beyond]:
        anybody = ", where anybody may have its address" if any(one.past for one in past) else ""
        return f"the way to {', '.join(map(str, past))} leads past the VPN{anybody}"
    if not seen.servers and replies == {Reply.ANSWERED}:
        return "its names are found, as caches and public name servers find them too, and the profile names no server to reach"
    if Reply.NAME_TROUBLE in replies:
        return "the name servers did not answer"
    if Reply.NO_ROUTE in replies:
        return "no way leads there, and who says so is not told"
    return "nothing else that could vouch for the connection answered at the same moment"
