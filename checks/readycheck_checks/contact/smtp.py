"""The talk with a mail submission server (RFC 6409) up to a safe connection. Signs in nowhere and sends no mail."""

from dataclasses import dataclass
from typing import Final, Literal

from readycheck.api import NetError, Stream, TlsAnswer, TlsFailed, clean_bytes

GREETING_WAIT_S: Final = 5.0
REPLY_WAIT_S: Final = 4.0
MOST_LINES: Final = 64
OUR_NAME: Final = "[127.0.0.1]"  # an address literal (RFC 5321, 4.1.3): the name of this computer stays here

Step = Literal["connect", "greeting", "ehlo", "starttls", "tls", "done"]


@dataclass(frozen=True)
class Reply:
    """One reply (RFC 5321, 4.2): its code, 0 where it is none, and its cleaned lines."""

    code: int
    lines: tuple[str, ...]

    def __str__(self) -> str:
        return f"{self.code} {' / '.join(self.lines)}"


@dataclass(frozen=True, kw_only=True)
class Talk:
    """How far the talk came: ``step`` did not work ("done": all did), and ``reply`` or ``error`` says how it ended."""

    step: Step
    reply: Reply | None = None
    error: NetError | None = None
    banner: str = ""
    offers: tuple[str, ...] = ()
    certificate: TlsAnswer | None = None


async def talk(stream: Stream, host: str, *, greet_only: bool) -> Talk:
    """Greeting, EHLO and, unless ``greet_only`` (TLS stands already) or where it is not offered, STARTTLS; then QUIT."""
    banner = ""
    offers: tuple[str, ...] = ()
    step: Step = "greeting"
    try:
        greeting = await _reply(stream, GREETING_WAIT_S)
        if greeting.code != 220:
            return Talk(step=step, reply=greeting)
        banner, step = str(greeting), "ehlo"
        hello = await _ask(stream, f"EHLO {OUR_NAME}")
        if hello.code != 250:
            return Talk(step=step, reply=hello, banner=banner)
        offers = hello.lines[1:]
        certificate = None
        if not greet_only and offers_starttls(offers):
            step = "starttls"
            ready = await _ask(stream, "STARTTLS")
            if ready.code != 220:
                return Talk(step=step, reply=ready, banner=banner, offers=offers)
            step = "tls"
            certificate = await stream.start_tls(host)
        await stream.write(b"QUIT\r\n")
    except TlsFailed as error:
        return Talk(step="tls", error=error, banner=banner, offers=offers)
    except NetError as error:
        return Talk(step=step, error=error, banner=banner, offers=offers)
    return Talk(step="done", banner=banner, offers=offers, certificate=certificate)


def offers_starttls(offers: tuple[str, ...]) -> bool:
    return any(line.upper().split(" ")[0] == "STARTTLS" for line in offers)


async def _ask(stream: Stream, command: str) -> Reply:
    await stream.write(command.encode("ascii") + b"\r\n")
    return await _reply(stream, REPLY_WAIT_S)


async def _reply(stream: Stream, timeout_s: float) -> Reply:
    """All lines of one reply; what is no reply at all comes back with code 0."""
    lines: list[str] = []
    for _ in range(MOST_LINES):
        line = await stream.read_line(timeout_s=timeout_s, limit=1024)
        lines.append(clean_bytes(line[4:].strip(), 200))
        if not line[:3].isdigit() or line[3:4] not in (b" ", b"-", b"\r", b"\n", b""):
            return Reply(0, (clean_bytes(line.strip(), 200),))
        if line[3:4] != b"-":
            return Reply(int(line[:3]), tuple(lines))
    return Reply(0, ("a reply without an end",))
