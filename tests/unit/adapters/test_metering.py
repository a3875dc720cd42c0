import asyncio
import time

import pytest

from readycheck.adapters.metering import MeteredQuestion
from readycheck.testing import FakeSystem


class Slow(FakeSystem):
    """A system whose command hangs; ``ended`` tells that it was ended, not left behind."""

    ended = False

    async def metered(self) -> bool | None:
        try:
            await asyncio.sleep(60)
        finally:
            self.ended = True
        return True


class Broken(FakeSystem):
    async def metered(self) -> bool | None:
        raise OSError("no such thing")


@pytest.mark.parametrize("told", [True, False, None])
def test_the_answer_is_what_the_system_tells(told: bool | None) -> None:
    assert MeteredQuestion(FakeSystem(costs_by_data=told), limit_s=30.0).answer() is told


def test_a_system_that_takes_too_long_is_not_waited_for() -> None:
    slow = Slow()
    before = time.monotonic()
    assert MeteredQuestion(slow, limit_s=0.2).answer() is None
    assert time.monotonic() - before < 20
    until = time.monotonic() + 20
    while not slow.ended and time.monotonic() < until:
        time.sleep(0.01)
    assert slow.ended


def test_the_limit_counts_from_the_question_not_from_the_waiting() -> None:
    question = MeteredQuestion(Slow(), limit_s=0.2)
    time.sleep(0.3)
    before = time.monotonic()
    assert question.answer() is None
    assert time.monotonic() - before < 0.15


def test_a_system_that_breaks_is_one_that_does_not_tell() -> None:
    assert MeteredQuestion(Broken(), limit_s=30.0).answer() is None
