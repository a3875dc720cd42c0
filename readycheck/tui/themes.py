"""Three themes of our own, the terminal's own colours, and no colours: what the roles ok, look, fix ... look like.

Contrast of every status colour to its background is at least 4.5 : 1, and they stay apart under red, green and blue blindness.
"""

from collections.abc import Mapping
from functools import lru_cache
from typing import Final

from rich.style import Style
from textual.color import Color
from textual.theme import Theme

NO_COLOURS: Final = "none"
TERMINAL: Final = "terminal"
CHOICES: Final = ("dark", "light", "contrast", TERMINAL, NO_COLOURS)
NAMES: Final = {
    "dark": "dark",
    "light": "light",
    "contrast": "high contrast",
    TERMINAL: "those of the terminal",
    NO_COLOURS: "none",
}


def _theme(name: str, *, dark: bool, text: str, ground: str, line: str, **colours: str) -> Theme:
    return Theme(
        name=f"readycheck-{name}",
        dark=dark,
        primary=colours["info"],
        success=colours["ok"],
        warning=colours["look"],
        error=colours["fix"],
        accent=colours["info"],
        foreground=text,
        background=ground,
        surface=ground,
        panel=colours["cursor"],
        text_alpha=1.0,
        variables={f"rc-{role}": colour for role, colour in colours.items()} | {"rc-line": line},
    )


THEMES: Final = (
    _theme(
        "dark",
        dark=True,
        text="#E6EAF0",
        ground="#11151C",
        line="#3D4858",
        ok="#35C4A0",
        look="#FFD76A",
        fix="#FF6F61",
        info="#8AB4FF",
        muted="#A3AEBA",
        cursor="#263553",
    ),
    _theme(
        "light",
        dark=False,
        text="#1A1F27",
        ground="#FFFFFF",
        line="#C3CAD4",
        ok="#007A68",
        look="#A36A00",
        fix="#8B1414",
        info="#2A45B8",
        muted="#5A6472",
        cursor="#DCE4FA",
    ),
    _theme(
        "contrast",
        dark=True,
        text="#FFFFFF",
        ground="#000000",
        line="#D0D0D0",
        ok="#5CFFC8",
        look="#FFF07A",
        fix="#FF8A7A",
        info="#A8CBFF",
        muted="#D0D0D0",
        cursor="#003A8C",
    ),
)
_ANSI_DARK: Final = {
    "rc-ok": "ansi_green",
    "rc-look": "ansi_yellow",
    "rc-fix": "ansi_red",
    "rc-info": "ansi_cyan",
    "rc-muted": "ansi_default",
    "rc-cursor": "ansi_default",
    "rc-line": "ansi_default",
}
_ANSI_LIGHT: Final = _ANSI_DARK | {"rc-look": "ansi_magenta", "rc-info": "ansi_blue"}


def defaults(theme: str) -> dict[str, str]:
    """Our variables where the theme does not set them: the terminal's own sixteen colours."""
    return _ANSI_LIGHT if theme == "ansi-light" else _ANSI_DARK


def textual_name(choice: str, environ: Mapping[str, str]) -> str:
    """The Textual theme behind a choice. ``COLORFGBG`` (set by some terminals) tells a light background from a dark one."""
    if choice in (TERMINAL, NO_COLOURS):
        light = environ.get("COLORFGBG", "").rpartition(";")[2] in ("7", "15")
        return "ansi-light" if light else "ansi-dark"
    return f"readycheck-{choice}"


@lru_cache(maxsize=16)
def role_styles(theme: str, no_colours: bool) -> Mapping[str, Style]:
    """How each role looks in this theme. Without colours of our own the cursor is shown by swapping the terminal's.

    A table and not component classes of the style sheet: those are worked out anew for every widget and every change.
    """
    own = {one.name: one.variables for one in THEMES}.get(theme)
    hues = own or defaults(theme)
    colour = {
        name.removeprefix("rc-"): None if no_colours else Color.parse(value).rich_color
        for name, value in hues.items()
    }
    styles = {role: Style(color=colour[role]) for role in ("ok", "look", "info", "muted", "line")}
    swapped = Style(reverse=True, color=None if no_colours else "default")
    return styles | {
        "fix": Style(color=colour["fix"], bold=True),
        "key": Style(color=colour["info"], bold=True),
        "strong": Style(bold=True),
        "rest": Style(bold=True),
        "hidden": Style(reverse=True),
        "square": Style(color="#000000", bgcolor="#FFFFFF"),  # cameras read dark on light, in every theme
        "cursor": Style(bgcolor=colour["cursor"]) if own and not no_colours else swapped,
    }
