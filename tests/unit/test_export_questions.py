"""Questions in every format: counted as questions, never as failures, and in no score."""

import json

from msgspec.structs import replace

from readycheck.export import render
from readycheck.export.text import render as text_of
from readycheck.model import Report
from readycheck.questions import answered
from readycheck.redact import Level
from readycheck.show.wording import also_line
from readycheck.ticket.compose import compose
from readycheck.ticket.render import markdown as ticket_of
from tests.unit.sample_reports import report
from tests.unit.test_questions import BOTH


def asked(**answers: str) -> Report:
    return replace(report(), questions=answered(BOTH, answers))


SAID = asked(camera="dark", number="yes")


def test_the_text_counts_them_and_says_what_to_do_about_an_answer() -> None:
    told = text_of(SAID, width=200).decode()
    assert "Questions for you: 2 of 2 answered, 1 to look at." in told
    assert "Look: Is the picture clear? You said: Dark. Clean the lens." in told
    assert "Is the number at hand?" not in told


def test_a_report_whose_profile_asks_nothing_does_not_speak_of_questions() -> None:
    nothing = replace(report(), questions=())
    assert "uestion" not in text_of(nothing).decode() + render(nothing, "markdown").decode()


def test_markdown_lists_all_of_them_escaped() -> None:
    told = render(
        replace(SAID, questions=(*SAID.questions, replace(BOTH[0], text="a *b*"))), "markdown"
    ).decode()
    assert "## Questions\n\n2 of 3 answered, 1 to look at.\n\n- Is the picture clear? dark\n" in told
    assert "  - To do: Clean the lens." in told
    assert "- a \\*b\\* not answered" in told


def test_json_and_the_last_line_of_ndjson_have_the_answers() -> None:
    whole = json.loads(render(SAID, "json"))
    last = json.loads(render(SAID, "ndjson").splitlines()[-1])
    for questions in (whole["questions"], last["questions"]):
        assert [(one["id"], one["answer"]) for one in questions] == [("camera", "dark"), ("number", "yes")]


def test_junit_has_no_case_for_them() -> None:
    assert b"picture" not in render(SAID, "junit")


def test_a_ticket_has_the_persons_own_words_and_names_what_to_look_at() -> None:
    told = ticket_of(compose(SAID, level=Level.SUPPORT))
    assert "Questions to the person: 2 of 2 answered, 1 to look at" in told
    assert "Is the picture clear? dark, to look at" in told
    assert "Questions to the person" not in ticket_of(compose(asked(), level=Level.SUPPORT))


def test_what_else_there_is_counts_open_questions_and_answers_to_look_at_apart() -> None:
    assert "2 questions for you" in also_line(asked())
    assert "1 question for you, 1 answer to look at" in also_line(asked(camera="dark"))


def test_no_answer_changes_verdict_or_score() -> None:
    assert (SAID.verdict, SAID.score) == (report().verdict, report().score)
