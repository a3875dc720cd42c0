"""The verb for the settings files of VPN programs that lie in the person's home: what IT handed out, and what became of it."""

import os
from typing import Final

from tests.lab.hosts import USER_ID
from tests.lab.lab import HOME, Lab
from tests.lab.servers import gateways, openvpn, wireguard
from tests.lab.servers.base import folder_of
from tests.lab.switches.base import Undo, verb

FILES: Final = {"openvpn": "company.ovpn", "wireguard": "company.conf"}


@verb
def vpn_file(
    lab: Lab, program: str, *, wrapping: str = "none", key: str = "right", transport: str = "udp"
) -> Undo:
    """The settings file of this program ("openvpn": ~/company.ovpn, "wireguard": ~/company.conf) lies in the person's home.

    ``wrapping``: of the OpenVPN gateway that runs, over this ``transport``. ``key``: "right", "old" (another one than the
    gateway's), or "broken" (half a file).
    """
    path = HOME / FILES[program]
    text = _openvpn(wrapping, transport) if program == "openvpn" else _wireguard(key)
    if program == "openvpn" and key == "old":
        text = with_other_digits(text)
    path.write_text(text[: len(text) // 2] if key == "broken" else text, encoding="ascii")
    os.chown(path, USER_ID, USER_ID)
    path.chmod(0o600)
    return lambda: path.unlink()


def _openvpn(wrapping: str, transport: str) -> str:
    known = _transport(transport)
    return openvpn.person_file(folder_of(openvpn.NAMES[known]), _wrapping(wrapping), gateways.NAME, known)


def _transport(text: str) -> openvpn.Transport:
    for known in openvpn.NAMES:
        if text == known:
            return known
    raise ValueError(f"transport = {text}: not one of {', '.join(openvpn.NAMES)}")


def _wrapping(text: str) -> openvpn.Wrapping:
    for known in ("none", *openvpn.KEY_MAKERS):
        if text == known:
            return known  # type: ignore[return-value]
    raise ValueError(f"wrapping = {text}: not one of none, {', '.join(openvpn.KEY_MAKERS)}")


def with_other_digits(text: str) -> str:
    """The same file with a key of other digits in it."""
    return "\n".join(
        line.translate(str.maketrans("0123456789abcdef", "f0123456789abcde")) if len(line) == 32 else line
        for line in text.split("\n")
    )


def _wireguard(key: str) -> str:
    person = wireguard.keys("somebody before" if key == "old" else "person")
    return (
        f"[Interface]\nPrivateKey = {person.private}\nAddress = {wireguard.CLIENT_IP}/32\n\n"
        f"[Peer]\nPublicKey = {wireguard.keys('gateway').public}\nAllowedIPs = {gateways.INSIDE_NETWORK}\n"
        f"Endpoint = {gateways.NAME}:{wireguard.PORT}\n"
    )
