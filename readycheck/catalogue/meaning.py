"""What a code of a report or ticket means: found among those that the checks declare and those of causes. Pure."""

from collections.abc import Iterator, Sequence
from difflib import get_close_matches
from textwrap import fill
from typing import Final, NamedTuple

from readycheck.api import Check, Code, Status
from readycheck.catalogue.rows import code_row, codes_of
from readycheck.diagnose.codes import CAUSES
from readycheck.show.wording import OWNER_WORDS
from readycheck.text import clean

WIDTH: Final = 80
STATUS_MEANS: Final = {
    Status.PASS: "it works",
    Status.WARN: "it works, and not well",
    Status.FAIL: "it does not work",
    Status.SKIP: "it does not apply",
    Status.UNKNOWN: "it could not be judged",
}
SEVERAL_CHECKS: Final = "what several checks found together"


class Meaning(NamedTuple):
    """A code and who says it: the check's title with its id, or words for a cause that several results show."""

    code: Code
    said_by: tuple[str, ...]


def meanings(name: str, checks: Sequence[Check]) -> tuple[Meaning, ...]:
    """What ``name`` can mean, each meaning once; none where nothing that is installed here says it."""
    checks_by_code: dict[Code, list[str]] = {}
    for code, said_by in _all(checks):
        if code.name == name:
            checks_by_code.setdefault(code, []).append(said_by)
    return tuple(Meaning(code, tuple(said_by)) for code, said_by in checks_by_code.items())


def _all(checks: Sequence[Check]) -> Iterator[tuple[Code, str]]:
    for check in checks:
        yield from ((code, f"{check.title} ({check.id})") for code in codes_of(check))
    yield from ((code, SEVERAL_CHECKS) for code in CAUSES)


def nobody_says(name: str, checks: Sequence[Check]) -> str:
    """A sentence about a code without a meaning, with the nearest one that has one."""
    known = sorted({code.name for code, _ in _all(checks)})
    near = get_close_matches(name, known, n=1)
    hint = f' Did you mean "{near[0]}"?' if near else " readycheck checks lists all that there are."
    return f'No check that is installed here says "{clean(name, 80)}".{hint}'


def as_text(meaning: Meaning) -> str:
    """A few lines: the code, what it means, as what and by which check it is said, whose it is, what to do."""
    code = meaning.code
    whose = " or ".join(f"{OWNER_WORDS[owner]} ({owner})" for owner in code.owners)
    lines = (
        ("Means", code_row(code)["meaning"]),
        ("Said as", ", ".join(f"{status} ({STATUS_MEANS[status]})" for status in code.status)),
        ("Said by", ", ".join(meaning.said_by)),
        ("Whose", whose or ("not clear from this alone" if _is_wrong(code) else "")),
        ("What to do", code.remedy),
    )
    told = (
        fill(f"{name}: {text}", WIDTH, initial_indent="  ", subsequent_indent="    ")
        for name, text in lines
        if text
    )
    return "\n".join([code.name, *told]) + "\n"


def _is_wrong(code: Code) -> bool:
    return bool({Status.FAIL, Status.WARN} & set(code.status))
