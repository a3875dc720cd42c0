"""Request Tracker 5: the company's help desk, for those machines that have it. Takes tickets over REST 2 and by mail.

It listens on 127.0.0.1:8080 of the company's host: people reach it through nginx (``nginx.company(lab, desk="rt")``), mail
through postfix (``postfix.mail(lab, desk=request_tracker.INNER_URL)``).
"""

import http.client
from pathlib import Path
from typing import Final

from tests.lab import zone
from tests.lab.hosts import USER, Host
from tests.lab.people import USER_PASSWORD
from tests.lab.servers.base import Server, folder_of

NAME: Final = "request-tracker"
LISTENING: Final = ("127.0.0.1", 8080)
INNER_URL: Final = f"http://{LISTENING[0]}:{LISTENING[1]}/"
PUBLIC_URL: Final = f"https://helpdesk.{zone.DOMAIN}"
TITLE: Final = "Help desk of Corp"
AGENT: Final = "agent"  # who works at the desk, and may see and do everything there
HOME: Final = Path("/usr/share/request-tracker5")
ANSWER_S: Final = 10.0  # the first page is compiled while it is asked for
SET_UP_S: Final = 120.0
_WRITES: Final = ("/var/cache/request-tracker5", "/var/lib/request-tracker5", "/var/log/request-tracker5")
# What it keeps while it runs stays in mounts of its own: nothing of it is for the machine.
_OWN_MOUNTS: Final = "\n".join(
    (
        *(f"mount -t tmpfs tmpfs {place}" for place in _WRITES),
        f"mkdir {_WRITES[0]}/mason_data {_WRITES[0]}/session_data",
    )
)


def desk() -> Server:
    """The ticket system, with an empty queue "General". Its database outlives a restart within the same lab."""
    folder = folder_of(NAME)
    where = ("--host", LISTENING[0], "--port", str(LISTENING[1]), "--max-workers", "2")
    return Server(
        name=NAME,
        host="company",
        command=(
            *_settled(folder),
            "plackup",
            "-E",
            "deployment",
            "-s",
            "Starlet",
            *where,
            f"{HOME}/libexec/rt-server",
        ),
        ready=_shows_its_page,
        files={"settings.pm": _settings(folder), "people": _people()},
        folders=("no-further-settings",),
        prepare=_set_up,
        before=_OWN_MOUNTS,
    )


def _settled(folder: Path) -> tuple[str, ...]:
    return ("env", f"RT_SITE_CONFIG={folder}/settings.pm", f"RT_SITE_CONFIG_DIR={folder}/no-further-settings")


def _shows_its_page(host: Host) -> bool:
    connection = http.client.HTTPConnection(*LISTENING, timeout=ANSWER_S)
    with host.entered():
        connection.connect()
    try:
        connection.request("GET", "/")
        answer = connection.getresponse()
        return answer.status == 200 and TITLE.encode() in answer.read()
    finally:
        connection.close()


def _set_up(host: Host, folder: Path) -> None:
    """Make the database and the people in it, once."""
    done = folder / "set-up"
    if done.exists():
        return
    setting = " ".join((*_settled(folder), "/usr/sbin/rt-setup-database-5"))
    making = f"{setting} --action init --skip-create"
    inserting = f"{setting} --action insert --datafile {folder}/people"
    host.run("sh", "-ec", f"{_OWN_MOUNTS}\n{making}\n{inserting}", timeout_s=SET_UP_S)
    done.touch()


def _settings(folder: Path) -> str:
    return f"""
Set($rtname, '{TITLE}');
Set($Organization, '{zone.DOMAIN}');
Set($WebDomain, 'helpdesk.{zone.DOMAIN}');
Set($WebPort, 443);
Set($CorrespondAddress, 'support@{zone.DOMAIN}');
Set($CommentAddress, 'support@{zone.DOMAIN}');
Set($DatabaseType, 'SQLite');
Set($DatabaseName, '{folder}/tickets.sqlite');
Set($MailCommand, 'testfile');
Set($LogToSyslog, undef);
Set($LogToSTDERR, 'error');
Set($WebSessionClass, 'Apache::Session::File');
Set($UserAutocreateDefaultsOnLogin, {{ Privileged => 0 }});
1;
"""


def _people() -> str:
    """Everybody may write to the desk, the person sees the tickets, the agent may do everything."""
    for_all = "".join(_right("Everyone", right) for right in ("CreateTicket", "ReplyToTicket", "SeeQueue"))
    for_staff = "".join(_right("Privileged", right) for right in ("ShowTicket", "ModifyTicket"))
    return f"""
@Users = (
    {{ Name => '{USER}', EmailAddress => '{USER}@{zone.DOMAIN}', Password => '{USER_PASSWORD}', Privileged => 1 }},
    {{ Name => '{AGENT}', EmailAddress => '{AGENT}@{zone.DOMAIN}', Password => '{USER_PASSWORD}', Privileged => 1 }},
);
@ACL = (
{for_all}{for_staff}    {{ UserId => '{AGENT}', Right => 'SuperUser' }},
);
1;
"""


def _right(group: str, right: str) -> str:
    return f"    {{ GroupDomain => 'SystemInternal', GroupType => '{group}', Queue => 'General', Right => '{right}' }},\n"
