from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from readycheck.api import Context, NoOptions, Owner, Says, failed, warned
from readycheck.plain import run
from readycheck.session import Session
from tests.unit.test_session import assignment, check


async def broken(options: NoOptions, ctx: Context) -> Says:
    yield failed(
        "vpn.gateway_silent", "The gateway does not answer", remedy="Tell IT support", owner=Owner.COMPANY
    )


async def meagre(options: NoOptions, ctx: Context) -> Says:
    yield warned("device.disk", "The disk is nearly full", remedy="Free some space")


async def cut_off(options: NoOptions, ctx: Context) -> Says:
    yield failed("connection.no_internet", "Nothing answers", remedy="Call the provider", owner=Owner.ISP)


def converse(*answers: str, notice: str = "", gateway: Callable[..., Says] = broken) -> tuple[int, str]:
    """Exit code and everything told, when the person answers this and then leaves."""
    given: Iterator[str] = iter(answers)
    told: list[str] = []

    def ask(prompt: str) -> str:
        told.append(prompt)
        try:
            return next(given)
        except StopIteration:
            raise EOFError from None

    checks = (check("disk", meagre), check("gateway", gateway), check("fine"))
    session = Session(assignment(*checks, notice=notice))
    return run(session, ask=ask, tell=told.append), "\n".join(told)


def test_the_result_is_told_in_plain_ascii_and_the_exit_code_is_the_reports() -> None:
    code, told = converse("q")
    assert code == 3
    assert "RESULT: Not ready yet" in told
    assert told.isascii()
    assert "\x1b" not in told


def test_the_number_of_a_problem_opens_that_problem() -> None:
    _, told = converse("1")
    assert "1. Fix: Gateway." in told
    assert "What to do: Tell IT support" in told


def test_what_is_not_a_choice_is_said_and_asked_again() -> None:
    code, told = converse("9", "", "hello")
    assert code == 3
    assert told.count("That is not one of the choices.") == 3


def test_everything_can_be_checked_again() -> None:
    _, told = converse("a")
    assert told.count("RESULT:") == 2


def test_a_ticket_is_shown_before_it_is_saved(monkeypatch: pytest.MonkeyPatch, tmp_path: object) -> None:
    monkeypatch.setattr("readycheck.ticket.outbox.default_folder", lambda: tmp_path)
    _, told = converse("t", "It broke today", "1")
    shown, saved = told.index("This is exactly what the ticket says"), told.index("Saved as")
    assert shown < saved
    assert "It broke today" in told


def test_what_is_the_providers_gives_a_letter_to_it_that_is_shown_before_it_is_saved(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr("readycheck.ticket.outbox.default_folder", lambda: tmp_path)
    _, told = converse("t", "", "3", gateway=cut_off)
    (file,) = tmp_path.iterdir()
    assert file.name.endswith("-provider.txt")
    assert told.index(file.read_text(encoding="utf-8")) < told.index("Saved as")
    assert "3 save" not in converse("t", "", "")[1]


def test_nothing_is_saved_when_the_person_goes_back(
    monkeypatch: pytest.MonkeyPatch, tmp_path: object
) -> None:
    monkeypatch.setattr("readycheck.ticket.outbox.default_folder", lambda: tmp_path)
    _, told = converse("t", "", "")
    assert "Saved as" not in told


def test_before_the_run_its_data_and_seconds_are_said_and_why_the_plan_is_a_small_one() -> None:
    _, told = converse("q", notice="This connection is metered.")
    assert told.index("Note: This connection is metered.") < told.index("Checking 3 things")
    assert "at most 30 kB of data and 90 seconds." in told
    assert "Data used: 0 B, of at most 30 kB stated before." in " ".join(told.split())
