"""All about one check, as paragraphs: what was found, what to do, whose it is, the measured values. Same in pane and screen."""

from collections.abc import Iterator

from textual.containers import VerticalScroll

from readycheck.model import Cause, CheckResult, Status
from readycheck.show import spending, wording
from readycheck.show.glyphs import Glyphs
from readycheck.show.listing import waiting_for
from readycheck.show.state import Row, RowStatus, RunState
from readycheck.tui import roles
from readycheck.tui.cells import Paragraph
from readycheck.tui.widgets.painting import Prose
from readycheck.units import quantity, value_text

GAP = Paragraph()


class DetailPane(VerticalScroll, can_focus=True):
    """The pane beside the list, from 100 columns up; it follows the cursor."""

    def compose(self) -> Iterator[Prose]:
        yield Prose()

    def show(self, paragraphs: list[Paragraph]) -> None:
        prose = self.query_one(Prose)
        if tuple(paragraphs) != prose.paragraphs:
            prose.show(paragraphs)
            self.scroll_home(animate=False)


def detail(row: Row, state: RunState, glyphs: Glyphs, *, opened: bool = False) -> list[Paragraph]:
    """Everything to say about a row; ``opened`` shows the technical details too."""
    said = [Paragraph(text=row.title, role="strong"), _status(row, glyphs)]
    if row.result is None or row.status in (RowStatus.WAITING, RowStatus.CHECKING):
        step = [GAP, Paragraph(text=wording.row_text(row, state))] if row.step or row.was else []
        return said + step + _allowance(row)
    said += _found(row.result)
    cause = _cause(row.check_id, state)
    said += _steps(row.result, cause) + _owner(row.result, cause) + _waiting(row, state)
    return said + _technical(row.result, cause, glyphs, opened)


def _allowance(row: Row) -> list[Paragraph]:
    """What a check may use and whom it talks to, while it has no result yet."""
    allowed = spending.allowance_text(row)
    if not allowed:
        return []
    said = [GAP, Paragraph(text=f"{allowed}.")]
    return [*said, Paragraph(text=f"It talks to {row.hosts}.")] if row.hosts else said


def _status(row: Row, glyphs: Glyphs) -> Paragraph:
    text = f"{glyphs.of(row.status)} {wording.STATUS_WORDS[row.status]}"
    if row.was is not None and row.was is not row.status:
        text += f", was: {wording.STATUS_WORDS[row.was]}"
    return Paragraph(text=text, role=roles.of_status(row.status))


def _cause(check_id: str, state: RunState) -> Cause | None:
    causes = state.report.causes if state.report else ()
    return next((cause for cause in causes if check_id in cause.explains), None)


def _found(result: CheckResult) -> list[Paragraph]:
    main = wording.result_text(result)
    others = [
        f.summary for f in result.findings if f.summary not in (main, "") and f.status is not Status.PASS
    ]
    texts = list(dict.fromkeys([main, *others]))
    if not any(texts):
        return []
    return [GAP, Paragraph(text="What was found", role="strong"), *(Paragraph(text=t) for t in texts if t)]


def _steps(result: CheckResult, cause: Cause | None) -> list[Paragraph]:
    remedies = [f.remedy for f in result.findings if f.remedy]
    if not remedies and cause is not None and result.status is Status.FAIL:
        remedies = [cause.next_step]
    steps = [step for remedy in dict.fromkeys(remedies) for step in remedy.split("\n") if step.strip()]
    if not steps:
        return []
    head = [GAP, Paragraph(text="What to do", role="strong")]
    if len(steps) == 1:
        return [*head, Paragraph(text=steps[0])]
    return head + [Paragraph(text=_unnumbered(step), lead=f"{n}. ") for n, step in enumerate(steps, 1)]


def _unnumbered(step: str) -> str:
    number, dot, rest = step.strip().partition(". ")
    return rest if dot and number.isdigit() else step.strip()


def _owner(result: CheckResult, cause: Cause | None) -> list[Paragraph]:
    text = wording.who_mends(result, cause)
    if not text:
        return []
    return [
        GAP,
        Paragraph(text="Who can mend it", role="strong"),
        Paragraph(text=text[:1].upper() + text[1:]),
    ]


def _waiting(row: Row, state: RunState) -> list[Paragraph]:
    held = waiting_for(state, row.check_id)
    if not held:
        return []
    return [
        GAP,
        Paragraph(text="Waiting for this to work", role="strong"),
        Paragraph(text=", ".join(one.title for one in held)),
    ]


def _technical(result: CheckResult, cause: Cause | None, glyphs: Glyphs, opened: bool) -> list[Paragraph]:
    lines = list(_technical_lines(result, cause))
    mark = glyphs.more if opened else glyphs.folded
    head = Paragraph(text=f"Technical details ({len(lines)})   press d", role="muted", lead=f"{mark} ")
    return [GAP, head, *(lines if opened else [])]


def _technical_lines(result: CheckResult, cause: Cause | None) -> Iterator[Paragraph]:
    def line(title: str, value: str) -> Paragraph:
        return Paragraph(text=value, lead=f"  {title}: ", lead_role="muted")

    for measurement in result.measurements:
        source = f" ({measurement.source})" if measurement.source else ""
        yield line(measurement.title, value_text(measurement) + source)
    for fact in result.facts:
        yield line(fact.title, fact.value)
    for finding in result.findings:
        yield line("Code", finding.code)
        if finding.detail:
            yield line("Seen", finding.detail)
    if cause is not None:
        yield from (line("Speaks for it", text) for text in cause.evidence_for)
        yield from (line("Speaks against it", text) for text in cause.evidence_against)
    used = quantity(result.bytes_used, "bytes")
    allowed = f" of at most {quantity(result.bytes_stated, 'bytes')}" if result.bytes_stated else ""
    yield line("Check", f"{result.check_id}, {result.seconds:.1f} s, {used}{allowed}")
    if result.crash:
        yield line("Fault of the check", result.crash)
