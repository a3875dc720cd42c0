"""The menu: all commands of the screen below, found by typing a few letters."""

from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.screen import ModalScreen
from textual.widgets import Input

from readycheck.show.glyphs import Glyphs
from readycheck.tui.commands import CHOOSING, Command, bindings
from readycheck.tui.widgets.bars import KeyBar
from readycheck.tui.widgets.line_list import Cell, LineList, ListLine, width_of
from readycheck.tui.widgets.painting import Prose


class MenuScreen(ModalScreen[str]):
    """Dismissed with the action of the command that was chosen, or with nothing."""

    CSS_PATH = "menu.tcss"
    BINDINGS: ClassVar[list[BindingType]] = [
        *bindings(CHOOSING),
        Binding("up", "screen.list('cursor', -1)", show=False, priority=True),
        Binding("down", "screen.list('cursor', 1)", show=False, priority=True),
        Binding("pageup", "screen.list('page', -1)", show=False, priority=True),
        Binding("pagedown", "screen.list('page', 1)", show=False, priority=True),
        Binding("enter", "screen.choose", show=False, priority=True),
    ]
    AUTO_FOCUS = "Input"

    def __init__(self, glyphs: Glyphs, commands: tuple[Command, ...]) -> None:
        super().__init__()
        self._glyphs = glyphs
        self._commands = tuple(command for command in commands if command.in_menu)

    def compose(self) -> ComposeResult:
        with Vertical(classes="dialog"):
            yield Input(placeholder="Type to search", compact=True)
            yield LineList(glyphs=self._glyphs)
            yield Prose(id="none")
            yield KeyBar(self._glyphs)

    def on_mount(self) -> None:
        commands = self.query_one(LineList)
        commands.can_focus, commands.lit = False, True
        self.query_one(KeyBar).show(CHOOSING)
        self._show("")

    def on_input_changed(self, message: Input.Changed) -> None:
        self._show(message.value)

    def _show(self, typed: str) -> None:
        words = typed.casefold().split()
        found = [c for c in self._commands if all(w in f"{c.label} {c.help}".casefold() for w in words)]
        width = width_of([command.label for command in self._commands], 20)
        self.query_one(LineList).show([self._line(command, width) for command in found])

    def _line(self, command: Command, width: int) -> ListLine:
        key = command.key_shown(self._glyphs) if command.keys else ""
        return ListLine(
            key=command.action,
            cells=(
                Cell(text=command.label, role="strong", width=width),
                Cell(text=command.help, role="muted"),
                Cell(text=key, role="key", width=7),
            ),
        )

    def action_list(self, what: str, step: int) -> None:
        commands = self.query_one(LineList)
        commands.action_cursor(step) if what == "cursor" else commands.action_page(step)

    def action_choose(self) -> None:
        self.dismiss(self.query_one(LineList).key)

    def on_line_list_chosen(self, message: LineList.Chosen) -> None:
        self.dismiss(message.key)

    def action_back(self) -> None:
        self.dismiss("")
