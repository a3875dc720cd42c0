"""Text as it is: every character kept, folded at the width; what was replaced by a pseudonym is marked."""

import re
from collections.abc import Sequence
from typing import Final

from readycheck.privacy import Privacy
from readycheck.tui.cells import Line, Span, fold
from readycheck.tui.widgets.painting import Flowing

_KINDS = "|".join(re.escape(str(privacy)) for privacy in Privacy if privacy.names_a_person)
PSEUDONYM: Final = re.compile(rf"\[(?:{_KINDS}) [0-9]+\]")


class ExactText(Flowing):
    """``text`` is what was given to show(), unchanged."""

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self.text = ""

    def show(self, text: str) -> None:
        if text != self.text:
            self.text = text
            self.flows_anew()

    def lines_at(self, width: int) -> Sequence[Line]:
        return [marked(line) for line in fold(self.text.replace("\r\n", "\n"), width)]


def marked(line: str) -> Line:
    """The line with its pseudonyms as spans of their own."""
    spans: list[Span] = []
    end = 0
    for found in PSEUDONYM.finditer(line):
        spans += [(line[end : found.start()], ""), (found.group(), "hidden")]
        end = found.end()
    return (*spans, (line[end:], ""))
