"""Verbs for VPN programs on the person's computer: stand-ins that are called like the real ones, and routes past a tunnel."""

import shutil
from pathlib import Path
from typing import Final

from tests.lab import topology
from tests.lab.lab import Lab
from tests.lab.switches.base import Undo, verb

# Where the real programs lie (programs/vpn_clients.toml), and what they say, by the state that they play.
PROGRAMS: Final = {
    "cisco": Path("/opt/cisco/secureclient/bin/vpn"),
    "globalprotect": Path("/opt/paloaltonetworks/globalprotect/globalprotect"),
    "forticlient": Path("/opt/forticlient/forticlient-cli"),
}
CALLED: Final = {"cisco": "state", "globalprotect": "show --status", "forticlient": "vpn status"}
_BANNER: Final = "Cisco Secure Client (version 5.1.2.42) .\n\nCopyright (c) 2004 - 2026 Cisco Systems, Inc.\n"
SAID: Final = {
    (
        "cisco",
        "connected",
    ): f"{_BANNER}  >> state: Connected\n  >> notice: Connected to vpn.corp.test.\nVPN> ",
    ("cisco", "off"): f"{_BANNER}  >> state: Disconnected\n  >> notice: Ready to connect.\nVPN> ",
    (
        "cisco",
        "connecting",
    ): f"{_BANNER}  >> state: Connecting\n  >> notice: Contacting vpn.corp.test.\nVPN> ",
    ("cisco", "new_words"): f"{_BANNER}  >> status: Connected by another name\n",
    ("globalprotect", "connected"): "GlobalProtect status: Connected\n",
    ("globalprotect", "off"): "GlobalProtect status: Disconnected\n",
    ("forticlient", "connected"): "Status: Connected\n    VPN name: Corp\n",
    ("forticlient", "off"): "Status: Not Running\n",
}


@verb
def vpn_program(lab: Lab, product: str, *, says: str) -> Undo:
    """A VPN program is installed that says it is "connected", "off", "connecting", says what nobody knows ("new_words"), or
    "hangs". It lies where the real one does, and answers only when called as that is.
    """
    path = PROGRAMS[product]
    told = "exec sleep 600" if says == "hangs" else f"cat <<'END'\n{SAID[product, says]}\nEND"
    script = f'#!/bin/sh\n[ "$*" = "{CALLED[product]}" ] || exit 64\n{told}\n'
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(script, encoding="ascii")
    path.chmod(0o755)
    return lambda: shutil.rmtree(path.parents[-3])


@verb
def past_tunnel(lab: Lab, network: str) -> Undo:
    """Whatever goes into the tunnel, this network (or address) is reached past it, by the router: a media exception."""
    lab["pc"].ip(f"route add {network} via {topology.ROUTER_IP}")
    return lambda: lab["pc"].ip(f"route delete {network} via {topology.ROUTER_IP}")
