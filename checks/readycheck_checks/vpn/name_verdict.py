"""The verdict about a gateway whose name this computer's name servers do not know, from what others say of it. Pure.

A name that is gone is the company's. A filter of this line, or a name server that knows its own names only, says the same; name
servers of others tell them apart.
"""

from readycheck.api import Confidence, Finding, Owner, failed
from readycheck_checks.blame import Whose
from readycheck_checks.names import verdict
from readycheck_checks.names.around import Around, Asked, Reply

UNDECIDED = (Owner.COMPANY, Owner.HOME, Owner.ISP)


def judge_name(host: str, around: Around | None, evidence: str) -> Finding:
    """``around``: each name server asked by itself for this name; None where nobody else could be asked."""
    knowing = next((each for each in _others(around) if each.reply is Reply.ANSWERED), None)
    detail = evidence if around is None else f"{evidence}; {around}"
    if around is not None and knowing is not None:
        return _filtered(host, around, knowing, detail)
    agreeing = [each for each in _others(around) if each.reply is Reply.UNKNOWN_NAME]
    party = Whose(Owner.COMPANY, confidence=Confidence.HIGH if len(agreeing) > 1 else Confidence.MEDIUM)
    return failed(
        "vpn.gateway_name",
        f"The VPN will not connect: the name of its gateway, {host}, is not known"
        + (", to other name servers neither" if agreeing else ""),
        remedy=f"Compare the name {host} with the instructions of your IT support, and tell them if it is the same.",
        owner=party.owner if agreeing else Owner.UNKNOWN,
        either=() if agreeing else UNDECIDED,
        confidence=party.confidence,
        detail=detail,
    )


def _others(around: Around | None) -> tuple[Asked, ...]:
    return () if around is None else around.opinions


def _filtered(host: str, around: Around, knowing: Asked, detail: str) -> Finding:
    """Others know it: so the name is good, and whoever answers this computer keeps it back."""
    found = verdict.whose(around)
    bad = around.bad
    who = f"the name server that this computer asks ({bad.server})" if bad else "name lookup on this computer"
    return failed(
        "vpn.gateway_name_hidden",
        f"The VPN will not connect: {who} does not know its gateway, {host}, while others do ({knowing.server})",
        remedy="Connect over the hotspot of a phone. If you look after this network, ask your internet provider or look "
        f"in the settings of the router why {host} is not found, or set another name server there",
        owner=found.owner,
        either=found.either,
        confidence=found.confidence,
        detail=detail,
    )
