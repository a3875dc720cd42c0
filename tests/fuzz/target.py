"""What is fuzzed: a parser, what it may raise, and real inputs that the broken ones are made from."""

import asyncio
import atexit
import math
from collections.abc import Callable, Coroutine, Sequence
from dataclasses import dataclass
from typing import Any, Final, TypeVar

T = TypeVar("T")
LONGEST: Final = 65_536  # bytes of an input, where the target says nothing else


@dataclass(frozen=True, kw_only=True)
class Target:
    """One way into the program for foreign bytes.

    ``name``: room, then what is read ("vpn: an .ovpn file"). ``play``: hands the bytes to the parser as the program does.
    ``raises``: the errors that its docstring names. ``seeds``: real inputs; at least one is taken by the parser (its result is
    true and nothing was raised), and each stays as it is among the played ones. ``most_bytes``: longer ones never reach it.
    ``share``: how many inputs it gets in comparison with the others, less where one takes long.
    """

    name: str
    play: Callable[[bytes], object]
    seeds: tuple[bytes, ...]
    raises: tuple[type[Exception], ...] = ()
    most_bytes: int = LONGEST
    share: float = 1.0


def text(parse: Callable[[str], object]) -> Callable[[bytes], object]:
    """A parser of text, fed as the program decodes what comes from outside."""
    return lambda data: parse(data.decode("utf-8", "replace"))


def each(*parsers: Callable[[bytes], object]) -> Callable[[bytes], object]:
    """Several parsers of the same input; the results of all."""
    return lambda data: [result for parse in parsers if (result := parse(data))]


def now(coroutine: Coroutine[Any, Any, Any]) -> Any:
    """The result of a coroutine that waits for nothing, as with fakes that answer at once."""
    try:
        coroutine.send(None)
    except StopIteration as done:
        return done.value
    coroutine.close()
    raise RuntimeError("it waits for something")


_RUNNER: Final = asyncio.Runner()
atexit.register(_RUNNER.close)


def waited(coroutine: Coroutine[Any, Any, T]) -> T:
    """The result of a coroutine that has time limits, and so wants a loop."""
    return _RUNNER.run(coroutine)


def counts(targets: Sequence[Target], count: int) -> dict[str, int]:
    """How many broken inputs each target gets, by its name, so that all together get ``count`` or a few more."""
    shares = sum(target.share for target in targets)
    return {target.name: math.ceil(count * target.share / shares) for target in targets}
