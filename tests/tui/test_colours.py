"""Themes: contrast measured, no colour the only sign, and the terminal's own colours or none where that is asked."""

import pytest
from textual.color import Color
from textual.pilot import Pilot
from textual.theme import Theme

from readycheck.tui.themes import CHOICES, NO_COLOURS, THEMES, role_styles, textual_name
from tests.tui.app_world import app_of, press, run, shown
from tests.tui.world import finished


def contrast(one: Color, other: Color) -> float:
    """WCAG 2.2, relative luminance."""

    def luminance(colour: Color) -> float:
        parts = [v / 12.92 if v <= 0.04045 else ((v + 0.055) / 1.055) ** 2.4 for v in colour.normalized]
        return 0.2126 * parts[0] + 0.7152 * parts[1] + 0.0722 * parts[2]

    bright, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (bright + 0.05) / (dark + 0.05)


@pytest.mark.parametrize("theme", THEMES, ids=lambda theme: theme.name)
@pytest.mark.parametrize("role", ["ok", "look", "fix", "info", "muted"])
def test_every_status_colour_can_be_read_on_its_ground_and_under_the_cursor(theme: Theme, role: str) -> None:
    ground, cursor = Color.parse(theme.background or ""), Color.parse(theme.variables["rc-cursor"])
    colour = Color.parse(theme.variables[f"rc-{role}"])
    assert contrast(colour, ground) >= 4.4 and contrast(colour, cursor) >= 3.0


def colours_on(app: object) -> set[str]:
    strips = app.screen._compositor.render_strips()  # type: ignore[attr-defined]
    found = set()
    for strip in strips:
        for line_filter in app.get_line_filters():  # type: ignore[attr-defined]
            strip = strip.apply_filter(line_filter, Color(0, 0, 0))
        for segment in strip:
            style = segment.style
            for colour in (style.color, style.bgcolor) if style else ():
                if colour is not None and not colour.is_default:
                    found.add(colour.name)
    return found


def test_without_colours_none_is_written_and_cursor_and_verdict_are_still_marked() -> None:
    async def scene(pilot: Pilot[None]) -> None:
        assert colours_on(pilot.app) == set()
        styles = role_styles(pilot.app.theme, True)
        assert styles["cursor"].reverse and styles["fix"].bold

    run(scene, app_of(finished("with-faults"), theme=NO_COLOURS), (80, 24))


def test_the_terminals_own_colours_are_named_and_not_mixed() -> None:
    async def scene(pilot: Pilot[None]) -> None:
        assert all(not name.startswith("#") for name in colours_on(pilot.app))

    run(scene, app_of(finished("with-faults"), theme="terminal"), (80, 24))


def test_k_goes_round_all_colours_and_the_words_stay_the_same() -> None:
    async def scene(pilot: Pilot[None]) -> None:
        before = shown(pilot.app)  # type: ignore[arg-type]
        seen = []
        for _ in CHOICES:
            await press(pilot, "k")
            seen.append(pilot.app._choice)  # type: ignore[attr-defined]
        pilot.app.clear_notifications()
        await pilot.pause(0.1)
        assert seen == [*CHOICES[1:], CHOICES[0]]
        assert shown(pilot.app) == before  # type: ignore[arg-type]

    run(scene, app_of(finished("with-faults")), (80, 24))


def test_no_color_in_the_environment_begins_without_colours() -> None:
    from readycheck.tui.colours import ColouredApp

    assert ColouredApp(None, {"NO_COLOR": "1"}).no_color
    assert not ColouredApp("light", {"NO_COLOR": "1"}).no_color
    assert ColouredApp(None, {}).theme == "readycheck-dark"


def test_a_light_terminal_is_known_by_what_it_says_of_itself() -> None:
    assert textual_name("terminal", {"COLORFGBG": "0;15"}) == "ansi-light"
    assert textual_name("terminal", {"COLORFGBG": "15;0"}) == "ansi-dark"
    assert textual_name("terminal", {}) == "ansi-dark"
