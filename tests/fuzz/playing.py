"""Plays a target: input after input, with the time of each, up to the first error that its docstring does not name.

Times are of the processor, not of the clock on the wall, so that a busy machine is not blamed on a parser. An input that does
not come to an end is broken off (on Unix).
"""

import base64
import signal
import time
import traceback
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from types import FrameType
from typing import Final

from tests.fuzz.mutator import Mutator
from tests.fuzz.target import Target

MOST_S: Final = 0.1  # of processor time for one input of 64 KiB
ENDLESS_S: Final = 5.0
_SHORT: Final = 400  # bytes of an input that is printed as it is
_TRIES: Final = 1_500


class Endless(BaseException):
    """An input was not read within five seconds."""


@dataclass(frozen=True, kw_only=True)
class Failure:
    """``data``: the input, made as small as the same error allows; ``number``: which one it was; ``told``: the traceback."""

    target: str
    number: int
    data: bytes
    told: str

    def __str__(self) -> str:
        return f"{self.target}, input {self.number}:\n{self.told}\nPlay it again: {pasted(self.data)}"


@dataclass(frozen=True, kw_only=True)
class Played:
    """``seconds`` of processor time; ``slowest_s`` and ``slowest``: the input that took longest, best of three times."""

    target: str
    inputs: int
    seconds: float
    slowest_s: float
    slowest: bytes
    failure: Failure | None = None

    @property
    def is_good(self) -> bool:
        return self.failure is None and self.slowest_s <= MOST_S


def play(target: Target, count: int, seed: int = 1, *, endless_s: float = ENDLESS_S) -> Played:
    """The seeds, then ``count`` broken inputs, or as many as there are up to the first failure."""
    slowest_s, slowest, number = 0.0, b"", 0
    started = time.process_time()
    with _broken_off(endless_s):
        for number, data in enumerate(_inputs(target, count, seed), 1):
            took = _once(target, data)
            if took is None:
                failure = Failure(
                    target=target.name, number=number, data=_least(target, data), told=_told(target, data)
                )
                return _played(target, number, started, slowest_s, slowest, failure)
            if took > slowest_s and (again := _best(target, data, took)) > slowest_s:
                slowest_s, slowest = again, data
    return _played(target, number, started, slowest_s, slowest, None)


def _played(
    target: Target, inputs: int, started: float, slowest_s: float, slowest: bytes, failure: Failure | None
) -> Played:
    return Played(
        target=target.name,
        inputs=inputs,
        seconds=time.process_time() - started,
        slowest_s=slowest_s,
        slowest=slowest,
        failure=failure,
    )


def _inputs(target: Target, count: int, seed: int) -> Iterator[bytes]:
    yield from target.seeds
    mutator = Mutator(target.seeds, f"{seed}:{target.name}", target.most_bytes)
    for _ in range(count):
        yield mutator.next()


def _once(target: Target, data: bytes) -> float | None:
    """Seconds that it took; None where it raised what it must not."""
    _wind_up()
    started = time.thread_time()
    try:
        target.play(data)
    except target.raises:
        pass
    except KeyboardInterrupt:
        raise
    except BaseException:  # a library's panic (Rust) and Endless are no Exceptions
        return None
    return time.thread_time() - started


def _best(target: Target, data: bytes, took: float) -> float:
    """The least of three times, so that a collection of garbage is not blamed on the input; one, where it was quick."""
    if took < MOST_S / 10:
        return took
    return min(took, *((_once(target, data) or ENDLESS_S) for _ in range(2)))


def _told(target: Target, data: bytes) -> str:
    _wind_up()
    try:
        target.play(data)
    except BaseException as error:
        return "".join(traceback.format_exception(error, limit=-4)).strip()
    return "it happened once, and not again"


def _kind(target: Target, data: bytes) -> tuple[type[BaseException], int] | None:
    """Which error, and the line where it arose; None where there is none that must not be."""
    _wind_up()
    try:
        target.play(data)
    except target.raises:
        return None
    except BaseException as error:
        last = error.__traceback__
        while last is not None and last.tb_next is not None:
            last = last.tb_next
        return type(error), last.tb_lineno if last is not None else 0
    return None


def _least(target: Target, data: bytes) -> bytes:
    """A short input with the same error: pieces are left out as long as it stays, first large ones."""
    kind = _kind(target, data)
    if kind is None or kind[0] is Endless:
        return data
    tries, size = 0, len(data) // 2
    while size and tries < _TRIES:
        at = 0
        while at < len(data) and tries < _TRIES:
            shorter = data[:at] + data[at + size :]
            tries += 1
            if _kind(target, shorter) == kind:
                data = shorter
            else:
                at += size
        size //= 2
    return data


def pasted(data: bytes) -> str:
    """The input as a Python expression."""
    if len(data) <= _SHORT:
        return repr(data)
    packed = base64.b85encode(zlib.compress(data, 9)).decode("ascii")
    return f"zlib.decompress(base64.b85decode({packed!r}))"


@dataclass
class _Limit:
    """Seconds of the processor that one input may take; 0: no matter how many."""

    seconds: float = 0.0


_limit: Final = _Limit()


def _wind_up() -> None:
    if _limit.seconds:
        signal.setitimer(signal.ITIMER_VIRTUAL, _limit.seconds)


@contextmanager
def _broken_off(seconds: float) -> Iterator[None]:
    """Breaks off what takes more of the processor than this, where the system can: _wind_up() before each input."""
    if not hasattr(signal, "setitimer"):
        yield
        return

    def end(number: int, frame: FrameType | None) -> None:
        raise Endless

    before, _limit.seconds = signal.signal(signal.SIGVTALRM, end), seconds
    try:
        yield
    finally:
        _limit.seconds = 0.0
        signal.setitimer(signal.ITIMER_VIRTUAL, 0)
        signal.signal(signal.SIGVTALRM, before)
