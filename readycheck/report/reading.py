"""Reads saved reports, which may be cut off, mistaken or hostile: a Report that is safe to show, or one sentence.

Trusts nothing of a file before its size, its nesting, its format and its values were looked at, in this order.
"""

import re
import sys
import zlib
from pathlib import Path
from typing import Any, Final

import msgspec

from readycheck.errors import ReportError
from readycheck.model import SCHEMA_VERSION, Report
from readycheck.privacy import Privacy
from readycheck.redact.fields import Leaf, rebuild
from readycheck.report.consistency import contradiction, expected_at
from readycheck.storage.regular_file import read_regular_file
from readycheck.text import clean

MOST_BYTES: Final = 8 * 1024 * 1024
MOST_DEPTH: Final = 64
LONGEST_LINE: Final = 2000
LONGEST_TEXT: Final = 4000
BIGGEST_NUMBER: Final = 2**53  # beyond it, other readers of JSON lose digits (RFC 8259 section 6)
STDIN: Final = "-"
REPORTS: Final = "urn:readycheck:report:"
TICKETS: Final = "urn:readycheck:ticket:"
_MIB: Final = MOST_BYTES // 2**20
_GZIP: Final = b"\x1f\x8b"
_NO_BRACKETS: Final = re.compile(rb'"[^"\\]*+(?:\\.[^"\\]*+)*+"?|[^"\[\]{}]++', re.DOTALL)
_PATH: Final = re.compile(r"^(?P<what>.*?)(?: - at `(?P<path>[^`]*)`)?$", re.DOTALL)


class _Head(msgspec.Struct):
    """The fields that say what this is, and whether the rest can be understood."""

    schema: str = ""
    schema_version: str = ""


class _TicketFile(msgspec.Struct):
    """What is read of a ticket that was saved as JSON: the report inside it."""

    report: msgspec.Raw


def read_report(path: Path | str) -> Report:
    """Read a report from a file (plain or .gz), or from standard input for ``-``. Raises ReportError, nothing else."""
    name = "standard input" if str(path) == STDIN else clean(path, 200)
    try:
        data = _bytes_of(path)
    except (OSError, ValueError) as error:
        told = error.strerror if isinstance(error, OSError) and error.strerror else "this is no file name"
        raise ReportError(
            f"{name} cannot be read: {clean(told)}. Give the path of a report that was saved with "
            "readycheck run --format json --output FILE, or - for standard input."
        ) from None
    return parse_report(data, name)


def _bytes_of(path: Path | str) -> bytes:
    """One byte more than a report may have, so that a longer one is seen as such."""
    if str(path) == STDIN:
        return sys.stdin.buffer.read(MOST_BYTES + 1)
    return read_regular_file(Path(path), MOST_BYTES + 1)


def parse_report(data: bytes, name: str) -> Report:
    """A report from its bytes, or the one inside a JSON ticket; ``name`` says in messages where from. Raises ReportError."""
    if len(data) > MOST_BYTES:
        raise _too_big(name)
    text = _as_utf8(_unpacked(data, name), name)
    _refuse_deep(text, name)
    text = _report_inside(text, name)
    _refuse_other_versions(text, name)
    report = _decoded(text, name)
    wrong = contradiction(report)
    if wrong is not None:
        raise _unusable(name, *wrong)
    return rebuild(report, lambda leaf: _safe(leaf, name))


def _too_big(name: str) -> ReportError:
    return ReportError(
        f"{name} is bigger than {_MIB} MiB, and no report is. Check that this is the file you meant."
    )


def _unpacked(data: bytes, name: str) -> bytes:
    """Bytes of a gzip file, never more than MOST_BYTES of them: a small file may unpack to gigabytes."""
    if not data.startswith(_GZIP):
        return data
    unpacker = zlib.decompressobj(wbits=16 + zlib.MAX_WBITS)
    try:
        plain = unpacker.decompress(data, MOST_BYTES + 1)
    except zlib.error:
        raise _broken_gzip(name) from None
    if len(plain) > MOST_BYTES:
        raise _too_big(name)
    if not unpacker.eof:
        raise _broken_gzip(name)
    return plain


def _broken_gzip(name: str) -> ReportError:
    return ReportError(
        f"{name} begins like a gzip file and cannot be unpacked to its end. Fetch or save it again."
    )


def _as_utf8(data: bytes, name: str) -> bytes:
    """UTF-8 without a mark at its beginning; PowerShell 5 saves what is piped into a file as UTF-16."""
    encoding = "utf-16" if data.startswith((b"\xff\xfe", b"\xfe\xff")) else "utf-8-sig"
    try:
        return data.decode(encoding).encode()
    except UnicodeError:
        raise ReportError(
            f"{name} is not text in UTF-8, as a report is. Check that this is the file you meant."
        ) from None


def _refuse_deep(text: bytes, name: str) -> None:
    """Decoders recurse: thousands of nested brackets end the process on a small stack (measured with msgspec 0.22)."""
    depth = 0
    for bracket in _NO_BRACKETS.sub(b"", text):
        depth += 1 if bracket in b"[{" else -1
        if depth > MOST_DEPTH:
            raise ReportError(
                f"{name} nests brackets more than {MOST_DEPTH} deep; a report nests 6 deep. "
                "Check that this is the file you meant."
            )


def _report_inside(text: bytes, name: str) -> bytes:
    if not _head(text, name).schema.startswith(TICKETS):
        return text
    try:
        return bytes(msgspec.json.decode(text, type=_TicketFile).report)
    except msgspec.DecodeError as error:
        raise _not_json(name, error) from None


def _head(text: bytes, name: str) -> _Head:
    try:
        return msgspec.json.decode(text, type=_Head)
    except msgspec.DecodeError as error:
        raise _not_json(name, error) from None


def _refuse_other_versions(text: bytes, name: str) -> None:
    ours = SCHEMA_VERSION.partition(".")[0]
    head = _head(text, name)
    version = head.schema_version
    if not version or not (head.schema or REPORTS).startswith(REPORTS):
        lacks = "its schema is another one" if version else "it has no schema_version"
        raise ReportError(
            f"{name} is not a readycheck report: {lacks}. Give a file that was saved with "
            "readycheck run --format json --output FILE."
        )
    if version.partition(".")[0] != ours:
        raise ReportError(
            f"{name} has report format {clean(version, 20)}, and this readycheck reads {ours}.x. "
            "Update readycheck, or open the report where it was written."
        )


def _not_json(name: str, error: msgspec.DecodeError) -> ReportError:
    if isinstance(error, msgspec.ValidationError):
        return _unusable(name, *_what_and_where(str(error)))
    return ReportError(
        f"{name} is not a complete JSON file: {clean(error, 200)}. It may have been cut off; "
        "fetch it again, or save it again with --format json."
    )


def _decoded(text: bytes, name: str) -> Report:
    try:
        return msgspec.json.decode(text, type=Report)
    except msgspec.DecodeError as error:
        raise _not_json(name, error) from None


def _what_and_where(told: str) -> tuple[str, str]:
    match = _PATH.match(told)
    what, path = (match["what"], match["path"] or "$") if match else (told, "$")
    expected = expected_at(path)
    return (f"{what}; expected {expected}" if expected else what), path


def _unusable(name: str, what: str, path: str) -> ReportError:
    place = "at the top" if path == "$" else f"at {clean(path, 120)}"
    return ReportError(
        f"{name} is not a report that can be used: {place}: {clean(what, 300)}. "
        "It was changed or cut off after it was written; ask for it again."
    )


def _safe(leaf: Leaf, name: str) -> Any:
    """Text that steers no terminal, numbers that every reader can hold."""
    if isinstance(leaf.value, str):
        many = leaf.privacy in (Privacy.TEXT, Privacy.NOTE)
        return clean(leaf.value, LONGEST_TEXT if many else LONGEST_LINE, lines=many)
    if isinstance(leaf.value, int | float) and abs(leaf.value) > BIGGEST_NUMBER:
        raise _unusable(name, f"a number beyond {BIGGEST_NUMBER}", leaf.path)
    return leaf.value
