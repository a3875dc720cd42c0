"""Questions for the person: counted, answered, read from a file of answers."""

import pytest
from hypothesis import given
from hypothesis import strategies as some

from readycheck.model import Capability, Question
from readycheck.questions import answered, asked, matched, parse_answers, tally

CAMERA = Question(
    id="camera",
    capability=Capability.CALLS,
    text="Is the picture clear?",
    answers=("yes", "dark", "No picture"),
    advice="Clean the lens.",
)
NUMBER = Question(
    id="number", capability=Capability.HELP, text="Is the number at hand?", answers=("yes", "no")
)
BOTH = (CAMERA, NUMBER)


def test_the_first_answer_says_that_all_is_well_and_any_other_is_to_look_at() -> None:
    well, dark = answered((CAMERA,), {"camera": "yes"}), answered((CAMERA,), {"camera": "dark"})
    assert (CAMERA.to_look_at, well[0].to_look_at, dark[0].to_look_at) == (False, False, True)


@pytest.mark.parametrize(
    ("answers", "told"),
    [
        ({}, "0 of 2 answered"),
        ({"camera": "yes"}, "1 of 2 answered"),
        ({"camera": "dark", "number": "yes"}, "2 of 2 answered, 1 to look at"),
    ],
)
def test_questions_are_counted_as_questions(answers: dict[str, str], told: str) -> None:
    assert tally(answered(BOTH, answers)) == told


def test_where_nothing_is_asked_nothing_is_counted() -> None:
    assert tally(()) == ""


def test_an_answer_can_be_taken_back() -> None:
    said = answered(BOTH, {"camera": "dark"})
    assert answered(said, {"camera": ""}) == BOTH


def test_a_run_about_some_areas_asks_about_these() -> None:
    assert asked(BOTH, frozenset({"help"}), frozenset()) == (NUMBER,)
    assert asked(BOTH, frozenset(), frozenset({"help", "dns"})) == (CAMERA,)
    assert asked(BOTH, frozenset({"dns"}), frozenset()) == ()


@pytest.mark.parametrize(
    "data",
    [
        b'camera = "Dark"\nnumber = "later"\n',
        b'\xef\xbb\xbf# by hand\r\ncamera = "dark"\r\n',
        b'{"camera": "DARK ", "number": "Later"}',
    ],
)
def test_a_file_of_answers_is_toml_or_json_and_later_leaves_a_question_out(data: bytes) -> None:
    assert matched(parse_answers(data), BOTH) == {"camera": "dark"}


@pytest.mark.parametrize(
    ("data", "told"),
    [
        (b"camera = true", '"camera" must be an answer in quotes'),
        (b'{"camera": null}', '"camera" must be an answer in quotes'),
        (b"camera = yes", "this is not TOML"),
        (b'{"camera": ', "this is not JSON"),
        (b"\xff\xfe", "it is not UTF-8 text"),
        (b"[a]\n" * 20, "it must be a list of lines"),
        (b'{"a":' + b"[" * 5000, "it must be one table"),
        (b"#" * 70_000, "it is larger than 64 KiB"),
    ],
)
def test_what_is_no_file_of_answers_is_refused_in_one_sentence(data: bytes, told: str) -> None:
    with pytest.raises(ValueError, match="^" + told):
        parse_answers(data)


def test_a_question_that_the_profile_does_not_ask_is_named_with_the_nearest_one() -> None:
    with pytest.raises(
        ValueError, match=r'no question "camra". Did you mean "camera"\? Its questions: camera, number'
    ):
        matched({"camra": "yes"}, BOTH)


def test_an_answer_that_is_not_offered_is_refused_with_those_that_are() -> None:
    with pytest.raises(
        ValueError, match='must be one of "yes", "dark", "No picture" or "later", not the text "fine"'
    ):
        matched({"camera": "fine"}, BOTH)


@given(some.one_of(some.binary(max_size=300), some.text(max_size=300).map(str.encode)))
def test_any_bytes_are_answers_or_a_sentence(data: bytes) -> None:
    try:
        answers = parse_answers(data)
    except ValueError:
        return
    assert all(isinstance(answer, str) for answer in answers.values())
