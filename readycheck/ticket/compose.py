"""From a report to a ticket: one for the whole run, however many checks failed. Pure; what names the person is replaced first.

Every text of a ticket is made from the redacted copy of the report, so nothing can enter that the copy does not hold.
"""

from collections.abc import Iterator
from typing import Annotated, Final

from msgspec import Struct

from readycheck.model import (
    CAPABILITY_TITLES,
    Cause,
    CheckResult,
    ContactCard,
    Redaction,
    Report,
    Standing,
    Status,
)
from readycheck.privacy import ORG, PUBLIC, TEXT, Privacy
from readycheck.redact import Level, Redactor
from readycheck.show.wording import STANDING_WORDS, headline, result_text
from readycheck.text import clean
from readycheck.ticket.details import environment, evidence, tried
from readycheck.ticket.marker import marker_of
from readycheck.ticket.provider import for_the_provider

TICKET_URL: Final = "urn:readycheck:ticket:1.0"
LONGEST_TITLE: Final = 160
LONGEST_NOTE: Final = 4000


class Ticket(Struct, frozen=True, kw_only=True):
    """What IT support gets. Texts are lines without markup; ``report`` is the redacted report, complete.

    ``marker`` (``[rc-1a2b3c4d]``) is the same for every ticket of a run: search for it before sending one again.
    ``isp_text`` is a second, short text for the internet provider, empty where no cause is theirs or may be.
    """

    schema: Annotated[str, PUBLIC] = TICKET_URL
    schema_version: Annotated[str, PUBLIC] = "1.0"
    marker: Annotated[str, PUBLIC]
    title: Annotated[str, TEXT]
    created: Annotated[str, PUBLIC]
    cannot: Annotated[tuple[str, ...], TEXT]
    causes: Annotated[tuple[Cause, ...], PUBLIC]
    note: Annotated[str, TEXT] = ""
    tried: Annotated[tuple[str, ...], TEXT] = ()
    evidence: Annotated[tuple[str, ...], TEXT] = ()
    environment: Annotated[tuple[str, ...], TEXT] = ()
    contact: Annotated[ContactCard, ORG] = ContactCard()
    isp_text: Annotated[str, TEXT] = ""
    redaction: Annotated[Redaction, PUBLIC] = Redaction()
    report: Annotated[Report, PUBLIC]

    @property
    def reference(self) -> str:
        """The marker without brackets, for file names: ``rc-1a2b3c4d``."""
        return self.marker.strip("[]")


def compose(
    report: Report, *, level: Level, note: str = "", hide: frozenset[Privacy] | None = None
) -> Ticket:
    """The ticket of this run. ``note`` is the person's message, scanned like every free text; ``hide`` as in redact()."""
    redactor = Redactor(report, level, hide=hide)
    copy = redactor.report()
    message = redactor.text(clean(note.strip(), LONGEST_NOTE, lines=True))
    marker = marker_of(report.run_id)
    return Ticket(
        marker=marker,
        title=clean(f"{marker} {_title(copy)}", LONGEST_TITLE),
        created=copy.finished,
        cannot=tuple(_cannot(copy)),
        causes=copy.causes,
        note=message,
        tried=tuple(tried(copy)),
        evidence=tuple(evidence(copy)),
        environment=tuple(environment(copy)),
        contact=copy.contact,
        isp_text=for_the_provider(copy),
        redaction=Redaction(level=copy.redaction.level, replaced=redactor.replaced),
        report=copy,
    )


def _title(report: Report) -> str:
    stopped = [
        CAPABILITY_TITLES[one.id]
        for one in report.capabilities
        if one.status in (Standing.NOT_WORKING, Standing.ON_HOLD)
    ]
    what = f"{', '.join(stopped)} not working" if stopped else headline(report)
    return f"{what}: {report.causes[0].summary}" if report.causes else what


def _cannot(report: Report) -> Iterator[str]:
    """One line a capability that does not simply work, with the reason; those that were not asked for are left out."""
    for one in report.capabilities:
        if one.status not in (Standing.READY, Standing.NOT_CHECKED):
            why = one.reason or _first_problem(report, one.id)
            yield f"{CAPABILITY_TITLES[one.id]}: {_with_reason(STANDING_WORDS[one.status].lower(), why)}"


def _with_reason(words: str, why: str) -> str:
    """ "limited. Speed: ..."; "on hold until this works: ..." where the reason says the words itself."""
    if why.lower().startswith(words):
        return words + why[len(words) :]
    return f"{words}. {why}" if why else words


def _first_problem(report: Report, capability: str) -> str:
    own = [result for result in report.results if result.capability == capability]
    return next((text for status in _WORST_FIRST for text in _said(own, status)), "")


_WORST_FIRST: Final = (Status.FAIL, Status.UNKNOWN, Status.WARN, Status.SKIP)


def _said(results: list[CheckResult], status: Status) -> list[str]:
    return [f"{result.title}: {result_text(result)}" for result in results if result.status is status]
