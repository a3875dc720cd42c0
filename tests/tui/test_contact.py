"""The screen that is there when nothing else is: which way to a human works now, what to read out, a square to scan."""

import pytest
from msgspec.structs import replace
from rich.cells import cell_len
from textual.pilot import Pilot

from readycheck.model import ContactCard
from readycheck.show.glyphs import ASCII, BASIC, MODERN, Glyphs
from readycheck.tui.screens.contact import Square
from readycheck.tui.square import QUIET, square, tel_link
from tests.tui.app_world import SIZES, app_of, press, reader_of, run, shown, until
from tests.tui.reports import CONTACT, REPORTS
from tests.tui.world import FakeHand, FakeSession, finished, run_of

ALWAYS = replace(CONTACT, routes=(replace(CONTACT.routes[0], hours="24/7"), *CONTACT.routes[1:]))
Play = Pilot[None]


def words_of(pilot: Play) -> str:
    return " ".join(shown(pilot.app).split())  # type: ignore[arg-type]


def has_square(pilot: Play) -> bool:
    return pilot.app.screen.query_one(Square).display


def test_it_draws_itself_at_every_size_and_names_the_way_out() -> None:
    async def scene(pilot: Play) -> None:
        await press(pilot, "h")
        for width, height in SIZES:
            await pilot.resize_terminal(width, height)
            await pilot.pause(0.02)
            lines = shown(pilot.app).split("\n")  # type: ignore[arg-type]
            assert len(lines) <= height and all(cell_len(line) <= width for line in lines)
            assert "Esc Back" in lines[-1] and "q Quit" in lines[-1]

    run(scene, app_of(finished("no-internet", contact=ALWAYS)), (80, 24))


def test_the_open_phone_stands_first_and_the_mark_of_the_ticket_is_spelled() -> None:
    async def scene(pilot: Play) -> None:
        await press(pilot, "h")
        words = words_of(pilot)
        assert "Help right now: call Hotline, +49 30 1234567, and read out rc-" in shown(pilot.app)  # type: ignore[arg-type]
        assert "To read out: r c - " in words
        assert "needs the internet, which does not work here now" in words

    run(scene, app_of(finished("no-internet", contact=ALWAYS)), (160, 48))


def test_it_is_there_before_any_report() -> None:
    async def scene(pilot: Play) -> None:
        await press(pilot, "h")
        assert "+49 30 1234567" in words_of(pilot) and "To read out" not in words_of(pilot)

    run(scene, app_of(FakeSession(contact=ALWAYS)), (80, 24))


def test_a_run_that_ends_below_it_says_which_ways_work_and_what_to_read_out() -> None:
    *begun, last = run_of(replace(REPORTS["no-internet"](), contact=ALWAYS))
    session = FakeSession(past=begun, contact=ALWAYS)

    async def scene(pilot: Play) -> None:
        await press(pilot, "h")
        assert "To read out" not in words_of(pilot) and "does not work here now" not in words_of(pilot)
        session.say(last)
        await until(pilot, lambda: "To read out: r c - " in words_of(pilot))
        assert "needs the internet, which does not work here now" in words_of(pilot)
        assert has_square(pilot)

    run(scene, app_of(session), (160, 48))


def test_what_a_saved_report_tried_says_nothing_about_this_moment() -> None:
    old = replace(REPORTS["no-internet"](), contact=ALWAYS)

    async def scene(pilot: Play) -> None:
        assert "Help right now" not in words_of(pilot)
        await press(pilot, "h")
        words = words_of(pilot)
        assert "Help right now: call Hotline" in words and "To read out: r c - " in words
        assert "does not work here now" not in words

    run(scene, reader_of(old), (160, 48))


def test_beside_a_verdict_that_needs_help_a_tall_window_says_which_way_works_now() -> None:
    async def scene(pilot: Play) -> None:
        assert "Help right now: call Hotline, +49 30 1234567, and read out rc-" in words_of(pilot)

    run(scene, app_of(finished("no-internet", contact=ALWAYS)), (160, 48))


def test_a_profile_without_a_desk_says_where_to_look() -> None:
    async def scene(pilot: Play) -> None:
        await press(pilot, "h")
        assert "Look on your badge" in words_of(pilot) and not has_square(pilot)

    run(scene, app_of(finished("all-good", contact=ContactCard(note="Look on your badge"))), (80, 24))


@pytest.mark.parametrize(
    ("size", "glyphs", "theme", "drawn"),
    [
        ((80, 24), MODERN, "dark", True),
        ((80, 24), BASIC, "terminal", True),
        ((60, 16), MODERN, "dark", False),
        ((80, 24), ASCII, "dark", False),
        ((80, 24), MODERN, "none", False),
    ],
)
def test_the_square_is_drawn_where_it_fits_and_can_be_read(
    size: tuple[int, int], glyphs: Glyphs, theme: str, drawn: bool
) -> None:
    async def scene(pilot: Play) -> None:
        await press(pilot, "h")
        assert has_square(pilot) is drawn
        assert ("Point your phone's camera" in words_of(pilot)) is drawn

    run(scene, app_of(finished("all-good", contact=ALWAYS), glyphs=glyphs, theme=theme), size)


def test_what_is_copied_holds_numbers_and_mark() -> None:
    hand = FakeHand()

    async def scene(pilot: Play) -> None:
        await press(pilot, "h", "c")
        assert "+49 30 1234567" in hand.clipboard[0] and "rc-" in hand.clipboard[0]

    run(scene, app_of(finished("no-internet", contact=ALWAYS), hand=hand), (80, 24))


@pytest.mark.parametrize(
    ("number", "country", "link"),
    [
        ("+49 (30) 1234567", "", "tel:+49301234567"),
        ("030/12 34-567", "de", "tel:+49301234567"),
        ("+44 (0)20 7946 0958", "GB", "tel:+442079460958"),
        ("+49 30 1234567 #12", "DE", "tel:+49301234567;ext=12"),
        ("+1 202 555 0100 ext. 12", "US", "tel:+12025550100;ext=12"),
    ],
)
def test_a_number_becomes_the_link_that_dials_it(number: str, country: str, link: str) -> None:
    assert tel_link(number, country) == link


@pytest.mark.parametrize(
    ("number", "country"),
    [
        ("ask Eve", "DE"),
        ("030 1234567", ""),
        ("030 1234567", "no country"),
        ("7946", "GB"),
        ("110", "DE"),
        ("+49 30 1234567 (Mo-Fr)", "DE"),
        ("+49 30 1234567 / 89", "DE"),
        ("+49 30 1234567 or 7654321", "DE"),
        ("1" * 300, "DE"),
    ],
)
def test_what_is_not_one_number_that_can_be_dialled_from_everywhere_has_no_link(
    number: str, country: str
) -> None:
    assert tel_link(number, country) == ""


def test_a_number_that_cannot_be_linked_is_shown_without_a_square() -> None:
    inside = replace(ALWAYS, routes=(replace(ALWAYS.routes[0], value="4711"),))

    async def scene(pilot: Play) -> None:
        await press(pilot, "h")
        assert "4711" in words_of(pilot) and not has_square(pilot)

    run(scene, app_of(finished("all-good", contact=inside)), (80, 24))


def test_the_square_is_dark_on_light_with_its_quiet_edge() -> None:
    lines = square("tel:+49301234567")
    assert len({len(line) for line in lines}) == 1 and len(lines[0]) == 21 + 2 * QUIET
    assert all(not line[:QUIET].strip() and not line[-QUIET:].strip() for line in lines)
    assert lines[2].strip().startswith("█▀▀▀▀▀█")


def test_what_has_no_digits_or_too_many_letters_has_no_square() -> None:
    assert square("") == square("tel:" + "1" * 200) == ()
