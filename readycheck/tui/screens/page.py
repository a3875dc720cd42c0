"""What every full screen has: title bar, key bar, its commands, and the message for a window that is too small."""

from collections.abc import Iterable
from typing import ClassVar

from textual.app import ComposeResult
from textual.screen import Screen
from textual.widget import Widget

from readycheck.show import wording
from readycheck.tui.cells import Paragraph
from readycheck.tui.commands import APP, Command
from readycheck.tui.desk import Desk, Watcher
from readycheck.tui.widgets.bars import KeyBar, Stripe, TitleBar
from readycheck.tui.widgets.painting import Prose
from readycheck.units import quantity

LEAST = "60 x 16"


class Page(Screen[None]):
    """Subclasses give ``commands``, ``body()`` and ``where()``; ``can()`` says which commands do something now.

    Handlers (``on_mount`` ...) of a subclass do not call these here: Textual calls those of every class, the subclass first.
    """

    commands: ClassVar[tuple[Command, ...]] = ()

    def __init__(self, desk: Desk) -> None:
        super().__init__()
        self.desk = desk
        self._watcher: Watcher | None = None

    def compose(self) -> ComposeResult:
        yield TitleBar(self.desk.glyphs)
        yield Stripe(self.desk.glyphs, id="notes")
        yield from self.body()
        yield KeyBar(self.desk.glyphs)
        yield Prose(id="too-small")

    def body(self) -> Iterable[Widget]:
        return ()

    def where(self) -> str:
        """The right end of the title bar."""
        return checked_text(self.desk)

    def can(self, command_id: str) -> bool:
        return True

    def hear(self, settled: bool) -> None:
        """After events: ``settled`` is False where only the progress of running checks is new."""
        if settled:
            self.refresh_edges()

    def on_mount(self) -> None:
        self._watcher = self.desk.watch(self._told)
        self.refresh_edges()

    def _told(self, settled: bool) -> None:
        """Only the screen on top follows; one that comes back to the top shows everything again.

        So nothing is painted below a text field: input methods put their window where something was painted last.
        """
        if self.is_active:
            self.hear(settled)

    def on_unmount(self) -> None:
        if self._watcher is not None:
            self.desk.unwatch(self._watcher)

    def on_screen_resume(self) -> None:
        self.hear(True)

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        return self.can(action)

    def active(self) -> tuple[Command, ...]:
        """The commands that do something now, the screen's own first."""
        own = tuple(command for command in self.commands if self.can(command.id))
        return own + tuple(command for command in APP if self.can(command.id))

    def refresh_edges(self) -> None:
        desk = self.desk
        computer = desk.report.environment.computer if desk.report else ""
        profile = f"Profile: {desk.profile_title}" if desk.profile_title else ""
        self.query_one(TitleBar).show((profile, computer), self.where())
        notes = self.query_one("#notes", Stripe)
        notes.display = bool(desk.notes)
        notes.show(" ".join(desk.notes), "info")
        self.query_one(KeyBar).show(self.active())
        self.query_one("#too-small", Prose).show(too_small(desk))

    async def on_key_bar_clicked(self, message: KeyBar.Clicked) -> None:
        if message.command.keys:
            await self.run_action(message.command.action)
        elif message.command.id == "enter" and self.focused is not None:
            self.app.simulate_key("enter")

    def action_back(self) -> None:
        self.dismiss()


def checked_text(desk: Desk) -> str:
    """When the report was made, or that it is being made and what that may cost."""
    if desk.state.running:
        most = quantity(desk.state.max_bytes, "bytes")
        return f"Checking, uses at most {most}"
    if desk.report is None:
        return ""
    when = wording.when_text(desk.report.finished, desk.now())
    return f"Checked {when}" if desk.session is not None else f"Saved report of {when}, read only"


def too_small(desk: Desk) -> list[Paragraph]:
    """The verdict, what to do about the window, and the way to a human, which needs no window."""
    said = [
        Paragraph(text=f"Make the window at least {LEAST}: nothing is lost."),
        Paragraph(text=desk.support),
        Paragraph(text="Or leave (q) and start it again with --plain.", role="muted"),
    ]
    report = desk.report
    if report is None:
        return said
    verdict = f"{desk.glyphs.of_verdict(report)} {wording.headline(report)}, {wording.score_text(report)}"
    return [Paragraph(text=verdict, role="strong"), *said]
