"""docs/checks.md: the catalogue as a page of Markdown, made from the checks. Pure; what a package says cannot become markup."""

import re
from collections.abc import Iterator, Mapping, Sequence
from itertools import groupby
from typing import Any, Final

import msgspec

from readycheck.catalogue.rows import COSTS_OF_PROFILE, code_row, cost_words
from readycheck.diagnose.codes import CAUSES
from readycheck.model import CAPABILITY_TITLES, Capability
from readycheck.text import clean

Row = Mapping[str, Any]

_MARKUP: Final = re.compile(r"([\\`*_\[\]<>|#])")
_HEAD: Final = f"""# What is checked, and what is said

This page is made from the checks themselves: `readycheck checks --format markdown` prints it, with your own checks
beside the built-in ones. `readycheck checks --format json` gives the same to programs, and `readycheck explain CODE`
tells what one code of a report or ticket means.

**Amounts** are the most that a check may use, in both directions together, with the shipped profile `{COSTS_OF_PROFILE}`;
`readycheck run --dry-run` tells them, and the hosts by name, for your own profile.

**Options** go into the table of the check in a [profile](profile.md); `NAME` stands for a name that you choose, `[]`
for each table of a list. Every check also takes `enabled`, `title`, `weight`, `timeout`, `after` and `essential`.

**Codes** are what findings and causes of a [report](report.md) are called; they keep their meaning. Behind each stands
as what it can be said (`pass`, `warn`, `fail`, `unknown`, `skip`; more than one where a limit decides), whose it can be
(`device`: this computer, `home`: the network at home or of the hotel, `isp`: the internet provider, `company`: your
company's IT, `service`: whoever runs the service), and what the person can do. Nobody is named where nothing is wrong,
or where nobody can be.
"""
_CAUSES: Final = """## Causes that several results show together

These codes belong to no check. They stand in `causes` of a report, where what several checks found is one fault.
"""


def page(catalogue: Sequence[Row]) -> str:
    """``catalogue``: its rows, by capability."""
    parts = [_HEAD, "\n".join(_contents(catalogue)) + "\n"]
    for capability, own in groupby(catalogue, key=lambda row: row["capability"]):
        parts.append(f"## {_title(capability)}\n")
        parts += ["\n".join(_check(row)) + "\n" for row in own]
    parts += [_CAUSES, "\n".join(_codes([code_row(code) for code in CAUSES])) + "\n"]
    return "\n".join(parts)


def _title(capability: str) -> str:
    return CAPABILITY_TITLES[Capability(capability)]


def _contents(catalogue: Sequence[Row]) -> Iterator[str]:
    for capability, own in groupby(catalogue, key=lambda row: row["capability"]):
        yield f"- {_title(capability)}: " + ", ".join(
            f"[{_literal(row['id'])}](#{_bare(row['id'])})" for row in own
        )


def _check(row: Row) -> Iterator[str]:
    yield f"### {_bare(row['id'])}\n"
    asks = f": {_plain(row['does'])}" if row["does"] else ""
    yield f"**{_plain(row['title'])}**{_ended(asks)}\n"
    yield f"- Sends: {_plain(cost_words(row))}"
    yield f"- Takes: {_seconds(row)}{'; nothing else uses the line meanwhile' if row['alone'] else ''}"
    yield f"- Runs: {_when(row)}"
    if row["options"]:
        yield from ("", "| option | what it is | default | meaning |", "|---|---|---|---|")
        yield from (_option(option) for option in row["options"])
    if row["codes"]:
        yield ""
        yield from _codes(row["codes"])


def _ended(text: str) -> str:
    return text if text.endswith((".", "?", "!")) else f"{text}."


def _seconds(row: Row) -> str:
    limit = f"at most {row['timeout_seconds']:g} s"
    return limit if row["cost"] is None else f"about {row['cost']['seconds']:g} s, {limit}"


def _when(row: Row) -> str:
    if row["many"]:
        when = f"once for each table `[checks.{_bare(row['id'])}.NAME]` of the profile"
    elif row["on_demand"]:
        when = f"where the profile has a table `[checks.{_bare(row['id'])}]`"
    else:
        when = "always"
    after = ", ".join(_literal(name) for name in row["after"])
    return f"{when}, after {after}" if after else when


def _option(option: Row) -> str:
    default = "has to be given" if option["needed"] else _default(option["default"])
    cells = (_literal(option["name"]), _plain(option["kind"]), default, _plain(option["description"]))
    return f"| {' | '.join(cells)} |"


def _default(value: Any) -> str:
    if value in (None, "", (), [], {}):
        return "none"
    return _literal(msgspec.json.encode(value).decode())


def _codes(codes: Sequence[Row]) -> Iterator[str]:
    yield from ("| code | as | meaning | whose | what to do |", "|---|---|---|---|---|")
    for code in codes:
        cells = (
            _literal(code["code"]),
            ", ".join(code["status"]),
            _plain(code["meaning"]),
            ", ".join(code["owners"]),
            _plain(code["remedy"]),
        )
        yield f"| {' | '.join(cells)} |"


def _plain(text: str) -> str:
    """As it reads, on one line, without becoming markup."""
    return _MARKUP.sub(r"\\\1", clean(text, 2000))


def _literal(text: str) -> str:
    """A code span, which nothing inside can end."""
    return f"`{re.sub(r'[`|]', '', clean(text))}`"


def _bare(name: str) -> str:
    """A name that is one word wherever it stands."""
    return re.sub(r"[^A-Za-z0-9_.-]", "", name)
