"""What was seen of a share, stage by stage: values that both protocols fill and the verdict reads. Judges nothing."""

from dataclasses import dataclass, field
from enum import StrEnum
from typing import Final

from readycheck.api import NetError
from readycheck_checks.asking.replies import Reply, reply_of
from readycheck_checks.blame.trouble import Looked
from readycheck_checks.shares.trial_files import TrialFiles


class Stage(StrEnum):
    """The way to a file, in order."""

    NAME = "name"
    PORT = "port"
    SERVER = "server"
    SIGN_IN = "sign-in"
    LIST = "list"
    READ = "read"
    RATE = "rate"
    WRITE = "write"
    RATE_UP = "rate of saving"


class What(StrEnum):
    """What stood in the way. SILENT, REFUSED, CLOSED, GARBLED: as a conversation; the others: as the server said."""

    NAME_UNKNOWN = "name unknown"
    NAME_TROUBLE = "name not looked up"
    NO_ROUTE = "no route"
    PROXY = "not passed on by the proxy"
    REFUSED = "refused"
    SILENT = "silent"
    CLOSED = "closed"
    GARBLED = "garbled"
    CERTIFICATE = "certificate"
    NO_PASSWORD = "no password given"
    PASSWORD = "password not accepted"
    KEY = "key not accepted"
    EXPIRED = "password expired"
    LOCKED = "account locked"
    DISABLED = "account disabled"
    HOURS = "not at this hour"
    WORKSTATION = "not from this computer"
    BLOCKED = "account not let in"
    CLOCK = "clocks differ"
    ELSEWHERE = "sign-in on a web page"
    OTHER_SIGN_IN = "another way to sign in"
    NO_CIPHER = "no encryption in common"
    GUEST = "let in as a guest only"
    UNFINISHED = "not finished in time"
    DENIED = "no right to it"
    MISSING = "not there"
    FULL = "no space left"
    DFS = "leads on to a server that does not answer"
    BUSY = "server has no place left"
    IN_USE = "in use by somebody"
    DOMAIN = "server cannot ask who signs in"
    TROUBLE = "server in trouble"
    MAINTENANCE = "closed for maintenance"
    OLD_PROTOCOL = "only an old, unsafe protocol"
    KEY_UNKNOWN = "host key not known"
    KEY_CHANGED = "another host key"
    KEY_REVOKED = "a revoked host key"
    NOT_OFFERED = "not offered in this way"
    NEARBY = "reached in this network, past the VPN"
    LEFT_BEHIND = "test file not removed"


_CAME_TO_NOTHING: Final = {
    Reply.REFUSED: What.REFUSED,
    Reply.CLOSED: What.CLOSED,
    Reply.GARBLED: What.GARBLED,
    Reply.NO_ROUTE: What.NO_ROUTE,
    Reply.NOT_ALLOWED: What.NO_ROUTE,
    Reply.NAME_UNKNOWN: What.NAME_UNKNOWN,
    Reply.NAME_TROUBLE: What.NAME_TROUBLE,
}


def what_of(trouble: NetError) -> What:
    """What a conversation that did not come about means for a share."""
    return _CAME_TO_NOTHING.get(reply_of(trouble), What.SILENT)


@dataclass(frozen=True, kw_only=True)
class Trouble:
    """What stood in the way at which stage; ``reason`` of a certificate as in errors.TlsFailed, ``detail`` as evidence;
    ``vouched``: at the moment of a silence something else answered, so that the silence counts; ``looked``: whose it is, where
    it was looked into."""

    stage: Stage
    what: What
    detail: str = ""
    reason: str = ""
    issuer: str = ""
    vouched: bool = False
    looked: Looked | None = None

    def __str__(self) -> str:
        return f"{self.stage}: {self.what}" + (f" ({self.detail})" if self.detail else "")


class Stop(Exception):
    """The visit ends here: nothing behind this trouble can be tried."""

    def __init__(self, trouble: Trouble) -> None:
        super().__init__(str(trouble))
        self.trouble = trouble


@dataclass(frozen=True, kw_only=True)
class Rate:
    """Goodput of a timed read. ``at_most``: the read did not end in its time, so that the true rate is lower still."""

    rate_bps: float
    bytes: int
    seconds: float
    at_most: bool = False


@dataclass
class Seen:
    """A visit in progress: stages that worked, what stood in the way, what was measured; ``facts`` are (name, title, value)."""

    done: list[Stage] = field(default_factory=list)
    troubles: list[Trouble] = field(default_factory=list)
    rate: Rate | None = None
    rate_up: Rate | None = None
    facts: list[tuple[str, str, str]] = field(default_factory=list)

    @property
    def evidence(self) -> str:
        worked = ", ".join(self.done) or "nothing"
        return "; ".join([f"worked: {worked}", *map(str, self.troubles)])


@dataclass(frozen=True, kw_only=True)
class Wants:
    """What to try once signed in: ``read_file`` relative to the share; ``rate_bytes``, ``up_bytes`` 0 = do not measure;
    ``trials``: the names of the files that are saved and removed again, None where nothing is to be saved."""

    read_file: str = ""
    rate_bytes: int = 0
    up_bytes: int = 0
    trials: TrialFiles | None = None

    @property
    def write(self) -> bool:
        return self.trials is not None


@dataclass(frozen=True, kw_only=True, repr=False)
class Credentials:
    """Whom to sign in as; both empty: nobody (WebDAV), or the person signed in to this computer (SMB). ``key_file``: a
    private key of theirs (SFTP), which ``password`` opens if it is locked."""

    user: str = ""
    password: str = ""
    key_file: str = ""
