"""Finds what reads foreign bytes or text in the source, so that no parser is forgotten: by what it takes and what it calls.

A function counts as a reader where it makes something else of bytes, where it turns outside form into values by one of the
CALLS, or where it takes text in one of the ROOMS, whose business that is. Coroutines converse, and hand what they hear to these.
What a target plays is seen by watching the calls while its seeds are played, not by a list that somebody keeps.
"""

import ast
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import FrameType
from typing import Any, Final

from tests.fuzz.target import Target

ROOT: Final = Path(__file__).parents[2]
SOURCES: Final = (ROOT / "readycheck", ROOT / "checks" / "readycheck_checks")
LEFT_OUT: Final = (
    "readycheck/office/",
    "readycheck/testing/",
    "readycheck/tui/",
)  # servers and faces of our own
CALLS: Final = frozenset(
    {
        *("json.loads", "msgspec.json.decode", "msgspec.convert", "tomllib.loads", "ElementTree.fromstring"),
        *(
            "struct.unpack",
            "unpack",
            "unpack_from",
            "int.from_bytes",
            "from_wire",
            "literal_eval",
            "csv.reader",
        ),
        *(
            "fromhex",
            "b64decode",
            "fromisoformat",
            "strptime",
            "parsedate_to_datetime",
            "cert_time_to_seconds",
        ),
        *("urlsplit", "urlparse", "inet_ntop", "phonenumbers.parse", "load_der_x509_certificate", "ZoneInfo"),
        *("OpeningHours", "isdigit", "isdecimal"),
    }
)
ROOMS: Final = (
    *(
        "readycheck/adapters/drives.py",
        "readycheck/adapters/system_",
        "readycheck/hours.py",
        "readycheck/sizes.py",
    ),
    *(
        "readycheck/text.py",
        "readycheck/profile/toml_",
        "readycheck/redact/spotting.py",
        "readycheck/storage/settings.py",
    ),
    *("checks/readycheck_checks/asking/endpoints.py", "checks/readycheck_checks/asking/proxies.py"),
    *("checks/readycheck_checks/vpn/ovpn_file.py", "checks/readycheck_checks/vpn/wireguard_"),
    *("checks/readycheck_checks/shares/ssh.py", "checks/readycheck_checks/shares/target.py"),
    *("checks/readycheck_checks/phone/sip.py", "checks/readycheck_checks/mail/imap_lines.py"),
)
_BYTES: Final = ("bytes", "bytearray", "memoryview")

Place = tuple[str, int]


@dataclass(frozen=True, kw_only=True)
class Reader:
    """``where``: "readycheck/hours.py:opening"; ``place``: file and first line, as a code object has them; ``why`` it counts."""

    where: str
    place: Place
    why: str


def readers() -> Iterator[Reader]:
    """All readers of the source, in the order of files and lines."""
    for folder in SOURCES:
        for path in sorted(folder.rglob("*.py")):
            file = path.relative_to(ROOT).as_posix()
            if not file.startswith(LEFT_OUT):
                yield from _in_body(ast.parse(path.read_text(encoding="utf-8")).body, file, str(path), "")


def _in_body(body: Sequence[ast.stmt], file: str, path: str, inside: str) -> Iterator[Reader]:
    """Functions and methods; those within functions belong to these. Of a Protocol nothing is ever called."""
    for part in body:
        if isinstance(part, ast.ClassDef) and not any("Protocol" in ast.unparse(base) for base in part.bases):
            yield from _in_body(part.body, file, path, f"{inside}{part.name}.")
        elif isinstance(part, ast.FunctionDef | ast.AsyncFunctionDef) and (why := _why(part, file)):
            first = min((each.lineno for each in part.decorator_list), default=part.lineno)
            yield Reader(where=f"{file}:{inside}{part.name}", place=(path, first), why=why)


def _why(function: ast.FunctionDef | ast.AsyncFunctionDef, file: str) -> str:
    """Why it counts as a reader; "" where it does not."""
    arguments = (*function.args.posonlyargs, *function.args.args, *function.args.kwonlyargs)
    kinds = [ast.unparse(each.annotation) for each in arguments if each.annotation is not None]
    makes = ast.unparse(function.returns) if function.returns is not None else ""
    converses = isinstance(function, ast.AsyncFunctionDef)
    if makes not in ("bytes", "None") and not converses and any(kind.startswith(_BYTES) for kind in kinds):
        return f"makes {makes} of bytes"
    called = {_name(node.func) for node in ast.walk(function) if isinstance(node, ast.Call)}
    if found := sorted(name for name in called if name in CALLS or name.rpartition(".")[2] in CALLS):
        return f"calls {found[0]}"
    return "takes text" if "str" in kinds and file.startswith(ROOMS) else ""


def _name(called: ast.expr) -> str:
    """As "json.loads", or ".loads" where more stands before it; empty where no name is called."""
    match called:
        case ast.Name(id=name):
            return name
        case ast.Attribute(value=value, attr=attribute):
            return f"{_name(value)}.{attribute}"
    return ""


def played(targets: Sequence[Target]) -> set[Place]:
    """File and first line of every function that is called while the seeds of these targets are played."""
    found: set[Place] = set()

    def watch(frame: FrameType, event: str, argument: Any) -> None:
        found.add((frame.f_code.co_filename, frame.f_code.co_firstlineno))

    before = sys.getprofile()
    sys.setprofile(watch)
    try:
        for target in targets:
            _play(target)
    finally:
        sys.setprofile(before)
    return found


def _play(target: Target) -> None:
    for seed in target.seeds:
        try:
            target.play(seed)
        except target.raises:
            continue
