"""The way of web pages out of this computer where its environment names none: what the settings of the desktop say, by hand or by
a configuration file (PAC), which browsers follow. Decided once, when somebody first asks; then the same for all who ask.

A file that does not come, or that cannot be run, means directly, as in browsers; so does what nothing heard of in time.
"""

import asyncio
import ipaddress
import re
import threading
from collections.abc import Sequence
from concurrent.futures import Future
from dataclasses import dataclass, field, replace
from typing import Final

from readycheck.adapters.pac.reading import PacFile, bare, bracketed, evaluated, fetched, host_in
from readycheck.errors import NetError
from readycheck.ports import Children, Http, Meter, Net, Pac, ProxySettings, System, Way, WayKind

SETTINGS_S: Final = 4.0  # PowerShell alone takes one to three seconds to start; elsewhere it is a moment
ALIVE_S: Final = 1.5
# As Chromium, Firefox and libproxy ask for it: the resolver adds the search domains of this network (Internet-Draft
# draft-ietf-wrec-wpad-01, 1999). What DHCP hands out (option 252) no system tells to an ordinary program.
WPAD: Final = "http://wpad/wpad.dat"
_NAME: Final = re.compile(r"[\w.:-]{1,253}")
_SCHEMES: Final = {WayKind.HTTP: "http", WayKind.HTTPS: "https"}


@dataclass(frozen=True, kw_only=True)
class Decided:
    """``settings``: None where the system did not tell them; ``file``: where one came; ``pac``: what it said, or its trouble."""

    settings: ProxySettings | None = None
    file: PacFile | None = None
    pac: Pac | None = None


@dataclass
class Ways:
    """``hosts``: those that the plan names, for which a file is asked at once. ``net`` and ``http`` are its own, with ``meter``;
    http must go by no ways. ``answered_for``: a check of this run, which asks for the file itself, tells what all this used.
    Everybody may ask, from any thread."""

    system: System
    net: Net
    http: Http
    children: Children
    meter: Meter
    hosts: Sequence[str] = ()
    quick: bool = False
    answered_for: bool = False
    _lock: threading.Lock = field(default_factory=threading.Lock)
    _decided: "Future[Decided] | None" = None
    _said: dict[str, tuple[Way, ...]] = field(default_factory=dict)
    _alive: dict[str, bool] = field(default_factory=dict)
    _told: int = 0

    async def proxy_for(self, url: str) -> str | None:
        """The URL of the proxy, None: directly. ``url``: http or https, of another computer."""
        decided = await self._decision()
        if decided.settings is not None and _is_by_hand(decided.settings):
            return by_hand(decided.settings, url)
        if decided.file is None or (decided.pac is not None and not decided.pac.ways):
            return None
        return await self._first_of(await self._ways(decided.file, bare(url)))

    async def pac(self, urls: Sequence[str]) -> Pac | None:
        """The file in use and its ways for these URLs; None: there is none. A proxy that is set by hand comes before it."""
        decided = await self._decision()
        self.answered_for = False
        if decided.file is None or decided.pac is None or not decided.pac.ways:
            return decided.pac
        pac = await evaluated(decided.file, urls, self.net, self.children)
        return replace(pac, found=decided.pac.found)

    def untold(self) -> int:
        """The bytes that were used for all this and that nobody has told yet, for the check that asks for the file; for others
        those after it."""
        with self._lock:
            told, self._told = self._told, self.meter.used
            return self._told - told

    async def _decision(self) -> Decided:
        with self._lock:
            if self._decided is None:
                self._decided = Future()
                self._decided.set_running_or_notify_cancel()  # who gives up waiting ends it for nobody else
                threading.Thread(target=self._decide, args=(self._decided,), name="ways", daemon=True).start()
        return await asyncio.wrap_future(self._decided)

    def _decide(self, told: "Future[Decided]") -> None:
        decided = Decided()
        try:
            decided = asyncio.run(self._look())
        except (OSError, RuntimeError):
            pass  # the program ends at this moment, or no process can be started
        finally:
            told.set_result(decided)

    async def _look(self) -> Decided:
        try:
            async with asyncio.timeout(SETTINGS_S):
                settings = await self.system.proxy_settings()
        except TimeoutError:
            return Decided()
        if settings is None or not (settings.pac_url or settings.detects):
            return Decided(settings=settings)
        file = await fetched(self.http, self.net, settings.pac_url or WPAD, quick=self.quick)
        if isinstance(file, Pac):
            return Decided(settings=settings, pac=replace(file, found=not settings.pac_url))
        pac = await evaluated(file, _pages(self.hosts) or (bare(file.url),), self.net, self.children)
        self._said.update(pac.ways)
        return Decided(settings=settings, file=file, pac=replace(pac, found=not settings.pac_url))

    async def _ways(self, file: PacFile, url: str) -> tuple[Way, ...]:
        """Of one address that the plan did not name, the file is asked once more."""
        if url not in self._said:
            pac = await evaluated(file, (url,), self.net, self.children)
            self._said[url] = pac.ways.get(url, ())
        return self._said[url]

    async def _first_of(self, ways: Sequence[Way]) -> str | None:
        """The first that takes connections in, as browsers do it; the first of all where none does. SOCKS is passed over."""
        usable = [way for way in ways if way.kind is not WayKind.SOCKS]
        for place, way in enumerate(usable):
            if way.kind is WayKind.DIRECT:
                return None
            if len(usable) == 1 or await self._takes_connections(way):
                return _url(way)
            if place == len(usable) - 1:
                return _url(usable[0])
        return None

    async def _takes_connections(self, way: Way) -> bool:
        if way.place not in self._alive:
            try:
                await self.net.tcp(way.host, way.port, timeout_s=ALIVE_S)
                self._alive[way.place] = True
            except NetError:
                self._alive[way.place] = False
        return self._alive[way.place]


def _pages(hosts: Sequence[str]) -> tuple[str, ...]:
    """Of names and literal addresses, each once; what a profile names beside these is left out."""
    named = (host for host in dict.fromkeys(hosts) if _NAME.fullmatch(host))
    return tuple(f"{scheme}://{bracketed(host)}/" for host in named for scheme in ("https", "http"))


def _url(way: Way) -> str:
    return f"{_SCHEMES[way.kind]}://{way.place}"


def _is_by_hand(settings: ProxySettings) -> bool:
    return bool(settings.proxy or settings.plain or settings.socks)


def by_hand(settings: ProxySettings, url: str) -> str | None:
    """The proxy for this address, None: directly, as for those that only SOCKS is set for, which is not spoken here."""
    place = settings.proxy if url.startswith("https:") else settings.plain
    return f"http://{place}" if place and not excepted(host_in(url), settings.but) else None


def excepted(host: str, patterns: Sequence[str]) -> bool:
    """Whether a host is asked directly: by its name, its domain (``.example.com``, ``*.example.com``), its network
    (``10.0.0.0/8``), or as a name without a dot (``<local>``)."""
    return any(_matches(host.lower(), pattern.lower()) for pattern in patterns)


def _matches(host: str, pattern: str) -> bool:
    if pattern == "<local>":
        return "." not in host and ":" not in host
    if pattern.startswith(("*.", ".")):
        return host.endswith(pattern.removeprefix("*"))
    try:
        return ipaddress.ip_address(host) in ipaddress.ip_network(pattern, strict=False)
    except ValueError:
        return pattern in (host, "*")


async def pac_server(system: System) -> str:
    """The host that would be asked for a configuration file; empty: none. Reads settings, and asks nobody."""
    try:
        async with asyncio.timeout(SETTINGS_S):
            settings = await system.proxy_settings()
    except TimeoutError:
        return ""
    if settings is None or not (settings.pac_url or settings.detects):
        return ""
    return host_in(settings.pac_url or WPAD)
