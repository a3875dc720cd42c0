"""What a proxy is worth, and whose its trouble is. Pure judgement."""

from collections.abc import Mapping, Sequence
from typing import Final

from msgspec.structs import replace

from readycheck.api import (
    Closed,
    Confidence,
    Finding,
    Garbled,
    NameRefused,
    NameSilent,
    NameUnknown,
    NetError,
    Owner,
    Refused,
    Silent,
    Status,
    TlsFailed,
    Where,
    failed,
    passed,
    unknown,
    warned,
)
from readycheck_checks.asking.proxies import ProxyAddress
from readycheck_checks.pac.codes import (
    DEAD_ENDS,
    FAILING,
    FORBIDS,
    GARBLED,
    HANGS,
    PARTLY,
    PROXY,
    PROXY_NOT_PROVED,
    PROXY_NOT_TOLD,
    PROXY_REACHED,
    PROXY_UNREADABLE,
    SIGN_IN,
    SILENT,
    UNTRUSTED,
)
from readycheck_checks.pac.near import Near, brings_nobody, whose
from readycheck_checks.pac.tunnel import Tunnel

_WILL_NOT: Final = "Web pages will not open"
_NO_PROXY: Final = (400, 404, 405, 501)
_REMEDY_HERE: Final = (
    "Start the program of this computer that offers the proxy, or switch the proxy off in its settings"
)


def unreached(
    proxy: ProxyAddress,
    outcome: NetError,
    control_answered: bool,
    *,
    near: Near = Near.FAR,
    fallback: bool = False,
    plain: bool = False,
) -> Finding:
    """Nobody took a connection in there. ``control_answered``: somebody else did at the same moment. ``fallback``: the automatic
    configuration names another way after this proxy; ``plain``: it is set for pages without encryption only."""
    found = _unreached(proxy, outcome, control_answered, here=near is Near.HERE)
    if not (fallback or plain) or found.status is not Status.FAIL:
        return found
    if plain:
        summary = found.summary.replace(_WILL_NOT, "Pages without encryption (http://) will not open")
        return replace(found, status=Status.WARN, summary=summary)
    late = found.summary.replace(_WILL_NOT, "Web pages open late")
    return replace(found, status=Status.WARN, summary=f"{late}; another way is tried after it")


def doubted(proxy: ProxyAddress, found: Finding) -> Finding:
    """Of a proxy that a configuration names which wanted names looked up: browsers do that, and may be led elsewhere."""
    if found.status not in (Status.FAIL, Status.WARN):
        return found
    return unknown(
        PROXY_NOT_PROVED,
        f"The automatic configuration names the proxy {proxy}, which gave no way; but it wanted names looked up, "
        "which is not done here, so that browsers may be led to another one",
        detail=found.detail,
    )


def offered(found: Finding) -> Finding:
    """Of a configuration that this network offers (WPAD), or of a proxy in it: nobody at home sets one on a computer, but a hotel
    may offer one."""
    if Owner.COMPANY not in (found.owner, *found.either):
        return found
    either = tuple(dict.fromkeys((Owner.COMPANY, Owner.HOME, *found.either)))
    return replace(found, owner=Owner.UNKNOWN, either=either)


def not_told(why: str) -> Finding:
    return unknown(PROXY_NOT_TOLD, f"Whether a proxy is in use is not known: {why}")


def unreadable() -> Finding:
    return warned(
        PROXY_UNREADABLE,
        "A proxy is set on this computer, and its setting names no host",
        owner=Owner.DEVICE,
    )


def _unreached(proxy: ProxyAddress, outcome: NetError, control_answered: bool, *, here: bool) -> Finding:
    match outcome:
        case Refused() | Closed():
            return _silent(proxy, "turns connections away", Confidence.MEDIUM, str(outcome), here=here)
        case NameUnknown():
            return _silent(proxy, "is not known here by its name", Confidence.MEDIUM, str(outcome), here=here)
        case NameSilent() | NameRefused() if control_answered:
            return _not_looked_up(proxy, str(outcome))
        case _ if control_answered:
            told = f"{outcome}; a control answered meanwhile"
            return _silent(proxy, "does not answer", Confidence.HIGH, told, here=here)
    return unknown(
        PROXY_NOT_PROVED,
        f"The proxy {proxy} keeps silent, and nothing else answered at the same moment: this proves nothing",
        detail=str(outcome),
    )


def _silent(proxy: ProxyAddress, says: str, confidence: Confidence, detail: str, *, here: bool) -> Finding:
    """A setting of this computer leads to a proxy that is not there: the setting may be wrong, or the company's proxy down."""
    return failed(
        SILENT,
        f"{_WILL_NOT}: this computer is set to use the proxy {proxy}, which {says}",
        remedy=_REMEDY_HERE if here else SILENT.remedy,
        owner=Owner.DEVICE if here else Owner.UNKNOWN,
        confidence=confidence,
        detail=detail,
        either=() if here else (Owner.COMPANY, Owner.DEVICE),
    )


def _not_looked_up(proxy: ProxyAddress, detail: str) -> Finding:
    """Any name server may be at fault for that, the one of this network too: it was not the proxy that kept silent."""
    return failed(
        SILENT,
        f"{_WILL_NOT}: the name of the proxy that this computer is set to use, {proxy}, cannot be looked up",
        detail=detail,
    )


def judge_tunnels(
    proxy: ProxyAddress,
    tunnels: Mapping[str, Tunnel | NetError],
    near: Near = Near.FAR,
    *,
    line_carries: bool = False,
) -> Finding:
    """``tunnels``: to hosts of different owners. The proxy took the connections in, so what comes of them is its own doing, or
    that of what lies behind it. ``line_carries``: one of them took a connection without it at the same moment."""
    detail = "; ".join(f"{host}: {_shown(each)}" for host, each in tunnels.items())
    opened = [each for each in tunnels.values() if isinstance(each, Tunnel) and each.opened]
    if any(each.carries for each in opened):
        shut = [host for host, each in tunnels.items() if not (isinstance(each, Tunnel) and each.answers)]
        return _partly(proxy, shut, detail, near) if shut else _good(proxy, detail)
    if near is not Near.FAR and not line_carries and all(map(brings_nobody, tunnels.values())):
        return _only_reached(proxy, near, detail)
    if opened:
        return _of_no_use(proxy, opened, detail, near)
    first = next(iter(tunnels.values()))
    if any(isinstance(each, Tunnel) and each.status == 407 for each in tunnels.values()):
        return _sign_in(proxy, tunnels, detail)
    if isinstance(first, Tunnel):
        return _says_no(proxy, first, detail, near)
    return _no_proxy(proxy, first, detail, near)


def _only_reached(proxy: ProxyAddress, near: Near, detail: str) -> Finding:
    """A proxy in order does the same where the line behind it is dead."""
    return unknown(
        PROXY_REACHED,
        f"The proxy {proxy}, {near}, takes connections in and reaches nobody; without it nobody answers either, so that the line "
        "behind it may be dead: this proves nothing against the proxy",
        detail=detail,
    )


def _shown(outcome: Tunnel | NetError) -> str:
    if not isinstance(outcome, Tunnel):
        return str(outcome)
    return f"status {outcome.status}" + (f", then {outcome.end}" if outcome.end is not None else "")


def _of_no_use(proxy: ProxyAddress, opened: Sequence[Tunnel], detail: str, near: Near) -> Finding:
    """It opened ways, and nobody at the end of one proved who it is. A certificate that is not believed came through."""
    ends = [each.end for each in opened if isinstance(each.end, TlsFailed) and each.answers]
    if not ends:
        return failed(
            DEAD_ENDS,
            f"Web pages will not open: the proxy {proxy} says that it opens ways to the internet, and nothing comes through them",
            remedy=_REMEDY_HERE if near is Near.HERE else DEAD_ENDS.remedy,
            blame=whose(near),
            detail=detail,
        )
    if any(end.reason != "untrusted" for end in ends):
        return unknown(
            PROXY_NOT_PROVED,
            f"The proxy {proxy} opens ways to the internet, and the certificates at their ends do not check out: the clock of "
            "this computer may be wrong, or somebody else answers there",
            detail=detail,
        )
    return failed(
        UNTRUSTED,
        f"Secure pages will not open: behind the proxy {proxy} certificates are shown that this computer does not believe",
        owner=Owner.UNKNOWN,
        detail=detail,
        either=(Owner.COMPANY, Owner.DEVICE),
    )


def _good(proxy: ProxyAddress, detail: str = "") -> Finding:
    return passed(PROXY, f"The proxy {proxy} opens ways to the internet", detail=detail)


def signed_in(proxy: ProxyAddress) -> Finding:
    """It wants a sign-in, and the one that is set on this computer is taken."""
    return passed(PROXY, f"The proxy {proxy} opens ways to the internet, with the sign-in that is set")


def takes_connections(proxy: ProxyAddress) -> Finding:
    """Of a kind that is not asked for a tunnel: SOCKS, or for pages without encryption."""
    return unknown(
        PROXY_REACHED, f"The proxy {proxy} takes connections in; whether it leads out was not asked"
    )


def _partly(proxy: ProxyAddress, shut: list[str], detail: str, near: Near) -> Finding:
    return warned(
        PARTLY,
        f"The proxy {proxy} opens no way to {', '.join(shut)}, and does to others",
        blame=whose(near),
        detail=detail,
    )


def _sign_in(proxy: ProxyAddress, tunnels: Mapping[str, Tunnel | NetError], detail: str) -> Finding:
    sign_ins = {name: None for each in tunnels.values() if isinstance(each, Tunnel) for name in each.sign_ins}
    ways = f" ({', '.join(sign_ins)})" if sign_ins else ""
    return warned(
        SIGN_IN,
        f"The proxy {proxy} wants a sign-in{ways} before it opens any way to the internet",
        detail=detail,
        either=(Owner.DEVICE, Owner.COMPANY),
    )


def _says_no(proxy: ProxyAddress, said: Tunnel, detail: str, near: Near) -> Finding:
    """4xx: it will not; 5xx: it cannot (RFC 9110, section 15). A web server that is no proxy does not know what is asked."""
    if said.status < 400 or said.status in _NO_PROXY:
        return _no_proxy(proxy, Garbled(_where(proxy), f"status {said.status}"), detail, near)
    if said.status < 500:
        code, says = FORBIDS, "refuses to open ways to the internet"
    else:
        code, says = FAILING, "says that it cannot reach the internet"
    return failed(
        code,
        f"Web pages will not open: the proxy {proxy} {says} (status {said.status})",
        blame=whose(near),
        detail=detail,
    )


def _no_proxy(proxy: ProxyAddress, problem: NetError, detail: str, near: Near) -> Finding:
    here = near is Near.HERE
    if isinstance(problem, Silent):
        return failed(
            HANGS,
            f"Web pages will not open: the proxy {proxy} takes connections in and says nothing",
            remedy=_REMEDY_HERE if here else HANGS.remedy,
            blame=whose(near),
            detail=detail,
        )
    if isinstance(problem, Closed):
        says = "takes connections in and closes them without a word"
    else:
        says = "cannot prove who it is" if isinstance(problem, TlsFailed) else "answers, and not like a proxy"
    return failed(
        GARBLED,
        f"Web pages will not open: what this computer is set to use as its proxy, {proxy}, {says}",
        remedy=_REMEDY_HERE if here else GARBLED.remedy,
        owner=Owner.DEVICE if here else Owner.UNKNOWN,
        detail=detail,
        either=() if here else (Owner.DEVICE, Owner.COMPANY),
    )


def _where(proxy: ProxyAddress) -> Where:
    return Where(host=proxy.host, port=proxy.port)
