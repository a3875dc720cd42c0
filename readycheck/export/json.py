"""The report as JSON: the one format that loses nothing and can be opened again."""

import msgspec

from readycheck.model import Report


def render(report: Report) -> bytes:
    """UTF-8, two spaces of indent, a newline at the end; fields in the order of the model, dictionary keys sorted."""
    compact = msgspec.json.encode(report, order="deterministic")
    return msgspec.json.format(compact, indent=2) + b"\n"
