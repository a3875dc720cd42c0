"""Widgets drawn line by line from spans. The one place where text becomes terminal segments: it is cleaned here, last of all."""

from collections.abc import Sequence

from rich.segment import Segment
from rich.style import Style
from textual.geometry import Region, Size
from textual.strip import Strip
from textual.widget import Widget

from readycheck.text import clean
from readycheck.tui.cells import LONGEST, Line, Paragraph, lay_out
from readycheck.tui.themes import role_styles


class Painted(Widget):
    """Turns spans into strips. How a role looks is the theme's business (themes.py)."""

    _plain: Style | None = None

    def notify_style_update(self) -> None:
        self._plain = None
        super().notify_style_update()

    @property
    def plain(self) -> Style:
        """The widget's own style; kept, because working it out costs more than drawing a line."""
        if self._plain is None:
            self._plain = self.rich_style
        return self._plain

    def strip(self, line: Line, width: int, *, over: str = "") -> Strip:
        """The line as exactly ``width`` cells; ``over`` is a role laid over all of it."""
        looks = role_styles(self.app.theme, self.app.no_color)
        laid = looks.get(over, Style())
        plain = self.plain
        segments = []
        for text, roles in line:
            style = sum((looks[role] for role in roles.split()), plain)
            segments.append(Segment(clean(text, LONGEST), style + laid))
        return Strip(segments).adjust_cell_length(width, plain + laid)


class Painting(Painted):
    """A widget whose lines are a function of its size. Subclasses say what is drawn; refresh() draws it again."""

    DEFAULT_CSS = "Painting { height: 1; }"

    def draw(self, width: int, height: int) -> Sequence[Line]:
        raise NotImplementedError

    def __init__(self, *, id: str | None = None, classes: str | None = None) -> None:
        super().__init__(id=id, classes=classes)
        self._drawn: tuple[Size, Sequence[Line]] | None = None

    def changed(self) -> None:
        """What is drawn may be different now: only lines that are get painted again."""
        before, self._drawn = self._drawn, None
        if before is None or before[0] != self.size:
            self.refresh()
            return
        width = self.size.width
        lines = self._lines()
        for y in range(max(len(lines), len(before[1]))):
            if lines[y : y + 1] != before[1][y : y + 1]:
                self.refresh(Region(0, y, width, 1))

    def _lines(self) -> Sequence[Line]:
        size = self.size
        if self._drawn is None or self._drawn[0] != size:
            self._drawn = (size, tuple(self.draw(size.width, size.height)))
        return self._drawn[1]

    def render_line(self, y: int) -> Strip:
        lines = self._lines()
        return self.strip(lines[y] if y < len(lines) else (), self.size.width)


class Flowing(Painting):
    """As high as its lines are at the width it is given. Subclasses say the lines of a width; they are worked out once."""

    DEFAULT_CSS = "Flowing { height: auto; }"

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self._flown: tuple[int, Sequence[Line]] | None = None

    def lines_at(self, width: int) -> Sequence[Line]:
        raise NotImplementedError

    def flows_anew(self) -> None:
        """The lines have changed. The layout is worked out again only where their number has."""
        before, width = self._flown, self.size.width
        self._flown = None
        if before is not None and before[0] == width and len(self.draw(width, 0)) == len(before[1]):
            self.changed()
            return
        self._drawn = None
        self.refresh(layout=True)

    def get_content_height(self, container: Size, viewport: Size, width: int) -> int:
        return len(self.draw(width, 0))

    def draw(self, width: int, height: int) -> Sequence[Line]:
        if self._flown is None or self._flown[0] != width:
            self._flown = (width, self.lines_at(width))
        return self._flown[1]


class Prose(Flowing):
    """Paragraphs, wrapped to the width."""

    def __init__(self, paragraphs: Sequence[Paragraph] = (), *, id: str | None = None) -> None:
        super().__init__(id=id)
        self.paragraphs = tuple(paragraphs)

    def show(self, paragraphs: Sequence[Paragraph]) -> None:
        if tuple(paragraphs) != self.paragraphs:
            self.paragraphs = tuple(paragraphs)
            self.flows_anew()

    def lines_at(self, width: int) -> Sequence[Line]:
        return lay_out(self.paragraphs, width)
