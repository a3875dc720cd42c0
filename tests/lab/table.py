"""The truth table as people and programs read it: figures beside what is wanted, sums over rows, Markdown. Pure."""

from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Final

from msgspec import Struct

from tests.lab.catalogue import cases
from tests.lab.judge import Row

STEADY_POINTS: Final = 2  # of the score, between runs of what has not changed


class Sums(Struct, frozen=True, kw_only=True):
    """What the rows of one kind of round add up to."""

    runs: int
    right_cause: int
    right_owner: int
    right: int
    all_named: int
    wrong_blame: int
    false_red: int
    false_green: int
    false_amber: int
    not_held: int
    other_standing: int
    wrong_answer: int
    with_unknown: int
    over_time: int
    strays: int
    trouble: int
    longest_s: float
    median_s: float


class Figure(Struct, frozen=True, kw_only=True):
    """One thing that the table has to show: ``seen`` beside ``wanted``."""

    what: str
    wanted: str
    seen: str
    met: bool


def sums(rows: Sequence[Row]) -> Sums:
    seconds = sorted(row.seconds for row in rows) or [0.0]
    return Sums(
        runs=len(rows),
        right_cause=sum(row.right_cause for row in rows),
        right_owner=sum(row.right_owner for row in rows),
        right=sum(row.right for row in rows),
        all_named=sum(row.named == len(row.names) for row in rows),
        wrong_blame=sum(bool(row.wrong_blame) for row in rows),
        false_red=sum(bool(row.false_red) for row in rows),
        false_green=sum(bool(row.false_green) for row in rows),
        false_amber=sum(bool(row.false_amber) for row in rows),
        not_held=sum(bool(row.not_held) for row in rows),
        other_standing=sum(bool(row.standings) for row in rows),
        wrong_answer=sum(bool(row.wrong_answer) for row in rows),
        with_unknown=sum(bool(row.unknown) for row in rows),
        over_time=sum(row.over_time for row in rows),
        strays=sum(row.strays for row in rows),
        trouble=sum(bool(row.trouble) for row in rows),
        longest_s=seconds[-1],
        median_s=seconds[len(seconds) // 2],
    )


def groups(rows: Sequence[Row]) -> dict[str, list[Row]]:
    """Rows by kind of round: faults alone, pairs, healthy variants."""
    healthy = {case.name for case in cases() if case.level == "healthy"}
    kinds: dict[str, list[Row]] = {"faults": [], "pairs": [], "healthy": []}
    for row in rows:
        kind = "pairs" if len(row.names) > 1 else "healthy" if row.names[0] in healthy else "faults"
        kinds[kind].append(row)
    return {kind: some for kind, some in kinds.items() if some}


def figures(rows: Sequence[Row]) -> list[Figure]:
    """What these rows show of all that has to be shown."""
    kinds = groups(rows)
    faults, pairs, healthy = (kinds.get(kind, []) for kind in ("faults", "pairs", "healthy"))
    found = [
        _share("a single fault: right cause and owner on top", 0.95, [row.right for row in faults]),
        _share("a pair: both faults named", 0.80, [row.named == len(row.names) for row in pairs]),
        _none("a healthy set-up: anything red", [row for row in healthy if row.false_red or not row.right])
        if healthy
        else None,
        _none("ready or not, answered wrongly", [row for row in rows if row.misleads]),
        _none("a party that is healthy blamed with confidence", [row for row in rows if row.wrong_blame]),
        _none("PASS or FAIL that is not so", [row for row in rows if row.false_red or row.false_green]),
        _longest(rows),
        *(_steady(some) for some in repeated(rows).values()),
        _none("packets towards anybody outside the lab", [row for row in rows if row.strays]),
        _none("rounds that came to nothing", [row for row in rows if row.trouble]),
    ]
    return [figure for figure in found if figure is not None]


def _share(what: str, wanted: float, told: Sequence[bool]) -> Figure | None:
    if not told:
        return None
    share = sum(told) / len(told)
    seen = f"{sum(told)} of {len(told)} ({share:.1%})"
    return Figure(what=what, wanted=f"at least {wanted:.0%}", seen=seen, met=share >= wanted)


def _none(what: str, found: Sequence[Row]) -> Figure:
    names = ", ".join(" + ".join(row.names) for row in found)
    return Figure(
        what=what, wanted="0", seen=f"{len(found)}" + (f" ({names})" if names else ""), met=not found
    )


def _longest(rows: Sequence[Row]) -> Figure | None:
    if not rows:
        return None
    longest = max(rows, key=lambda row: row.seconds)
    seen = f"{longest.seconds:g} s ({' + '.join(longest.names)})"
    met = not any(row.over_time for row in rows)
    return Figure(
        what="the longest run", wanted="within the profile's limit and 5 s to start", seen=seen, met=met
    )


def repeated(rows: Sequence[Row]) -> dict[tuple[str, ...], list[Row]]:
    """The rows of every situation that was run three times or more."""
    by_names: dict[tuple[str, ...], list[Row]] = {}
    for row in rows:
        by_names.setdefault(row.names, []).append(row)
    return {names: some for names, some in by_names.items() if len(some) >= 3}


def _steady(rows: Sequence[Row]) -> Figure:
    """The same verdict each time, and no score farther than 2 from the middle one."""
    scores = sorted(-1 if row.score is None else row.score for row in rows)
    middle = scores[len(scores) // 2]
    verdicts = sorted({row.verdict for row in rows})
    met = len(verdicts) == 1 and scores[-1] - middle <= STEADY_POINTS and middle - scores[0] <= STEADY_POINTS
    seen = f"{', '.join(verdicts)}; {scores[0]} to {scores[-1]}"
    what = f"{' + '.join(rows[0].names)}, {len(rows)} times"
    return Figure(what=what, wanted=f"one verdict, score within {STEADY_POINTS}", seen=seen, met=met)


def plain(row: Row) -> str:
    """One round in one line: what was told, and what is not true of it."""
    name = " + ".join(row.names) + (f" #{row.run}" if row.run else "")
    told = f"{row.cause_on_top}, {row.owner_on_top}" if row.cause_on_top else "no cause"
    wrong = "; ".join(_wrong(row))
    mark = "right" if row.right and row.truthful else "WRONG"
    return f"{mark}  {name}: {told}; {row.verdict}, {row.seconds:g} s" + (f"; {wrong}" if wrong else "")


def markdown(rows: Sequence[Row]) -> str:
    """The figures, sums, the confusion table of owners, and a line for each run, what is not right first."""
    tables = (_figures_table, _sums_table, _owners_table, _rows_table)
    return "# Truth table\n" + "".join("\n" + "\n".join(lines(rows)) + "\n" for lines in tables)


def _figures_table(rows: Sequence[Row]) -> Iterator[str]:
    yield "| | wanted | seen | met |"
    yield "|---|---|---|---|"
    for figure in figures(rows):
        yield f"| {figure.what} | {figure.wanted} | {figure.seen} | {'yes' if figure.met else 'NO'} |"


def _sums_table(rows: Sequence[Row]) -> Iterator[str]:
    columns = {kind: sums(some) for kind, some in groups(rows).items()}
    yield f"| | {' | '.join(columns)} |"
    yield f"|---|{'---|' * len(columns)}"
    for field in Sums.__struct_fields__:
        yield f"| {field.replace('_', ' ')} | {' | '.join(f'{getattr(each, field):g}' for each in columns.values())} |"


def _owners_table(rows: Sequence[Row]) -> Iterator[str]:
    """Whose it was in truth against whose it was said to be, single faults."""
    truth = {case.name: " or ".join(case.either) or str(case.whose) for case in cases()}
    single = groups(rows).get("faults", [])
    seen = Counter((truth[row.names[0]], row.owner_on_top or "nobody") for row in single)
    said = sorted({owner for _, owner in seen})
    yield "Whose it was (rows) and whose it was said to be (columns), single faults."
    yield ""
    yield f"| | {' | '.join(said)} |"
    yield f"|---|{'---|' * len(said)}"
    for owner in sorted({owner for owner, _ in seen}):
        yield f"| {owner} | {' | '.join(str(seen[owner, each] or '') for each in said)} |"


def _rows_table(rows: Sequence[Row]) -> Iterator[str]:
    yield "| situation | cause on top | owner | right | what is not | unknown | verdict | score | s |"
    yield "|---|---|---|---|---|---|---|---|---|"
    for row in sorted(rows, key=lambda row: (row.right and row.truthful, row.names, row.run)):
        right = "yes" if row.right else "no"
        name = " + ".join(row.names) + (f" #{row.run}" if row.run else "")
        wrong = "; ".join(_wrong(row))
        score = "" if row.score is None else str(row.score)
        cells = (
            name,
            row.cause_on_top,
            row.owner_on_top,
            right,
            wrong,
            ", ".join(row.unknown),
            row.verdict,
            score,
            f"{row.seconds:g}",
        )
        yield f"| {' | '.join(cell.replace('|', '/').replace(chr(10), ' ') for cell in cells)} |"


def _wrong(row: Row) -> Iterator[str]:
    lists = {
        "wrong blame": row.wrong_blame,
        "false red": row.false_red,
        "false green": row.false_green,
        "false amber": row.false_amber,
        "not on hold": row.not_held,
        "standing": row.standings,
    }
    for title, items in lists.items():
        if items:
            yield f"{title}: {', '.join(items)}"
    if row.wrong_answer:
        yield f"answer: {row.wrong_answer}"
    if row.over_time:
        yield "over its time"
    if row.strays:
        yield f"{row.strays} packets to elsewhere"
    if row.trouble:
        yield row.trouble
