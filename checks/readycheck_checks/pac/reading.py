"""The automatic proxy configuration of this person's settings: fetched, run in a child, and what it says for some URLs.

Fetched directly, as browsers do it, with a limit of size; the file learns host names and no paths, and looks nothing up.
"""

import ipaddress
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, Final

from readycheck.api import ChildFailed, ChildTimeout, Context, HttpAnswer, NetError
from readycheck_checks.attempts import at_once, attempt
from readycheck_checks.endpoints import host_in
from readycheck_checks.pac.answers import Way, script_in, ways_in

FUNCTION: Final = "readycheck_checks.pac.evaluate_child:evaluate"
MOST_BYTES: Final = 262_144
QUICK_BYTES: Final = 16_384  # most files are shorter; a longer one is then not run
FETCH_S: Final = 5.0
RUN_S: Final = 6.0  # beside the file's own two seconds: starting the child
NAMES_S: Final = 2.0


class Trouble(StrEnum):
    """What became of the file where it gave no ways."""

    UNREACHABLE = "its server is not reached"
    MISSING = "its server answers without it"
    NO_SCRIPT = "what comes is no configuration file"
    BROKEN = "it cannot be run"
    ENDLESS = "it does not come to an end"
    UNTRIED = "it cannot be looked at here"


@dataclass(frozen=True, kw_only=True)
class Pac:
    """``ways`` by URL, or ``trouble``; ``problem``: the NetError of an unreachable server; ``unknown``: names that the file
    wanted looked up, which was not done, so that its answer may be another than in a browser."""

    ways: Mapping[str, tuple[Way, ...]] = field(default_factory=dict)
    trouble: Trouble | None = None
    problem: NetError | None = None
    detail: str = ""
    unknown: tuple[str, ...] = ()


def most_bytes(quick: bool) -> int:
    """How long a file may be."""
    return QUICK_BYTES if quick else MOST_BYTES


async def read_pac(ctx: Context, pac_url: str, urls: Sequence[str]) -> Pac:
    """What the file at ``pac_url`` says for these URLs. Never raises; takes at most 14 seconds."""
    if not pac_url.startswith(("http://", "https://")):
        return Pac(trouble=Trouble.UNTRIED, detail="it lies on no web server")
    answer = await attempt(
        ctx.http.get(pac_url, timeout_s=FETCH_S, max_bytes=most_bytes(ctx.quick), proxy=False)
    )
    if isinstance(answer, NetError):
        return Pac(trouble=Trouble.UNREACHABLE, problem=answer, detail=str(answer))
    if answer.truncated and ctx.quick:
        return Pac(trouble=Trouble.UNTRIED, detail="it is longer than a quick run fetches")
    if answer.status != 200 or answer.truncated:
        said = (
            f"more than {most_bytes(ctx.quick) // 1024} KB" if answer.truncated else f"status {answer.status}"
        )
        return Pac(trouble=Trouble.MISSING, detail=said)
    try:
        script = script_in(answer.body)
    except ValueError as problem:
        return Pac(trouble=Trouble.NO_SCRIPT, detail=str(problem))
    return await _run(ctx, script, urls, answer)


async def _run(ctx: Context, script: str, urls: Sequence[str], fetched: HttpAnswer) -> Pac:
    hosts = {_shown_to_it(url): host_in(url) for url in urls}
    request = {
        "script": script,
        "own": (fetched.address and ctx.net.source_address(fetched.address)) or "127.0.0.1",
        "names": await _addresses(ctx, tuple(hosts.values())),
        "urls": hosts,
    }
    try:
        said = await ctx.children.call(FUNCTION, request, timeout_s=RUN_S)
    except ChildTimeout:
        return Pac(trouble=Trouble.ENDLESS)
    except ChildFailed as problem:
        engine_missing = "quickjs" in str(problem)
        return Pac(trouble=Trouble.UNTRIED if engine_missing else Trouble.BROKEN, detail=str(problem))
    return _judged(said, urls)


def _shown_to_it(url: str) -> str:
    """Scheme and host, and no path. Several URLs may be the same to it."""
    return f"{url.partition('://')[0]}://{host_in(url)}/"


def _judged(said: Any, urls: Sequence[str]) -> Pac:
    if "broken" in said:
        endless = "interrupted" in said["broken"]
        return Pac(trouble=Trouble.ENDLESS if endless else Trouble.BROKEN, detail=said["broken"])
    try:
        ways = {url: ways_in(said["results"][_shown_to_it(url)]) for url in urls}
    except ValueError as problem:
        return Pac(trouble=Trouble.BROKEN, detail=str(problem))
    return Pac(ways=ways, unknown=tuple(said["asked"]))


async def _addresses(ctx: Context, hosts: Sequence[str]) -> dict[str, str]:
    """An IPv4 address of each host that has one: the functions of such files know no other."""
    found = await at_once({host: ctx.net.resolve(host, timeout_s=NAMES_S) for host in hosts})
    return {
        host: next(filter(_is_ipv4, addresses))
        for host, addresses in found.items()
        if isinstance(addresses, tuple) and any(map(_is_ipv4, addresses))
    }


def _is_ipv4(address: str) -> bool:
    return ipaddress.ip_address(address.partition("%")[0]).version == 4
