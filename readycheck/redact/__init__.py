"""What may leave the machine: an allow-list walk over a report, by the privacy class of each field."""

from readycheck.redact.redactor import PERSONAL, Level, Redactor, redact

__all__ = ["PERSONAL", "Level", "Redactor", "redact"]
