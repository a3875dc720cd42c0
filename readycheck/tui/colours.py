"""The colours of the app: which theme it wears, and how it goes on to the next one."""

from collections.abc import Mapping, Sequence

from textual.app import App
from textual.filter import LineFilter, NoColor
from textual.scrollbar import ScrollBar, ScrollBarRender

from readycheck.tui import themes


class WholeCells(ScrollBarRender):
    """A scroll bar of whole cells: the partial blocks of Textual's own are not in every terminal's font."""

    VERTICAL_BARS = (" ",) * 8  # type: ignore[assignment]


class ColouredApp(App[None]):
    """Knows our themes. ``NO_COLOR`` in the environment means no colours until the person asks for some."""

    def __init__(self, theme: str | None, environ: Mapping[str, str]) -> None:
        self._environ = environ
        super().__init__()
        self.animation_level = "none"
        ScrollBar.renderer = WholeCells
        for own in themes.THEMES:
            self.register_theme(own)
        self._choice = theme or (themes.NO_COLOURS if "NO_COLOR" in environ else themes.CHOICES[0])
        self._wear()

    def get_theme_variable_defaults(self) -> dict[str, str]:
        return themes.defaults(self.theme)

    def get_line_filters(self) -> Sequence[LineFilter]:
        """Without colours every colour goes, greys too: bold and reverse say what is needed."""
        return [NoColor()] if self.no_color else super().get_line_filters()

    def action_colours(self) -> None:
        place = (themes.CHOICES.index(self._choice) + 1) % len(themes.CHOICES)
        self._choice = themes.CHOICES[place]
        self._wear()
        self.refresh_css(animate=False)
        self.notify(f"Colours: {themes.NAMES[self._choice]}", timeout=2, markup=False)

    def _wear(self) -> None:
        self.no_color = self._choice == themes.NO_COLOURS
        self.theme = themes.textual_name(self._choice, self._environ)
