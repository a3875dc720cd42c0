"""Questions of a profile: inherited, left out, in the order of the capabilities; those that are shipped."""

from pathlib import Path

import pytest

from readycheck.model import Question
from readycheck.profile import load
from readycheck.text import clean


def questions(tmp_path: Path, text: str) -> tuple[Question, ...]:
    file = tmp_path / "acme.toml"
    file.write_text(text, encoding="utf-8")
    return load(str(file)).questions


SHIPPED = load("office").questions


def test_the_shipped_questions_are_about_the_set_up_and_none_asks_about_a_device_being_opened() -> None:
    assert [one.id for one in SHIPPED] == [
        "camera_picture",
        "headset",
        "help_number",
        "workplace",
        "spare_connection",
    ]
    assert all(one.help and one.advice and one.answers[0] == "yes" for one in SHIPPED)


@pytest.mark.parametrize("question", SHIPPED, ids=[one.id for one in SHIPPED])
def test_a_shipped_question_fits_its_line_and_its_advice_begins_with_a_verb(question: Question) -> None:
    assert question.text.endswith("?") and len(question.text) <= 45
    assert question.advice.split()[0] in {"Clean", "Plug", "Write", "Sit", "Set"}
    assert question.help == clean(question.help, 1000)


def test_a_profile_inherits_them_and_can_leave_one_out(tmp_path: Path) -> None:
    kept = questions(tmp_path, "[questions.workplace]\nenabled = false\n")
    assert [one.id for one in kept] == [one.id for one in SHIPPED if one.id != "workplace"]


def test_a_profile_that_stands_on_nothing_asks_nothing(tmp_path: Path) -> None:
    assert questions(tmp_path, 'extends = ""\n') == ()


def test_a_profile_has_its_own_questions_with_yes_and_no_where_it_names_no_answers(tmp_path: Path) -> None:
    own = '[questions.badge]\ntext = "Is your badge at hand?"\ncapability = "vpn"\nadvice = "Fetch it."\n'
    (badge,) = [one for one in questions(tmp_path, own) if one.id == "badge"]
    assert (badge.text, badge.answers, badge.answer) == ("Is your badge at hand?", ("yes", "no"), "")


def test_they_are_asked_area_by_area(tmp_path: Path) -> None:
    own = 'extends = ""\n[questions.b]\ntext = "B?"\ncapability = "help"\n[questions.a]\ntext = "A?"\ncapability = "calls"\n'
    assert [one.id for one in questions(tmp_path, own)] == ["a", "b"]
