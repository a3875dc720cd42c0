"""The screen of the questions: each can be answered, left for later, taken back; none is waited for."""

import pytest
from textual.pilot import Pilot

from readycheck.show.glyphs import ASCII
from readycheck.tui.screens.questions import QuestionsScreen
from tests.tui.app_world import SIZES, app_of, press, reader_of, run, shown, until
from tests.tui.test_every_screen import check_the_screen
from tests.tui.world import FakeSession, finished, in_the_middle, questioned, run_of

Play = Pilot[None]


def text_of(pilot: Play) -> str:
    return shown(pilot.app)  # type: ignore[arg-type]


def answered(session: FakeSession) -> list[str]:
    return [said for said in session.asked if said.startswith("answer")]


@pytest.mark.parametrize("keys", [("u",), ("u", "enter")])
def test_it_draws_itself_at_every_size(keys: tuple[str, ...]) -> None:
    async def scene(pilot: Play) -> None:
        await press(pilot, *keys)
        for width, height in SIZES:
            await pilot.resize_terminal(width, height)
            await pilot.pause(0.02)
            check_the_screen(pilot, "questions", width, height)

    run(scene, app_of(questioned()), (80, 24))


def test_it_begins_at_the_first_open_question_and_says_how_many_there_are() -> None:
    async def scene(pilot: Play) -> None:
        await press(pilot, "u")
        text = text_of(pilot)
        assert "Questions: 2 of 5 answered, 1 to look at" in text
        assert "►◆ Your turn  Is the number of your IT support at hand?" in text
        assert "count in no score" in text

    run(scene, app_of(questioned("with-faults", "yes", "no sound")), (80, 24))


def test_an_answer_is_kept_and_the_cursor_goes_to_the_next_open_question() -> None:
    session = questioned()

    async def scene(pilot: Play) -> None:
        await press(pilot, "u", "enter")
        assert "Question 1 of 5" in text_of(pilot) and "readycheck opens no camera" in text_of(pilot)
        await press(pilot, "down", "enter")
        await until(pilot, lambda: isinstance(pilot.app.screen, QuestionsScreen))
        assert answered(session) == ["answer camera_picture: dark, blurred or slow"]
        assert "▲ Look" in text_of(pilot) and "►◆ Your turn  Do you hear others" in text_of(pilot)
        await press(pilot, "up")
        assert "Clean the lens" in text_of(pilot)
        await press(pilot, "escape")
        assert pilot.app.desk.report.questions[0].to_look_at  # type: ignore[attr-defined]

    run(scene, app_of(session), (80, 24))


@pytest.mark.parametrize("keys", [("enter", "escape"), ("enter", "end", "enter"), ("escape",)])
def test_a_question_can_be_left_for_later(keys: tuple[str, ...]) -> None:
    session = questioned()

    async def scene(pilot: Play) -> None:
        await press(pilot, "u", *keys)
        assert answered(session) == []

    run(scene, app_of(session), (80, 24))


def test_an_answer_can_be_taken_back() -> None:
    session = questioned("with-faults", "yes")

    async def scene(pilot: Play) -> None:
        await press(pilot, "u", "home", "delete")
        assert answered(session) == ["answer camera_picture: "]
        assert "0 of 5 answered" in text_of(pilot)

    run(scene, app_of(session), (80, 24))


def test_they_can_be_answered_beside_a_run_and_the_run_ends_behind_them() -> None:
    done = questioned()
    session = FakeSession(past=in_the_middle(done.past[-1].report), questions=done.questions)  # type: ignore[union-attr]

    async def scene(pilot: Play) -> None:
        await press(pilot, "u", "enter", "enter")
        assert "1 of 5 answered" in text_of(pilot)
        session.say(*run_of(done.past[-1].report)[1:])  # type: ignore[union-attr]
        await until(pilot, lambda: pilot.app.desk.report is not None)  # type: ignore[attr-defined]
        assert "1 of 5 answered" in text_of(pilot)

    run(scene, app_of(session), (80, 24))


def test_a_saved_report_shows_its_answers_and_changes_none() -> None:
    report = questioned("with-faults", "yes", "no sound").past[-1].report  # type: ignore[union-attr]

    async def scene(pilot: Play) -> None:
        await press(pilot, "u", "home")
        assert "2 of 5 answered, 1 to look at" in text_of(pilot) and "saved report" in text_of(pilot)
        assert "Enter Answer" not in text_of(pilot)
        await press(pilot, "enter", "delete")
        assert isinstance(pilot.app.screen, QuestionsScreen) and "2 of 5" in text_of(pilot)

    run(scene, reader_of(report), (100, 30))


def test_where_the_profile_asks_nothing_the_command_is_not_offered() -> None:
    async def scene(pilot: Play) -> None:
        assert "Questions" not in text_of(pilot)
        await press(pilot, "u")
        assert not isinstance(pilot.app.screen, QuestionsScreen)

    run(scene, app_of(finished("with-faults")), (160, 48))


def test_in_ascii_no_other_character_is_drawn() -> None:
    async def scene(pilot: Play) -> None:
        await press(pilot, "u")
        assert text_of(pilot).isascii()

    run(scene, app_of(questioned("with-faults", "yes", "no sound"), glyphs=ASCII), (100, 30))
