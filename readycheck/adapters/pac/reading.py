"""A proxy configuration file: fetched directly, as browsers do it, with a limit of size, and run in a child for some URLs.

The file learns host names and no paths. It looks nothing up: of the hosts that it is asked for, the addresses that it wants are
looked up for it, and no others.
"""

import asyncio
import ipaddress
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import urlsplit

from readycheck.adapters.pac.answers import script_in, ways_in
from readycheck.errors import ChildFailed, ChildTimeout, NameUnknown, NetError
from readycheck.ports import MOST_PAC_BYTES, QUICK_PAC_BYTES, Children, Http, Net, Pac, PacTrouble

FUNCTION: Final = "readycheck.adapters.pac.evaluate_child:evaluate"
FETCH_S: Final = 3.0
RUN_S: Final = 3.0  # beside the file's own two seconds: starting the child
NAMES_S: Final = 1.0
_UNHEARD: Final = ""
_ROUNDS: Final = 3  # what it is told of one name may make it ask for another


@dataclass(frozen=True, kw_only=True)
class PacFile:
    """A file that came. ``own``: the address of this computer from which it was fetched."""

    url: str
    script: str
    own: str


async def fetched(http: Http, net: Net, url: str, *, quick: bool) -> PacFile | Pac:
    """The file, or what became of it. Never raises; takes at most FETCH_S."""
    if not url.startswith(("http://", "https://")):
        return Pac(url=url, trouble=PacTrouble.UNTRIED, detail="it lies on no web server")
    most = QUICK_PAC_BYTES if quick else MOST_PAC_BYTES
    try:
        answer = await http.get(url, timeout_s=FETCH_S, max_bytes=most, proxy=False)
    except NetError as problem:
        return Pac(url=url, trouble=PacTrouble.UNREACHABLE, problem=problem, detail=str(problem))
    if answer.truncated and quick:
        return Pac(url=url, trouble=PacTrouble.UNTRIED, detail="it is longer than a quick run fetches")
    if answer.status != 200 or answer.truncated:
        said = f"more than {most // 1024} KB" if answer.truncated else f"status {answer.status}"
        return Pac(url=url, trouble=PacTrouble.MISSING, detail=said)
    try:
        script = script_in(answer.body)
    except ValueError as problem:
        return Pac(url=url, trouble=PacTrouble.NO_SCRIPT, detail=str(problem))
    own = (answer.address and net.source_address(answer.address)) or "127.0.0.1"
    return PacFile(url=url, script=script, own=own)


async def evaluated(file: PacFile, urls: Sequence[str], net: Net, children: Children) -> Pac:
    """What it says for these URLs. Never raises; takes at most RUN_S, and twice that and NAMES_S where it wants addresses."""
    hosts = {bare(url): host_in(url) for url in urls}
    names: dict[str, str | None] = {}
    request = {"script": file.script, "own": file.own, "names": names, "urls": hosts}
    try:
        for _ in range(_ROUNDS):
            said = await children.call(FUNCTION, request, timeout_s=RUN_S)
            wanted = [name for name in said.get("asked", ()) if name in hosts.values() and name not in names]
            if not wanted:
                break
            names |= await _addresses(net, wanted)
    except ChildTimeout:
        return Pac(url=file.url, trouble=PacTrouble.ENDLESS)
    except ChildFailed as problem:
        engine_missing = "quickjs" in str(problem)
        trouble = PacTrouble.UNTRIED if engine_missing else PacTrouble.BROKEN
        return Pac(url=file.url, trouble=trouble, detail=str(problem))
    return _judged(file.url, said, urls)


def bare(url: str) -> str:
    """Scheme and host, and no path. Several URLs may be the same to the file."""
    host = host_in(url)
    return f"{url.partition('://')[0]}://{bracketed(host)}/"


def bracketed(host: str) -> str:
    return f"[{host}]" if ":" in host else host


def host_in(url: str) -> str:
    """Empty for what is no URL."""
    try:
        return urlsplit(url).hostname or ""
    except ValueError:
        return ""


def _judged(url: str, said: Mapping[str, Any], urls: Iterable[str]) -> Pac:
    """Where it gives no ways for one of them, it counts as broken; those of the others are kept."""
    if "broken" in said:
        endless = "interrupted" in said["broken"]
        trouble = PacTrouble.ENDLESS if endless else PacTrouble.BROKEN
        return Pac(url=url, trouble=trouble, detail=said["broken"])
    ways, problem = {}, str(said.get("failed", ""))
    for each in urls:
        try:
            ways[each] = ways_in(said["results"].get(bare(each), ""))
        except ValueError as none:
            problem = problem or str(none)
    broken = PacTrouble.BROKEN if problem else None
    return Pac(url=url, ways=ways, trouble=broken, detail=problem, unknown=tuple(said["asked"]))


async def _addresses(net: Net, hosts: Sequence[str]) -> dict[str, str | None]:
    """An IPv4 address of each host that has one, for the functions of such files know no other; None where it has none. A host of
    which nothing was heard is left out."""
    came = await asyncio.gather(*(_address(net, host) for host in hosts))
    return {host: address for host, address in zip(hosts, came, strict=True) if address != _UNHEARD}


async def _address(net: Net, host: str) -> str | None:
    try:
        return next(filter(_is_ipv4, await net.resolve(host, timeout_s=NAMES_S)), None)
    except NameUnknown:
        return None
    except NetError:
        return _UNHEARD


def _is_ipv4(address: str) -> bool:
    return ipaddress.ip_address(address.partition("%")[0]).version == 4
