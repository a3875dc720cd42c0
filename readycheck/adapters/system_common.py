"""What the system adapters share: commands read as text or JSON, and the name of a time zone. Judges nothing; what cannot be
read is NotTold, with the reason.
"""

import asyncio
import json
import math
import os
import time
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, Protocol

from readycheck.errors import ChildFailed, ChildTimeout
from readycheck.ports import CommandAnswer, NetworkDrive, NotTold, ProxySettings, Route, WifiLink
from readycheck.text import clean, clean_bytes

COMMAND_S: Final = 6.0
KEEP_S: Final = (
    20.0  # about a run: what an interface is does not change, and it may go and another come by its name
)
_MOST_BYTES: Final = 1_000_000


class Run(Protocol):
    """Runs a program without a shell: Children.run."""

    def __call__(
        self, command: Sequence[str], *, timeout_s: float, limit: int = ...
    ) -> Awaitable[CommandAnswer]: ...


@dataclass(frozen=True, kw_only=True)
class Nature:
    """What an interface is: ``kind`` as in ports.Interface; ``description`` is the maker's name of an adapter."""

    kind: str
    description: str = ""


class Natures:
    """Natures of interfaces, kept for ``keep_s`` seconds: listing them starts a program that takes seconds, and many checks ask
    at one moment. An interface that was not there is asked for at once; that nothing was told is kept as well."""

    def __init__(
        self,
        ask: Callable[[Sequence[str]], Awaitable[Mapping[str, Nature]]],
        *,
        keep_s: float = KEEP_S,
        now: Callable[[], float] = time.monotonic,
    ) -> None:
        self._ask, self._keep_s, self._now = ask, keep_s, now
        self._until = -math.inf
        self._names: frozenset[str] = frozenset()
        self._told: Mapping[str, Nature] | NotTold = {}
        self._asking: asyncio.Task[None] | None = None

    async def of(self, names: Sequence[str]) -> Mapping[str, Nature]:
        """Raises NotTold."""
        while not self._fresh(names):
            await self._asked(names)
        if isinstance(self._told, NotTold):
            raise NotTold(str(self._told))
        return {name: self._told[name] for name in names if name in self._told}

    def _fresh(self, names: Sequence[str]) -> bool:
        return self._now() < self._until and self._names.issuperset(names)

    async def _asked(self, names: Sequence[str]) -> None:
        """One question at a time: whoever comes while it is under way waits for it, and it goes on without who asked it."""
        running = self._asking
        if running is None or running.done() or running.get_loop() is not asyncio.get_running_loop():
            running = self._asking = asyncio.create_task(self._look(tuple(names)))
        await asyncio.shield(running)

    async def _look(self, names: tuple[str, ...]) -> None:
        try:
            self._told = await self._ask(names)
        except NotTold as silence:
            self._told = silence
        self._names, self._until = frozenset(names), self._now() + self._keep_s


class Platform(Protocol):
    """What each operating system tells in its own way. Every method raises NotTold (or OSError) where it does not tell."""

    name: str

    async def version(self) -> str: ...
    async def timezone(self) -> str: ...
    async def natures(self, names: Sequence[str]) -> Mapping[str, Nature]: ...
    async def default_route(self) -> Route | None: ...
    async def default_routes(self) -> tuple[Route, ...]: ...
    async def wifi(self) -> tuple[WifiLink, ...]: ...
    async def metered(self) -> bool | None: ...
    async def dns_servers(self) -> tuple[str, ...]: ...
    async def encrypted_dns(self) -> bool | None: ...
    async def proxy_settings(self) -> ProxySettings: ...
    async def has_battery(self) -> bool: ...
    async def cameras(self) -> tuple[str, ...]: ...
    async def microphones(self) -> tuple[str, ...]: ...
    async def neighbour(self, address: str) -> bool | None: ...
    async def network_drives(self) -> tuple[NetworkDrive, ...]: ...


async def answer_of(run: Run, command: Sequence[str], *, timeout_s: float = COMMAND_S) -> CommandAnswer:
    """Whatever the command answered. Raises NotTold where it is missing or too slow."""
    try:
        return await run(command, timeout_s=timeout_s, limit=_MOST_BYTES)
    except (ChildFailed, ChildTimeout) as problem:
        raise NotTold(clean(problem)) from None


async def text_of(run: Run, command: Sequence[str], *, timeout_s: float = COMMAND_S) -> str:
    """What the command printed. Raises NotTold where it is missing, too slow or ended with a code other than 0."""
    answer = await answer_of(run, command, timeout_s=timeout_s)
    if answer.code != 0:
        last = answer.stderr.strip().splitlines()[-1:] or [b"no reason given"]
        raise NotTold(f"{command[0]} ended with code {answer.code}: {clean_bytes(last[0])}")
    return answer.stdout.decode("utf-8", "replace")


async def json_of(run: Run, command: Sequence[str], *, timeout_s: float = COMMAND_S) -> Any:
    """What the command printed, as JSON. Raises NotTold where it printed something else."""
    text = await text_of(run, command, timeout_s=timeout_s)
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        raise NotTold(f"{command[0]} printed no JSON") from None


def table(value: Any) -> list[Mapping[str, Any]]:
    """The rows of a JSON answer. Raises NotTold where it is no list of objects: another version of the command."""
    if isinstance(value, list) and all(isinstance(row, dict) for row in value):
        return value
    raise NotTold("the command printed JSON of an unknown shape")


def zone_of_link(localtime: Path) -> str:
    """The IANA name that TZ or the link /etc/localtime gives: .../zoneinfo/Europe/Berlin. Raises NotTold for a plain copy."""
    named = os.environ.get("TZ", "").lstrip(":")
    if "/" in named and not named.startswith("/"):
        return clean(named, 64)
    _, found, name = _link_target(localtime).partition("zoneinfo/")
    if not found:
        raise NotTold(f"{localtime} does not name its time zone")
    return clean(name, 64)


def _link_target(path: Path) -> str:
    try:
        return str(path.readlink())
    except OSError:
        return ""
