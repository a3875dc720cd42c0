"""VPN programs as profiles describe them: where each lies, how it is asked, and what its words mean. Asks nothing."""

from typing import Annotated, Literal

from msgspec import Meta, field

from readycheck.api import Options
from readycheck_checks.calls.limits import Date

System = Literal["Linux", "macOS", "Windows"]
State = Literal["connected", "connecting", "attention", "off", "not_told"]
Value = str | int | bool | None


class Sign(Options, frozen=True, kw_only=True):
    """Words of the program, or values of its JSON, and the state that they stand for. Upper and lower case are the same."""

    state: Annotated[State, Meta(description="What it means; not_told: the program does not say it to us")]
    line: Annotated[str, Meta(description="A whole line; leading and doubled spaces do not count")] = ""
    start: Annotated[str, Meta(description="Whole words that a line begins with")] = ""
    fields: Annotated[
        dict[str, Value], Meta(description='Values of the JSON, all of them: "Self.Online" = true')
    ] = field(default_factory=dict)
    why: Annotated[
        str,
        Meta(description='What the program wants, as it stands after "wants attention:"; or why not told'),
    ] = ""
    todo: Annotated[str, Meta(description="What the person does about it; begins with a verb")] = ""

    def __post_init__(self) -> None:
        if sum(map(bool, (self.line, self.start, self.fields))) != 1:
            raise ValueError("a sign is told by one of line, start, fields")


class Ask(Options, frozen=True, kw_only=True):
    """One way to ask the program, for one or several systems."""

    systems: Annotated[tuple[System, ...], Meta(min_length=1, description="Where this way exists")]
    programs: Annotated[
        tuple[str, ...], Meta(description="Whole paths; the first that exists is run. None: only looked for")
    ] = ()
    arguments: Annotated[tuple[str, ...], Meta(description="Its arguments; nothing is read by a shell")] = ()
    installed: Annotated[
        tuple[str, ...],
        Meta(description="Files or folders that show that it is installed, where it has no command"),
    ] = ()
    by_interface: Annotated[
        bool,
        Meta(
            description="It always has an interface while it is connected: off where no tunnel at all is up"
        ),
    ] = False
    read: Annotated[
        Literal["last_line", "best_line", "json"],
        Meta(
            description="last_line: of several lines that are known the last one counts; best_line: the most connected one; "
            "json: the answer is JSON"
        ),
    ] = "last_line"
    signs: Annotated[
        tuple[Sign, ...], Meta(max_length=40, description="What it says; of JSON the first that fits counts")
    ] = ()
    otherwise: Annotated[
        State, Meta(description="The state where it ended well (code 0) and said nothing that is known")
    ] = "not_told"
    telling: Annotated[
        tuple[str, ...],
        Meta(
            description="Beginnings of lines that tell a state: where no sign knows the rest, it is not told"
        ),
    ] = ()
    wait_s: Annotated[float, Meta(gt=0, le=10, description="How long it may take")] = 4.0

    def __post_init__(self) -> None:
        for path in (*self.programs, *self.installed):
            if not path.startswith("/") and path[1:3] != ":\\":
                raise ValueError(f'"{path}" is no whole path')
        if not self.programs and not self.installed:
            raise ValueError("give programs, or installed where there is no command to ask")


class Product(Options, frozen=True, kw_only=True):
    """A VPN program. Where it has no command, one of its interfaces that is up shows that it is connected."""

    title: Annotated[str, Meta(min_length=1, description="What people call it")]
    asks: Annotated[tuple[Ask, ...], Meta(min_length=1, description="How it is asked, for each system")]
    interfaces: Annotated[
        tuple[str, ...],
        Meta(
            description="Names or descriptions of network interfaces that nobody else has, with * for any text and "
            "[0-9] for a digit: one that is up shows that it is connected"
        ),
    ] = ()
    shared_interfaces: Annotated[
        tuple[str, ...],
        Meta(description="The same of those that other programs have too: one that is up shows nothing"),
    ] = ()
    source: Annotated[str, Meta(description="Where this was read")] = ""
    checked: Date | Literal[""] = ""

    def ask_on(self, system: str) -> Ask | None:
        """The way to ask it on this system; None where there is none."""
        return next((ask for ask in self.asks if system in ask.systems), None)
