"""The desk without any widget: events from another thread, drained in ours."""

from collections.abc import Callable
from datetime import UTC, datetime

from textual.pilot import Pilot

from readycheck.events import CheckFinished, CheckProgressed, CheckStarted
from readycheck.tui.desk import Desk
from tests.tui.app_world import app_of, press, run
from tests.tui.reports import ALL_WELL, report, with_faults
from tests.tui.world import FakeHand, FakeSession, finished, run_of, started


def desk_of(session: FakeSession | None) -> tuple[Desk, list[Callable[[], None]]]:
    woken: list[Callable[[], None]] = []
    desk = Desk(session=session, hand=FakeHand(), now=lambda: datetime(2026, 11, 21, tzinfo=UTC))
    desk.follow(woken.append)
    return desk, woken


def test_many_events_wake_the_app_once_and_are_told_once() -> None:
    session = FakeSession()
    desk, woken = desk_of(session)
    told: list[bool] = []
    desk.watch(told.append)
    session.say(*run_of(with_faults()))
    assert len(woken) == 1 and told == []
    woken.pop()()
    assert told == [True] and desk.report is not None
    session.say(CheckStarted(check_id="disk"))
    assert len(woken) == 1


def test_progress_alone_waits_for_the_tick_and_is_told_as_unsettled() -> None:
    session = FakeSession(past=[started(), CheckStarted(check_id="disk")])
    desk, woken = desk_of(session)
    woken.pop()()
    told: list[bool] = []
    watcher = desk.watch(told.append)
    session.say(CheckProgressed(check_id="disk", text="asking"))
    assert woken == []
    desk.drain()
    row = desk.state.row("disk")
    assert told == [False] and row is not None and row.step == "asking"
    desk.unwatch(watcher)
    session.say(CheckFinished(result=ALL_WELL["disk"]))
    woken.pop()()
    assert told == [False]


def test_a_face_that_comes_late_hears_what_has_been() -> None:
    desk, woken = desk_of(finished("with-faults"))
    woken.pop()()
    assert desk.report == with_faults() and not desk.state.running


def test_a_saved_report_needs_no_session() -> None:
    desk = Desk(session=None, hand=FakeHand())
    desk.follow(lambda work: work())
    assert desk.contact.routes == () and desk.draft() is None and desk.failure() is None


def test_the_draft_stays_the_same_object_until_something_changes() -> None:
    desk, woken = desk_of(finished("with-faults"))
    woken.pop()()
    draft = desk.draft()
    assert draft is not None and desk.draft() is draft and not desk.unsent
    desk.keep(draft.saying("help"))
    assert desk.unsent
    desk.sent = True
    assert not desk.unsent


def test_a_newer_report_gets_the_message_written_before() -> None:
    session = finished("with-faults")
    desk, woken = desk_of(session)
    woken.pop()()
    draft = desk.draft()
    assert draft is not None
    desk.keep(draft.saying("help"))
    session.say(*run_of(report()))
    woken.pop()()
    newer = desk.draft()
    assert newer is not None and newer.note == "help" and newer.report == report()


def test_a_run_that_broke_in_readycheck_itself_is_a_failure_only_while_it_should_be_running() -> None:
    broken = FakeSession(past=[started()], failure=RuntimeError("ours"))
    desk, woken = desk_of(broken)
    woken.pop()()
    assert isinstance(desk.failure(), RuntimeError)
    done = finished("all-good")
    done.failure = RuntimeError("an older run")
    desk, woken = desk_of(done)
    woken.pop()()
    assert desk.failure() is None


def test_a_screen_watches_the_desk_once_and_no_longer_than_it_lives() -> None:
    app = app_of(finished("with-faults"))

    async def scene(pilot: Pilot[None]) -> None:
        alone = len(app.desk._watchers)
        await press(pilot, "t")
        assert len(app.desk._watchers) == alone + 1
        await press(pilot, "escape")
        assert len(app.desk._watchers) == alone

    run(scene, app, (80, 24))
