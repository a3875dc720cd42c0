"""What all screens share: the state of the run, the session behind it, the outside hand and the draft of the ticket.

Takes events from the engine's thread and hands them on in the app's; knows no widget, so that it is tested without one.
"""

from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Protocol

from readycheck.events import CheckFinished, CheckProgressed, CheckReported, Event, RunFinished, RunStarted
from readycheck.model import ContactCard, Question, Report
from readycheck.run.assignment import ProfileChoice
from readycheck.show.glyphs import MODERN, Glyphs
from readycheck.show.state import RunState
from readycheck.show.wording import again_line
from readycheck.ticket.reach import help_line
from readycheck.tui.draft import Draft
from readycheck.tui.hand import Hand


class Sitting(Protocol):
    """The session as the app needs it: readycheck.run.session.Session is one. Only switch_profile may take a moment."""

    @property
    def profile_name(self) -> str: ...
    @property
    def profile_title(self) -> str: ...
    @property
    def contact(self) -> ContactCard: ...
    @property
    def questions(self) -> tuple[Question, ...]: ...
    @property
    def simulated(self) -> tuple[str, ...]: ...
    @property
    def notice(self) -> str: ...
    @property
    def max_bytes(self) -> int: ...
    @property
    def max_seconds(self) -> float: ...
    @property
    def hosts(self) -> tuple[str, ...]: ...
    @property
    def running(self) -> bool: ...
    @property
    def failure(self) -> BaseException | None: ...
    def start(self) -> None: ...
    def check_again(self, check_id: str) -> None: ...
    def answer(self, question_id: str, answer: str) -> None: ...
    def stop(self) -> None: ...
    def listen(self, hear: Callable[[Event], None]) -> None: ...
    def switch_profile(self, name: str) -> None: ...
    def profiles(self) -> tuple[ProfileChoice, ...]: ...


@dataclass
class Watcher:
    """Told after events were applied; ``settled`` is False where only progress of running checks is new."""

    told: Callable[[bool], None]


class Desk:
    """One for each app. ``session`` is None where a saved report is read: then nothing can be run."""

    def __init__(
        self,
        *,
        session: Sitting | None,
        hand: Hand,
        glyphs: Glyphs = MODERN,
        state: RunState | None = None,
        now: Callable[[], datetime] = lambda: datetime.now().astimezone(),
    ) -> None:
        self.session = session
        self.hand = hand
        self.glyphs = glyphs
        self.now = now
        self.state = state or RunState()
        self.message = ""
        self.sent = False
        self.kept: list[Path] = []  # what was saved in this sitting, the last one last
        self._draft: Draft | None = None
        self._started = now()
        self._heard: deque[Event] = deque()
        self._watchers: list[Watcher] = []
        self._wake: Callable[[Callable[[], None]], object] | None = None
        self._woken = False

    @property
    def report(self) -> Report | None:
        return self.state.report

    @property
    def contact(self) -> ContactCard:
        """The support desk: of the session, of the report, or an empty card."""
        if self.session is not None:
            return self.session.contact
        return self.report.contact if self.report else ContactCard()

    @property
    def simulated(self) -> tuple[str, ...]:
        if self.session is not None:
            return self.session.simulated
        return self.report.simulated if self.report else ()

    @property
    def questions(self) -> tuple[Question, ...]:
        """What the person can tell, with the answers so far: of the session, or as the saved report has them."""
        if self.session is not None:
            return self.session.questions
        return self.report.questions if self.report else ()

    @property
    def notes(self) -> tuple[str, ...]:
        """What every screen says in one line: what is stood in for, and why this plan is another one."""
        notice = self.session.notice if self.session is not None else ""
        return (*self.simulated, notice) if notice else self.simulated

    @property
    def profile_title(self) -> str:
        if self.session is not None:
            return self.session.profile_title
        return self.report.policy.title if self.report else ""

    @property
    def support(self) -> str:
        """Which way to a human works, and what to read out; of a saved report, at whatever hour it is read. May be empty."""
        return help_line(self.contact, self.report, self.now() if self.session is not None else None)

    @property
    def elapsed_s(self) -> float:
        return (self.now() - self._started).total_seconds()

    def draft(self) -> Draft | None:
        """The ticket being written about the latest report. Message and choices stay when the report is a newer one."""
        if self.report is None:
            return None
        if self._draft is None:
            self._draft = Draft(self.report)
        elif self._draft.report is not self.report:
            self._draft = self._draft.about(self.report)
        return self._draft

    def keep(self, draft: Draft) -> None:
        """The draft as it stands now; whatever was sent before, this is not sent yet."""
        self._draft = draft
        self.sent = False

    @property
    def unsent(self) -> bool:
        """Something was written for IT support and is neither sent nor saved."""
        return self._draft is not None and bool(self._draft.note) and not self.sent

    def unsent_draft(self, writing: str | None = None) -> Draft | None:
        """The draft with its message where that is neither sent nor saved. ``writing``: the message in an editor that is open."""
        draft = self._draft
        if draft is None or writing is None or writing == draft.note:
            return draft if self.unsent else None
        return draft.saying(writing) if writing else None

    def follow(self, wake: Callable[[Callable[[], None]], object]) -> None:
        """Listen to the session. ``wake`` runs a function in the app's thread and may be called from any."""
        self._wake = wake
        if self.session is not None:
            self.session.listen(self._hear)

    def watch(self, told: Callable[[bool], None]) -> Watcher:
        watcher = Watcher(told)
        self._watchers.append(watcher)
        return watcher

    def unwatch(self, watcher: Watcher) -> None:
        if watcher in self._watchers:
            self._watchers.remove(watcher)

    def _hear(self, event: Event) -> None:
        """In the engine's thread. Many events wake the app once; progress waits for the next tick or the next event."""
        self._heard.append(event)
        progress = isinstance(event, CheckProgressed | CheckReported)
        if not progress and not self._woken and self._wake is not None:
            self._woken = True
            self._wake(self.drain)

    def drain(self) -> None:
        """In the app's thread: apply what was heard and tell the watchers once."""
        self._woken = False
        settled = False
        while self._heard:
            event = self._heard.popleft()
            self._note(event)
            self.state = self.state.apply(event)
            settled = settled or not isinstance(event, CheckProgressed | CheckReported)
        for watcher in list(self._watchers):
            watcher.told(settled)

    def _note(self, event: Event) -> None:
        match event:
            case RunStarted():
                self._started = self.now()
                self.message = ""
            case CheckFinished(result=result):
                row = self.state.row(result.check_id)
                if row is not None and row.was is not None:
                    self.message = again_line(result)
            case RunFinished() if self.state.report is None:
                self.message = ""
            case _:
                pass

    def failure(self) -> BaseException | None:
        """What broke in readycheck itself, where a run ended without a report."""
        return self.session.failure if self.session is not None and self.state.running else None
