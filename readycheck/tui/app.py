"""The full-screen app: puts session, desk and screens together and says how one leaves. What screens do is theirs."""

import locale
import os
import sys
from collections.abc import Callable, Mapping, Sequence
from typing import Any, ClassVar

from textual.binding import BindingType
from textual.screen import Screen

from readycheck.keeping import Keep, kept_as
from readycheck.model import Report
from readycheck.saved import SavedReport
from readycheck.show import wording
from readycheck.show.glyphs import Glyphs, pick_glyphs
from readycheck.show.state import of_report
from readycheck.tui import terminal
from readycheck.tui.cells import Paragraph
from readycheck.tui.colours import ColouredApp
from readycheck.tui.commands import APP, INTERRUPT, bindings
from readycheck.tui.desk import Desk, Sitting
from readycheck.tui.draft import Form
from readycheck.tui.hand import Hand, RealHand
from readycheck.tui.screens.page import Page
from readycheck.tui.screens.run import RunScreen


class ReadycheckApp(ColouredApp):
    """``first`` makes the screens to begin with, the last one on top."""

    TITLE = "readycheck"
    CSS_PATH = ["app.tcss", "screens/run.tcss"]  # noqa: RUF012 (together: a later sheet delays the first screen)
    ENABLE_COMMAND_PALETTE = False
    HORIZONTAL_BREAKPOINTS = [(0, "-tiny"), (56, "-narrow"), (100, "-wide"), (150, "-xwide")]  # noqa: RUF012
    VERTICAL_BREAKPOINTS = [(0, "-flat"), (14, "-short"), (22, "-normal"), (40, "-tall")]  # noqa: RUF012
    BINDINGS: ClassVar[list[BindingType]] = bindings((*APP, INTERRUPT))

    def __init__(
        self,
        desk: Desk,
        first: Callable[[], Sequence[Screen[Any]]],
        *,
        theme: str | None = None,
        environ: Mapping[str, str] = os.environ,
    ) -> None:
        super().__init__(theme, environ)
        self.desk = desk
        self.fault: BaseException | None = None
        self._first = first
        self.set_class(desk.glyphs.name == "ascii", "-ascii")

    def on_mount(self) -> None:
        terminal.prepare(self, sys.platform)
        for screen in self._first():
            self.push_screen(screen)
        self.desk.watch(self._tell_title)
        self.desk.follow(self.call_later)

    def _tell_title(self, settled: bool) -> None:
        if settled and self.desk.report is not None and not self.desk.state.running:
            terminal.title(self, f"readycheck: {wording.headline(self.desk.report)}")

    def action_menu(self) -> None:
        from readycheck.tui.screens.menu import MenuScreen

        if isinstance(self.screen, Page):
            self.push_screen(MenuScreen(self.desk.glyphs, self.screen.active()), self._run_chosen)

    async def _run_chosen(self, action: str | None) -> None:
        if action:
            await self.run_action(action)

    def action_help(self) -> None:
        from readycheck.tui.screens.help import HelpScreen

        below = self.screen
        if isinstance(below, Page) and not isinstance(below, HelpScreen):
            self.push_screen(HelpScreen(below.desk, about=type(below).__name__, commands=below.active()))

    def action_ask_quit(self) -> None:
        """q: leaves at once where nothing is lost by it."""
        self.action_interrupt() if self._would_lose() else self.exit()

    def action_interrupt(self) -> None:
        """Ctrl+C, and Esc on the main screen: these are pressed by mistake, so they ask."""
        from readycheck.tui.screens.dialog import Dialog

        lost = self._would_lose()
        said = [Paragraph(text=lost or "Leave readycheck?", role="strong")]
        answers = [("quit", "Leave"), ("stay", "Stay")]
        if not isinstance(self.screen, Dialog):
            self.push_screen(Dialog(self.desk.glyphs, said, answers[::-1] if lost else answers), self._quit)

    def _would_lose(self) -> str:
        if self.desk.state.running:
            return "The run is not finished. Leave anyway?"
        return "Your message has not been sent or saved. Leave anyway?" if self.desk.unsent else ""

    def _quit(self, answer: str | None) -> None:
        if answer == "quit":
            self.exit()

    def keep_draft(self) -> tuple[str, ...]:
        """The message to IT support as far as it is written, if it is neither sent nor saved. From any thread."""
        from readycheck.tui.screens.note import NoteScreen

        writing = [screen.written for screen in self.screen_stack if isinstance(screen, NoteScreen)]
        draft = self.desk.unsent_draft(writing[-1] if writing else None)
        if draft is None:
            return ()
        name, data = draft.name(Form.TEXT), draft.bytes_of(Form.TEXT)
        return (kept_as("Your message", name, data, self.desk.hand.outbox),)

    def _fatal_error(self) -> None:
        """Textual would print a traceback with local variables (names, addresses): the caller gets the error instead."""
        self.fault = self._exception
        self._close_messages_no_wait()


def run_app(
    session: Sitting,
    *,
    first_start: bool = False,
    ascii: bool = False,
    theme: str | None = None,
    hand: Hand | None = None,
    keep: Keep = tuple,
) -> Report | None:
    """The app over a session, until the person leaves; the latest report. ``keep``: what is to be kept beside the message to IT
    support where this process is told to end. Raises ToldToEnd then, and what broke in readycheck itself."""

    from readycheck.tui.farewell import say_parting_words

    def first() -> list[Screen[Any]]:
        from readycheck.tui.screens.start import StartScreen

        return [RunScreen(desk), *([StartScreen(desk, first=True)] if first_start else [])]

    desk = Desk(session=session, hand=hand or RealHand(), glyphs=_glyphs(ascii))
    _run(ReadycheckApp(desk, first, theme=theme), keep)
    say_parting_words(desk)
    return desk.report


def run_reader(reports: Sequence[SavedReport], *, ascii: bool = False, theme: str | None = None) -> None:
    """Saved reports, read only: one on the main screen, several as a list first."""
    from readycheck.tui.screens.reports import ReportsScreen

    state = of_report(reports[0].report) if len(reports) == 1 else None
    desk = Desk(session=None, hand=RealHand(), glyphs=_glyphs(ascii), state=state)
    main = RunScreen(desk) if state is not None else ReportsScreen(desk, reports)
    _run(ReadycheckApp(desk, lambda: [main], theme=theme))


def _glyphs(ascii_only: bool) -> Glyphs:
    encoding = getattr(sys.stdout, "encoding", None) or locale.getpreferredencoding(False)
    return pick_glyphs(os.environ, encoding=encoding, windows=sys.platform == "win32", ascii_only=ascii_only)


def _run(app: ReadycheckApp, keep: Keep = tuple) -> None:
    with terminal.signals(app, app.keep_draft, keep):
        app.run()
    if app.fault is not None:
        print("If the window behaves oddly now, type: reset", file=sys.stderr)
        raise app.fault
