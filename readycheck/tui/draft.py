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
    from readycheck.ticket.compose import Ticket

KINDS: Final = tuple(privacy for privacy in Privacy if privacy.names_a_person)


class Form(StrEnum):
    """How a ticket leaves: text for reading, an e-mail draft with the report attached, data for programs; and the letter to the
    internet provider, which is no part of the company's."""

    TEXT = "text"
    EMAIL = "email"
    DATA = "data"
    PROVIDER = "provider"


SUFFIX: Final = {Form.TEXT: ".md", Form.EMAIL: ".eml", Form.DATA: ".json"}


@dataclass(frozen=True)
class Draft:
    """``hidden``: the kinds that are replaced. Frozen: a change is a new draft, so no bytes of an older choice can leave."""

    report: Report
    note: str = ""
    hidden: frozenset[Privacy] = frozenset(KINDS)

    def about(self, report: Report) -> "Draft":
        return replace(self, report=report)

    def saying(self, note: str) -> "Draft":
        return replace(self, note=note)

    def hiding(self, hidden: frozenset[Privacy]) -> "Draft":
        return replace(self, hidden=hidden)

    @property
    def forms(self) -> tuple[Form, ...]:
        """Those that there are: a letter to the provider only where something is the provider's to mend, or may be."""
        return tuple(form for form in Form if form is not Form.PROVIDER or self._letter)

    def bytes_of(self, form: Form) -> bytes:
        match form:
            case Form.TEXT:
                return self._text
            case Form.EMAIL:
                return self._email
            case Form.DATA:
                return self._data
            case Form.PROVIDER:
                return self._letter

    def name(self, form: Form) -> str:
        """A file name that says which run it is, and nothing about the person."""
        from readycheck.ticket.render import file_name, provider_file_name

        if form is Form.PROVIDER:
            return provider_file_name(self.report)
        return file_name(self._ticket, SUFFIX[form])

    @cached_property
    def places(self) -> Mapping[str, int]:
        """How many places of each kind the ticket has, hidden or not."""
        from readycheck.redact import Level
        from readycheck.ticket.compose import compose

        return compose(self.report, level=Level.SUPPORT, note=self.note).redaction.replaced

    @cached_property
    def _ticket(self) -> "Ticket":
        from readycheck.redact import Level
        from readycheck.ticket.compose import compose

        level = Level.SUPPORT if self.hidden else Level.FULL
        return compose(self.report, level=level, note=self.note, hide=self.hidden)

    @cached_property
    def _text(self) -> bytes:
        from readycheck.ticket.render import markdown

        return markdown(self._ticket).encode()

    @cached_property
    def _email(self) -> bytes:
        from readycheck.ticket.render import eml

        return eml(self._ticket)

    @cached_property
    def _letter(self) -> bytes:
        from readycheck.ticket.render import provider_letter

        return provider_letter(self.report)

    @cached_property
    def _data(self) -> bytes:
        from readycheck.ticket.render import as_json

        return as_json(self._ticket)


def readable(form: Form, data: bytes) -> str:
    """The content of these bytes as one text: all of it. Of an e-mail the headers, then every part without its encoding."""
    if form is not Form.EMAIL:
        return data.decode("utf-8", "replace")
    from email import message_from_bytes
    from email.policy import default

    message = message_from_bytes(data, policy=default)
    texts = ["\n".join(f"{name}: {value}" for name, value in message.items())]
    for part in message.walk():
        content = part.get_payload(decode=True)
        if isinstance(content, bytes):
            name = part.get_filename()
            texts.append((f"Attachment {name}:\n" if name else "") + content.decode("utf-8", "replace"))
    return "\n\n".join(texts)
