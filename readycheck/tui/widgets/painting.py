"""Widgets drawn line by line from spans. The one place where text becomes terminal segments: it is cleaned here, last of all."""

from collections.abc import Sequence

from rich.segment import Segment
from rich.style import Style
from textual.geometry import Size
from textual.strip import Strip
from textual.widget import Widget

from readycheck.text import clean
from readycheck.tui.cells import LONGEST, Line, Paragraph, lay_out
from readycheck.tui.themes import role_styles


class Painted(Widget):
    """Turns spans into strips. How a role looks is the theme's business (themes.py)."""

    def strip(self, line: Line, width: int, *, over: str = "") -> Strip:
        """The line as exactly ``width`` cells; ``over`` is a role laid over all of it."""
        looks = role_styles(self.app.theme, self.app.no_color)
        laid = looks.get(over, Style())
        plain = self.rich_style
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

    def changed(self, *, layout: bool = False) -> None:
        self._drawn = None
        self.refresh(layout=layout)

    def render_line(self, y: int) -> Strip:
        size = self.size
        if self._drawn is None or self._drawn[0] != size:
            self._drawn = (size, self.draw(size.width, size.height))
        lines = self._drawn[1]
        return self.strip(lines[y] if y < len(lines) else (), size.width)


class Flowing(Painting):
    """As high as its lines are at the width it is given. Subclasses say the lines of a width; they are worked out once."""

    DEFAULT_CSS = "Flowing { height: auto; }"

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self._flown: tuple[int, Sequence[Line]] | None = None

    def lines_at(self, width: int) -> Sequence[Line]:
        raise NotImplementedError

    def flows_anew(self) -> None:
        self._flown = None
        self.changed(layout=True)

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
