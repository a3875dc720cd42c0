"""The verdict about a chat's WebSocket. Pure; asks nobody.

Silence after the upgrade is fine: a chat waits for somebody to sign in. An ordinary HTTP answer in its place comes from whoever
holds the certificate, or from a proxy that opens secure connections and does not know WebSockets.
"""

from typing import Final

from readycheck.api import Blame, Confidence, Finding, Owner, failed, passed, unknown, warned
from readycheck_checks.asking.endpoints import is_here
from readycheck_checks.asking.proxies import ProxyAddress
from readycheck_checks.blame.answering import ASKS_TO_SIGN_IN, who_answers, who_is_in_trouble
from readycheck_checks.blame.owners import between
from readycheck_checks.blame.remedies import later
from readycheck_checks.chats.upgrade import Place, Upgrade
from readycheck_checks.conversation.server import Trouble
from readycheck_checks.conversation.verdict import App, judge_trouble
from readycheck_checks.names.servers import is_literal

CODE: Final = "apps.chat"
_ELSEWHERE: Final = (
    "Try once over a phone hotspot; if it works there, show this to whoever runs this network."
)
FORBIDDEN: Final = 403  # of a server that wants a sign-in first, or of a filter that lets nobody through


def judge(
    title: str,
    there: Place,
    seen: Upgrade,
    trouble: Trouble | None,
    *,
    far: Owner,
    proved: bool,
    answers: tuple[int, ...] = (),
    opened: bool | None = None,
) -> Finding:
    """``proved``: this server is known to upgrade without a sign-in; ``answers``: the HTTP statuses that it is known to turn
    those down with who have not signed in, beside 401. What else is said in its place proves nothing about it. ``opened``:
    whether something on the way opens the secure connection, with an authority that only this computer trusts; None: not told."""
    if seen.step == "proxy":
        return _proxy(title, there, seen)
    if trouble is not None:
        app = App(code=CODE, does_not=f"{title} cannot be used")
        return judge_trouble(app, trouble)
    if seen.status:
        return _no_upgrade(title, there, seen, far, answers, proved=proved, opened=opened)
    if (
        seen.closed is not None
        and (seen.closed == 0 or seen.closed in range(1002, 1016))
        and seen.closed != 1008
    ):
        return _closed(title, there, seen, far)
    through = " through the proxy" if seen.proxy else ""
    return passed(CODE, f"{title} opens its live connection{through} ({there.where})", detail=str(seen))


def _no_upgrade(
    title: str,
    there: Place,
    seen: Upgrade,
    far: Owner,
    answers: tuple[int, ...],
    *,
    proved: bool,
    opened: bool | None,
) -> Finding:
    if seen.status >= 500:
        return _down(title, there, seen, far)
    if seen.status in (ASKS_TO_SIGN_IN, *answers):
        return passed(
            CODE,
            f"{title} answers ({there.where}, HTTP {seen.status}); its live connection opens only after signing in",
            detail=str(seen),
            confidence=Confidence.MEDIUM,
        )
    if seen.status == FORBIDDEN or not proved:
        return unknown(
            f"{CODE}_unproved",
            f"Whether {title} works could not be told: {there.where} answers HTTP {seen.status}, "
            "as a filter of this network might too",
            remedy="Open the chat and look",
            detail=str(seen),
        )
    blame = _whose_page(there, seen, far, opened)
    return failed(
        f"{CODE}_no_upgrade",
        f"{title} will not show new messages: {there.where} answers as a web page (HTTP {seen.status}) "
        "and does not open the live connection (WebSocket)",
        remedy=f"Tell IT support that WebSockets to {there.where.host} do not open; a proxy in front of it may not pass them on.",
        detail=str(seen),
        blame=blame,
    )


def _whose_page(there: Place, seen: Upgrade, far: Owner, opened: bool | None) -> Blame:
    """What opens secure connections (a company's box, a protection program of this computer) answers in the place of the chat."""
    if opened:
        return Blame(either=(Owner.COMPANY, Owner.DEVICE), confidence=Confidence.MEDIUM)
    if opened is False:
        return Blame(far, confidence=Confidence.MEDIUM)
    return who_answers(far, proved=there.is_tls, proxied=seen.proxy is not None)


def _down(title: str, there: Place, seen: Upgrade, far: Owner) -> Finding:
    blame = who_is_in_trouble(far, seen.status, proved=there.is_tls, proxied=seen.proxy is not None)
    if blame is None:
        return unknown(
            f"{CODE}_unproved",
            f"Whether {title} works could not be told: the proxy of this network, or {there.where}, is in trouble "
            f"(HTTP {seen.status})",
            remedy="Open the chat and look",
            detail=str(seen),
        )
    return failed(
        f"{CODE}_down",
        f"{title} cannot be used: {there.where} answers with an error of its own (HTTP {seen.status})",
        remedy=_tell(far, title),
        blame=blame,
        detail=str(seen),
    )


def _closed(title: str, there: Place, seen: Upgrade, far: Owner) -> Finding:
    """A reason that is given is the word of whoever answers. An end without one may be a cut by anybody on the way, as boxes do
    it that do not know WebSockets."""
    proxied = seen.proxy is not None
    if seen.closed:
        blame = who_answers(far, proved=there.is_tls, proxied=proxied)
    else:
        near = (Owner.COMPANY, Owner.HOME) if proxied else (Owner.HOME, Owner.ISP, Owner.COMPANY)
        blame = between(far, *(owner for owner in near if owner is not far))
    return warned(
        f"{CODE}_closed_at_once",
        f"{title} may not show new messages: the live connection to {there.where} opens and is closed at once",
        remedy=_tell(far, title) if blame.owner is far else f"{_ELSEWHERE} {_tell(far, title)}",
        blame=blame,
        detail=str(seen),
    )


def _proxy(title: str, there: Place, seen: Upgrade) -> Finding:
    if seen.proxy is None or seen.status == 407 or seen.error is not None:
        why = "it asks to sign in" if seen.status == 407 else str(seen.error or "its setting cannot be read")
        return unknown(
            f"{CODE}_unproved",
            f"Whether {title} works could not be told: the proxy of this network did not pass it on: {why}",
            remedy="Open the chat in a browser and look",
            detail=str(seen),
        )
    blame = whose_proxy(seen.proxy, there.where.host)
    return failed(
        f"{CODE}_proxy",
        f"{title} cannot be used here: the proxy {seen.proxy} does not let it through (HTTP {seen.status})",
        remedy=f"Ask whoever runs the proxy to let {there.where} through; meanwhile use a phone hotspot.",
        confidence=Confidence.HIGH,
        detail=str(seen),
        blame=blame,
    )


def whose_proxy(proxy: ProxyAddress, host: str) -> Blame:
    """A proxy under the chat's own domain is the company's; one on this computer its own; else it is of this network, which may
    be a home or a company's."""
    if is_here(proxy.host):
        return Blame(Owner.DEVICE)
    domain = ".".join(host.split(".")[-2:])
    if not is_literal(host) and "." in domain and proxy.host.endswith(f".{domain}"):
        return Blame(Owner.COMPANY)
    return Blame(either=(Owner.COMPANY, Owner.HOME))


def _tell(far: Owner, title: str) -> str:
    if far is Owner.COMPANY:
        return f"Tell IT support what {title} answers."
    return f"{later(title)}."
