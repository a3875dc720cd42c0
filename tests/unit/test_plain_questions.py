"""The plain face asks one question after the other at the end; each can be left out."""

from collections.abc import Iterator

from readycheck.plain import run
from readycheck.run.session import Session
from tests.unit.test_questions import BOTH
from tests.unit.test_session import assignment, check


def converse(*said: str | type[BaseException]) -> tuple[Session, str]:
    """The session and everything told, when the person says this and then leaves."""
    given: Iterator[str | type[BaseException]] = iter(said)
    told: list[str] = []

    def ask(prompt: str) -> str:
        told.append(prompt)
        answer = next(given, EOFError)
        if isinstance(answer, str):
            return answer
        raise answer

    session = Session(assignment(check("a"), questions=BOTH))
    assert run(session, ask=ask, tell=told.append) == 0
    return session, "\n".join(told)


def answers(session: Session) -> list[str]:
    assert session.report is not None
    return [question.answer for question in session.report.questions]


def test_the_questions_come_one_by_one_with_their_answers_as_numbers() -> None:
    session, told = converse("2", "yes")
    assert "Question 1 of 2: Is the picture clear?" in told
    assert "1 yes, 2 dark, 3 No picture, Enter for later: " in told
    assert answers(session) == ["dark", "yes"]
    assert "Questions: 2 of 2 answered, 1 to look at." in told
    assert "Look: Is the picture clear? Clean the lens." in told


def test_enter_leaves_a_question_out() -> None:
    session, told = converse("", "1")
    assert answers(session) == ["", "yes"]
    assert "Questions: 1 of 2 answered." in told


def test_control_c_ends_the_questions_and_loses_nothing() -> None:
    session, told = converse("1", KeyboardInterrupt, "q")
    assert answers(session) == ["yes", ""]
    assert "Type a number" in told


def test_the_end_of_the_input_ends_the_questions_too() -> None:
    session, told = converse()
    assert answers(session) == ["", ""]
    assert "Questions: 0 of 2 answered." in told


def test_what_is_not_offered_is_said_and_asked_again() -> None:
    session, told = converse("9", "no picture", "1")
    assert told.count("That is not one of the choices.") == 1
    assert answers(session) == ["No picture", "yes"]


def test_they_can_be_asked_again_and_show_what_was_said() -> None:
    session, told = converse("2", "", "u", "1", "", "q")
    assert "Your answer so far: dark" in told
    assert answers(session) == ["yes", ""]


def test_a_profile_without_questions_asks_none() -> None:
    told: list[str] = []

    def leave(prompt: str) -> str:
        told.append(prompt)
        return "q"

    run(Session(assignment(check("a"))), ask=leave, tell=told.append)
    assert not any("question" in line.lower() for line in told)
