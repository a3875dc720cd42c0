"""What else a check is handed: a clock, killable children, secrets and the count of its bytes."""

from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractAsyncContextManager, AbstractContextManager
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Protocol


class Clock(Protocol):
    def now(self) -> datetime:
        """Wall clock, with zone (local)."""
        ...

    def monotonic(self) -> float: ...
    async def sleep(self, seconds: float) -> None: ...


@dataclass(frozen=True, kw_only=True)
class CommandAnswer:
    code: int
    stdout: bytes
    stderr: bytes


class Say(Protocol):
    """What the function in a child is handed to talk with."""

    def __call__(self, text: str, fraction: float | None = None) -> None:
        """How far it is."""
        ...

    def line(self) -> AbstractContextManager[None]:
        """The line to itself, as its caller gave it (``line`` of Children.call); waits for it as long as that takes."""
        ...


class Children(Protocol):
    """Killable child processes for what cannot be cancelled: blocking libraries, dead mounts, speedtest-cli."""

    async def call(
        self,
        function: str,
        request: Mapping[str, Any],
        *,
        timeout_s: float,
        progress: Callable[[str, float | None], None] | None = None,
        line: AbstractAsyncContextManager[None] | None = None,
    ) -> Any:
        """Run ``package.module:function(request, say)`` in a child; JSON in (by stdin, so secrets are safe), JSON out. ``line``:
        what ``say.line()`` enters; ``timeout_s`` does not count the waiting for it.

        Raises ChildTimeout after timeout_s (the child is killed; one that does not die is abandoned and reported),
        ChildFailed with the last line it said.
        """
        ...

    async def run(
        self,
        command: Sequence[str],
        *,
        timeout_s: float,
        limit: int = 65_536,
        environment: Mapping[str, str] | None = None,
        stdin: bytes = b"",
    ) -> "CommandAnswer":
        """Run a program without a shell. It has ended when its process has, whoever else still holds its output; of stdout and
        of stderr at most ``limit`` bytes each are kept.

        ``environment``: its variables, beside the few without which no program starts; None: this program's own. ``stdin``: what
        it may read, a secret too; empty: nothing. Raises ChildTimeout, ChildFailed (not found).
        """
        ...


class Secrets(Protocol):
    def get(self, name: str) -> str | None:
        """The secret of this name, from environment, keyring or a prompt; None where there is none. Never logged."""
        ...


@dataclass
class Meter:
    """Bytes one check has used, both directions. ``limit`` is its share of the run's budget; 0 = nothing may be spent."""

    limit: int | None = None
    used: int = field(default=0)

    def add(self, count: int) -> None:
        self.used += count

    @property
    def left(self) -> int | None:
        return None if self.limit is None else max(0, self.limit - self.used)
