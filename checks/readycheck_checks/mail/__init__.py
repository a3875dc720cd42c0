"""Mailboxes: finding the servers of a domain, talking to them as a mail program does, and the verdict."""
