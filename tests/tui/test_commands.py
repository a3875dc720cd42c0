"""One declaration a command: its key, the key bar, the menu and the help all come from it."""

import pytest
from textual.pilot import Pilot

from readycheck.show.glyphs import ASCII, MODERN
from readycheck.tui import commands
from readycheck.tui.commands import APP, Command
from tests.tui.app_world import app_of, press, run, shown
from tests.tui.world import finished

SCREENS = {
    "run": commands.RUN,
    "detail": commands.DETAIL,
    "ticket": commands.TICKET_PREVIEW,
    "send": commands.SEND,
    "start": commands.SWITCH_PROFILE,
    "reading": commands.VIEWING,
    "reports": commands.REPORTS,
    "questions": commands.QUESTIONING,
}


@pytest.mark.parametrize("name", SCREENS)
def test_on_one_screen_a_key_means_one_thing(name: str) -> None:
    keys = [key for command in (*SCREENS[name], *APP) for key in command.keys.split(",") if key]
    assert len(keys) == len(set(keys))


def test_a_key_means_the_same_on_every_screen() -> None:
    meaning: dict[str, str] = {}
    for command in {command for one in SCREENS.values() for command in one} | set(APP):
        for key in filter(None, command.keys.split(",")):
            assert meaning.setdefault(key, command.id) == command.id, key


def test_no_command_needs_a_key_that_terminals_or_editors_take_away() -> None:
    for command in {command for one in SCREENS.values() for command in one} | set(APP):
        first = command.keys.split(",")[0]
        assert not first.startswith(("ctrl+", "alt+")) and first not in {f"f{n}" for n in range(2, 13)}


def test_every_command_explains_itself_in_a_sentence_and_shows_its_key_in_ascii_too() -> None:
    for command in {command for one in SCREENS.values() for command in one} | set(APP):
        assert command.help[0].isupper() and command.help.endswith(".")
        assert command.key_shown(ASCII).isascii()
        assert bool(command.key_shown(MODERN)) or command.in_menu


def test_the_menu_and_the_help_list_every_command_of_the_screen_that_works_now() -> None:
    async def scene(pilot: Pilot[None]) -> None:
        works = [c for c in pilot.app.screen.active() if c.in_menu]  # type: ignore[attr-defined]
        await press(pilot, "m")
        menu = shown(pilot.app)  # type: ignore[arg-type]
        assert all(command.label in menu for command in works)
        await press(pilot, "escape", "question_mark")
        text = " ".join(shown(pilot.app).split())  # type: ignore[arg-type]
        assert all(command.help in text for command in works)

    run(scene, app_of(finished("with-faults")), (160, 48))


def test_what_cannot_be_done_now_is_not_offered() -> None:
    async def scene(pilot: Pilot[None]) -> None:
        offered = {command.id for command in pilot.app.screen.active()}  # type: ignore[attr-defined]
        assert "stop" not in offered and {"again", "run_all", "ticket"} <= offered
        await press(pilot, "x")
        assert session.asked == []

    session = finished("with-faults")
    run(scene, app_of(session), (100, 30))


def bar(width: int, shown_commands: tuple[Command, ...]) -> str:
    from readycheck.tui.widgets.bars import KeyBar

    key_bar = KeyBar(MODERN)
    key_bar._commands = shown_commands
    return "".join(text for text, _ in key_bar.draw(width, 1)[0])


@pytest.mark.parametrize("width", range(20, 170, 10))
def test_a_narrow_key_bar_drops_the_least_important_and_never_the_way_out(width: int) -> None:
    text = bar(width, (*commands.DETAIL, *APP)).rstrip()
    assert "q Quit" in text and "Esc Back" in text and len(text) <= max(width, 20)


def test_a_click_on_the_key_bar_does_what_the_key_does() -> None:
    async def scene(pilot: Pilot[None]) -> None:
        line = shown(pilot.app).split("\n")[-1]  # type: ignore[arg-type]
        await pilot.click("KeyBar", offset=(line.index("Get help"), 0))
        await pilot.pause(0.1)
        assert "This is exactly what leaves" in shown(pilot.app)  # type: ignore[arg-type]

    run(scene, app_of(finished("with-faults")), (100, 30))
