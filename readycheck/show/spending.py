"""What a run may use, whom it talks to and what it used, in words: the same in every face. Pure, as readycheck.show.wording."""

from collections.abc import Sequence

from readycheck.model import Report
from readycheck.show.state import Row
from readycheck.show.wording import plural
from readycheck.sizes import readable_size


def hosts_text(hosts: Sequence[str], most: int) -> str:
    """Whom a run talks to, about ``most`` of them by name: "It talks to a.example, b.example and 12 others."; empty: nobody."""
    if not hosts:
        return ""
    shown = hosts[:most] if len(hosts) > most + 1 else hosts
    others = len(hosts) - len(shown)
    named = [*shown, plural(others, "1 other", "{} others")] if others else [*shown]
    between = "; " if any("," in host for host in shown) else ", "
    ahead, last = between.join(named[:-1]), named[-1]
    return f"It talks to {ahead} and {last}." if ahead else f"It talks to {last}."


def allowance_text(row: Row) -> str:
    """What one check may use, before it has a result; empty where that is not known."""
    if row.max_bytes is None or row.max_seconds is None:
        return ""
    if not row.max_bytes:
        return "Sends nothing"
    return f"May use {readable_size(row.max_bytes)} and {row.max_seconds:g} seconds"


def used_text(report: Report) -> str:
    """How much data the run used, and what it was allowed before where the report tells."""
    allowed = (
        f", of at most {readable_size(report.bytes_stated)} stated before" if report.bytes_stated else ""
    )
    return f"Data used: {readable_size(report.bytes_used)}{allowed}."
