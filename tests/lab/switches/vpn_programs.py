"""Verbs for VPN programs on the person's computer: stand-ins that are called like the real ones, and routes past a tunnel."""

import shutil
import subprocess
from functools import partial
from pathlib import Path
from typing import Final

from tests.lab import topology
from tests.lab.lab import Lab
from tests.lab.sandbox import LAYERS
from tests.lab.switches import tools
from tests.lab.switches.base import Undo, verb

# Where the real programs lie (programs/vpn_clients.toml), and what they say, by the state that they play.
PROGRAMS: Final = {
    "cisco": Path("/opt/cisco/secureclient/bin/vpn"),
    "globalprotect": Path("/opt/paloaltonetworks/globalprotect/globalprotect"),
    "forticlient": Path("/opt/forticlient/forticlient-cli"),
    "tailscale": Path("/usr/local/bin/tailscale"),
}
CALLED: Final = {
    "cisco": "state",
    "globalprotect": "show --status",
    "forticlient": "vpn status",
    "tailscale": "status --json --peers=false",
}
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
    (
        "tailscale",
        "sign_in",
    ): '{"Version": "1.90.6", "BackendState": "NeedsLogin", "Self": {"Online": false}}\n',
}


@verb
def vpn_program(lab: Lab, product: str, *, says: str) -> Undo:
    """A VPN program is installed that says it is "connected", "off", "connecting", wants the person to sign in ("sign_in"),
    says what nobody knows ("new_words"), or "hangs". It lies where the real one does, and answers only when called as that is.
    """
    path = PROGRAMS[product]
    told = "exec sleep 600" if says == "hangs" else f"cat <<'END'\n{SAID[product, says]}\nEND"
    script = f'#!/bin/sh\n[ "$*" = "{CALLED[product]}" ] || exit 64\n{told}\n'
    of_a_vendor = path.is_relative_to("/opt")
    undo = partial(shutil.rmtree, path.parents[-3]) if of_a_vendor else _on_a_copy(path.parent)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(script, encoding="ascii")
    path.chmod(0o755)
    return undo


def _on_a_copy(folder: Path) -> Undo:
    """What is written to this folder of the system from now on is the lab's own."""
    layers = LAYERS / f"programs-{tools.number()}"
    for part in ("upper", "work"):
        (layers / part).mkdir(parents=True)
    options = f"lowerdir={folder},upperdir={layers}/upper,workdir={layers}/work"
    subprocess.run(["mount", "-t", "overlay", "-o", options, "overlay", str(folder)], check=True)

    def undo() -> None:
        subprocess.run(["umount", "--lazy", str(folder)], check=True)

    return undo


@verb
def past_tunnel(lab: Lab, network: str) -> Undo:
    """Whatever goes into the tunnel, this network (or address) is reached past it, by the router: a media exception."""
    lab["pc"].ip(f"route add {network} via {topology.ROUTER_IP}")
    return lambda: lab["pc"].ip(f"route delete {network} via {topology.ROUTER_IP}")
