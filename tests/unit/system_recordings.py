"""What the commands of macOS, Windows and Linux print, in the shapes that they print it; and a runner that plays it back."""

import asyncio
from collections.abc import Awaitable, Mapping, Sequence
from typing import TypeVar

from readycheck.errors import ChildFailed
from readycheck.ports import CommandAnswer

T = TypeVar("T")
Printed = str | CommandAnswer | Exception


class Recorded:
    """Answers a command whose line contains one of the keys; any other command is missing on this machine."""

    def __init__(self, printed: Mapping[str, Printed]) -> None:
        self.printed = printed
        self.asked: list[str] = []

    async def __call__(self, command: Sequence[str], *, timeout_s: float, limit: int = 0) -> CommandAnswer:
        line = " ".join(command)
        self.asked.append(line)
        for key, answer in self.printed.items():
            if key in line:
                if isinstance(answer, Exception):
                    raise answer
                if isinstance(answer, CommandAnswer):
                    return answer
                return CommandAnswer(code=0, stdout=answer.encode(), stderr=b"")
        raise ChildFailed(f"{command[0]}: No such file or directory")


def wait_for(question: Awaitable[T]) -> T:
    async def waiting() -> T:
        return await question

    return asyncio.run(waiting())


def ended(code: int, stderr: str, stdout: str = "") -> CommandAnswer:
    return CommandAnswer(code=code, stdout=stdout.encode(), stderr=stderr.encode())
