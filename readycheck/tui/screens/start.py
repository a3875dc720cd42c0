"""S9: the first start, and later the choice of another profile. Nothing runs before one is chosen."""

from collections.abc import Iterable
from typing import ClassVar

from textual.binding import Binding, BindingType
from textual.containers import Horizontal, VerticalScroll
from textual.widget import Widget

from readycheck.errors import ReadycheckError
from readycheck.run.assignment import ProfileChoice
from readycheck.show.spending import hosts_text
from readycheck.show.wording import plural
from readycheck.tui.cells import Paragraph
from readycheck.tui.commands import START, SWITCH_PROFILE, Command, bindings
from readycheck.tui.desk import Desk, Sitting
from readycheck.tui.hand import aside
from readycheck.tui.screens.page import Page
from readycheck.tui.widgets.bars import Stripe
from readycheck.tui.widgets.line_list import Cell, LineList, ListLine
from readycheck.tui.widgets.painting import Prose
from readycheck.units import quantity

WELCOME = "Welcome. This program checks whether your computer is ready for work."
PROMISES = (
    "It changes nothing on your computer.",
    "It sends no report to anybody unless you have seen it and send it.",
)
SWITCH_LIMIT_S = 10.0
LOOK_S, LOOKS = (
    0.5,
    12,
)  # again at what a run takes: the system may tell a moment later that the connection is metered
MOST_HOSTS = 1  # the pane is small; Help names all during a run, and --dry-run before it


def takes(may: Sitting | ProfileChoice) -> str:
    """What a run may use: "at most 90 seconds and 46 MB of data"."""
    return f"at most {may.max_seconds:.0f} seconds and {quantity(may.max_bytes, 'bytes')} of data"


class StartScreen(Page):
    """``first``: the very first start, with a welcome; else the person changes the profile and Esc keeps the old one."""

    CSS_PATH = "start.tcss"
    BINDINGS: ClassVar[list[BindingType]] = [
        *bindings(SWITCH_PROFILE[:-1]),
        Binding("escape", "screen.leave", show=False),
    ]
    AUTO_FOCUS = "LineList"

    def __init__(self, desk: Desk, *, first: bool) -> None:
        super().__init__(desk)
        assert desk.session is not None, "a saved report has no profile to choose"
        self.session: Sitting = desk.session
        self._first = first
        self.commands: tuple[Command, ...] = START if first else SWITCH_PROFILE  # type: ignore[misc]
        self._choices: dict[str, ProfileChoice] = {choice.name: choice for choice in self.session.profiles()}

    def where(self) -> str:
        return "First start" if self._first else "Choose a profile"

    def body(self) -> Iterable[Widget]:
        glyphs = self.desk.glyphs
        yield Stripe(glyphs)
        yield Prose(self._welcome(), id="welcome")
        yield Stripe(glyphs, id="rule")
        yield Prose([Paragraph(text="What describes your work best?", role="strong")], id="question")
        with Horizontal(id="middle"):
            yield LineList(glyphs=glyphs)
            yield VerticalScroll(Prose(id="about"), can_focus=False)
        yield Prose(id="problem")
        reader = Stripe(glyphs, id="reader")
        reader.show("Screen reader? Leave with q, then: readycheck --plain. Colours: k")
        yield reader

    def _welcome(self) -> list[Paragraph]:
        ok = f"{self.desk.glyphs.ok} "
        if not self._first:
            return [Paragraph(text=f"Another profile starts a new run: {takes(self.session)}.")]
        looks = "It looks at your internet, video calls, VPN, files and this device"
        return [
            Paragraph(text=WELCOME),
            Paragraph(text=f"{looks}: {takes(self.session)}."),
            *(Paragraph(text=text, lead=ok, lead_role="ok") for text in PROMISES),
        ]

    def on_mount(self) -> None:
        lines = [self._line(choice) for choice in self._choices.values()]
        choices = self.query_one(LineList)
        choices.styles.max_height = len(lines) + 1  # what it does not need is room to say what a run takes
        choices.show(lines, at=self.session.profile_name)
        self._about()
        self.set_interval(LOOK_S, self._look_again, repeat=LOOKS)

    def _look_again(self) -> None:
        choices = {choice.name: choice for choice in self.session.profiles()}
        if choices == self._choices:
            return
        self._choices = choices
        self.query_one("#welcome", Prose).show(self._welcome())
        self._about()
        self.refresh_edges()

    def _line(self, choice: ProfileChoice) -> ListLine:
        checks = plural(choice.checks, "1 check", "{} checks")
        return ListLine(
            key=choice.name, cells=(Cell(text=choice.title), Cell(text=checks, role="muted", width=12))
        )

    def _about(self) -> None:
        choice = self._choices.get(self.query_one(LineList).key)
        if choice is not None:
            self.query_one("#about", Prose).show(
                [
                    Paragraph(text=choice.title, role="strong"),
                    Paragraph(text=choice.description),
                    Paragraph(text=f"A run takes {takes(choice)}."),
                    Paragraph(text=hosts_text(choice.hosts, MOST_HOSTS)),
                ]
            )

    def on_line_list_moved(self, message: LineList.Moved) -> None:
        self._about()

    def on_line_list_chosen(self, message: LineList.Chosen) -> None:
        self.run_worker(self._begin(message.key), exclusive=True, exit_on_error=False)

    async def _begin(self, name: str) -> None:
        try:
            if name == self.session.profile_name:
                self.session.start()
            else:
                await aside(lambda: self.session.switch_profile(name), SWITCH_LIMIT_S)
        except ReadycheckError as error:
            self._say(f"This profile cannot be used: {error.message}")
        except TimeoutError:
            self._say("The profile did not load in time. Choose it again, or another one.")
        else:
            self.dismiss()

    def _say(self, text: str) -> None:
        self.query_one("#problem", Prose).show([Paragraph(text=text, role="look")])

    async def action_leave(self) -> None:
        if self._first:
            await self.app.run_action("app.interrupt")
        else:
            self.dismiss()
