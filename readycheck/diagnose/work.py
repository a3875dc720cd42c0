"""Rules about the company: its gateways, its servers, and the ways to reach its support desk."""

from functools import partial
from typing import Final

from msgspec.structs import replace

from readycheck.diagnose.causes import (
    LIKELIEST,
    Causes,
    Results,
    absorbed,
    checks_of,
    is_one_of,
    joined,
    parties,
)
from readycheck.diagnose.codes import COMPANY_SILENT
from readycheck.model import Cause, CheckResult, Confidence, Owner, Status

NOT_CONNECTED: Final = ("vpn.not_connected", "vpn.client_off")
SILENT: Final = (
    "vpn.gateway_silent",
    *("help.portal_silent", "help.chat_silent", "help.mail_silent"),
    *("apps.mail_silent", "apps.chat_silent", "apps.phone_silent", "apps.sign_in_silent"),
    *("declared.web_silent", "declared.port_silent", "declared.certificate_silent"),
)
AT_THE_COMPANY: Final = {
    "vpn_gateway",
    *("contact_portal", "contact_chat", "contact_email"),
    *("mailbox", "chat", "sip_phone", "sign_in"),
}
MAYBE_THERE: Final = {"vpn_inside", "share", "web", "port", "certificate", "ping"}
DECLARED_OWNER: Final = "declared_owner"  # fact: whose the thing is that a profile declares
NAMES: Final = (
    "vpn.gateway_name_hidden",
    "apps.*_name",
    "files.cloud_name",
    "help.*_name",
    "declared.*_name",
)
OWNERS_OF_NAMES: Final = {Owner.COMPANY, Owner.SERVICE}
MAIL_OF_THE_DESK: Final = "help.mail_"
MAIL: Final = "apps.mail_"


def a_silent_company_is_one_cause(causes: Causes, results: Results) -> Causes:
    """Gateway, portal, mail: where all that was asked of the company keeps silent and nothing of it answers, that is one fault,
    of the company or of the way to it."""
    silent = [c for c in causes if c.code in SILENT and Owner.COMPANY in parties(c)]
    told = {name for name, result in results.items() if _tells(result)}
    kinds = {kind for cause in silent for kind in checks_of(cause)}
    explained = {name for cause in silent for name in cause.explains}
    if len(kinds) < 2 or told - explained:
        return causes
    merged = silent[0]
    for other in silent[1:]:
        merged = joined(merged, other)
    return (_company_silent(merged, silent), *(c for c in causes if c not in silent))


def _tells(result: CheckResult) -> bool:
    """Whether it says anything about the company's servers: of those behind a VPN, and of others that the profile declares as the
    company's, an answer does."""
    kind = result.check_id.partition(":")[0]
    if kind in AT_THE_COMPANY:
        return result.status not in (Status.SKIP, Status.UNKNOWN)
    others = any(fact.name == DECLARED_OWNER and fact.value != Owner.COMPANY for fact in result.facts)
    return kind in MAYBE_THERE and not others and result.status in (Status.PASS, Status.WARN)


def _company_silent(merged: Cause, silent: list[Cause]) -> Cause:
    """What all of them bear; and a provider that has lost the way to the company looks like a company that is off the net."""
    shared = set.intersection(*map(parties, silent)) | {Owner.COMPANY, Owner.ISP}
    return replace(
        merged,
        code=COMPANY_SILENT.name,
        owner=Owner.UNKNOWN,
        either=tuple(owner for owner in LIKELIEST if owner in shared),
        confidence=Confidence.MEDIUM,
        summary="Nothing of your company answers from here, while others on the internet do",
        next_step=COMPANY_SILENT.remedy,
    )


def one_web_server_is_one_cause(causes: Causes, results: Results) -> Causes:
    """Portal and chat of one company that fail in the same way and by the same party are its web server."""
    portal = next((c for c in causes if c.code.startswith("help.portal_")), None)
    if portal is None or portal.owner is not Owner.COMPANY:
        return causes
    alike = portal.code.replace("portal", "chat")
    return absorbed(causes, portal, lambda c: c.code == alike and c.owner is Owner.COMPANY)


def one_mail_server_is_one_cause(causes: Causes, results: Results) -> Causes:
    """The mail of the support desk and everybody's mail that fail in the same way and by the same party are one server."""
    for desk in [cause for cause in causes if cause.code.startswith(MAIL_OF_THE_DESK)]:
        causes = absorbed(causes, desk, partial(_is_mail_like, desk))
    return causes


def _is_mail_like(desk: Cause, other: Cause) -> bool:
    return other.code == MAIL + desk.code.removeprefix(MAIL_OF_THE_DESK) and _same(other, desk)


def hidden_names_are_one_filter(causes: Causes, results: Results) -> Causes:
    """Names that others know and this line does not, kept back by the same party: one filter, whatever they are names of.

    What may be their owner's is not known to others: two names that were given up are two faults.
    """
    hidden = [c for c in causes if is_one_of(c.code, NAMES) and parties(c).isdisjoint(OWNERS_OF_NAMES)]
    for first in hidden:
        causes = absorbed(causes, first, partial(_is_hidden_alike, hidden, first))
    return causes


def _is_hidden_alike(hidden: list[Cause], first: Cause, other: Cause) -> bool:
    return other in hidden and _same(other, first)


def _same(one: Cause, other: Cause) -> bool:
    return (one.owner, set(one.either)) == (other.owner, set(other.either))


def an_unproved_gateway_blames_nobody(causes: Causes, results: Results) -> Causes:
    """A VPN that is not connected is the person's to connect only where its gateway was seen to answer."""
    gateways = [r for name, r in results.items() if name.partition(":")[0] == "vpn_gateway"]
    if not gateways or any(gateway.status in (Status.PASS, Status.WARN) for gateway in gateways):
        return causes
    return tuple(_whoever(c, gateways[0].summary) if c.code in NOT_CONNECTED else c for c in causes)


def _whoever(cause: Cause, gateway: str) -> Cause:
    return replace(
        cause,
        owner=Owner.UNKNOWN,
        either=(Owner.DEVICE, Owner.HOME, Owner.COMPANY),
        confidence=Confidence.LOW,
        evidence_against=(*cause.evidence_against, gateway),
    )
