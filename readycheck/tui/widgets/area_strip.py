"""The strip of areas: what a person needs the set-up for, and how each of it stands. A click or a digit shows one only."""

from collections.abc import Sequence
from typing import ClassVar

from rich.cells import cell_len
from textual import events
from textual.binding import Binding, BindingType
from textual.message import Message

from readycheck.model import CAPABILITY_TITLES, Capability, Standing
from readycheck.show import wording
from readycheck.show.glyphs import Glyphs
from readycheck.show.state import Area
from readycheck.tui import roles
from readycheck.tui.cells import Line, Span, fit
from readycheck.tui.widgets.painting import Painting

WIDE_CELL = 15
TIGHT_CELL = 12
SHORT_TITLES = CAPABILITY_TITLES | {
    Capability.CALLS: "Calls",
    Capability.APPS: "Apps",
    Capability.DEVICE: "Device",
}
TIGHT_TITLES = SHORT_TITLES | {Capability.CONNECTION: "Network"}
SHORT_WORDS = {Standing.NOT_WORKING: "Not ready", Standing.NOT_CHECKED: "Not asked"}


class AreaStrip(Painting, can_focus=True):
    """Two lines (name, standing) between rules; one grouped line where the window is short."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("left", "step(-1)", show=False),
        Binding("right", "step(1)", show=False),
        Binding("enter", "pick", show=False),
    ]

    class Picked(Message):
        """Show only this area; None: all."""

        def __init__(self, capability: Capability | None) -> None:
            super().__init__()
            self.capability = capability

    def __init__(self, glyphs: Glyphs) -> None:
        super().__init__()
        self._glyphs = glyphs
        self._areas: tuple[Area, ...] = ()
        self._only: Capability | None = None
        self._at = 0

    def show(self, areas: Sequence[Area], only: Capability | None) -> None:
        if (tuple(areas), only) != (self._areas, self._only):
            self._areas, self._only = tuple(areas), only
            self.changed()

    def draw(self, width: int, height: int) -> Sequence[Line]:
        if height <= 1:
            return (self._grouped(width),)
        size = max(1, (width - 1) // max(1, len(self._areas)))
        names: list[Span] = [(" ", "")]
        words: list[Span] = [(" ", "")]
        for number, area in enumerate(self._areas, 1):
            names += self._title_spans(number, area, size)
            words.append(self._standing(area, size))
        rule: Line = ((self._glyphs.rule * width, "line"),)
        return (rule, tuple(names), tuple(words), rule)

    def _title_spans(self, number: int, area: Area, size: int) -> list[Span]:
        titles = CAPABILITY_TITLES if size >= WIDE_CELL else SHORT_TITLES
        titles = TIGHT_TITLES if size < TIGHT_CELL else titles
        chosen = area.capability is self._only
        here = self.has_focus and number - 1 == self._at
        key = self._glyphs.cursor if here else str(number)
        role = "hidden" if chosen else "strong"
        title = titles[area.capability]
        return [(f"{key} ", "key"), (title, role), (fit("", size - 2 - cell_len(title)), "")]

    def _standing(self, area: Area, size: int) -> Span:
        glyph = self._glyphs.run if area.standing is None else self._glyphs.of_standing(area.standing)
        words = wording.area_words(area) if size >= WIDE_CELL else short_words(area)
        return (fit(f"{glyph} {words}", size, self._glyphs.dots), roles.of_standing(area.standing))

    def _grouped(self, width: int) -> Line:
        """Areas of the same standing together: for windows without rows to spare."""
        groups: dict[Standing | None, list[str]] = {}
        for area in self._areas:
            groups.setdefault(area.standing, []).append(SHORT_TITLES[area.capability])
        spans: list[Span] = [(" ", "")]
        for standing in sorted(groups, key=_worst_first):
            glyph = self._glyphs.run if standing is None else self._glyphs.of_standing(standing)
            spans.append((f"{glyph} {', '.join(groups[standing])}  ", roles.of_standing(standing)))
        return tuple(spans)

    def on_focus(self) -> None:
        self.changed()

    def on_blur(self) -> None:
        self.changed()

    def action_step(self, step: int) -> None:
        if self._areas:
            self._at = (self._at + step) % len(self._areas)
            self.changed()

    def action_pick(self) -> None:
        if self._areas:
            self._pick(self._areas[self._at % len(self._areas)].capability)

    def on_click(self, event: events.Click) -> None:
        if self._areas and self.size.height > 1:
            size = max(1, (self.size.width - 1) // len(self._areas))
            self._pick(self._areas[min(len(self._areas) - 1, max(0, event.x - 1) // size)].capability)

    def _pick(self, capability: Capability) -> None:
        self.post_message(self.Picked(None if capability is self._only else capability))


def short_words(area: Area) -> str:
    """For cells of 13: at most 11 cells beside the glyph."""
    if area.standing is None:
        return f"{area.done} of {area.total}"
    return SHORT_WORDS.get(area.standing, wording.STANDING_WORDS[area.standing])


def _worst_first(standing: Standing | None) -> int:
    order = (
        Standing.NOT_WORKING,
        Standing.ON_HOLD,
        Standing.UNKNOWN,
        Standing.LIMITED,
        None,
        Standing.READY,
        Standing.NOT_CHECKED,
    )
    return order.index(standing)
