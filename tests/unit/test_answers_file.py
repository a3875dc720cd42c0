"""readycheck run --answers FILE: strict, and without it nothing is asked. What helps where no profile can be read."""

import os
from pathlib import Path

import pytest

from readycheck.commands import run
from readycheck.commands.arguments import parse
from readycheck.commands.options import with_answers_from
from readycheck.errors import UsageError
from readycheck.run.assignment import Assignment
from readycheck.run.plan import Selection
from readycheck.ticket.kept_card import keep_card
from readycheck.wiring import Ask, assign
from tests.unit.sample_reports import CONTACT
from tests.unit.test_questions import BOTH
from tests.unit.test_session import assignment, check


def answers_of(tmp_path: Path, text: str) -> list[str]:
    file = tmp_path / "answers.toml"
    file.write_text(text, encoding="utf-8")
    return [question.answer for question in with_answers_from(asking(), str(file)).questions]


def asking() -> Assignment:
    return assignment(check("a"), questions=BOTH)


def test_without_a_file_nothing_is_asked() -> None:
    assert with_answers_from(asking(), None).questions == ()


def test_a_file_answers_what_it_names_and_leaves_the_rest_open(tmp_path: Path) -> None:
    assert answers_of(tmp_path, 'camera = "dark"\n') == ["dark", ""]
    assert answers_of(tmp_path, "") == ["", ""]


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ('camra = "yes"', 'cannot be used: the profile has no question "camra". Did you mean "camera"?'),
        ('camera = "blue"', 'cannot be used: "camera" must be one of "yes"'),
        ("camera = yes", "cannot be used: this is not TOML"),
    ],
)
def test_a_mistake_in_it_is_one_sentence_with_its_name(tmp_path: Path, text: str, why: str) -> None:
    with pytest.raises(UsageError) as refused:
        answers_of(tmp_path, text)
    assert why in refused.value.message and "answers.toml" in refused.value.message


def test_a_file_that_is_not_there_is_said() -> None:
    with pytest.raises(UsageError, match=r"The answers in /nowhere\.toml cannot be read: No such file"):
        with_answers_from(asking(), "/nowhere.toml")


def test_a_named_pipe_is_refused_because_it_could_be_waited_for_without_end(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "answers.toml")
    with pytest.raises(UsageError, match=r"answers\.toml cannot be read: it is a pipe or a device"):
        with_answers_from(asking(), str(tmp_path / "answers.toml"))


def test_an_answer_to_a_question_that_this_run_does_not_ask_is_left_out_and_said(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "answers.toml").write_text('camera = "dark"\nnumber = "yes"\n', encoding="utf-8")
    some = assignment(check("a"), questions=BOTH[1:], not_asked=BOTH[:1])
    questions = with_answers_from(some, str(tmp_path / "answers.toml")).questions
    assert [(one.id, one.answer) for one in questions] == [("number", "yes")]
    assert "This run does not ask camera, which is about another capability" in capsys.readouterr().err


def test_a_mistake_in_an_answer_that_this_run_does_not_ask_is_still_a_mistake(tmp_path: Path) -> None:
    (tmp_path / "answers.toml").write_text('camera = "blue"\n', encoding="utf-8")
    with pytest.raises(UsageError, match='"camera" must be one of "yes"'):
        with_answers_from(assignment(check("a"), not_asked=BOTH), str(tmp_path / "answers.toml"))


def test_a_run_about_one_area_asks_the_profile_s_questions_about_it() -> None:
    whole = assign(Ask(source="office", selection=Selection(full=True)))
    some = assign(Ask(source="office", selection=Selection(full=True, only=frozenset({"calls"}))))
    assert len(whole.questions) == 5
    assert [one.id for one in some.questions] == ["camera_picture", "headset"]
    assert {*some.questions, *some.not_asked} == {*whole.questions}
    assert (len(some.not_asked), whole.not_asked) == (3, ())


def test_where_no_profile_can_be_read_the_last_support_desk_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path))
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    keep_card(CONTACT, "Acme")
    address = "https://it.example.com/profile.toml"
    assert run.main(parse(["run", "--offline", "--profile", address])) == 2
    said = capsys.readouterr().err
    assert "could not be fetched" in said
    assert "From your last profile, Acme:" in said and "+49 30 1234567" in said


def test_a_profile_that_can_be_read_leaves_its_support_desk_for_later(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path))
    profile = tmp_path / "acme.toml"
    desk = '[[support.routes]]\nkind = "phone"\ntitle = "Hotline"\nvalue = "+49 30 1234567"\n'
    profile.write_text(f'extends = ""\n{desk}', encoding="utf-8")
    arguments = ["run", "--offline", "--only", "contact_phone", "--profile"]
    assert run.main(parse([*arguments, str(profile)])) == 0
    capsys.readouterr()
    profile.write_text("[[[broken", encoding="utf-8")
    assert run.main(parse([*arguments, str(profile)])) == 2
    assert "Phone, Hotline: +49 30 1234567" in capsys.readouterr().err
