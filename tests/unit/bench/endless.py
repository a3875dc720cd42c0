"""Tells three values and then no more, without an end: what tests of bench.world listen to."""

import time
from collections.abc import Iterator

from bench import world


def told() -> Iterator[object]:
    yield 1
    yield [2, 3]
    time.sleep(3600)


if __name__ == "__main__":
    world.tell(told)
