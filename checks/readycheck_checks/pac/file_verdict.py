"""What an automatic configuration is worth, and whose its trouble is. Pure judgement."""

from enum import StrEnum
from typing import Final

from readycheck.api import (
    Closed,
    Finding,
    Garbled,
    NameUnknown,
    Owner,
    Pac,
    PacTrouble,
    Refused,
    TlsFailed,
    passed,
    skipped,
    unknown,
    warned,
)
from readycheck_checks.pac.codes import (
    PAC,
    PAC_BROKEN,
    PAC_ENDLESS,
    PAC_INSIDE,
    PAC_MISSING,
    PAC_NO_SCRIPT,
    PAC_NOT_PROVED,
    PAC_UNREACHABLE,
    PAC_UNTRIED,
    TO_CORRECT,
)

_WITHOUT: Final = "programs then try without a proxy, or with none of the company's"
_BY_TROUBLE: Final = {
    PacTrouble.MISSING: (PAC_MISSING, "its server answers without it"),
    PacTrouble.NO_SCRIPT: (PAC_NO_SCRIPT, "what comes in its place is no configuration file"),
    PacTrouble.BROKEN: (PAC_BROKEN, "it cannot be run"),
    PacTrouble.ENDLESS: (PAC_ENDLESS, "it does not come to an end"),
}


class Lies(StrEnum):
    """Where the file lies, by its name alone."""

    INSIDE = "inside"  # the name servers here work and do not know the name, and no VPN is connected
    PERHAPS_INSIDE = "perhaps inside"  # private addresses, or no name server answers; and no VPN is connected
    ANYWHERE = "anywhere"


def judge_pac(shown: str, pac: Pac, *, control_answered: bool, lies: Lies = Lies.ANYWHERE) -> Finding:
    """``shown``: where the file lies, as people may read it."""
    if pac.trouble is None:
        return passed(PAC, f"The automatic proxy configuration of {shown} can be read and run")
    named = f"The automatic proxy configuration that this computer is set to use ({shown})"
    if pac.trouble is PacTrouble.UNTRIED:
        return unknown(PAC_UNTRIED, f"{named} cannot be looked at here", detail=pac.detail)
    if pac.trouble is PacTrouble.UNREACHABLE:
        return _pac_unreached(named, pac, control_answered, lies)
    code, says = _BY_TROUBLE[pac.trouble]
    moved = pac.trouble in (
        PacTrouble.MISSING,
        PacTrouble.NO_SCRIPT,
    )  # the address in the settings may be the wrong one
    return warned(
        code,
        f"{named} is of no use: {says}; {_WITHOUT}",
        remedy=TO_CORRECT,
        owner=Owner.UNKNOWN if moved else Owner.COMPANY,
        detail=pac.detail,
        either=(Owner.COMPANY, Owner.DEVICE) if moved else (),
    )


def _pac_unreached(named: str, pac: Pac, control_answered: bool, lies: Lies) -> Finding:
    """Many such files lie inside the company, for its own network and its VPN: beside them nothing is wrong at home. Who was
    reached and turned the question away is not out of reach, wherever that is."""
    reached = isinstance(pac.problem, Refused | Closed | Garbled | TlsFailed)
    if lies is Lies.INSIDE and not reached:
        return skipped(
            PAC_INSIDE,
            f"{named} is not known by name here, as files inside a company are not while no VPN is connected: "
            "nothing of it applies now",
        )
    if lies is Lies.PERHAPS_INSIDE and not reached:
        return unknown(
            PAC_NOT_PROVED,
            f"{named} is not reached. It may lie inside the company, and no VPN is connected: this proves nothing",
            detail=pac.detail,
        )
    if not (reached or control_answered or isinstance(pac.problem, NameUnknown)):
        return unknown(
            PAC_NOT_PROVED,
            f"{named} is not reached, and nothing else answered at the same moment: this proves nothing",
            detail=pac.detail,
        )
    return warned(
        PAC_UNREACHABLE,
        f"{named} is not reached: {_WITHOUT}, and pages open late",
        remedy="Connect the VPN if the file lies inside the company; otherwise show this result to IT support, "
        "or switch automatic configuration off in the network settings",
        detail=pac.detail,
        either=(Owner.COMPANY, Owner.DEVICE),
    )
