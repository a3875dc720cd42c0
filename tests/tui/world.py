"""A world for the app without engine or network: scripted runs, a session that replays them, a hand that writes to a folder.

Used by the pilot tests and by the pictures (``python -m tests.tui.pictures``).
"""

import threading
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from itertools import chain, repeat
from pathlib import Path

from msgspec.structs import replace as replace_struct

from readycheck.events import (
    CheckFinished,
    CheckProgressed,
    CheckStarted,
    Event,
    Expected,
    QuestionAnswered,
    RunFinished,
    RunStarted,
)
from readycheck.model import CheckResult, ContactCard, Question, Report
from readycheck.profile import load
from readycheck.questions import answered
from readycheck.run.assignment import ProfileChoice
from tests.tui.reports import ALL_WELL, CONTACT, REPORTS


def planned(results: Sequence[CheckResult] = tuple(ALL_WELL.values())) -> tuple[Expected, ...]:
    return tuple(
        Expected(check_id=one.check_id, title=one.title, capability=one.capability) for one in results
    )


WHOLE_BYTES, SMALL_BYTES = 45_000_000, 2_900_000
METERED = "Metered connection: at most 2.9 MB. All: readycheck --full"


def started(
    results: Sequence[CheckResult] = tuple(ALL_WELL.values()), max_bytes: int = WHOLE_BYTES
) -> RunStarted:
    return RunStarted(profile="Office", planned=planned(results), max_bytes=max_bytes, max_seconds=60.0)


def run_of(final: Report) -> list[Event]:
    """All events of a run that ends in this report."""
    events: list[Event] = [started(final.results)]
    for result in final.results:
        events += [CheckStarted(check_id=result.check_id), CheckFinished(result=result)]
    return [*events, RunFinished(report=final)]


def in_the_middle(final: Report, max_bytes: int = WHOLE_BYTES) -> list[Event]:
    """A run half way: some done, some under way, some waiting."""
    events: list[Event] = [started(final.results, max_bytes)]
    for result in final.results[:12]:
        events += [CheckStarted(check_id=result.check_id), CheckFinished(result=result)]
    for result in final.results[15:18]:
        events += [CheckStarted(check_id=result.check_id), CheckFinished(result=result)]
    events += [CheckStarted(check_id="share:team"), CheckStarted(check_id="disk")]
    events += [
        CheckProgressed(check_id="share:team", text="reading", fraction=0.4),
        CheckProgressed(check_id="disk", text="asking the system"),
    ]
    return events


HOSTS = ("speed.example.com", "stun.example.net", "www.example.org", "meet.example.com", "192.0.2.53")
PROFILES = tuple(
    ProfileChoice(
        name=name,
        title=title,
        description=description,
        checks=checks,
        max_bytes=WHOLE_BYTES,
        max_seconds=60.0,
        hosts=HOSTS,
    )
    for name, title, description, checks in (
        ("office", "Office", "Video calls, mail, team drive and VPN.", 24),
        ("calls", "Call centre", "Voice all day: delay and loss matter.", 19),
        ("basics", "Just the basics", "Internet and this device.", 12),
    )
)


@dataclass
class FakeSession:
    """Replays the events it was given; ``start`` and ``check_again`` play the next script, from a thread as the engine does."""

    past: list[Event] = field(default_factory=list)
    scripts: list[list[Event]] = field(default_factory=list)
    simulated: tuple[str, ...] = ()
    notice: str = ""
    contact: ContactCard = CONTACT
    questions: tuple[Question, ...] = ()
    profile_name: str = "office"
    profile_title: str = "Office"
    max_bytes: int = WHOLE_BYTES
    max_seconds: float = 60.0
    hosts: tuple[str, ...] = ("speed.example.com", "stun.example.net")
    failure: BaseException | None = None
    asked: list[str] = field(default_factory=list)
    choices: tuple[ProfileChoice, ...] = PROFILES

    def __post_init__(self) -> None:
        self._hearers: list[Callable[[Event], None]] = []

    @property
    def running(self) -> bool:
        return bool(self.past) and not isinstance(self.past[-1], RunFinished | QuestionAnswered)

    def listen(self, hear: Callable[[Event], None]) -> None:
        for event in self.past:
            hear(event)
        self._hearers.append(hear)

    def start(self) -> None:
        self.asked.append("start")
        self._play()

    def check_again(self, check_id: str) -> None:
        self.asked.append(f"again {check_id}")
        self._play()

    def answer(self, question_id: str, answer: str) -> None:
        self.asked.append(f"answer {question_id}: {answer}")
        self.questions = answered(self.questions, {question_id: answer})
        self.say(QuestionAnswered(question_id=question_id, answer=answer))

    def stop(self) -> None:
        self.asked.append("stop")
        self._play()

    def switch_profile(self, name: str) -> None:
        self.asked.append(f"profile {name}")
        self.profile_name = name
        self.profile_title = next(one.title for one in self.choices if one.name == name)
        self._play()

    def profiles(self) -> tuple[ProfileChoice, ...]:
        return self.choices

    def is_metered(self) -> None:
        """As when the system has told so: the small plan, everywhere."""
        self.notice, self.max_bytes = METERED, SMALL_BYTES
        self.choices = tuple(replace(choice, max_bytes=SMALL_BYTES) for choice in self.choices)

    def say(self, *events: Event) -> None:
        """As the engine does: from its own thread."""
        thread = threading.Thread(target=lambda: deque(map(self._tell, events)), daemon=True)
        thread.start()
        thread.join(5)

    def _play(self) -> None:
        if self.scripts:
            self.say(*self.scripts.pop(0))

    def _tell(self, event: Event) -> None:
        self.past.append(event)
        for hear in self._hearers:
            hear(event)


@dataclass
class FakeHand:
    """Saves into ``folder``, and what is handed over into ``documents`` where that is given. Its clipboard and mail program work
    unless told otherwise."""

    folder: Path = Path("/nowhere")
    documents: Path | None = None
    mails: bool = True
    has_clipboard: bool = True
    opens: bool = True
    refuses: Exception | None = None
    clipboard: list[str] = field(default_factory=list)
    opened: list[Path] = field(default_factory=list)

    @property
    def outbox(self) -> Path:
        return self.folder

    async def save(self, name: str, data: bytes) -> Path:
        if self.refuses is not None:
            raise self.refuses
        path = self.folder / name
        path.write_bytes(data)
        return path

    async def hand_over(self, name: str, data: bytes) -> Path:
        return await replace(self, folder=self.documents or self.folder).save(name, data)

    async def open_mail(self, draft: Path) -> bool:
        self.opened.append(draft)
        return self.opens

    async def copy(self, text: str) -> bool:
        if self.has_clipboard:
            self.clipboard.append(text)
        return self.has_clipboard


def metered(**more: object) -> FakeSession:
    session = FakeSession(**more)  # type: ignore[arg-type]
    session.is_metered()
    return session


def questioned(name: str = "with-faults", *answers: str) -> FakeSession:
    """A finished run with the questions of the shipped profile, the first ones answered."""
    questions = tuple(
        replace_struct(question, answer=answer)
        for question, answer in zip(load("office").questions, chain(answers, repeat("")), strict=False)
    )
    report = replace_struct(REPORTS[name](), questions=questions)
    return FakeSession(past=run_of(report), questions=questions)


def finished(name: str, **more: object) -> FakeSession:
    return FakeSession(past=run_of(REPORTS[name]()), **more)  # type: ignore[arg-type]
