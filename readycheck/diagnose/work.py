"""Rules about the company: its gateways, its servers, and the ways to reach its help desk."""

from typing import Final

from msgspec.structs import replace

from readycheck.diagnose.causes import Causes, Results, absorbed, checks_of, joined
from readycheck.model import Cause, Confidence, Owner, Status

UDP_BLOCKED: Final = "calls.udp_blocked"
PORT_BLOCKED: Final = "vpn.port_blocked"
NOT_CONNECTED: Final = "vpn.not_connected"
COMPANY_SILENT: Final = "connection.company_silent"
SILENT: Final = ("vpn.gateway_silent", "help.portal_silent", "help.chat_silent", "help.mail_silent")
AT_THE_COMPANY: Final = {"vpn_gateway", "contact_portal", "contact_chat", "contact_email"}
LIKELIEST: Final = (Owner.COMPANY, Owner.ISP, Owner.HOME, Owner.DEVICE, Owner.SERVICE)


def blocked_udp_blocks_the_vpn(causes: Causes, results: Results) -> Causes:
    """Where one party lets no UDP through at all, the port of the VPN that it blocks is the same fault."""
    root = next((cause for cause in causes if cause.code == UDP_BLOCKED), None)
    if root is None:
        return causes
    return absorbed(
        causes, UDP_BLOCKED, lambda other: other.code == PORT_BLOCKED and other.owner is root.owner
    )


def a_silent_company_is_one_cause(causes: Causes, results: Results) -> Causes:
    """Gateway, portal, mail: where all that was asked of the company keeps silent and nothing of it answers, that is one fault,
    of the company or of the way to it."""
    silent = [c for c in causes if c.code in SILENT and Owner.COMPANY in _possible(c)]
    asked = {name for name in results if name.partition(":")[0] in AT_THE_COMPANY}
    told = {name for name in asked if results[name].status not in (Status.SKIP, Status.UNKNOWN)}
    kinds = {kind for cause in silent for kind in checks_of(cause)}
    explained = {name for cause in silent for name in cause.explains}
    if len(kinds) < 2 or told - explained:
        return causes
    merged = silent[0]
    for other in silent[1:]:
        merged = joined(merged, other)
    return (_company_silent(merged, silent), *(c for c in causes if c not in silent))


def _possible(cause: Cause) -> set[Owner]:
    """Whose it may be, by what its check saw."""
    if cause.owner is not Owner.UNKNOWN:
        return {cause.owner}
    return set(cause.either) or set(LIKELIEST)


def _company_silent(merged: Cause, silent: list[Cause]) -> Cause:
    """What all of them bear; and a provider that has lost the way to the company looks like a company that is off the net."""
    shared = set.intersection(*map(_possible, silent)) | {Owner.COMPANY, Owner.ISP}
    return replace(
        merged,
        code=COMPANY_SILENT,
        owner=Owner.UNKNOWN,
        either=tuple(owner for owner in LIKELIEST if owner in shared),
        confidence=Confidence.MEDIUM,
        summary="Nothing of your company answers from here, while others on the internet do",
        next_step="Try once over the hotspot of a phone. If it works there, tell your internet provider that your company "
        "cannot be reached over its line; if not, tell IT support by phone",
    )


def one_web_server_is_one_cause(causes: Causes, results: Results) -> Causes:
    """Portal and chat of one company that fail in the same way and by the same party are its web server."""
    portal = next((c for c in causes if c.code.startswith("help.portal_")), None)
    if portal is None or portal.owner is not Owner.COMPANY:
        return causes
    alike = portal.code.replace("portal", "chat")
    return absorbed(causes, portal.code, lambda c: c.code == alike and c.owner is Owner.COMPANY)


def an_unproved_gateway_blames_nobody(causes: Causes, results: Results) -> Causes:
    """A VPN that is not connected is the person's to connect only where its gateway was seen to answer."""
    gateways = [r for name, r in results.items() if name.partition(":")[0] == "vpn_gateway"]
    if not gateways or any(gateway.status in (Status.PASS, Status.WARN) for gateway in gateways):
        return causes
    return tuple(_whoever(c, gateways[0].summary) if c.code == NOT_CONNECTED else c for c in causes)


def _whoever(cause: Cause, gateway: str) -> Cause:
    return replace(
        cause,
        owner=Owner.UNKNOWN,
        either=(Owner.DEVICE, Owner.HOME, Owner.COMPANY),
        confidence=Confidence.LOW,
        evidence_against=(*cause.evidence_against, gateway),
    )
