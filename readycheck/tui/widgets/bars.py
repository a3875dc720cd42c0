"""The one-line widgets at the edges of every screen: the title on top, the line of keys at the bottom."""

from collections.abc import Sequence

from rich.cells import cell_len
from textual import events
from textual.message import Message

from readycheck.show.glyphs import Glyphs
from readycheck.tui.cells import Line, two_sides
from readycheck.tui.commands import Command
from readycheck.tui.widgets.painting import Painting


class TitleBar(Painting):
    """Product and profile on the left, where one is on the right."""

    def __init__(self, glyphs: Glyphs) -> None:
        super().__init__()
        self._glyphs = glyphs
        self._left: tuple[str, ...] = ()
        self._right = ""

    def show(self, left: Sequence[str], right: str) -> None:
        if (tuple(left), right) != (self._left, self._right):
            self._left, self._right = tuple(left), right
            self.changed()

    def draw(self, width: int, height: int) -> Sequence[Line]:
        about = f" {self._glyphs.middot} ".join(part for part in self._left if part)
        left = ((" readycheck", "strong"), (f"   {about}", "muted"))
        return (two_sides(left, ((f"  {self._right} ", "muted"),), width, self._glyphs.dots),)


class Stripe(Painting):
    """A horizontal line, or one line of text."""

    def __init__(self, glyphs: Glyphs, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self._glyphs = glyphs
        self._text = ""
        self._role = "muted"

    def show(self, text: str, role: str = "muted") -> None:
        self._text, self._role = text, role
        self.changed()

    def draw(self, width: int, height: int) -> Sequence[Line]:
        if not self._text:
            return (((self._glyphs.rule * width, "line"),),)
        return (two_sides(((f" {self._text}", self._role),), (), width, self._glyphs.dots),)


class KeyBar(Painting):
    """The keys that do something now. On a narrow window the least important entries go first; ways out always stay."""

    class Clicked(Message):
        def __init__(self, command: Command) -> None:
            super().__init__()
            self.command = command

    def __init__(self, glyphs: Glyphs) -> None:
        super().__init__()
        self._glyphs = glyphs
        self._commands: tuple[Command, ...] = ()
        self._ends: list[tuple[int, Command]] = []

    def show(self, commands: Sequence[Command]) -> None:
        shown = tuple(command for command in commands if command.keys or command.shown_as)
        if shown != self._commands:
            self._commands = shown
            self.changed()

    def draw(self, width: int, height: int) -> Sequence[Line]:
        shown = list(self._commands)
        gap = 3
        while shown and self._length(shown, gap) > width:
            if gap > 2:
                gap = 2
            else:
                shown.remove(max(reversed(shown), key=lambda command: command.rank))
        self._ends, end, spans = [], 1, [(" ", "")]
        for command in shown:
            key = command.key_shown(self._glyphs)
            spans += [(key, "key"), (f" {command.label}{' ' * gap}", "")]
            end += cell_len(key) + 1 + cell_len(command.label) + gap
            self._ends.append((end, command))
        return (tuple(spans),)

    def _length(self, commands: Sequence[Command], gap: int) -> int:
        words = (cell_len(c.key_shown(self._glyphs)) + 1 + cell_len(c.label) + gap for c in commands)
        return sum(words) + 1 - gap

    def on_click(self, event: events.Click) -> None:
        for end, command in self._ends:
            if event.x < end:
                self.post_message(self.Clicked(command))
                return
