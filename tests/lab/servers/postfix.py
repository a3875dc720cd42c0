"""postfix: the company's mail server. It takes mail for corp.test on 25, and from who signs in on 587 (STARTTLS) and 465."""

import os
import shutil
from pathlib import Path
from typing import TYPE_CHECKING, Final

from tests.lab import zone
from tests.lab.hosts import Host
from tests.lab.servers import certificates, dovecot
from tests.lab.servers.base import Server, every, folder_of, tcp
from tests.lab.servers.dovecot import HOST_NAME, IPS, KEEPER_ID, MAIL, MAILBOXES

if TYPE_CHECKING:
    from tests.lab.lab import Lab

NAME: Final = "postfix"
ONE_FILE: Final = "support.mbox"
GATE: Final = "/usr/bin/rt-mailgate-5"


def mail(
    lab: "Lab",
    *,
    expired: bool = False,
    submission: bool = True,
    starttls: bool = True,
    greeting: str = "ESMTP",
    one_file: bool = False,
    desk: str = "",
    certificate: certificates.Fault | None = None,
    turns_away: bool = False,
) -> Server:
    """Asks dovecot who may sign in, and puts the mail into its mailboxes.

    expired     the certificate is
    submission  False closes 587
    starttls    False offers no encryption on 25 and 587, and so no sign-in
    greeting    its first words, after its name
    one_file    support's mail is kept in ONE_FILE (mbox), which dovecot does not read
    certificate  with this fault
    turns_away  greets mail programs (465, 587) with 450
    desk        address of a Request Tracker that gets support's mail instead of the mailbox
    """
    fault: certificates.Fault | None = "expired" if expired else certificate
    chain, key = certificates.issued(lab, HOST_NAME, (HOST_NAME, *IPS), fault)
    folder = folder_of(NAME)
    ports = (25, 587, 465) if submission else (25, 465)
    return Server(
        name=NAME,
        host="company",
        command=("/usr/lib/postfix/sbin/master", "-d", "-c", str(folder)),
        ready=every(*(dovecot.greets(ip, 25, b"220 ") for ip in IPS), *(tcp(IPS[0], port) for port in ports)),
        files={
            "main.cf": _settings(
                chain, key, starttls=starttls, greeting=greeting, one_file=one_file, desk=bool(desk)
            ),
            "master.cf": _services(
                submission=submission, starttls=starttls, desk=desk, turns_away=turns_away
            ),
        },
        folders=("queue", "data"),
        prepare=_lay_out_queue,
    )


def _lay_out_queue(host: Host, folder: Path) -> None:
    """The folders that ``postfix check`` would make. The settings bear an old date: postfix waits for a fresh file to settle."""
    for name in ("main.cf", "master.cf"):
        os.utime(folder / name, (0, 0))
    shutil.chown(folder / "data", "postfix")
    for name, (group, mode) in _QUEUE.items():
        place = folder / "queue" / name
        place.mkdir(exist_ok=True)
        shutil.chown(place, "root" if name == "pid" else "postfix", group)
        place.chmod(mode)


_PRIVATE: Final = (
    "incoming",
    "active",
    "deferred",
    "bounce",
    "defer",
    "flush",
    "trace",
    "hold",
    "corrupt",
    "saved",
    "private",
)
_QUEUE: Final = {
    **{name: ("root", 0o700) for name in _PRIVATE},
    "maildrop": ("postdrop", 0o1730),
    "public": ("postdrop", 0o2710),
    "pid": ("root", 0o755),
}


def _settings(chain: Path, key: Path, *, starttls: bool, greeting: str, one_file: bool, desk: bool) -> str:
    folder = folder_of(NAME)
    places = {name: f"{name}/" for name in MAILBOXES} | ({"support": ONE_FILE} if one_file else {})
    boxes = " ".join(f"{name}@{zone.DOMAIN}={place}" for name, place in places.items())
    return f"""
compatibility_level = 3.6
queue_directory = {folder}/queue
data_directory = {folder}/data
maillog_file = /dev/stdout
myhostname = {HOST_NAME}
smtpd_banner = {HOST_NAME} {greeting}
inet_interfaces = {", ".join(IPS)}
inet_protocols = all
mynetworks =
mydestination =
alias_maps =
local_recipient_maps =
smtp_dns_support_level = disabled
smtpd_peername_lookup = no
service_throttle_time = 1s
virtual_mailbox_domains = {zone.DOMAIN}
virtual_mailbox_base = {MAIL}
virtual_mailbox_maps = inline:{{ {boxes} }}
virtual_uid_maps = static:{KEEPER_ID}
virtual_gid_maps = static:{KEEPER_ID}
transport_maps = {f"inline:{{ support@{zone.DOMAIN}=desk: }}" if desk else ""}
smtpd_relay_restrictions = permit_sasl_authenticated, reject_unauth_destination
smtpd_sasl_type = dovecot
smtpd_sasl_path = inet:{dovecot.SIGN_IN[0]}:{dovecot.SIGN_IN[1]}
smtpd_tls_chain_files = {key}, {chain}
smtpd_tls_security_level = {"may" if starttls else "none"}
smtpd_tls_auth_only = yes
"""


def _services(*, submission: bool, starttls: bool, desk: str, turns_away: bool) -> str:
    away = "-o smtpd_delay_reject=no -o smtpd_client_restrictions=defer" if turns_away else ""
    signed_in = (
        f"{away} -o smtpd_sasl_auth_enable=yes -o smtpd_relay_restrictions=permit_sasl_authenticated,reject"
    )
    submitting = f"587 inet n - n - - smtpd -o smtpd_tls_security_level={'encrypt' if starttls else 'none'} {signed_in}"
    return "\n".join(
        (
            "25 inet n - n - - smtpd",
            submitting if submission else "",
            f"465 inet n - n - - smtpd -o smtpd_tls_wrappermode=yes -o smtpd_tls_security_level=encrypt {signed_in}",
            *_INNER,
            f"desk unix - n n - 1 pipe user=nobody argv={GATE} --queue General --action correspond --url {desk}"
            if desk
            else "",
            "",
        )
    )


_INNER: Final = (
    "pickup unix n - n 60 1 pickup",
    "cleanup unix n - n - 0 cleanup",
    "qmgr unix n - n 300 1 qmgr",
    "tlsmgr unix - - n 1000? 1 tlsmgr",
    "rewrite unix - - n - - trivial-rewrite",
    "bounce unix - - n - 0 bounce",
    "defer unix - - n - 0 bounce",
    "trace unix - - n - 0 bounce",
    "verify unix - - n - 1 verify",
    "flush unix n - n 1000? 0 flush",
    "proxymap unix - - n - - proxymap",
    "smtp unix - - n - - smtp",
    "relay unix - - n - - smtp",
    "showq unix n - n - - showq",
    "error unix - - n - - error",
    "retry unix - - n - - error",
    "discard unix - - n - - discard",
    "virtual unix - n n - - virtual",
    "anvil unix - - n - 1 anvil",
    "scache unix - - n - 1 scache",
    "postlog unix-dgram n - n - 1 postlogd",
)
