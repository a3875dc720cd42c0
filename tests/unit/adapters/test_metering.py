import asyncio
import time

import pytest

from readycheck.adapters.metering import LIMIT_OF_WINDOWS_S, LIMIT_S, MeteredQuestion, Metering, usual_limit_s
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


class Late(FakeSystem):
    """A system that takes a moment, as PowerShell does."""

    async def metered(self) -> bool | None:
        await asyncio.sleep(0.3)
        return True


class Broken(FakeSystem):
    async def metered(self) -> bool | None:
        raise OSError("no such thing")


@pytest.mark.parametrize("told", [True, False, None])
def test_the_answer_is_what_the_system_tells(told: bool | None) -> None:
    question = MeteredQuestion(FakeSystem(costs_by_data=told), limit_s=30.0)
    assert question.over(30.0)
    assert question.metered is told


def test_nobody_has_to_wait_for_the_answer() -> None:
    question = MeteredQuestion(Late(), limit_s=30.0)
    assert not question.over(0.0)
    assert question.metered is None
    assert question.over(30.0) and question.metered is True


def test_a_system_that_takes_too_long_is_not_waited_for() -> None:
    slow = Slow()
    before = time.monotonic()
    question = MeteredQuestion(slow, limit_s=0.2)
    assert question.over(float("inf")) and question.metered is None
    assert time.monotonic() - before < 20
    until = time.monotonic() + 20
    while not slow.ended and time.monotonic() < until:
        time.sleep(0.01)
    assert slow.ended


def test_the_limit_counts_from_the_question_not_from_the_waiting() -> None:
    question = MeteredQuestion(Slow(), limit_s=0.2)
    time.sleep(0.3)
    assert question.over(0.0)
    assert question.metered is None


def test_a_system_that_breaks_is_one_that_does_not_tell() -> None:
    question = MeteredQuestion(Broken(), limit_s=30.0)
    assert question.over(30.0) and question.metered is None


def test_windows_has_the_time_that_its_shell_takes_to_start() -> None:
    assert usual_limit_s("win32") == LIMIT_OF_WINDOWS_S >= 3.0
    assert usual_limit_s("linux") == usual_limit_s("darwin") == LIMIT_S


@pytest.mark.parametrize("later", [False, None])
def test_a_connection_that_was_metered_stays_so_for_the_program(later: bool | None) -> None:
    metering = Metering(limit_s=30.0)
    metering.ask(FakeSystem(costs_by_data=True))
    assert metering.over(30.0) and metering.metered
    metering.ask(FakeSystem(costs_by_data=later))
    assert metering.over(30.0) and metering.metered


@pytest.mark.parametrize("before", [False, None])
def test_a_connection_that_becomes_metered_is_seen_when_it_is_asked_about_again(before: bool | None) -> None:
    metering = Metering(limit_s=30.0)
    metering.ask(FakeSystem(costs_by_data=before))
    assert metering.over(30.0) and not metering.metered
    metering.ask(FakeSystem(costs_by_data=True))
    assert metering.over(30.0) and metering.metered


def test_a_connection_that_nobody_asked_about_is_not_metered() -> None:
    metering = Metering()
    assert metering.over(0.0) and not metering.metered
