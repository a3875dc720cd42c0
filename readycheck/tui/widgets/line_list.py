"""A list drawn by one widget, line by line: cursor, keys and scrolling for every list of the app. Knows no checks.

One widget for all lines, because a widget a line costs several times the processor time (and delays keys) during a run.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

from rich.cells import cell_len
from textual import events
from textual.binding import Binding, BindingType
from textual.geometry import Region, Size
from textual.message import Message
from textual.scroll_view import ScrollView
from textual.strip import Strip

from readycheck.show.glyphs import MODERN, Glyphs
from readycheck.tui.cells import Line, fit
from readycheck.tui.widgets.painting import Painted

NEAR = 4


@dataclass(frozen=True, kw_only=True)
class Cell:
    """A column of a line: ``width`` in cells, 0 for what is left over."""

    text: str
    role: str = ""
    width: int = 0


@dataclass(frozen=True, kw_only=True)
class ListLine:
    """One line. Without ``key`` the cursor passes over it."""

    cells: tuple[Cell, ...]
    key: str = ""


class LineList(Painted, ScrollView, can_focus=True):
    """``show()`` gives it lines; it says ``Moved`` when the cursor stands on another key and ``Chosen`` on Enter or a click."""

    DEFAULT_CSS = "LineList { height: 1fr; scrollbar-size: 0 0; }"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("up", "cursor(-1)", show=False),
        Binding("down", "cursor(1)", show=False),
        Binding("pageup", "page(-1)", show=False),
        Binding("pagedown", "page(1)", show=False),
        Binding("home", "end(-1)", show=False),
        Binding("end", "end(1)", show=False),
        Binding("enter", "choose", show=False),
    ]

    class Moved(Message):
        def __init__(self, source: "LineList", key: str) -> None:
            super().__init__()
            self.source, self.key = source, key

        @property
        def control(self) -> "LineList":
            return self.source

    class Chosen(Moved):
        """Enter was pressed, or the line that has the cursor was clicked."""

    def __init__(self, *, glyphs: Glyphs = MODERN, id: str | None = None) -> None:
        super().__init__(id=id)
        self.glyphs = glyphs
        self.lines: tuple[ListLine, ...] = ()
        self.touched = False
        self.lit = False  # draw the cursor as if it had the focus: the keys come from a text field beside it
        self._at = -1
        self._strips: dict[tuple[ListLine, int, bool, str], Strip] = {}

    @property
    def key(self) -> str:
        """The key under the cursor; empty where there is none."""
        return self.lines[self._at].key if 0 <= self._at < len(self.lines) else ""

    @property
    def keys(self) -> tuple[str, ...]:
        return tuple(line.key for line in self.lines if line.key)

    def show(self, lines: Sequence[ListLine], *, at: str = "") -> None:
        """These lines; the cursor goes to the key ``at``, else stays on its key, else goes to the first."""
        before, old_key, old_at = self.lines, self.key, self._at
        self.lines = tuple(lines)
        self._at = self._place(at or old_key)
        if len(before) != len(self.lines):
            self._strips.clear()
            self.virtual_size = Size(self.size.width, len(self.lines))
            self.refresh()
        else:
            changed = {n for n, line in enumerate(self.lines) if line != before[n]}
            self._repaint(changed | ({old_at, self._at} - {-1} if old_at != self._at else set()))
        if self._at != old_at or len(before) != len(self.lines):
            self._into_view()
        if self.key != old_key:
            self.post_message(self.Moved(self, self.key))

    def _repaint(self, numbers: set[int]) -> None:
        """These lines, near ones in one go: Textual's cost is by the region more than by the line."""
        first = last = -NEAR
        for number in sorted(numbers):
            if number - last >= NEAR:
                self._refresh_lines(first, last)
                first = number
            last = number
        self._refresh_lines(first, last)

    def _refresh_lines(self, first: int, last: int) -> None:
        if first >= 0:
            self.refresh(Region(0, first - self.scroll_offset.y, self.size.width, last - first + 1))

    def move_to(self, key: str) -> None:
        self._go(self._place(key))

    def redraw(self) -> None:
        """Everything again: the theme or the glyphs have changed."""
        self._strips.clear()
        self.refresh()

    def _place(self, key: str) -> int:
        places = [n for n, line in enumerate(self.lines) if line.key]
        same = [n for n in places if self.lines[n].key == key]
        return same[0] if same else (places[0] if places else -1)

    def _go(self, place: int) -> None:
        if place == self._at or not 0 <= place < len(self.lines):
            return
        old, self._at = self._at, place
        self.refresh_line(old)
        self.refresh_line(place)
        self._into_view()
        self.post_message(self.Moved(self, self.key))

    def _into_view(self) -> None:
        """Scroll as little as possible; headings above the cursor come along, the line "n more" never covers it."""
        height, top = self.size.height, self.scroll_offset.y
        if self._at < 0 or height <= 0:
            return
        first = self._at
        while first > 0 and not self.lines[first - 1].key and self._at - first < 1:
            first -= 1
        if first < top:
            top = first
        elif self._at > top + height - 2:
            top = self._at - height + 2
        self.scroll_to(
            y=min(top, max(0, len(self.lines) - height)), animate=False, force=True, immediate=True
        )

    def action_cursor(self, step: int) -> None:
        self.touched = True
        place = self._at + step
        while 0 <= place < len(self.lines) and not self.lines[place].key:
            place += step
        self._go(place)

    def action_page(self, direction: int) -> None:
        self.touched = True
        target = min(max(self._at + direction * max(1, self.size.height - 2), 0), len(self.lines) - 1)
        while 0 <= target < len(self.lines) and not self.lines[target].key:
            target += direction
        self._go(target) if 0 <= target < len(self.lines) else self.action_end(direction)

    def action_end(self, direction: int) -> None:
        self.touched = True
        places = [n for n, line in enumerate(self.lines) if line.key]
        if places:
            self._go(places[-1] if direction > 0 else places[0])

    def action_choose(self) -> None:
        if self.key:
            self.touched = True
            self.post_message(self.Chosen(self, self.key))

    def on_click(self, event: events.Click) -> None:
        place = event.y + self.scroll_offset.y
        if not 0 <= place < len(self.lines) or not self.lines[place].key:
            return
        self.touched = True
        self.action_choose() if place == self._at else self._go(place)

    def on_resize(self) -> None:
        self._strips.clear()
        self.virtual_size = Size(self.size.width, len(self.lines))
        self._into_view()

    def notify_style_update(self) -> None:
        self._strips.clear()
        super().notify_style_update()

    def render_line(self, y: int) -> Strip:
        width, height = self.scrollable_content_region.size
        place = y + self.scroll_offset.y
        beyond = len(self.lines) - self.scroll_offset.y - height
        if beyond > 0 and y == height - 1:
            return self.strip(self._more(beyond + 1, width), width)
        if place >= len(self.lines):
            return Strip.blank(width, self.plain)
        return self._strip_of(self.lines[place], width, place == self._at)

    def _more(self, count: int, width: int) -> Line:
        return ((f"{count} more {self.glyphs.more}  ".rjust(width), "muted"),)

    def _strip_of(self, line: ListLine, width: int, here: bool) -> Strip:
        over = ("cursor" if self.has_focus or self.lit else "rest") if here else ""
        known = (line, width, here, over)
        if known not in self._strips:
            if len(self._strips) > 500:
                self._strips.clear()
            self._strips[known] = self.strip(self._spans(line, width, here), width, over=over)
        return self._strips[known]

    def _spans(self, line: ListLine, width: int, here: bool) -> Line:
        room = width - 1 - sum(cell.width for cell in line.cells)
        spans = [(self.glyphs.cursor if here else " ", "key")]
        for cell in line.cells:
            size = cell.width or max(0, room)
            text = fit(cell.text, size - 1, self.glyphs.dots) + " " if size > 1 else ""
            spans.append((text, cell.role))
        return tuple(spans)


def width_of(texts: Sequence[str], most: int) -> int:
    """A column wide enough for these texts and a gap, at most ``most`` cells."""
    return min(most, max((cell_len(text) for text in texts), default=0) + 2)
