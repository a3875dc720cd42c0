"""The ticket while it is being written: what is hidden, the person's message, and the exact bytes of each form.

The bytes are made once for each choice and kept: what the preview shows, what is saved and what is copied are the same object.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from functools import cached_property
from typing import TYPE_CHECKING, Final

from readycheck.model import Report
from readycheck.privacy import Privacy

if TYPE_CHECKING:
    from readycheck.redact import Level

KINDS: Final = tuple(privacy for privacy in Privacy if privacy.names_a_person)


class Form(StrEnum):
    """How a ticket leaves: text for reading, an e-mail draft with the report attached, data for programs."""

    TEXT = "text"
    EMAIL = "email"
    DATA = "data"


SUFFIX: Final = {Form.TEXT: ".md", Form.EMAIL: ".eml", Form.DATA: ".json"}


@dataclass(frozen=True)
class Draft:
    """``hidden``: the kinds that are replaced. Frozen: a change is a new draft, so no bytes of an older choice can leave."""

    report: Report
    note: str = ""
    hidden: frozenset[Privacy] = frozenset(KINDS)

    @property
    def level(self) -> "Level":
        from readycheck.redact import Level

        return Level.SUPPORT if self.hidden else Level.FULL

    def about(self, report: Report) -> "Draft":
        return replace(self, report=report)

    def saying(self, note: str) -> "Draft":
        return replace(self, note=note)

    def hiding(self, hidden: frozenset[Privacy]) -> "Draft":
        return replace(self, hidden=hidden)

    @cached_property
    def places(self) -> Mapping[str, int]:
        """How many places of each kind the report has, hidden or not."""
        from readycheck.redact import Level, redact

        return redact(self.report, Level.SUPPORT).redaction.replaced

    @cached_property
    def text(self) -> bytes:
        from readycheck.ticket.render import markdown

        return markdown(self._ticket).encode()

    @cached_property
    def email(self) -> bytes:
        from readycheck.ticket.render import eml

        return eml(self._ticket)

    @cached_property
    def data(self) -> bytes:
        from readycheck.ticket.render import as_json

        return as_json(self._ticket)

    @cached_property
    def _ticket(self):  # type: ignore[no-untyped-def]
        from readycheck.ticket.compose import compose

        return compose(self.report, level=self.level, note=self.note, hide=self.hidden)

    def bytes_of(self, form: Form) -> bytes:
        return {Form.TEXT: lambda: self.text, Form.EMAIL: lambda: self.email, Form.DATA: lambda: self.data}[
            form
        ]()

    def name(self, form: Form) -> str:
        """A file name that says what and when, and nothing about the person."""
        day = "".join(char for char in self.report.finished[:10] if char.isdigit())
        return f"readycheck-{day}-{self.report.run_id[:8]}{SUFFIX[form]}"
