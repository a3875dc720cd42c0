"""Stand-ins for gateways that nobody gives away: GlobalProtect, Fortinet's SSL-VPN, SSTP, each on a port of its own.

They run only where a situation asks for them ({serve = "stand_ins.gateway", kind = "sstp"}), and say what their makers document.
"""

import sys
from typing import TYPE_CHECKING, Final, Literal

from tests.lab import topology
from tests.lab.sandbox import REPOSITORY
from tests.lab.servers import gateways
from tests.lab.servers.base import Server, every, tcp, wrote
from tests.lab.servers.gateways import Certificate

if TYPE_CHECKING:
    from tests.lab.lab import Lab

Kind = Literal["globalprotect", "fortinet", "sstp"]
How = Literal["good", "saml", "none", "web", "yes", "busy", "silent", "drip"]
PROGRAM: Final = REPOSITORY / "tests" / "lab" / "gateway_stand_ins.py"
PORTS: Final[dict[Kind, int]] = {"globalprotect": 8443, "fortinet": 10443, "sstp": 9443}


def gateway(lab: "Lab", *, kind: Kind, how: How = "good", certificate: Certificate = "good") -> Server:
    """``how``: as the program says."""
    chain, key = gateways.certificate(lab, certificate)
    name, port = f"stand-in-{kind}", PORTS[kind]
    return Server(
        name=name,
        host="company",
        command=(sys.executable, str(PROGRAM), kind, how, str(port), str(chain), str(key)),
        ready=every(wrote(name, "ready"), tcp(topology.COMPANY_IP, port)),
    )
