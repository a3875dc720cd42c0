import random
import string
import time

import pytest

from readycheck_checks.declared.perfdata import MOST, Range, range_of, values


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("10", Range(low=0, high=10)),
        ("10:", Range(low=10, high=None)),
        ("~:10", Range(low=None, high=10)),
        ("10:20", Range(low=10, high=20)),
        ("@10:20", Range(low=10, high=20, inside=True)),
        ("-5:5", Range(low=-5, high=5)),
        (":5", Range(low=0, high=5)),
        ("1.5:2.25", Range(low=1.5, high=2.25)),
        ("", None),
        ("20:10", None),
        ("ten", None),
        ("1:2:3", None),
        ("~", None),
        ("@", None),
    ],
)
def test_a_range_is_read_as_the_guidelines_write_it(text: str, expected: Range | None) -> None:
    assert range_of(text) == expected


def test_values_have_their_units_and_limits() -> None:
    (rta, lost) = values("rta=12.5ms;100.0;200.0;0.0 pl=0%;5;15;0;100")
    assert (rta.label, rta.number, rta.unit, rta.limits, rta.low) == ("rta", 12.5, "ms", (100, 200), 0)
    assert (lost.label, lost.number, lost.unit, lost.limits, lost.high) == ("pl", 0, "%", (5, 15), 100)


def test_a_label_in_quotes_may_hold_anything_and_two_quotes_stand_for_one() -> None:
    (disk, odd) = values("'/home of all'=70%;80;90 'it''s = x'=3")
    assert (disk.label, disk.number) == ("/home of all", 70)
    assert (odd.label, odd.number) == ("it's = x", 3)


def test_a_lower_limit_is_one_and_a_range_of_both_ends_is_none() -> None:
    free, between, mixed, inside = values("free=70%;30:;10: a=5;2:8;1:9 b=5;10;3: c=5;@1:2;@3:4")
    assert free.limits == (30, 10)
    assert between.limits is None and mixed.limits is None and inside.limits is None


def test_what_is_not_known_has_no_number_and_what_cannot_be_read_is_left_out() -> None:
    assert [(v.label, v.number) for v in values("a=U b=1,5s c= d nothing e=x =7 f=2")] == [
        ("a", None),
        ("f", 2),
    ]


def test_counters_and_numbers_of_every_shape_are_read() -> None:
    read = {v.label: (v.number, v.unit) for v in values("a=12345c b=.5s c=5.;; d=-3 e=1e3B f=0x1f")}
    assert read == {"a": (12345, "c"), "b": (0.5, "s"), "c": (5, ""), "d": (-3, ""), "e": (1000, "B")}


def test_quotes_without_an_end_take_nothing_along_that_came_before() -> None:
    assert [v.label for v in values("a=1 'b c=2")] == ["a"]


def test_limits_that_are_the_wrong_way_round_are_no_limits() -> None:
    assert values("a=1;90;80")[0].limits is None and values("a=1;80;80")[0].limits is None


def test_at_most_so_many_values_are_read() -> None:
    assert len(values(" ".join(f"v{n}=1" for n in range(1000)))) == MOST


def test_whatever_comes_is_read_in_little_time() -> None:
    hard = [
        "'" * 20_000,
        "=" * 20_000,
        "a=" + "9" * 19_000,
        "'a'" * 7_000,
        "a=1;" + ";" * 19_000,
        "'a''" * 5_000,
    ]
    before = time.process_time()
    for text in hard:
        values(text)
    assert time.process_time() - before < 2.0


def test_no_text_raises_an_error() -> None:
    chance = random.Random(7)
    letters = "'=;:@~|U.0123456789 \n\t%msé\0" + string.ascii_letters
    for _ in range(3000):
        values("".join(chance.choices(letters, k=chance.randrange(60))))
