"""A session keeps what the person says beside its runs, and no run waits for it."""

from dataclasses import replace

from readycheck.api import Context, NoOptions, Says, warned
from readycheck.events import Event, QuestionAnswered, RunFinished
from readycheck.model import Question
from readycheck.questions import answered
from readycheck.run.session import Session
from readycheck.show.state import RunState
from tests.unit.test_questions import BOTH, NUMBER
from tests.unit.test_session import assignment, check, finished


async def no_camera(options: NoOptions, ctx: Context) -> Says:
    yield warned("device.no_camera", "There is no camera", remedy="Plug one in")


def session() -> Session:
    return Session(assignment(check("a"), questions=BOTH))


def answers(questions: tuple[Question, ...]) -> list[str]:
    return [question.answer for question in questions]


def test_a_run_finishes_without_any_answer_and_reports_the_questions_open() -> None:
    report = finished(session()).report
    assert report is not None
    assert (report.questions, report.verdict, report.score.value) == (BOTH, "ready", 100)


def test_an_answer_changes_the_report_and_nothing_else_in_it() -> None:
    sitting = finished(session())
    before = sitting.report
    sitting.answer("camera", "dark")
    after = sitting.report
    assert before is not None and after is not None
    assert answers(after.questions) == answers(sitting.questions) == ["dark", ""]
    assert (after.verdict, after.score, after.results) == (before.verdict, before.score, before.results)


def test_what_was_answered_before_the_run_ended_is_in_its_report() -> None:
    sitting = session()
    sitting.answer("number", "yes")
    assert answers(finished(sitting).report.questions) == ["", "yes"]  # type: ignore[union-attr]


def test_answers_stay_when_it_is_checked_again_and_go_with_the_profile() -> None:
    sitting = Session(
        assignment(check("a"), questions=BOTH),
        switch=lambda name: assignment(check("b"), title=name, questions=BOTH),
    )
    finished(sitting).answer("camera", "yes")
    sitting.check_again("a")
    assert sitting.wait(20) and sitting.report is not None
    assert answers(sitting.report.questions) == ["yes", ""]
    sitting.switch_profile("Other")
    assert sitting.wait(20) and sitting.report is not None
    assert answers(sitting.report.questions) == ["", ""]


def test_every_face_hears_an_answer_also_one_that_comes_late() -> None:
    sitting = finished(session())
    heard: list[Event] = []
    sitting.listen(heard.append)
    sitting.answer("camera", "dark")
    assert heard[-1] == QuestionAnswered(question_id="camera", answer="dark")
    late = RunState()
    events: list[Event] = []
    sitting.listen(events.append)
    for event in events:
        late = late.apply(event)
    assert late.report == sitting.report


def test_an_answer_before_any_report_says_nothing_yet_to_a_face() -> None:
    state = RunState().apply(QuestionAnswered(question_id="camera", answer="dark"))
    assert state == RunState()


def test_the_events_of_a_run_end_with_a_report_that_has_the_answers() -> None:
    sitting = session()
    sitting.answer("camera", "dark")
    heard: list[Event] = []
    sitting.listen(heard.append)
    finished(sitting)
    last = heard[-1]
    assert isinstance(last, RunFinished) and answers(last.report.questions) == ["dark", ""]


def test_a_question_that_a_finding_made_pointless_is_not_asked_any_more_and_one_with_an_answer_is_kept() -> (
    None
):
    given = replace(
        assignment(check("a", no_camera), questions=BOTH), pointless={"camera": ("device.no_camera",)}
    )
    sitting = Session(given)
    assert sitting.questions == BOTH
    report = finished(sitting).report
    assert report is not None and report.questions == sitting.questions
    assert list(report.questions) == [NUMBER]
    with_answer = replace(given, questions=answered(BOTH, {"camera": "dark"}))
    kept = finished(Session(with_answer)).report
    assert kept is not None and answers(kept.questions) == ["dark", ""]
