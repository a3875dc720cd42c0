"""A clock that stands still, children that answer at once, and secrets that are none."""

from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from readycheck.ports import CommandAnswer


@dataclass
class FakeClock:
    """Stands still until told, and sleeps by moving on."""

    moment: datetime = datetime(2026, 11, 23, 9, 14, tzinfo=UTC)
    seconds: float = 0.0

    def now(self) -> datetime:
        return self.moment

    def monotonic(self) -> float:
        return self.seconds

    async def sleep(self, seconds: float) -> None:
        self.seconds += seconds
        self.moment += timedelta(seconds=seconds)


@dataclass
class FakeChildren:
    """``answers`` function name -> value, or exception to raise; ``commands`` program -> CommandAnswer or exception; ``ran``
    keeps what was run: the command, its environment, its stdin."""

    answers: dict[str, Any] = field(default_factory=dict)
    commands: dict[str, CommandAnswer | Exception] = field(default_factory=dict)
    asked: list[tuple[str, Mapping[str, Any]]] = field(default_factory=list)
    ran: list[tuple[tuple[str, ...], Mapping[str, str] | None, bytes]] = field(default_factory=list)

    async def call(
        self,
        function: str,
        request: Mapping[str, Any],
        *,
        timeout_s: float,
        progress: Callable[[str, float | None], None] | None = None,
        line: AbstractAsyncContextManager[None] | None = None,
    ) -> Any:
        self.asked.append((function, request))
        answer = self.answers[function]
        if isinstance(answer, Exception):
            raise answer
        return answer

    async def run(
        self,
        command: Sequence[str],
        *,
        timeout_s: float,
        limit: int = 65_536,
        environment: Mapping[str, str] | None = None,
        stdin: bytes = b"",
    ) -> CommandAnswer:
        self.ran.append((tuple(command), environment, stdin))
        answer = self.commands[command[0]]
        if isinstance(answer, Exception):
            raise answer
        return answer


@dataclass
class FakeSecrets:
    values: dict[str, str] = field(default_factory=dict)

    def get(self, name: str) -> str | None:
        return self.values.get(name)
