"""What the declared checks and the status pages can say, each code with its meaning: one tuple for each check."""

from collections.abc import Iterable
from typing import Final

from readycheck.api import Code, Owner, Status
from readycheck_checks.blame.answering import HANGS
from readycheck_checks.blame.remedies import HOTSPOT

EITHER_LEVEL: Final = (Status.FAIL, Status.WARN)
FAR: Final = (Owner.COMPANY, Owner.SERVICE, Owner.HOME, Owner.ISP, Owner.DEVICE)
ASK: Final = "Do what the profile says for it, else ask whoever runs it"


def _works(name: str, meaning: str) -> Code:
    return Code(name, meaning, (Status.PASS,))


def _open(name: str, meaning: str, remedy: str = "") -> Code:
    return Code(name, meaning, (Status.UNKNOWN,), (), remedy)


def _fails(name: str, meaning: str, remedy: str = ASK) -> Code:
    return Code(name, meaning, EITHER_LEVEL, FAR, remedy)


def _troubles(code: str, thing: str, *, tls: bool = True) -> Iterable[Code]:
    """A conversation that does not come about, stage by stage."""
    yield _fails(f"{code}_refused", f"The machine of {thing} turns connections away", HOTSPOT)
    yield _fails(f"{code}_silent", f"{thing} does not answer, while others do", HOTSPOT)
    yield _fails(f"{code}_hangs", f"{thing} {HANGS}")
    yield _fails(f"{code}_closed", f"{thing} takes connections and closes them at once")
    yield _fails(f"{code}_blocked", f"Packets to the port of {thing} do not leave this network", HOTSPOT)
    yield _fails(f"{code}_name", f"The name of {thing} is not known here", HOTSPOT)
    yield _fails(f"{code}_garbled", f"What answers in the place of {thing} does not speak its language")
    yield _open(f"{code}_unproved", f"Nothing that would prove anything about {thing} came back")
    if tls:
        yield _fails(f"{code}_certificate", f"{thing} cannot prove who it is")
        yield _fails(f"{code}_no_tls", f"{thing} answers, and no safe connection comes about")


_WEB: Final = "the web page"
WEB: Final = (
    _works("declared.web", "The web page answers as the profile expects"),
    *_troubles("declared.web", _WEB),
    _fails("declared.web_status", "The page answers with a status that the profile does not expect"),
    _fails("declared.web_body", "The page does not hold the text that the profile expects"),
    _fails("declared.web_header", "A header of the answer is missing, or is not as the profile expects"),
    _fails(
        "declared.web_redirect", "The page leads elsewhere: to another host, without TLS, or round and round"
    ),
    _fails("declared.web_slow", "The page takes longer than the profile allows, twice", HOTSPOT),
    _fails(
        "declared.web_expires", "The certificate of the page runs out within the days that the profile names"
    ),
    _fails("declared.web_sign_in", "The page does not take what readycheck signed in with", ASK),
    _open("declared.web_unread", "The page could not be looked through: it is too long, or packed"),
    _open("declared.web_days", "Until when the certificate of the page is valid could not be seen"),
    _open("declared.web_proxy", "A proxy stands before the page and does not pass the question on"),
    _open("declared.web_secret", "What the page is signed in to with is not kept on this computer"),
)
PORT: Final = (
    _works("declared.port", "The port takes connections, and greets as the profile expects"),
    *_troubles("declared.port", "the server"),
    _fails("declared.port_greeting", "What the server says first is not what the profile expects"),
    _open("declared.port_unread", "The expression of the profile could not be looked for in time"),
)
CERTIFICATE: Final = (
    _works("declared.certificate", "The certificate is valid for long enough, and as the profile expects"),
    *_troubles("declared.certificate", "the server"),
    _fails("declared.certificate_expires", "The certificate runs out within the days that the profile names"),
    _fails(
        "declared.certificate_issuer", "The certificate is signed by another issuer than the profile expects"
    ),
    _fails(
        "declared.certificate_version", "The server speaks an older version of TLS than the profile expects"
    ),
    _open("declared.certificate_unread", "The certificate does not say until when it is valid"),
)
NAME: Final = (
    _works("declared.name", "The name has the records that the profile expects"),
    _fails("declared.name_unknown", "The name does not exist, says the name server", HOTSPOT),
    _fails("declared.name_empty", "The name exists and has no such record", HOTSPOT),
    _fails("declared.name_differs", "The name has other records than the profile expects", HOTSPOT),
    _fails(
        "declared.name_refused",
        "The name server answers that it fails, or that it does not want to",
        HOTSPOT,
    ),
    _fails(
        "declared.name_silent", "The name server of the profile does not answer, while others do", HOTSPOT
    ),
    _open(
        "declared.name_cut",
        "The name has more records than could be read, and those that are expected may be among the others",
    ),
    _open("declared.name_unproved", "No name server answered, so that nothing is known about the name"),
)
PING: Final = (
    _works("declared.ping", "Echoes come back, with no more loss and no later than the profile allows"),
    _fails("declared.ping_loss", "More echoes are lost than the profile allows", HOTSPOT),
    _fails("declared.ping_slow", "Echoes take longer than the profile allows", HOTSPOT),
    _fails(
        "declared.ping_silent",
        "No echo comes back, while the host takes connections or others answer",
        HOTSPOT,
    ),
    _fails("declared.ping_name", "The name of the host is not known here", HOTSPOT),
    _open(
        "declared.ping_unproved", "Nothing came back from anybody, or so few echoes that they decide nothing"
    ),
    _open("declared.ping_impossible", "This computer lets no ordinary user send an echo"),
)
COMMAND: Final = (
    _works("declared.command", "The program says that all is well (exit code 0)"),
    Code("declared.command_warning", "The program warns (exit code 1)", (Status.WARN,), FAR, ASK),
    _fails("declared.command_critical", "The program says that it is critical (exit code 2)"),
    _open("declared.command_unknown", "The program says that it cannot tell (exit code 3)", ASK),
    _open("declared.command_odd", "The program ended as no monitoring plug-in does", ASK),
    _open("declared.command_timeout", "The program did not end in its time, and was ended", ASK),
    _open("declared.command_not_started", "The program is not there, or cannot be started", ASK),
    _open("declared.command_secret", "A secret that the program needs is not kept on this computer", ASK),
)
