"""The outside world as Protocols: what a check may ask of network, operating system, clock, children and secrets.

The real ones are in readycheck.adapters, the fakes in readycheck.testing. Every call has a time limit of its own; every
network call raises a NetError (readycheck.errors) and nothing else, but hop() and udp() of whole packets: they may raise NotTold.
Nothing here does anything.
"""

from readycheck.ports.http import Http, HttpAnswer
from readycheck.ports.net import Hop, HopKind, Net, SrvRecord, Stream, TcpAnswer, TlsAnswer, UdpAnswer
from readycheck.ports.proxies import (
    MOST_PAC_BYTES,
    PAC_SERVER,
    QUICK_PAC_BYTES,
    Pac,
    PacTrouble,
    Way,
    WayKind,
)
from readycheck.ports.surroundings import Children, Clock, CommandAnswer, Meter, Say, Secrets
from readycheck.ports.system import (
    Battery,
    Disk,
    Host,
    Interface,
    Memory,
    NetworkDrive,
    NotTold,
    ProxySettings,
    Route,
    System,
    WifiLink,
)

__all__ = [
    "MOST_PAC_BYTES",
    "PAC_SERVER",
    "QUICK_PAC_BYTES",
    "Battery",
    "Children",
    "Clock",
    "CommandAnswer",
    "Disk",
    "Hop",
    "HopKind",
    "Host",
    "Http",
    "HttpAnswer",
    "Interface",
    "Memory",
    "Meter",
    "Net",
    "NetworkDrive",
    "NotTold",
    "Pac",
    "PacTrouble",
    "ProxySettings",
    "Route",
    "Say",
    "Secrets",
    "SrvRecord",
    "Stream",
    "System",
    "TcpAnswer",
    "TlsAnswer",
    "UdpAnswer",
    "Way",
    "WayKind",
    "WifiLink",
]
