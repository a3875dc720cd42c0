"""How the beginning of a session with a mail server went, whatever its protocol: values that verdicts are made of."""

from dataclasses import dataclass
from typing import Final, Literal

from readycheck.api import NetError, TlsAnswer

Step = Literal["connect", "tls", "greeting", "capability", "starttls", "done"]
IN_WORDS: Final = {
    "greeting": "its greeting",
    "capability": "its answer to what it can do",
    "starttls": "its answer to STARTTLS",
}


@dataclass(frozen=True, kw_only=True)
class Session:
    """``step`` did not work ("done": all did): ``error`` is why, or ``refusal`` what a server said that speaks the protocol.

    ``offers``: its capabilities before TLS, ``offers_inside`` under TLS; ``certificate`` once TLS stands.
    """

    step: Step
    error: NetError | None = None
    refusal: str = ""
    greeting: str = ""
    offers: tuple[str, ...] = ()
    offers_inside: tuple[str, ...] = ()
    certificate: TlsAnswer | None = None

    def __str__(self) -> str:
        shown = self.certificate
        told = [
            self.greeting,
            f"before TLS: {' '.join(self.offers)}" if self.offers else "",
            f"under TLS: {' '.join(self.offers_inside)}" if self.offers_inside else "",
            f"{shown.version}, certificate by {shown.issuer}" if shown else "",
            self.refusal,
        ]
        return "; ".join(filter(None, told))
