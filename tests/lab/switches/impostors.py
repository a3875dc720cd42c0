"""The verb for servers in whose place something else answers."""

import sys
from contextlib import ExitStack
from typing import Final

from tests.lab import topology
from tests.lab.lab import Lab
from tests.lab.sandbox import REPOSITORY
from tests.lab.servers.base import Server, wrote
from tests.lab.switches import packets, tools
from tests.lab.switches.base import Undo, verb

PROGRAM: Final = REPOSITORY / "tests" / "lab" / "bad_listeners.py"
KINDS: Final = {
    "tcp": ("silent", "close", "reset", "garbage", "reply", "drip", "late", "tunnel"),
    "udp": ("silent", "garbage"),
}


@verb
def impostor(lab: Lab, how: str, *, address: str, port: int, at: str = "", protocol: str = "tcp") -> Undo:
    """At this address (or name) and port something answers in the server's place.

    "silent" takes connections and says nothing, "close" closes them at once, "reset" cuts them, "garbage" says what no protocol
    says, "reply" says it once it was spoken to, "drip" is the real server at one byte a second, "late" the real one with each
    answer 1.5 seconds late, "tunnel" a proxy that says of every way that it is open and passes nothing on. ``at``: the host it
    runs on, by default the one that has the address; router or isp play a box on the way. ``protocol``: "udp" can be silent or
    garbage.
    """
    if how not in KINDS[protocol]:
        raise ValueError(f"impostor = {how}: not one of {', '.join(KINDS[protocol])}")
    number = 4000 + tools.number()
    place = at or home(packets.addresses(address)[0])
    caught = [f"{match} {protocol} dport {port} redirect to :{number}" for match in packets.to(address)]
    with ExitStack() as undo:
        real = (packets.addresses(address)[0], str(port)) if protocol == "tcp" else ()
        words = (*(("udp",) if protocol == "udp" else ()), how, str(number), *real)
        name = f"impostor-{number}"
        listener = Server(
            name=name, host=place, command=(sys.executable, str(PROGRAM), *words), ready=wrote(name, "ready")
        )
        undo.callback(tools.started(lab, [listener]))
        chain = "\n".join(["chain caught { type nat hook prerouting priority dstnat - 1;", *caught, "}"])
        undo.callback(tools.rules(lab[place], chain))
        return undo.pop_all().close


def home(ip: str) -> str:
    """The host that has this address."""
    if ip in topology.COMPANY_IPS:
        return "company"
    return "inside" if ip in topology.INSIDE_IPS else "internet"
