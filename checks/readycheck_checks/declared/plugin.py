"""What a monitoring plug-in says: its line, its long text, its performance data; and the verdict of its exit code. Pure.

Nagios Core 4, "Plugin API" (read 2026-11-22): the first line is text, then "|" and performance data; further lines are long text,
and from the first "|" in them on everything is performance data again.
"""

from dataclasses import dataclass
from typing import Final

from readycheck.api import Confidence, Finding, clean, clean_bytes, failed, passed, unknown, warned
from readycheck_checks.declared.options import Told
from readycheck_checks.declared.perfdata import Value, values
from readycheck_checks.declared.telling import told, usual_remedy

CODE: Final = "declared.command"
MOST_BYTES: Final = 65_536
LONG_TEXT: Final = 2_000


@dataclass(frozen=True, kw_only=True)
class Output:
    """``text``: the first line; ``long``: the further ones; both without performance data."""

    text: str
    long: str = ""
    values: tuple[Value, ...] = ()


def output(stdout: bytes) -> Output:
    """Whatever came is read."""
    lines = (
        stdout[:MOST_BYTES].decode("utf-8", errors="replace").replace("\r\n", "\n").strip("\n").split("\n")
    )
    text, _, data = lines[0].partition("|")
    long, _, more = "\n".join(lines[1:]).partition("|")
    return Output(
        text=clean(text.strip(), 300),
        long=clean(long.strip(), LONG_TEXT, lines=True),
        values=values(f"{data}\n{more}".replace("|", "\n")),
    )


def judge_plugin(options: Told, code: int, said: Output, stderr: bytes) -> Finding:
    """By the exit code. Whose it is a program does not prove: it is told as the profile says, or of nobody."""
    line = said.text or clean_bytes(stderr.strip(), 300) or "it says nothing"
    detail = " ".join(said.long.split()) or clean_bytes(stderr.strip(), 300)
    match code:
        case 0:
            return passed(CODE, f"{options.title}: {line}", detail=detail)
        case 1:
            return warned(
                f"{CODE}_warning",
                f"{options.title} works, and warns: {line}",
                remedy=options.remedy or usual_remedy(options),
                owner=options.far,
                detail=detail,
            )
        case 2:
            critical = failed(
                f"{CODE}_critical",
                f"{options.does_not}: {line}",
                remedy=options.remedy or usual_remedy(options),
                owner=options.far,
                confidence=Confidence.MEDIUM,
                detail=detail,
            )
            return told(critical, options)
        case 3:
            return _open(options, "_unknown", f"its program cannot tell: {line}", detail)
    how = f"its program ended with code {code}" if code >= 0 else f"its program was ended by signal {-code}"
    return _open(options, "_odd", f"{how}: {line}", detail)


def judge_no_end(options: Told, seconds: float) -> Finding:
    return _open(options, "_timeout", f"its program did not end within {seconds:g} s")


def judge_no_start(options: Told, why: str) -> Finding:
    return _open(options, "_not_started", f"its program could not be started: {why}")


def judge_no_secret(options: Told, name: str) -> Finding:
    return _open(options, "_secret", f"the secret {name} is not kept on this computer")


def _open(options: Told, code: str, why: str, detail: str = "") -> Finding:
    return unknown(
        f"{CODE}{code}",
        f"Whether {options.title} works could not be told: {why}",
        remedy=f"Show this to IT support: the check of {options.title} needs a look",
        detail=detail,
    )
