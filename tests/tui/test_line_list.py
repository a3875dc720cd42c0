"""The one list widget: cursor, scrolling, and only what changed is drawn again."""

from collections.abc import Awaitable, Callable

import pytest
from textual.app import App, ComposeResult
from textual.pilot import Pilot

from readycheck.tui.widgets.line_list import Cell, LineList, ListLine
from tests.tui.app_world import press


def lines(count: int, *, headings: tuple[int, ...] = (), text: str = "row") -> list[ListLine]:
    return [
        ListLine(key="" if n in headings else str(n), cells=(Cell(text=f"{text} {n}"),)) for n in range(count)
    ]


class OneList(App[None]):
    ENABLE_COMMAND_PALETTE = False

    def __init__(self, shown: list[ListLine]) -> None:
        super().__init__()
        self.shown = shown
        self.heard: list[tuple[str, str]] = []

    def compose(self) -> ComposeResult:
        yield LineList()

    def on_mount(self) -> None:
        self.query_one(LineList).show(self.shown)

    def on_line_list_moved(self, message: LineList.Moved) -> None:
        self.heard.append((type(message).__name__, message.key))

    def on_line_list_chosen(self, message: LineList.Chosen) -> None:
        self.heard.append((type(message).__name__, message.key))


def play(
    shown: list[ListLine], scene: Callable[[Pilot[None], LineList], Awaitable[None]], height: int = 10
) -> OneList:
    import asyncio

    app = OneList(shown)

    async def main() -> None:
        async with app.run_test(size=(30, height)) as pilot:
            await pilot.pause()
            await scene(pilot, app.query_one(LineList))

    asyncio.run(main())
    return app


def row(pilot: Pilot[None], y: int) -> str:
    strip = pilot.app.screen._compositor.render_strips()[y]
    return "".join(segment.text for segment in strip)


def test_the_cursor_passes_over_headings_and_stops_at_the_ends() -> None:
    async def scene(pilot: Pilot[None], found: LineList) -> None:
        assert found.key == "1"
        await press(pilot, "down", "down")
        assert found.key == "4"
        await press(pilot, "up", "up", "up", "up")
        assert found.key == "1"
        await press(pilot, "end", "down")
        assert found.key == "5"

    play(lines(6, headings=(0, 3)), scene)


def test_what_lies_below_is_counted_and_never_covers_the_cursor() -> None:
    async def scene(pilot: Pilot[None], found: LineList) -> None:
        assert "27 more ▼" in row(pilot, 9)
        for _ in range(35):
            await press(pilot, "down")
            y = int(found.key) - found.scroll_offset.y
            assert 0 <= y < 10 and row(pilot, y).startswith("►")
        assert "more" not in row(pilot, 9)

    play(lines(36), scene)


def test_pages_go_down_and_up_again_and_a_heading_comes_along() -> None:
    async def scene(pilot: Pilot[None], found: LineList) -> None:
        await press(pilot, "pagedown", "pagedown")
        assert found.key == "17"
        await press(pilot, "pageup", "pageup", "pageup")
        assert found.key == "1" and row(pilot, 0).strip() == "row 0"

    play(lines(50, headings=(0,)), scene)


def test_the_cursor_stays_on_its_key_when_the_order_changes() -> None:
    async def scene(pilot: Pilot[None], found: LineList) -> None:
        await press(pilot, "down", "down")
        found.show(list(reversed(lines(8))))
        assert found.key == "2"
        found.show(lines(2))
        assert found.key == "0"
        found.show([])
        assert found.key == ""
        await press(pilot, "down", "pagedown", "end", "enter")

    heard = play(lines(8), scene).heard
    assert ("Moved", "") in heard


def test_enter_chooses_and_a_click_moves_first_and_chooses_then() -> None:
    async def scene(pilot: Pilot[None], found: LineList) -> None:
        await press(pilot, "enter")
        await pilot.click(LineList, offset=(3, 2))
        await pilot.click(LineList, offset=(3, 2))
        await pilot.pause(0.1)

    heard = play(lines(4), scene).heard
    assert heard[-3:] == [("Chosen", "0"), ("Moved", "2"), ("Chosen", "2")]


def test_only_the_lines_that_changed_are_drawn_again(monkeypatch: pytest.MonkeyPatch) -> None:
    drawn: list[tuple[int, int]] = []
    monkeypatch.setattr(LineList, "_refresh_lines", lambda self, first, last: drawn.append((first, last)))

    async def scene(pilot: Pilot[None], found: LineList) -> None:
        changed = lines(20)
        for number in (3, 5, 15):
            changed[number] = ListLine(key=str(number), cells=(Cell(text="other"),))
        drawn.clear()
        found.show(changed)
        found.show(changed)

    play(lines(20), scene, height=24)
    assert [part for part in drawn if part[0] >= 0] == [(3, 5), (15, 15)]


def test_a_list_that_grows_shorter_or_a_window_that_does_leaves_no_empty_page() -> None:
    async def scene(pilot: Pilot[None], found: LineList) -> None:
        await press(pilot, "end")
        await pilot.resize_terminal(30, 5)
        await pilot.pause()
        assert row(pilot, 4).startswith("►row 29")
        found.show(lines(3))
        await pilot.pause()
        assert row(pilot, 0).startswith("►row 0")

    play(lines(30), scene)


def test_a_line_without_a_key_takes_the_place_of_the_only_one() -> None:
    async def scene(pilot: Pilot[None], found: LineList) -> None:
        found.show([ListLine(cells=(Cell(text="nothing here"),))])
        await pilot.pause(0.05)
        assert "nothing here" in row(pilot, 0)

    play(lines(1), scene)


def test_columns_are_cut_with_dots_and_never_run_into_each_other() -> None:
    line = ListLine(
        key="x", cells=(Cell(text="a long status", width=8), Cell(text="会議室会議室会議室会議室会議室"))
    )

    async def scene(pilot: Pilot[None], found: LineList) -> None:
        assert row(pilot, 0).startswith("►a long… 会議室") and "… " in row(pilot, 0)

    play([line], scene)
