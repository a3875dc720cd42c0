"""The ticket: one for a whole run, made from a report, redacted, in several formats, kept in an outbox. Sends nothing."""
