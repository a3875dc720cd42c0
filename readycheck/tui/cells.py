"""Text cut and wrapped to terminal cells. Pure; measures by cells, never by characters (Chinese, Japanese, Korean)."""

from collections.abc import Iterable
from dataclasses import dataclass

from rich.cells import cell_len, set_cell_size

from readycheck.text import clean

Span = tuple[str, str]
"""A piece of text and its roles (ok, look, fix, info, muted, strong, line, key, hidden), with blanks between."""
Line = tuple[Span, ...]
LONGEST = 4000


@dataclass(frozen=True, kw_only=True)
class Paragraph:
    """Text that wraps: ``lead`` stands before its first line, later lines are indented as far."""

    text: str = ""
    role: str = ""
    lead: str = ""
    lead_role: str = ""


def fit(text: str, width: int, dots: str = "…") -> str:
    """Exactly ``width`` cells: padded, or cut with ``dots`` at the end."""
    text = clean(text, LONGEST)
    if cell_len(text) <= width:
        return text + " " * (width - cell_len(text))
    if width <= 0:
        return ""
    return set_cell_size(set_cell_size(text, max(0, width - cell_len(dots))).rstrip() + dots, width)


def wrap(text: str, width: int) -> list[str]:
    """Lines of at most ``width`` cells, broken at spaces where that is possible."""
    lines: list[str] = []
    for paragraph in clean(text, LONGEST, lines=True).split("\n"):
        lines.extend(_wrapped(paragraph, max(1, width)))
    return lines


def _wrapped(text: str, width: int) -> list[str]:
    lines, line, used = [], "", 0
    for word in text.split(" "):
        size = cell_len(word)
        if line and used + 1 + size <= width:
            line, used = f"{line} {word}", used + 1 + size
            continue
        lines += [line] if line else []
        *full, line = _cut_up(word, width)
        lines += full
        used = cell_len(line)
    return [*lines, line]


def _cut_up(text: str, width: int) -> list[str]:
    """Pieces of at most ``width`` cells, one after the other; one empty piece of an empty text."""
    pieces = []
    while len(head := cut(text, width)) < len(text):
        pieces.append(head)
        text = text[len(head) :]
    return [*pieces, text]


def cut(text: str, width: int) -> str:
    """As much of the text as fits in ``width`` cells, at least one character."""
    if (start := text[:width]).isascii():
        return start or text[:1]
    end, used = 0, 0
    for char in text:
        used += cell_len(char)
        if used > width:
            break
        end += 1
    return text[: max(1, end)]


def fold(text: str, width: int) -> list[str]:
    """Every character kept, lines broken behind a space where there is one: for text that is shown as what it is."""
    lines = []
    for line in text.split("\n"):
        rest = line
        while len(head := cut(rest, max(1, width))) < len(rest):
            space = head.rfind(" ", len(head) // 2)
            head = head[: space + 1] if space > 0 else head
            lines.append(head)
            rest = rest[len(head) :]
        lines.append(rest)
    return lines


def lay_out(paragraphs: Iterable[Paragraph], width: int) -> list[Line]:
    """The lines of these paragraphs at this width."""
    lines: list[Line] = []
    for paragraph in paragraphs:
        indent = cell_len(paragraph.lead)
        for number, text in enumerate(wrap(paragraph.text, width - indent)):
            lead = paragraph.lead if number == 0 else " " * indent
            lines.append(((lead, paragraph.lead_role), (text, paragraph.role)))
    return lines


def two_sides(left: Line, right: Line, width: int, dots: str = "…") -> Line:
    """One line with something at both ends; the left side gives way."""
    room = width - sum(cell_len(text) for text, _ in right)
    return (*fit_line(left, room, dots), *right)


def fit_line(line: Line, width: int, dots: str = "…") -> Line:
    """The spans cut or padded to exactly ``width`` cells."""
    fitted: list[Span] = []
    room = max(0, width)
    for text, role in line:
        text = clean(text, LONGEST)
        if room <= 0:
            break
        taken = text if cell_len(text) <= room else fit(text, room, dots)
        fitted.append((taken, role))
        room -= cell_len(taken)
    return (*fitted, (" " * room, ""))
