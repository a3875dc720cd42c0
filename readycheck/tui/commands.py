"""Every command of the app, declared once: its key, its entry in the key bar, in the menu and in the help come from here."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from textual.binding import Binding, BindingType

from readycheck.show.glyphs import Glyphs


@dataclass(frozen=True, kw_only=True)
class Command:
    """``keys`` as Textual names them, the first one is shown. ``rank``: the highest leave a narrow key bar first."""

    id: str
    keys: str
    label: str
    help: str
    rank: int = 5
    where: str = "screen"
    shown_as: str = ""
    in_menu: bool = True

    @property
    def action(self) -> str:
        return f"{self.where}.{self.id}"

    def key_shown(self, glyphs: Glyphs) -> str:
        if self.shown_as == "updown":
            return up_down(glyphs)
        if self.shown_as == "leftright":
            return "Left/Right" if glyphs.name == "ascii" else "← →"
        return self.shown_as or self.keys.split(",")[0]


def up_down(glyphs: Glyphs) -> str:
    return "Up/Down" if glyphs.name == "ascii" else "↑ ↓"


def bindings(commands: Iterable[Command]) -> list[BindingType]:
    """For a screen's BINDINGS. Those without an action of their own (arrows) are only shown."""
    return [
        Binding(command.keys, command.action, command.label, id=f"{command.where}.{command.id}")
        for command in commands
        if command.keys
    ]


def _arrows(label: str) -> Command:
    return Command(
        id="move",
        keys="",
        label=label,
        help="Move through the list. Page Up, Page Down, Home and End too.",
        shown_as="updown",
        rank=6,
        in_menu=False,
    )


def _enter(label: str, help: str, *, in_menu: bool = False) -> Command:
    return Command(id="enter", keys="", label=label, help=help, shown_as="Enter", rank=1, in_menu=in_menu)


def _back(label: str = "Back") -> Command:
    return Command(
        id="back",
        keys="escape",
        label=label,
        help="Go one step back. Nothing is lost.",
        shown_as="Esc",
        rank=0,
        in_menu=False,
    )


MENU: Final = Command(
    id="menu",
    keys="m,ctrl+p",
    label="Menu",
    help="All commands of this screen, searchable.",
    where="app",
    rank=2,
    in_menu=False,
)
HELP: Final = Command(
    id="help",
    keys="f1,question_mark",
    label="Help",
    help="What this screen shows, its keys, and how to reach support.",
    where="app",
    rank=4,
    shown_as="F1",
)
COLOURS: Final = Command(
    id="colours",
    keys="k",
    label="Colours",
    help="Switch to the next colours: dark, light, high contrast, those of the terminal, none.",
    where="app",
    rank=9,
)
QUIT: Final = Command(
    id="ask_quit", keys="q,ctrl+q", label="Quit", help="Leave readycheck.", where="app", rank=0
)
INTERRUPT: Final = Command(
    id="interrupt",
    keys="ctrl+c",
    label="Quit",
    help="Leave readycheck.",
    where="app",
    rank=10,
    in_menu=False,
)
APP: Final = (MENU, HELP, COLOURS, QUIT)

AGAIN: Final = Command(
    id="again",
    keys="a",
    label="Check again",
    help="Check this one again, and what waits for it.",
    rank=3,
)
RUN_ALL: Final = Command(id="run_all", keys="r", label="Run all", help="Run all checks again.", rank=5)
STOP: Final = Command(
    id="stop", keys="x", label="Stop", help="Stop the run. What was found so far is kept.", rank=3
)
TICKET: Final = Command(
    id="ticket",
    keys="t",
    label="Get help",
    help="Write a ticket for IT support. You see what is in it before anything leaves.",
    rank=2,
)
DETAILS: Final = Command(
    id="details", keys="d", label="Details", help="Show or hide the technical details.", rank=7
)
PROFILE: Final = Command(
    id="profile", keys="", label="Profile", help="Choose what your work needs (another profile).", rank=9
)
AREAS: Final = Command(
    id="area",
    keys="",
    label="One area",
    help="Show one area only, by the number in front of its name. 0 shows all.",
    shown_as="0-9",  # the screen knows how many areas there are
    rank=10,
    in_menu=False,
)
QUESTIONS: Final = Command(
    id="questions",
    keys="u",
    label="Questions",
    help="What only you can tell about your set-up, such as whether your picture is clear.",
    rank=4,
)
CONTACT: Final = Command(
    id="contact",
    keys="h",
    label="Call",
    help="How to reach a human right now, also when nothing else works, and what to read out.",
    rank=4,
)
TAKE_BACK: Final = Command(
    id="take_back",
    keys="delete,backspace",
    label="Take back",
    help="Take this answer back.",
    shown_as="Del",
    rank=5,
)
COPY: Final = Command(id="copy", keys="c", label="Copy", help="Copy this text.", rank=6)
TURN_PAGE: Final = Command(
    id="other",
    keys="",
    label="Other checks",
    help="Go to the previous or the next check of the list.",
    shown_as="leftright",
    rank=7,
    in_menu=False,
)
SWITCH: Final = Command(
    id="switch",
    keys="space",
    label="Hide or show",
    help="Switch this line on or off.",
    shown_as="Space",
    rank=3,
    in_menu=False,
)
NOTE: Final = Command(
    id="note",
    keys="e",
    label="Edit message",
    help="Write a few words of your own to IT support.",
    rank=4,
)
VIEW: Final = Command(
    id="view", keys="v", label="View", help="See exactly what leaves, byte for byte.", rank=4
)

OTHER_FORM: Final = Command(
    id="other",
    keys="",
    label="Text, e-mail, data",
    help="Show what leaves as text, as an e-mail, or as data: each is one way to send it.",
    shown_as="leftright",
    rank=3,
    in_menu=False,
)

RUN: Final = (
    _enter("Open", "Open the check under the cursor."),
    AGAIN,
    STOP,
    RUN_ALL,
    TICKET,
    CONTACT,
    QUESTIONS,
    DETAILS,
    PROFILE,
    AREAS,
)
BACK: Final = _back()
DETAIL: Final = (_enter("Do it", "Do what the line says."), AGAIN, DETAILS, COPY, TICKET, TURN_PAGE, _back())
TICKET_PREVIEW: Final = (
    SWITCH,
    _enter("Do it", "Do what the line says: go on, write a message, hide or show."),
    NOTE,
    VIEW,
    COPY,
    _back("Back (keeps draft)"),
)
SEND: Final = (
    _arrows("Choose"),
    _enter("Send this way", "Send it this way."),
    VIEW,
    _back("Back to preview"),
)
QUESTIONING: Final = (_arrows("Choose"), _enter("Answer", "Answer this question."), TAKE_BACK, _back())
START: Final = (_arrows("Choose"), _enter("Start checking", "Start checking with this profile."))
SWITCH_PROFILE: Final = (*START, _back())
READING: Final = (_arrows("Read"), COPY, _back())
VIEWING: Final = (_arrows("Read"), OTHER_FORM, COPY, _back())
FIND: Final = Command(
    id="find",
    keys="slash",
    label="Find",
    help="Type a part of a file, a computer, a number like rc-1a2b3c4d, a date or a verdict. Esc shows all again.",
    shown_as="/",
    rank=3,
)
REPORTS: Final = (_arrows("Choose"), _enter("Open", "Open this report."), FIND)
CHOOSING: Final = (_arrows("Choose"), _enter("Do it", "Do what the line says."), _back())
WRITING: Final = (_back("Done (keeps the text)"),)
