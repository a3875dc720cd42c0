"""What redaction makes of texts, for its tests."""

from typing import Any

from readycheck.model import Report
from readycheck.redact import Redactor
from readycheck.redact.fields import leaves
from tests.unit.sample_reports import report


def texts(value: Any) -> list[str]:
    return [leaf.value for leaf in leaves(value) if isinstance(leaf.value, str)]


def detail(text: str, base: Report | None = None) -> str:
    """What becomes of one free text in the sample report."""
    return Redactor(base or report()).text(text)
