"""One transport of a gateway that was asked, and how it behaved. Values."""

from dataclasses import dataclass

from readycheck_checks.asking.replies import Reply


@dataclass(frozen=True, kw_only=True)
class Target:
    """What is asked: ``wait_s`` for each step of a conversation over TCP."""

    host: str
    protocol: str
    port: int
    wait_s: float = 4.0


@dataclass(frozen=True, kw_only=True)
class Probe:
    """One transport asked: ``rtt_ms`` one round trip, ``tls`` the reason of a refused certificate (errors.TlsFailed).

    ``instead``: what the gateway's own host proved to be in its place. ``trouble``: its own word that it cannot.
    ``unfit``: it lives, and takes nothing of what was offered. ``untold``: why it could not be told. ``notes``: what it said.
    """

    protocol: str
    port: int
    reply: Reply
    rtt_ms: float | None = None
    address: str = ""
    tls: str = ""
    issuer: str = ""
    detail: str = ""
    instead: str = ""
    trouble: str = ""
    unfit: bool = False
    untold: str = ""
    notes: tuple[str, ...] = ()

    @property
    def transport(self) -> str:
        return f"{self.protocol.upper()} {self.port}"

    def __str__(self) -> str:
        return f"{self.transport} {self.reply}" + (f": {self.detail}" if self.detail else "")
