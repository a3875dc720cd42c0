"""How a host behaved when it was asked, as one word: the NetError family turned into values that verdicts can be tabled by."""

from enum import StrEnum

from readycheck.api import (
    Closed,
    Garbled,
    NameRefused,
    NameSilent,
    NameUnknown,
    NetError,
    NoRoute,
    NotAllowed,
    Refused,
)


class Reply(StrEnum):
    """MUTE: the TCP connection came about, and nothing followed. CLOSED: it was closed before a proper answer. NO_ROUTE: this
    computer or a router said so; NOT_ALLOWED: this computer itself let nothing out."""

    ANSWERED = "answered"
    REFUSED = "refused"
    SILENT = "was silent"
    MUTE = "connected and was silent"
    CLOSED = "closed the connection"
    GARBLED = "answered something else"
    BAD_CERTIFICATE = "showed a bad certificate"
    NAME_UNKNOWN = "has an unknown name"
    NAME_TROUBLE = "could not be looked up"
    NO_ROUTE = "cannot be reached: no route"
    NOT_ALLOWED = "cannot be reached: this computer lets nothing out to it"


def reply_of(trouble: NetError) -> Reply:
    """The word for a conversation that did not come about; SILENT for what says nothing more."""
    match trouble:
        case Refused():
            return Reply.REFUSED
        case Closed():
            return Reply.CLOSED
        case Garbled():
            return Reply.GARBLED
        case NotAllowed():
            return Reply.NOT_ALLOWED
        case NoRoute():
            return Reply.NO_ROUTE
        case NameUnknown():
            return Reply.NAME_UNKNOWN
        case NameSilent() | NameRefused():
            return Reply.NAME_TROUBLE
        case _:
            return Reply.SILENT
