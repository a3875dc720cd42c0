"""The fast part of the truth table: real servers, real faults, and readycheck says what is so. Several labs play it side by side.

The table itself is written to build/lab/fast. All of it: make lab-truth.
"""

from collections.abc import Mapping
from typing import Final

import msgspec
import pytest

from readycheck.model import Report
from tests import needs
from tests.lab import catalogue, table, truth
from tests.lab.judge import Row
from tests.lab.rounds import Round
from tests.lab.sandbox import REPOSITORY
from tests.undeclared import undeclared

pytestmark = [needs.lab, pytest.mark.timeout(900)]

LABS: Final = 3  # more than there are processors is right: a round mostly waits
FOLDER: Final = REPOSITORY / "build" / "lab" / "fast"
ROUNDS: Final = truth.chosen("fast")
CASES: Final = {case.name: case for case in catalogue.cases()}
FAULTS: Final = [name for name, case in CASES.items() if case.fast and case.level != "healthy"]
HEALTHY: Final = [name for name, case in CASES.items() if case.fast and case.level == "healthy"]
PAIRS: Final = [each.names for each in ROUNDS if len(each.names) == 2]

Rows = Mapping[tuple[tuple[str, ...], int], Row]


@pytest.fixture(scope="module")
def rows() -> Rows:
    """Every round, played once for all tests, by the names of its situations and its number."""
    played = truth.side_by_side(ROUNDS, LABS, FOLDER)
    truth.write(played, FOLDER)
    return {(row.names, row.run): row for row in played}


@pytest.fixture(scope="module")
def second_looks(rows: Rows) -> Rows:
    """What was not right is played twice more: loss is chance, and routers answer for a few packets a second only."""
    wrong = [row.names for row in rows.values() if len(row.names) == 1 and not row.right]
    rounds = [Round(names, number) for names in wrong for number in (101, 102)]
    return {(row.names, row.run): row for row in truth.side_by_side(rounds, LABS, None)} if rounds else {}


def truly(*names: str) -> str:
    """What is so, for whoever reads that something else was told."""
    told = []
    for case in (CASES[name] for name in names):
        whose = " or ".join(case.either) if case.either else str(case.whose)
        told.append(
            f"{case.title}: {' or '.join(case.cause)}, {whose}" if case.cause else f"{case.title}: healthy"
        )
    return "; in truth: " + "; ".join(told)


@pytest.mark.parametrize("name", FAULTS)
def test_what_is_wrong_and_whose_it_is_comes_first_and_nothing_untrue_with_it(
    rows: Rows, second_looks: Rows, name: str
) -> None:
    row = rows[(name,), 0]
    assert row.truthful, table.plain(row) + truly(name)
    for look in () if row.right else (101, 102):
        again = second_looks[(name,), look]
        assert again.right and again.truthful, table.plain(row) + truly(name)


def test_at_the_first_look_nineteen_of_twenty_faults_are_named_with_their_owner(rows: Rows) -> None:
    right = [rows[(name,), 0].right for name in FAULTS]
    assert sum(right) >= 0.95 * len(right)


@pytest.mark.parametrize("name", HEALTHY)
def test_in_a_healthy_set_up_nothing_is_red_and_nobody_is_blamed(rows: Rows, name: str) -> None:
    row = rows[(name,), 0]
    assert row.right and row.truthful, table.plain(row) + truly(name)


@pytest.mark.parametrize("names", PAIRS, ids="+".join)
def test_of_two_independent_faults_both_are_named(rows: Rows, names: tuple[str, str]) -> None:
    row = rows[names, 0]
    assert row.named == 2 and row.truthful, table.plain(row) + truly(*names)


@pytest.mark.parametrize("name", truth.REPEATED)
def test_what_has_not_changed_gets_the_same_verdict_and_score_again(rows: Rows, name: str) -> None:
    again = [rows[(name,), number] for number in range(truth.FAST_REPEATS)]
    (steady,) = [figure for figure in table.figures(again) if figure.what.startswith(f"{name}, ")]
    assert steady.met, steady.seen


def test_not_one_packet_was_for_anybody_outside_the_lab(rows: Rows) -> None:
    assert {row.names: row.strays for row in rows.values() if row.strays} == {}


def test_what_the_checks_said_is_what_they_declare(rows: Rows) -> None:
    told = {}
    for row in rows.values():
        kept = FOLDER / "reports" / f"{'+'.join(row.names)}{f'.{row.run}' if row.run else ''}.json"
        if not row.trouble and kept.exists():
            told[row.names] = undeclared(msgspec.json.decode(kept.read_bytes(), type=Report))
    assert {names: said for names, said in told.items() if said} == {}
