"""The truth table as people and programs read it: sums over rows, Markdown, JSON. Pure."""

from collections import Counter
from collections.abc import Iterator, Sequence

from msgspec import Struct

from tests.lab.catalogue import cases
from tests.lab.judge import Row


class Sums(Struct, frozen=True, kw_only=True):
    """What the rows of one kind of round add up to."""

    runs: int
    right_cause: int
    right_owner: int
    right: int
    both_named: int
    wrong_blame: int
    false_red: int
    false_green: int
    false_amber: int
    not_held: int
    other_standing: int
    with_unknown: int
    over_time: int
    strays: int
    trouble: int
    longest_s: float
    median_s: float


def sums(rows: Sequence[Row]) -> Sums:
    seconds = sorted(row.seconds for row in rows) or [0.0]
    return Sums(
        runs=len(rows),
        right_cause=sum(row.right_cause for row in rows),
        right_owner=sum(row.right_owner for row in rows),
        right=sum(row.right for row in rows),
        both_named=sum(row.named == len(row.names) for row in rows),
        wrong_blame=sum(bool(row.wrong_blame) for row in rows),
        false_red=sum(bool(row.false_red) for row in rows),
        false_green=sum(bool(row.false_green) for row in rows),
        false_amber=sum(bool(row.false_amber) for row in rows),
        not_held=sum(bool(row.not_held) for row in rows),
        other_standing=sum(bool(row.standings) for row in rows),
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


def markdown(rows: Sequence[Row]) -> str:
    """Sums, the confusion table of owners, and a line for each run, what is not right first."""
    return "\n".join([*_sums_table(rows), "", *_owners_table(rows), "", *_rows_table(rows)]) + "\n"


def _sums_table(rows: Sequence[Row]) -> Iterator[str]:
    yield "# Truth table"
    yield ""
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
        cells = (name, row.cause_on_top, row.owner_on_top, right, wrong, ", ".join(row.unknown), row.verdict, score, f"{row.seconds:g}")
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
    if row.over_time:
        yield "over its time"
    if row.strays:
        yield f"{row.strays} packets to elsewhere"
    if row.trouble:
        yield row.trouble
