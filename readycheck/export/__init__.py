"""The formats in which a report leaves, found by name. Redacts nothing and decides no exit code: both come before and after."""

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Final

from readycheck.errors import UsageError
from readycheck.export import json, junit, markdown, ndjson, text
from readycheck.model import Report

FORMATS: Final[Mapping[str, Callable[[Report], bytes]]] = MappingProxyType(
    {
        "text": text.render,
        "json": json.render,
        "ndjson": ndjson.render,
        "markdown": markdown.render,
        "junit": junit.render,
    }
)


def render(report: Report, format: str) -> bytes:
    """The report as bytes of one of FORMATS, with a newline at the end. Raises UsageError for any other name."""
    if format not in FORMATS:
        raise UsageError(f'There is no report format "{format}". Use one of: {", ".join(FORMATS)}.')
    return FORMATS[format](report)
