"""What stays on the terminal when the app has been left."""

import sys
from pathlib import Path

import pytest
from msgspec.structs import replace

from readycheck.model import ContactCard
from readycheck.tui.desk import Desk
from readycheck.tui.farewell import NOT_KEPT, PLAYED, UNFINISHED, parting_words, say_parting_words
from tests.tui.app_world import NOW
from tests.tui.reports import all_good, with_faults
from tests.tui.test_hostile import in_a_terminal
from tests.tui.world import FakeHand, FakeSession, finished, in_the_middle, run_of

LEFT = """
from readycheck.tui.app import run_app
from tests.tui.world import FakeHand, finished

run_app(finished("with-faults"), hand=FakeHand())
"""


def desk_of(session: FakeSession) -> Desk:
    desk = Desk(session=session, hand=FakeHand(), now=lambda: NOW)
    desk.follow(lambda work: work())
    desk.drain()
    return desk


def test_the_verdict_the_next_step_the_phone_and_what_was_kept_stay() -> None:
    desk = desk_of(finished("with-faults"))
    desk.kept += [Path("/home/anna/Documents/readycheck/rc.md")] * 2
    verdict, step, help_now, kept = parting_words(desk)
    assert verdict.startswith("readycheck: Not ready yet: 1 thing to fix. vpn.example.com does not answer")
    assert step == "Next: Open your VPN program and connect again."
    assert "+49 30 1234567" in help_now and "rc-5f3a9c0d" in help_now
    assert kept == "Kept: /home/anna/Documents/readycheck/rc.md"


def test_a_run_that_was_not_kept_is_not_lost_without_a_word() -> None:
    assert parting_words(desk_of(finished("all-good")))[-1] == NOT_KEPT
    assert parting_words(desk_of(FakeSession(past=in_the_middle(with_faults())))) == (UNFINISHED,)


def test_a_demonstration_is_called_one() -> None:
    played = replace(all_good(), simulated=("The company is played by this computer.",))
    assert parting_words(desk_of(FakeSession(past=run_of(played))))[-1] == PLAYED


def test_where_nothing_was_run_nothing_is_said() -> None:
    assert parting_words(desk_of(FakeSession())) == ()


def test_a_path_is_not_broken_and_a_terminal_without_its_letters_gets_the_nearest(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("COLUMNS", "30")
    desk = desk_of(finished("all-good", contact=ContactCard()))
    path = Path("/home/anna/a-long-folder-of-documents/readycheck-ticket.md")
    desk.kept.append(path)
    say_parting_words(desk)
    assert str(path) in capsys.readouterr().out.split("\n")


@pytest.mark.skipif(sys.platform == "win32", reason="needs a pseudo terminal")
def test_after_leaving_it_stands_on_the_terminal_itself() -> None:
    written = in_a_terminal(LEFT, keys=b"q").decode()
    after = written[written.rindex("\x1b[?1049l") :]
    assert "Not ready yet: 1 thing to fix" in after and "Next: Open your VPN program" in after
